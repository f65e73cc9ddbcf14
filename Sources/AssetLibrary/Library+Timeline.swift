import AssetCatalog
public import AssetModel
import AssetStore
public import Foundation
import Synchronization

extension Library {
    /// Every answer of a query in its order, for laying all of them out before one is asked for: see `SearchTimeline`. Days are those of
    /// `timeZone`. The pages are then asked for with `search(_:limit:after:)`, by the cursors of its segments.
    ///
    /// The last few are kept as long as the library is open and nothing was written since that could change them, so asking twice costs once;
    /// a random order stays the same for that long. Cost of a new one: a tenth of a second a million answers in orders by time.
    ///
    /// Errors: as of a search.
    public func timeline(
        of query: SearchQuery, timeZone: TimeZone = .current
    ) async throws(LibraryError) -> (timeline: SearchTimeline, position: LibraryPosition) {
        let query = try await resolved(query)
        return try await inLibraryWords {
            let catalog = history.catalog
            let zone = timeZone.identifier
            let key = TimelineShelf.Key(query: query, zone: zone, positions: Set(try await catalog.positions()))
            if let known = try timelines.timeline(key) ?? carriedOn(key) {
                return (known, LibraryPosition(key.positions))
            }
            let (timeline, positions) = try await catalog.timeline(
                of: query, in: timeZone, randomSeed: timelines.randomSeed { history.environment.random() })
            timelines.keep(timeline, .init(query: query, zone: zone, positions: Set(positions)))
            return (timeline, LibraryPosition(positions))
        }
    }

    /// The timeline of everything that was made before what was written since, where no picture came or went with that: stars and tags are
    /// given one after the other, and each would cost a walk. Nil where one is needed.
    private func carriedOn(_ key: TimelineShelf.Key) throws -> SearchTimeline? {
        guard key.query.condition == .everything, [.newestFirst, .oldestFirst].contains(key.query.order),
            let known = timelines.latest(key.query, key.zone)
        else { return nil }
        let now = key.positions
        let isPassed = known.positions.allSatisfy { earlier in
            now.contains {
                $0.replica == earlier.replica && $0.segment == earlier.segment && $0.byteOffset >= earlier.byteOffset
            }
        }
        guard isPassed else { return nil }
        var count = 0
        do {
            try history.journal.readingPastNewer.read(after: Array(known.positions), upTo: Array(now)) { entries, _ in
                count += entries.count
                if count > Self.carriedEntryLimit || entries.contains(where: \.fact.mayMovePictures) {
                    throw CancellationError()
                }
            }
        } catch is CancellationError {
            return nil
        }
        timelines.keep(known.timeline, key)
        return known.timeline
    }

    private static var carriedEntryLimit: Int { 2000 }
}

/// The timelines that were asked for last, by query and by how far the journal had been read: a few, and a bounded number of bytes.
final class TimelineShelf: Sendable {
    struct Key: Hashable {
        let query: SearchQuery
        let zone: String
        let positions: Set<JournalPosition>
    }

    /// At most this many, and at most this many bytes in all: a million answers are about 2 MB.
    private static let (count, byteCount) = (8, 16 << 20)

    private struct State {
        /// The one asked for last stands last.
        var timelines: [(key: Key, timeline: SearchTimeline)] = []
        var randomSeed: UInt64?
    }

    private let state = Mutex(State())

    func timeline(_ key: Key) -> SearchTimeline? {
        state.withLock { state in
            guard let place = state.timelines.firstIndex(where: { $0.key == key }) else { return nil }
            let known = state.timelines.remove(at: place)
            state.timelines.append(known)
            return known.timeline
        }
    }

    /// The one that was made last of a query, whatever was written since.
    func latest(_ query: SearchQuery, _ zone: String) -> (positions: Set<JournalPosition>, timeline: SearchTimeline)? {
        state.withLock { state in
            state.timelines.last { $0.key.query == query && $0.key.zone == zone }.map {
                ($0.key.positions, $0.timeline)
            }
        }
    }

    func keep(_ timeline: SearchTimeline, _ key: Key) {
        state.withLock { state in
            // What was asked before with other positions will not be asked for again.
            state.timelines.removeAll { $0.key.query == key.query && $0.key.zone == key.zone }
            state.timelines.append((key, timeline))
            while state.timelines.count > 1,
                state.timelines.count > Self.count
                    || state.timelines.reduce(0, { $0 + $1.timeline.byteCount }) > Self.byteCount
            {
                state.timelines.removeFirst()
            }
        }
    }

    /// What random orders begin with, drawn once.
    func randomSeed(_ draw: () -> UInt64) -> UInt64 {
        let drawn = draw()
        return state.withLock { state in
            let seed = state.randomSeed ?? drawn
            state.randomSeed = seed
            return seed
        }
    }
}

extension SearchTimeline {
    fileprivate var byteCount: Int { ratios.count + stacks.count + segments.count * 64 + days.count * 48 }
}
