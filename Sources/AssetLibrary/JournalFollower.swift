import AssetCatalog
import AssetModel
import AssetStore
import Synchronization

/// Looks at the journal from time to time and tells what is new in it and applied.
///
/// A line is on the disk before its rows can be found, since the transaction ends after it. So what is told is what the catalog has
/// applied, not what the journal has. A look at sizes is as quick as a notice of the file system would be (it notices no folder that another
/// machine shares, either), and works on every system.
struct JournalFollower: Sendable {
    let history: History
    /// How many lines are told at most.
    let limit: Int

    static let interval = Duration.milliseconds(200)
    /// How many bytes are read at most to tell them.
    private static let byteLimit: Int64 = 64 << 20
    /// After how many looks lines are applied that no one else has applied: a second.
    private static let patience = 5

    private struct TooMuch: Error {}

    /// What is new since the last look; the first look says whether there is a way on from where the caller was.
    func news(_ state: FollowerState) async throws -> [LibraryChange.News] {
        let applied = try await history.catalog.positions()
        guard let known = state.known else {
            let sizes = try history.journal.segmentSizes()
            guard let start = state.start else {
                state.known = applied
                return []
            }
            guard let positions = start.positions(among: sizes) else { return startOver(state, applied) }
            state.known = positions
            return try read(state, from: positions, to: applied)
        }
        guard try history.journal.hasNews(after: known) else { return [] }
        let news = try read(state, from: known, to: applied)
        if news.isEmpty {
            state.waited += 1
            // A program that died behind its line, or a folder that another machine shares.
            if state.waited >= Self.patience {
                state.waited = 0
                try? await history.catchUp()
            }
        } else {
            state.waited = 0
        }
        return news
    }

    private func read(
        _ state: FollowerState, from known: [JournalPosition], to applied: [JournalPosition]
    ) throws -> [LibraryChange.News] {
        let offsets = Dictionary(
            known.map { (Segment($0), $0.byteOffset) }, uniquingKeysWith: max)
        let bytes = applied.reduce(Int64(0)) { $0 + max(0, $1.byteOffset - (offsets[Segment($1)] ?? 0)) }
        if bytes == 0 { return [] }
        guard bytes <= Self.byteLimit else { return startOver(state, applied) }
        let own = history.handle
        var (collector, count) = (ChangeCollector { own.isOwn($0) }, 0)
        do {
            try history.journal.readingPastNewer.read(after: known, upTo: applied) { entries, _ in
                count += entries.count
                if count > limit { throw TooMuch() }
                for entry in entries { collector.add(entry) }
            }
        } catch is TooMuch {
            return startOver(state, applied)
        }
        var positions = Dictionary(known.map { (Segment($0), $0) }) { $1 }
        for position in applied { positions[Segment(position)] = position }
        let latest = Array(positions.values)
        state.known = latest
        var changes = collector.changes
        guard !changes.isEmpty else { return [] }
        let (before, after) = (LibraryPosition(known), LibraryPosition(latest))
        for place in changes.indices { changes[place].position = place == changes.count - 1 ? after : before }
        return changes.map { .change($0) }
    }

    private func startOver(_ state: FollowerState, _ applied: [JournalPosition]) -> [LibraryChange.News] {
        state.known = applied
        return [.startOver(LibraryPosition(applied))]
    }

    private struct Segment: Hashable {
        let replica: String
        let number: Int

        init(_ position: JournalPosition) { (replica, number) = (position.replica, position.segment) }
    }
}

/// How far a follower has read, and what it has not been told yet.
final class FollowerState: Sendable {
    private struct State {
        var known: [JournalPosition]?
        var waited = 0
        var news: ArraySlice<LibraryChange.News> = []
    }

    let start: LibraryPosition?
    private let state = Mutex(State())

    init(start: LibraryPosition?) { self.start = start }

    var isFirst: Bool { known == nil }

    var isEmpty: Bool { state.withLock { $0.news.isEmpty } }

    var known: [JournalPosition]? {
        get { state.withLock { $0.known } }
        set { state.withLock { $0.known = newValue } }
    }

    var waited: Int {
        get { state.withLock { $0.waited } }
        set { state.withLock { $0.waited = newValue } }
    }

    func next() -> LibraryChange.News? { state.withLock { $0.news.popFirst() } }

    func add(_ news: [LibraryChange.News]) { state.withLock { $0.news += news } }
}
