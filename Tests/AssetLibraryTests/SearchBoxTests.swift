import AssetModel
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// What a gallery shows beside its pictures: suggestions and counts.
struct SearchBoxTests {
    private static func offers(_ text: String, _ library: Library) async throws -> [String] {
        try await library.searchBox(text).suggestions.map { suggestion in
            suggestion.text + (suggestion.count.map { " \($0)" } ?? "")
        }
    }

    @Test func `what was begun is completed from what the library has`() async throws {
        try await SetStory.with(4, in: nil) { library, assets in
            try await library.tag([assets[0], assets[2]], with: ["Märble", "off white"])
            try await library.tag([assets[1]], with: ["marsh"])
            _ = try await library.addToSet("Mars", [assets[0], assets[1], assets[3]])
            try await library.createSmartSet("maroon", query: "tag:marsh")
            #expect(try await Self.offers("tag:mar", library) == ["tag:Märble 2", "tag:marsh 1"])
            #expect(try await Self.offers("-tag:off", library) == ["tag:\"off white\" 2"])
            #expect(try await Self.offers("@MAR", library) == ["@maroon", "@Mars 3"])
            #expect(try await Self.offers("set:mars", library) == ["set:Mars 3"])
            #expect(try await Self.offers("is:por", library) == ["is:portrait"])
            #expect(try await Self.offers("sort:-s", library) == ["sort:-seed", "sort:-size"])
            #expect(try await Self.offers("format:", library).first == "format:png 4")
            #expect(try await Self.offers("ra", library).prefix(2) == ["rating:", "ratio:"])
            #expect(try await Self.offers("\"mar", library).isEmpty)
            #expect(try await Self.offers("", library).count == SearchBox.limit)
            let mixed = try await Self.offers("mar", library)
            #expect(mixed.prefix(4) == ["tag:Märble 2", "tag:marsh 1", "@maroon", "@Mars 3"])
            #expect(mixed.contains("marsh 1"))
            _ = try await library.trash([assets[2]])
            #expect(try await Self.offers("tag:mä", library) == ["tag:Märble 1", "tag:marsh 1"])
            for offer in try await library.searchBox("tag:o", caret: 5).suggestions {
                #expect(offer.start == 0 && offer.length == 5 && offer.kind == .tag)
            }
        }
    }

    @Test func `pictures of a set come in its own order, page by page and in the timeline`() async throws {
        try await SetStory.with(5, in: nil) { library, assets in
            let order = [3, 0, 4, 1].map { assets[$0] }
            _ = try await library.addToSet("mugs", order)
            _ = try await library.favourite([assets[0], assets[1]])
            try await library.createSmartSet("kept", query: "@mugs")
            for (text, expected) in [
                ("@MUGS sort:set", order), ("@mugs is:favourite sort:set", [assets[0], assets[1]]),
                ("sort:set", Array(assets.reversed())), ("@nowhere sort:set", []), ("@kept sort:set", order),
            ] {
                let query = library.reading(of: text).query
                let timeline = try await library.timeline(of: query).timeline
                var (paged, last): ([SearchHit], SearchCursor?) = ([], nil)
                while paged.count < timeline.count {
                    paged += try await library.search(query, limit: 2, after: last)
                    last = paged.last?.cursor
                }
                #expect(paged.map(\.asset) == expected, "\(text)")
                #expect(timeline.order == (["sort:set", "@nowhere sort:set"].contains(text) ? .newestFirst : .set))
            }
        }
    }

    @Test func `counts agree with what searches find`() async throws {
        try await SetStory.with(5, in: nil) { library, assets in
            try await library.tag(Array(assets.prefix(3)), with: ["white"])
            _ = try await library.addToSet("mugs", Array(assets.prefix(4)))
            try await library.createSmartSet("kept", query: "tag:white limit:1")
            try await library.createSmartSet("lost", query: "@nowhere")
            _ = try await library.trash([assets[0]])
            _ = try await library.favourite([assets[1]])
            let counts = try await library.counts()
            #expect(counts.pictures == 4 && counts.references == 4 && counts.favourites == 1 && counts.trash == 1)
            #expect(counts.running == 0 && counts.unknown == 0 && counts.onFal == 0)
            #expect(try await library.count(SearchQuery()) == counts.pictures)
            #expect(try await library.tagCounts().map { "\($0.tag) \($0.count)" } == ["white 2"])
            let sets = try await library.setSummaries(countingFor: .seconds(5))
            #expect(sets.map(\.name) == ["kept", "lost", "mugs"])
            #expect(sets.map(\.count) == [1, 0, 3] && sets.map(\.isSmart) == [true, true, false])
            #expect(sets[2].cover == assets[1])
            #expect(try await library.setSummaries(countingFor: .zero).map(\.count) == [nil, nil, 3])
        }
    }
}
