import AssetCatalog
import AssetModel
import AssetStore
import Files
import Logging

extension History {
    /// Opens a library's catalog and applies the journal entries that it has not seen; nothing else is
    /// written. While another program holds the write lock they wait: the catalog answers with what it knew before. A catalog that is missing, or that a program of another version folded, is folded from nothing.
    ///
    /// Every action is refused with `readOnlyReason` where the catalog cannot be written, and where the journal holds a line that
    /// only a newer program understands, or that is damaged. Then the catalog stays as it was, or is folded aside from what can be read.
    static func open(
        _ layout: LibraryLayout, environment: Library.Environment, logger: Logger,
        onProgress: @escaping @Sendable (FoldProgress) -> Void = { _ in }
    ) async throws -> History {
        let journal = Journal(
            layout, newReplica: { environment.newName() }, trace: environment.fileTrace)
        func history(_ catalog: Catalog, readOnly reason: StoreError? = nil) -> History {
            History(
                layout: layout, journal: journal, handle: CatalogHandle(catalog), environment: environment,
                readOnlyReason: reason)
        }
        func foldedAside(_ reason: StoreError) async throws -> History {
            // The catalog is only a fold over the journal, and the journal can be read.
            let fold = try CatalogFold.temporary()
            try await self.fold(journal.readingPastNewer, into: fold, onProgress: onProgress)
            return history(fold.catalog(), readOnly: reason)
        }
        do {
            let catalog = try await current(layout, journal, onProgress)
            guard try journal.hasNews(after: await catalog.positions()) else { return history(catalog) }
            do {
                try await catalog.withWriteLock(isUrgent: false) { writer in try catchUp(writer, journal) }
                return history(catalog)
            } catch CatalogError.busy {
                // Who reads gets what was known before; who writes catches up under the lock.
                return history(catalog)
            } catch let error as StoreError where error.isUnreadableLine {
                return history(catalog, readOnly: error)
            }
        } catch let error as StoreError where error.isUnreadableLine {
            return try await foldedAside(error)
        } catch let error as CatalogError where error == .readOnly || error == .full {
            return try await foldedAside(layout.obstacleToWriting() ?? .file(.noPermission(path: layout.catalog)))
        }
    }

    /// The catalog, folded from nothing where it is not this program's.
    private static func current(
        _ layout: LibraryLayout, _ journal: Journal, _ onProgress: @escaping @Sendable (FoldProgress) -> Void
    ) async throws -> Catalog {
        if let catalog = try opened(layout) { return catalog }
        return try await withFoldLock(layout) {
            // Another program may have folded it meanwhile.
            if let catalog = try opened(layout) { return catalog }
            try await replaceCatalog(layout, journal, onProgress)
            return try Catalog.open(at: layout.catalog)
        }
    }

    /// Runs `body` while no other program folds this library's journal; waits for one that does.
    ///
    /// Programs that have the old catalog open may go on with it: SQLite leaves the files of another database alone, and the
    /// journal is not appended to by a program that has not read it to its end.
    static func withFoldLock<R: Sendable>(
        _ layout: LibraryLayout, _ body: () async throws -> R
    ) async throws -> R {
        while true {
            if let lock = try foldLock(layout) {
                let result = try await body()
                withExtendedLifetime(lock) {}
                return result
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private static func foldLock(_ layout: LibraryLayout) throws(StoreError) -> AdvisoryLock? {
        do { return try AdvisoryLock(taking: layout.journal) } catch { throw .file(error) }
    }

    /// Nil when there is no catalog of this program's version.
    static func opened(_ layout: LibraryLayout) throws -> Catalog? {
        do {
            return try Catalog.open(at: layout.catalog)
        } catch {
            if error == .outdated { return nil }
            throw error
        }
    }

    /// Applies what the journal holds and the catalog has not seen, in any order.
    static func catchUp(_ writer: CatalogWriter, _ journal: Journal) throws {
        let positions = try writer.positions()
        guard try journal.hasNews(after: positions) else { return }
        try journal.read(after: positions) { entries, position in try writer.apply(entries, upTo: position) }
    }
}
