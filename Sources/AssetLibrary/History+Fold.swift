import AssetCatalog
package import AssetModel
import AssetStore
import Files
import Synchronization

/// How far a fold of the whole journal has come.
public struct FoldProgress: Hashable, Sendable {
    /// Entries applied so far.
    public let entryCount: Int
    /// Bytes of the journal read so far, and in all.
    public let byteCount: Int64, totalByteCount: Int64
}

/// The catalog that is in use now: a rebuilt one takes the place of the one before.
final class CatalogHandle: Sendable {
    private let state: Mutex<Catalog>
    /// The actions that were written through this handle last, the newest last.
    private let actions = Mutex<[EntryID]>([])

    private static let actionCount = 4096

    init(_ catalog: Catalog) {
        state = Mutex(catalog)
    }

    /// Remembers an action that is about to be written here.
    func noteOwn(_ action: EntryID) {
        actions.withLock { actions in
            if actions.count >= 2 * Self.actionCount { actions.removeFirst(Self.actionCount) }
            actions.append(action)
        }
    }

    /// Whether an action was written here, as far as that is remembered.
    func isOwn(_ action: EntryID) -> Bool { actions.withLock { $0.last == action || $0.contains(action) } }

    var catalog: Catalog {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

extension History {
    /// Folds the whole journal into a new catalog and puts that in the place of this one; says how many entries there were.
    ///
    /// Readers see the old catalog until then. Nothing but the catalog is written. Errors: a journal that is not whole, since what
    /// only the catalog still knows must not be thrown away. `acceptingLoss` says that a person has decided to go on without
    /// it: then a new replica is begun, so that the lost lines can still be put back beside what is written from now on.
    package func rebuild(
        acceptingLoss: Bool = false, onProgress: @escaping @Sendable (FoldProgress) -> Void = { _ in }
    ) async throws -> Int {
        if let readOnlyReason { throw readOnlyReason }
        let isLost = try Self.isLost(journal, try await catalog.positions(), acceptingLoss: acceptingLoss)
        return try await Self.withFoldLock(layout) {
            try Self.prepare(journal, isLost: isLost)
            let count = try await Self.replaceCatalog(layout, journal, onProgress)
            let old = handle.catalog
            handle.catalog = try Catalog.open(at: layout.catalog)
            try old.close()
            return count
        }
    }

    /// Rebuilds the catalog of a library that is not open, whatever state it is in: missing, damaged, of another version. The
    /// journal is folded once. Errors and `acceptingLoss` as above.
    static func rebuild(
        _ layout: LibraryLayout, environment: Library.Environment, acceptingLoss: Bool,
        onProgress: @escaping @Sendable (FoldProgress) -> Void
    ) async throws -> Int {
        let journal = Journal(layout, newReplica: { environment.newName() }, trace: environment.fileTrace)
        if let obstacle = layout.obstacleToWriting() { throw obstacle }
        var isLost = false
        // A catalog that cannot be opened knows nothing that the journal does not.
        if let catalog = (try? opened(layout)) ?? nil {
            defer { try? catalog.close() }
            isLost = try self.isLost(journal, try await catalog.positions(), acceptingLoss: acceptingLoss)
        }
        return try await withFoldLock(layout) {
            try prepare(journal, isLost: isLost)
            return try await replaceCatalog(layout, journal, onProgress)
        }
    }

    /// Whether the journal is shorter than a catalog has read it; an error unless a person has accepted that.
    private static func isLost(
        _ journal: Journal, _ positions: [JournalPosition], acceptingLoss: Bool
    ) throws -> Bool {
        guard let path = try journal.lost(positions).first else { return false }
        guard acceptingLoss else { throw StoreError.journalLost(path: path) }
        return true
    }

    /// Makes the journal ready to be folded again, by who has the fold lock.
    private static func prepare(_ journal: Journal, isLost: Bool) throws {
        _ = try journal.cutTornLine()
        if isLost { try journal.beginReplica() }
    }

    /// Folds the journal and puts the result in the catalog's place. The caller has the fold lock.
    @discardableResult
    static func replaceCatalog(
        _ layout: LibraryLayout, _ journal: Journal, _ onProgress: @escaping @Sendable (FoldProgress) -> Void
    ) async throws -> Int {
        let fold = try CatalogFold.replacing(layout.catalog)
        do {
            let count = try await self.fold(journal, into: fold, onProgress: onProgress)
            try fold.finish()
            return count
        } catch {
            fold.discard()
            throw error
        }
    }

    /// Folds the journal, or what of it lies before `end`, or happened until `moment`; says how many entries there were.
    @discardableResult
    static func fold(
        _ journal: Journal, into fold: CatalogFold, upTo end: [JournalPosition]? = nil, until moment: Timestamp? = nil,
        indexed: Bool = true,
        onProgress: @escaping @Sendable (FoldProgress) -> Void = { _ in }
    ) async throws -> Int {
        let total = try journal.byteCount(upTo: end)
        return try await fold.fold(indexed: indexed) { writer in
            var (entryCount, done): (Int, [String: Int64]) = (0, [:])
            return try EntryFeed(journal, upTo: end, until: moment).drain { entries, position in
                try writer.apply(entries, upTo: position)
                entryCount += entries.count
                done["\(position.replica)/\(position.segment)"] = position.byteOffset
                onProgress(
                    FoldProgress(
                        entryCount: entryCount, byteCount: done.values.reduce(0, +), totalByteCount: total))
            }
        }
    }

    /// What was written after some positions, by any program, as it is written: batches of entries in the order of each segment. It ends
    /// when its task is cancelled.
    package func changes(since positions: [JournalPosition]) -> AsyncThrowingStream<[JournalEntry], any Error> {
        let (journal, known) = (journal, HistoryPosition(positions))
        return AsyncThrowingStream {
            while true {
                try Task.checkCancellation()
                let since = known.positions
                if try journal.hasNews(after: since) {
                    var (entries, latest): ([JournalEntry], [JournalPosition]) = ([], since)
                    try journal.read(after: since) { batch, position in
                        entries += batch
                        latest.removeAll { $0.replica == position.replica && $0.segment == position.segment }
                        latest.append(position)
                    }
                    known.positions = latest
                    if !entries.isEmpty { return entries }
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}

/// How far the changes of a history have been read.
private final class HistoryPosition: Sendable {
    private let state: Mutex<[JournalPosition]>

    init(_ positions: [JournalPosition]) {
        state = Mutex(positions)
    }

    var positions: [JournalPosition] {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
