import AssetCatalog
import AssetModel
import AssetStore
import Files
import Logging

extension History {
    /// Opens a library's catalog and applies the journal entries that it has not seen; a line of this replica's journal that was
    /// never finished is cut off. A catalog that is missing, or that a program of another version folded, is folded from nothing.
    ///
    /// Where the catalog cannot be written it is folded aside, and every action is refused with `readOnlyReason`.
    static func open(
        _ layout: LibraryLayout, environment: Library.Environment, logger: Logger,
        onProgress: @escaping @Sendable (FoldProgress) -> Void = { _ in }
    ) async throws -> History {
        let journal = Journal(layout)
        func history(_ catalog: Catalog, _ use: AdvisoryLock?, readOnly reason: StoreError? = nil) -> History {
            History(
                layout: layout, journal: journal, handle: CatalogHandle(catalog), use: use, environment: environment,
                readOnlyReason: reason)
        }
        do {
            let use = try AdvisoryLock(sharing: layout.header)
            let catalog = try await current(layout, journal, use, onProgress)
            if try journal.hasNews(after: await catalog.positions()) {
                let torn = try await catalog.withWriteLock { writer in try catchUp(writer, journal) }
                if torn > 0 {
                    logger.warning(
                        "the journal ended in an unfinished line, which was cut off", metadata: ["bytes": "\(torn)"])
                }
            }
            return history(catalog, use)
        } catch let error as CatalogError where error == .readOnly || error == .full {
            // The catalog is only a fold over the journal, and the journal can be read.
            let reason = layout.obstacleToWriting() ?? .file(.noPermission(path: layout.catalog))
            let fold = try CatalogFold.temporary()
            try await self.fold(journal, into: fold, onProgress: onProgress)
            return history(fold.catalog(), nil, readOnly: reason)
        }
    }

    /// The catalog, folded from nothing where it is not this program's.
    private static func current(
        _ layout: LibraryLayout, _ journal: Journal, _ use: AdvisoryLock,
        _ onProgress: @escaping @Sendable (FoldProgress) -> Void
    ) async throws -> Catalog {
        while true {
            if let catalog = try opened(layout) { return catalog }
            // Another program may be folding it just now; then this one waits until that is done.
            guard try use.takeAlone() else {
                try await Task.sleep(for: .milliseconds(50))
                continue
            }
            defer { try? use.share() }
            if let catalog = try opened(layout) { return catalog }
            try await replaceCatalog(layout, journal, onProgress)
        }
    }

    /// Nil when there is no catalog of this program's version.
    private static func opened(_ layout: LibraryLayout) throws -> Catalog? {
        do {
            return try Catalog.open(at: layout.catalog)
        } catch {
            if error == .outdated { return nil }
            throw error
        }
    }

    /// Applies what the journal holds and the catalog has not seen, in any order; says how many bytes of an unfinished line
    /// were cut off.
    @discardableResult
    static func catchUp(_ writer: CatalogWriter, _ journal: Journal) throws -> Int {
        let positions = try writer.positions()
        guard try journal.hasNews(after: positions) else { return 0 }
        let torn = try journal.cutTornLine()
        try journal.read(after: positions) { entries, position in try writer.apply(entries, upTo: position) }
        return torn
    }
}
