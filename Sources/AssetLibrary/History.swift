package import AssetCatalog
package import AssetModel
import AssetStore
import Files

/// Journal and catalog behind one lock: the one way to write a library. Nothing else appends to the journal.
///
/// One call of `record` is one action: its lines are written together, and nothing is written that its body did not decide
/// under the lock.
package struct History: Sendable {
    let layout: LibraryLayout
    let journal: Journal
    let handle: CatalogHandle
    let environment: Library.Environment
    /// Why nothing can be written, when nothing can: then every action is refused.
    let readOnlyReason: (any Error)?

    var catalog: Catalog { handle.catalog }

    /// How many bytes the disk must have left before a line is written. Journal and catalog grow one after the other: on a disk that
    /// fills up in between, the journal would say what the program then reports as not done.
    package enum Room: Int64, Sendable {
        /// For whatever can be done later.
        case ordinary = 2_097_152
        /// For what a run came to, which can be fetched again.
        case outcome = 262_144
        /// For what must be tried in any case: fal's name for a request that was paid for.
        case none = 0
    }

    /// With the lock's own patience of seconds for each attempt, about ten minutes.
    private static let persistentAttempts = 120

    /// Decides and writes under one lock. `body` sees the catalog as it is at that moment, every earlier entry applied, and
    /// returns the facts that change something; when there are none, nothing is written.
    ///
    /// Rows come first, inside the transaction, so that a fact that cannot be applied never reaches the journal; then the
    /// journal, synced; then the commit. A crash before the commit leaves entries that the next opening applies. An error of
    /// `body` writes nothing and comes out as it is. `body` may run more than once. Cancelling the caller does not stop an
    /// action half-way.
    ///
    /// `verb` is what a person would call the action, such as `tag add`. `persistently` waits on while another program holds
    /// the lock: for what must not be lost because it cost money. Throws a full disk when it has less than `room`, before anything
    /// is written.
    package func record<R: Sendable>(
        _ verb: String, persistently: Bool = false, room: Room = .ordinary,
        _ body: @escaping @Sendable (CatalogWriter) throws -> (facts: [JournalEntry.Fact], result: R)
    ) async throws -> R {
        try await recording(verb, persistently: persistently, room, body).result
    }

    /// The same for facts whose lines are named later on: their ids, in order.
    func recordLines(
        _ verb: String, _ body: @escaping @Sendable (CatalogWriter) throws -> [JournalEntry.Fact]
    ) async throws -> [EntryID] {
        try await recording(verb, persistently: false, .ordinary) { (try body($0), ()) }.lines
    }

    /// The same with both: what `body` made, and the ids of the lines.
    func recording<R: Sendable>(
        _ verb: String, persistently: Bool = false, _ room: Room = .ordinary,
        _ body: @escaping @Sendable (CatalogWriter) throws -> (facts: [JournalEntry.Fact], result: R)
    ) async throws -> (result: R, lines: [EntryID]) {
        if let readOnlyReason { throw readOnlyReason }
        // A task of its own does not inherit the caller's cancellation, in which SQLite would refuse to write. It is
        // awaited at once.
        return try await Task {
            var attempts = persistently ? Self.persistentAttempts : 1
            var rereads = 3
            while true {
                do { return noted(try await recordOnce(verb, room, body)) } catch {
                    // A program that holds the lock of an older catalog wrote first; its entries are read at once.
                    if case StoreError.journalGrew = error, rereads > 0 {
                        rereads -= 1
                        continue
                    }
                    attempts -= 1
                    guard attempts > 0, Self.isWorthRepeating(error) else { throw error }
                }
            }
        }.value
    }

    /// Writes facts that need no look at the catalog.
    package func record(
        _ verb: String, _ facts: [JournalEntry.Fact], persistently: Bool = false, room: Room = .ordinary
    ) async throws {
        guard !facts.isEmpty else { return }
        try await record(verb, persistently: persistently, room: room) { _ in (facts, ()) }
    }

    /// Applies what other programs wrote, waiting for one that holds the lock: for decisions that cost money. An open library may
    /// know less than its journal.
    func catchUp() async throws {
        guard readOnlyReason == nil, try journal.hasNews(after: await catalog.positions()) else { return }
        let journal = journal
        try await catalog.withWriteLock { writer in try Self.catchUp(writer, journal) }
    }

    /// Whether another copy of the library planned a run, and so may send it too.
    func isPlannedElsewhere(_ id: Run.ID) async throws -> Bool {
        guard let replica = try await catalog.replica(ofPlan: id) else { return false }
        return try replica != journal.ownReplica()
    }

    /// Whether another program is in the way, which passes.
    private static func isWorthRepeating(_ error: any Error) -> Bool {
        switch error {
        case CatalogError.busy, StoreError.journalGrew: true
        default: false
        }
    }

    @concurrent
    private func recordOnce<R: Sendable>(
        _ verb: String, _ room: Room,
        _ body: @escaping @Sendable (CatalogWriter) throws -> (facts: [JournalEntry.Fact], result: R)
    ) async throws -> (result: R, lines: [EntryID]) {
        let (journal, environment, root, handle) = (journal, environment, layout.root, handle)
        return try await catalog.withWriteLock { writer in
            try Self.catchUp(writer, journal)
            let (facts, result) = try body(writer)
            guard !facts.isEmpty else { return (result, []) }
            if let left = environment.availableBytes(root), left > 0, left < room.rawValue {
                throw StoreError.file(.diskFull(path: root))
            }
            // After every machine's newest entry, so that replaying all of them gives the same order.
            var last = try writer.newestEntry()
            var action: EntryID?
            let entries = facts.map { fact in
                let now = environment.now()
                let id = EntryID(after: last, at: now, random: environment.random())
                last = id
                action = action ?? id
                return JournalEntry(id: id, at: now, op: action, by: verb, fact: fact)
            }
            try writer.apply(entries)
            if let action { handle.noteOwn(action) }
            let position = try journal.append(entries, after: try writer.positions())
            if let last { try writer.advance(to: position, after: last) }
            try writer.notePlans(entries, in: position.replica)
            return (result, entries.map(\.id))
        }
    }

    /// Tells who listens under which name something was written.
    private func noted<R>(_ written: (result: R, lines: [EntryID])) -> (result: R, lines: [EntryID]) {
        if let action = written.lines.first { ActionLog.current?.add(action) }
        return written
    }
}
