import AssetModel
import Foundation
import Testing

@testable import AssetCatalog

/// A timeline against the pages that its segments lead to.
struct TimelineTests {
    private static let utc = TimeZone(identifier: "UTC") ?? .current

    /// Asks for each segment as a page, and compares all of them with the search from page to page.
    private static func expectPages(
        of query: SearchQuery, _ catalog: Catalog, segmentSize: Int, seed: UInt64
    ) async throws {
        let (timeline, _) = try await catalog.timeline(
            of: query, in: utc, randomSeed: seed, segmentSize: segmentSize)
        var (whole, last): ([SearchHit], SearchCursor?) = ([], nil)
        let total = query.limit ?? .max
        while whole.count < total {
            let page = try await catalog.search(
                query, limit: min(1000, total - whole.count), after: last, randomSeed: seed)
            whole += page
            last = page.last?.cursor
            if page.isEmpty { break }
        }
        #expect(timeline.count == whole.count && timeline.stacks.count == whole.count, "\(query)")
        var paged: [SearchHit] = []
        for segment in timeline.segments {
            #expect((1...segmentSize).contains(segment.count))
            let after = try segment.after.map { try #require(SearchCursor(parsing: $0.text)) }
            // The seed of a later ask is another one; the cursors carry the first.
            paged += try await catalog.search(query, limit: segment.count, after: after, randomSeed: seed &+ 1)
        }
        #expect(paged.map(\.cursor.item) == whole.map(\.cursor.item), "\(query)")
        #expect(paged.map(\.asset) == whole.map(\.asset), "\(query)")
        for (place, hit) in whole.enumerated() {
            let size = hit.facts.displaySize
            let ratio = SearchTimeline.ratio(timeline.ratios[place])
            #expect(abs(ratio / (Double(size.width) / Double(size.height)) - 1) < 0.012)
            let isSame =
                place > 0 && hit.generation != nil && whole[place - 1].generation != nil
                && hit.prompt == whole[place - 1].prompt && hit.prompt != ""
            let isStacked = [.newestFirst, .oldestFirst, .relevance].contains(query.order) && isSame
            #expect(timeline.stacks[place] == (isStacked ? 1 : 0), "\(query) \(place)")
        }
        let isByTime = [.newestFirst, .oldestFirst].contains(query.order)
        #expect(timeline.days.reduce(0) { $0 + $1.count } == (isByTime ? whole.count : 0))
    }

    private static let areAttacksFull = ProcessInfo.processInfo.environment["ATELIER_TEST_ATTACKS"] == "full"

    @Test func `the pages of all segments are the whole search, in every order`() async throws {
        var random = SystemRandomNumberGenerator()
        let catalog = try await SearchTests.catalog(try SearchTests.pictures(&random))
        for order in SearchQuery.Order.allCases {
            for round in 0..<(Self.areAttacksFull ? 20 : 5) {
                let condition = round == 0 ? .everything : SearchTests.condition(&random, depth: 2).normalized
                let query = SearchQuery(condition, order: order, limit: round % 4 == 3 ? 9 : nil)
                try await Self.expectPages(
                    of: query, catalog, segmentSize: Int.random(in: 1...20, using: &random), seed: random.next())
            }
        }
    }

    @Test func `random histories have the same answers in their timelines and in their pages`() async throws {
        var random = SystemRandomNumberGenerator()
        for seed in 0..<(Self.areAttacksFull ? 60 : 8) {
            let catalog = try Catalog.inMemory()
            let entries = try RandomHistory(seed: UInt64(seed) + 700).entries
            try await catalog.withWriteLock { try $0.apply(entries) }
            for order in SearchQuery.Order.allCases {
                for text in ["", "mug", "-mug", "is:trashed"] {
                    var query = SearchQuery(parsing: text)
                    query.order = order
                    let (timeline, _) = try await catalog.timeline(
                        of: query, in: Self.utc, randomSeed: random.next(), segmentSize: 3)
                    var paged: [Int64] = []
                    for segment in timeline.segments {
                        paged += try await catalog.search(query, limit: segment.count, after: segment.after)
                            .map(\.cursor.item)
                    }
                    #expect(paged.count == timeline.count && Set(paged).count == paged.count, "\(seed) \(query)")
                    #expect(try await catalog.count(query) == timeline.count)
                }
            }
        }
    }

    @Test func `by relevance the candidates come first and all others behind them`() async throws {
        let fold = try CatalogFold.temporary()
        try await fold.fold { writer in
            var last: EntryID?
            for number in 0..<3_700 {
                let id = EntryID(
                    after: last, at: Timestamp(milliseconds: 1_767_225_600_000 + Int64(number)), random: UInt64(number))
                last = id
                var bytes = [UInt8](repeating: 7, count: 32)
                (bytes[0], bytes[1]) = (UInt8(number / 256), UInt8(number % 256))
                let facts = ImageFacts(
                    format: .png, storedSize: try #require(PixelSize(width: 16 + number % 7, height: 32)),
                    orientation: .upright, hasAlpha: false, bitDepth: 8, frameCount: 1, byteCount: 100)
                let name = number % 1000 == 3 ? "mug rare" : "mug"
                let fact = JournalEntry.Imported(
                    asset: try ContentDigest(bytes: bytes), facts: facts, path: "/a/\(name) \(number).png")
                try writer.apply([JournalEntry(id: id, at: id.time, fact: .imported(fact))])
            }
        }
        let catalog = fold.catalog()
        for text in ["mug sort:relevance", "mug OR rare sort:relevance", "mug OR rare sort:relevance limit:3100"] {
            try await Self.expectPages(of: SearchQuery(parsing: text), catalog, segmentSize: 500, seed: 1)
        }
    }

    @Test func `days begin at midnight where the person is, and each stands once`() async throws {
        var story = Story()
        for (number, time) in [
            "2026-03-28T22:30:00.000Z", "2026-03-28T23:30:00.000Z", "2026-03-29T21:59:59.999Z",
            "2026-03-29T22:00:00.000Z",
        ]
        .enumerated() {
            story.moveClock(to: try #require(Timestamp(parsing: time)))
            try story.importing(UInt8(number + 1), as: "/a/\(number).png")
        }
        let catalog = try await story.catalog()
        // Clocks go forward on the 29th, so that day has 23 hours.
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let newest = try await catalog.timeline(of: SearchQuery(), in: berlin).timeline
        #expect(
            newest.days == [
                .init(day: "2026-03-30", count: 1), .init(day: "2026-03-29", count: 2),
                .init(day: "2026-03-28", count: 1),
            ])
        let oldest = try await catalog.timeline(of: SearchQuery(order: .oldestFirst), in: berlin).timeline
        #expect(oldest.days == newest.days.reversed())
        let empty = try await catalog.timeline(of: SearchQuery(.nothing), in: berlin).timeline
        #expect(empty.count == 0 && empty.days.isEmpty && empty.segments.isEmpty)
    }
}
