import AssetCatalog
import AssetModel
import AssetStore
import Files
import Logging

extension History {
    /// Opens a library's catalog and applies the journal entries that it has not seen; a line of the journal that was never
    /// finished is cut off.
    ///
    /// Where the catalog cannot be written it is folded in memory, and every action is refused with `readOnlyReason`.
    static func open(
        _ layout: LibraryLayout, environment: Library.Environment, logger: Logger
    ) async throws -> History {
        let journal = Journal(layout)
        do {
            let catalog = try Catalog.open(at: layout.catalog)
            if try journal.hasNews(after: await catalog.positions()) {
                let torn = try await catalog.withWriteLock { writer in try catchUp(writer, journal) }
                if torn > 0 {
                    logger.warning(
                        "the journal ended in an unfinished line, which was cut off", metadata: ["bytes": "\(torn)"])
                }
            }
            return History(journal: journal, catalog: catalog, environment: environment, readOnlyReason: nil)
        } catch let error as CatalogError where error == .readOnly || error == .full {
            // The catalog is only a fold over the journal, and the journal can be read.
            let reason = layout.obstacleToWriting() ?? .file(.noPermission(path: layout.catalog))
            let catalog = try Catalog.inMemory()
            try await catalog.withWriteLock { writer in
                try journal.read(after: []) { entries, position in try writer.apply(entries, upTo: position) }
            }
            return History(journal: journal, catalog: catalog, environment: environment, readOnlyReason: reason)
        }
    }

    /// Applies what the journal holds and the catalog has not seen; says how many bytes of an unfinished line were cut off.
    ///
    /// Entries of another machine may be older than what was applied already. Then everything is folded again, because rows
    /// must come out as if all had arrived in the order of time.
    @discardableResult
    static func catchUp(_ writer: CatalogWriter, _ journal: Journal) throws -> Int {
        let positions = try writer.positions()
        guard try journal.hasNews(after: positions) else { return 0 }
        let torn = try journal.cutTornLine()
        let newest = try writer.newestEntry()
        var (isLate, isFirst) = (false, true)
        try journal.read(after: positions) { entries, position in
            // The very first entry is the oldest of all that are new.
            if isFirst, let newest, let first = entries.first, first.id < newest { isLate = true }
            isFirst = false
            if !isLate { try writer.apply(entries, upTo: position) }
        }
        if isLate {
            try writer.erase()
            try journal.read(after: []) { entries, position in try writer.apply(entries, upTo: position) }
        }
        return torn
    }
}
