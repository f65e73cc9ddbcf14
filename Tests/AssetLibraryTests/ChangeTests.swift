import AssetModel
import AssetStore
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// What a follower hears of what is written.
struct ChangeTests {
    /// The next thing that is told, within ten seconds.
    private static func next(
        _ changes: AsyncThrowingStream<LibraryChange.News, any Error>
    ) async throws -> LibraryChange.News? {
        try await withThrowingTaskGroup(of: LibraryChange.News?.self) { group in
            group.addTask {
                for try await news in changes { return news }; return nil
            }
            group.addTask {
                try await Task.sleep(for: .seconds(10))
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    @Test func `what another program writes is told when it can be found, with what it concerns`() async throws {
        try await TestLibrary.with { library in
            let start = try await library.position()
            try await Library.withLibrary(at: library.root, logger: TestLibrary.logger) { other in
                _ = try await other.importFiles([Fixtures.path("images/demo/mug.png")])
            }
            guard case .change(let arrival)? = try await Self.next(library.changes(since: start)) else {
                Issue.record("nothing was told")
                return
            }
            #expect(arrival.verb == "import" && arrival.assets.count == 1 && arrival.isArrival && !arrival.isOwn)
            #expect(try await library.search(SearchQuery()).map(\.asset) == arrival.assets)

            try await library.tag(arrival.assets, with: ["white"])
            guard case .change(let tagged)? = try await Self.next(library.changes(since: arrival.position)) else {
                Issue.record("nothing was told")
                return
            }
            #expect(tagged.tags == ["white"] && tagged.assets == arrival.assets && tagged.isOwn && !tagged.isArrival)
            #expect(try await library.position() == tagged.position)
            let text = tagged.position.text
            #expect(LibraryPosition(parsing: text) == tagged.position)
            for damaged in ["", "x", text + "_", text.replacing(".", with: ".-"), text + ".1"] {
                #expect(LibraryPosition(parsing: damaged) == nil, "\(damaged)")
            }
        }
    }

    @Test func `a position that cannot be continued is told, and what comes after follows it`() async throws {
        try await TestLibrary.with { library in
            let empty = try await library.position()
            _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
            let assets = try await library.search(SearchQuery()).map(\.asset)
            for tag in ["a", "b", "c"] { try await library.tag(assets, with: [tag]) }
            let now = try await library.position()
            #expect(try await Self.next(library.changes(since: empty, limit: 3)) == .startOver(now))
            guard case .change? = try await Self.next(library.changes(since: empty, limit: 4)) else {
                Issue.record("four lines can be told")
                return
            }
            // Farther than the journal goes, as after a backup was put back.
            let reach = try #require(now.reaches.first)
            let beyond = LibraryPosition([
                JournalPosition(replica: reach.replica, segment: reach.segment, byteOffset: reach.byteOffset + 1)
            ])
            #expect(try await Self.next(library.changes(since: beyond)) == .startOver(now))
            let elsewhere = LibraryPosition([
                JournalPosition(replica: "00000000-0000-0000-0000-000000000000", segment: 1, byteOffset: 5)
            ])
            #expect(try await Self.next(library.changes(since: elsewhere)) == .startOver(now))
        }
    }

    @Test func `a timeline is kept until something is written`() async throws {
        try await TestLibrary.with { library in
            _ = try await library.importFiles([
                Fixtures.path("images/demo/mug.png"), Fixtures.path("images/demo/cat.jpg"),
            ])
            let query = SearchQuery(parsing: "sort:random")
            let first = try await library.timeline(of: query)
            let second = try await library.timeline(of: query)
            #expect(first.timeline == second.timeline && first.position == second.position && first.timeline.count == 2)
            let asset = try #require(try await library.search(SearchQuery()).first?.asset)
            _ = try await library.timeline(of: SearchQuery())
            _ = try await library.favourite([asset])
            let rated = try await library.timeline(of: SearchQuery())
            #expect(rated.timeline.count == 2 && rated.position != first.position)
            #expect(try await library.timeline(of: SearchQuery(parsing: "is:favourite")).timeline.count == 1)
            _ = try await library.trash([asset])
            #expect(try await library.timeline(of: SearchQuery()).timeline.count == 1)
            let third = try await library.timeline(of: query)
            #expect(third.timeline.count == 1 && third.position != second.position)
        }
    }
}
