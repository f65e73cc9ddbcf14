import AssetCatalog
import AssetModel
import Foundation
import Schema
import Testing

/// Facts as a library would record them, in order, one second apart.
struct Story {
    private var last: EntryID?
    private(set) var entries: [JournalEntry] = []
    private var now = Timestamp(milliseconds: 1_767_225_600_000)

    /// Lets the next line be told at a time.
    mutating func moveClock(to time: Timestamp) { now = time.adding(seconds: -1) }

    @discardableResult
    mutating func tell(_ fact: JournalEntry.Fact) -> JournalEntry {
        now = now.adding(seconds: 1)
        let id = EntryID(after: last, at: now, random: UInt64(entries.count))
        last = id
        let entry = JournalEntry(id: id, at: now, fact: fact)
        entries.append(entry)
        return entry
    }

    static func digest(_ byte: UInt8) throws -> ContentDigest {
        try ContentDigest(bytes: [UInt8](repeating: byte, count: 32))
    }

    static func facts(_ width: Int = 640) throws -> ImageFacts {
        ImageFacts(
            format: .png, storedSize: try #require(PixelSize(width: width, height: 480)), orientation: .upright,
            hasAlpha: false, bitDepth: 8, frameCount: 1, byteCount: 100)
    }

    mutating func importing(_ byte: UInt8, as path: String) throws {
        tell(.imported(.init(asset: try Self.digest(byte), facts: try Self.facts(), path: path)))
    }

    mutating func generating(
        _ id: Run.ID, prompt: String, seed: UInt64, references: [UInt8], output: UInt8,
        until state: Run.State
    ) throws {
        let size = try #require(PixelSize(width: 2048, height: 2048))
        tell(
            .planned(
                .init(
                    generation: id, model: "fal-ai/hidream-o1-image/edit", prompt: prompt,
                    parameters: .object(["seed": .seed(seed)]),
                    references: try ReferenceSet(try references.map(Self.digest)), size: size, host: RemoteHost("h"))))
        if state == .planned { return }
        tell(.sending(.init(generation: id, urls: references.map { "https://f/\($0)" })))
        if state == .sending { return }
        let request = RemoteRequest(id: "r\(id)", statusURL: "s", responseURL: "p", cancelURL: "c")
        tell(.submitted(.init(generation: id, request: request)))
        if state == .submitted { return }
        let made = Run.Output(
            asset: try Self.digest(output), facts: try Self.facts(2048), isFlagged: false, url: "https://f/o")
        tell(.finished(.init(generation: id, outputs: [made], response: .object(["seed": .seed(seed)]))))
    }

    /// A catalog with the whole story, told in batches of `size`.
    func catalog(batch size: Int = 1000) async throws -> Catalog {
        let catalog = try Catalog.inMemory()
        var told = 0
        while told < entries.count {
            let batch = Array(entries[told..<min(told + size, entries.count)])
            told += batch.count
            let position = JournalPosition(replica: "r", segment: 1, byteOffset: Int64(told))
            try await catalog.withWriteLock { try $0.apply(batch, upTo: position) }
        }
        return catalog
    }
}

struct CatalogTests {
    private let first = Run.ID(random: (1, 2))
    private let second = Run.ID(random: (3, 4))

    private func story() throws -> Story {
        var story = Story()
        try story.importing(1, as: "/pictures/Blue Mug.png")
        try story.importing(2, as: "/pictures/cat.png")
        try story.importing(1, as: "/backup/mug-copy.png")
        story.tell(.setExtended(.init(set: "mugs", assets: [try Story.digest(2), try Story.digest(1)])))
        story.tell(.tagged(.init(assets: [try Story.digest(1)], tags: ["White", "kept"])))
        story.tell(.untagged(.init(assets: [try Story.digest(1)], tags: ["kept"])))
        story.tell(
            .uploaded(
                .init(
                    digest: try Story.digest(1), host: RemoteHost("h"), access: .publicLink, url: "https://f/1",
                    byteCount: 100, expiresAt: nil)))
        try story.generating(first, prompt: "the mug on Märble", seed: 7, references: [1], output: 9, until: .finished)
        try story.generating(
            second, prompt: "again, the mug", seed: .max, references: [1, 2], output: 9, until: .finished)
        return story
    }

    private func search(_ catalog: Catalog, _ query: String) async throws -> [String] {
        try await catalog.search(SearchQuery(parsing: query)).map {
            $0.generation.map { $0 == first ? "first" : "second" } ?? "\($0.asset.bytes[0])"
        }
    }

    @Test func `telling a story twice, or piece by piece, changes nothing`() async throws {
        let story = try story()
        let live = try await story.catalog(batch: 1)
        let rebuilt = try await story.catalog()
        let expected = try await rebuilt.contents().tables
        #expect(try await live.contents().tables == expected)
        for entry in story.entries {
            try await live.withWriteLock {
                try $0.apply([entry], upTo: JournalPosition(replica: "r", segment: 1, byteOffset: 1))
            }
        }
        #expect(try await live.contents().tables == expected)
    }

    @Test func `a fold in bulk comes to the rows of one action after another`() async throws {
        let story = try story()
        let catalog = try await story.catalog(batch: 1)
        let fold = try CatalogFold.temporary()
        try await fold.fold { writer in
            let end = JournalPosition(replica: "r", segment: 1, byteOffset: Int64(story.entries.count))
            try writer.apply(story.entries, upTo: end)
        }
        let folded = fold.catalog()
        #expect(try await folded.contents().tables == catalog.contents().tables)
        #expect(try await folded.digests().tables == catalog.digests().tables)
        #expect(try await folded.isSearchIndexSound() == true)
        #expect(try await catalog.isSearchIndexSound() == true)
        #expect(try await search(folded, "mug") == search(catalog, "mug"))
    }

    @Test func `a digest tells catalogs apart that differ in one value`() async throws {
        var story = try story()
        let before = try await story.catalog().digests().tables
        story.tell(.tagged(.init(assets: [try Story.digest(2)], tags: ["late"])))
        let after = try await story.catalog().digests().tables
        #expect(
            before.keys.filter { before[$0] != after[$0] }.sorted() == [
                "assetTag", "assetText", "curation", "curationSubject", "tagTally",
            ])
    }

    @Test func `every table is compared`() async throws {
        let tables = try Schema.statements().tables.compactMap {
            try #/CREATE TABLE ([A-Za-z]+)/#.firstMatch(in: $0).map { String($0.1) }
        }
        let compared = try await Catalog.inMemory().contents().tables.keys
        // A word whose last text is gone may stand in `searchWord` or not; that none is missing there, the index checks.
        #expect(Set(tables).subtracting(compared) == ["fold", "journalPosition", "searchWord", "word"])
    }

    @Test func `two generations that made the same picture are both found`() async throws {
        let catalog = try await story().catalog()
        #expect(try await search(catalog, "seed:7") == ["first"])
        #expect(try await search(catalog, "seed:18446744073709551615") == ["second"])
        #expect(try await search(catalog, "mug kind:generated") == ["second", "first"])
    }

    @Test(
        arguments: [
            ("mug", ["second", "first", "1"]), ("MARBLE", ["first"]), ("märble", ["first"]),
            ("\"the mug\"", ["second", "first"]),
            ("\"mug the\"", []), ("blue", ["1"]), ("mug-copy.png", ["1"]), ("tag:white", ["1"]), ("white", ["1"]),
            ("tag:kept", []), ("set:mugs", ["2", "1"]), ("@MUGS kind:reference mug", ["1"]), ("set:nosuch", []),
            ("kind:reference", ["2", "1"]), ("(mug:1.2)", []), ("mug (((", ["second", "first", "1"]), ("!!!", []),
            ("mug AND cat", []), ("NEAR(mug)", []), ("mug*", ["second", "first", "1"]), ("\" OR \"", []),
            ("a:b\0c", []),
            ("'; DROP TABLE asset; --", []),
        ] as [(String, [String])])
    func `a search answers newest first and never fails`(query: String, found: [String]) async throws {
        #expect(try await search(try await story().catalog(), query) == found)
    }

    @Test func `pages follow each other by key`() async throws {
        let catalog = try await story().catalog()
        let all = try await catalog.search(SearchQuery())
        #expect(all.count == 4)
        var paged: [SearchHit] = []
        var before: SearchCursor?
        repeat {
            let page = try await catalog.search(SearchQuery(), limit: 1, after: before)
            paged += page
            before = page.last?.cursor
        } while before != nil
        #expect(paged == all)
    }

    @Test func `an upload counts how often its URL was used`() async throws {
        let catalog = try await story().catalog()
        #expect(try await catalog.uploads().map(\.useCount) == [2])
    }

    @Test func `an asset knows where it was seen, and what it is called`() async throws {
        let catalog = try await story().catalog()
        let asset = try #require(try await catalog.asset(try Story.digest(1)))
        #expect(asset.origins.count == 2)
        #expect(asset.tags == ["White"])
        #expect(asset.sets == ["mugs"])
        #expect(asset.kind == .reference)
        let made = try #require(try await catalog.asset(try Story.digest(9)))
        #expect(made.origins.count == 2 && made.kind == .generated)
        let found = try await catalog.digests(startingWith: ["xyz", "0101", ""], limit: 2)
        #expect(found == [[], [try Story.digest(1)], []])
    }

    @Test(arguments: [Run.State.planned, .sending, .submitted, .finished])
    func `a generation is where its last entry left it`(state: Run.State) async throws {
        var story = Story()
        try story.importing(1, as: "/a.png")
        try story.generating(first, prompt: "p", seed: 7, references: [1], output: 9, until: state)
        let catalog = try await story.catalog()
        let generation = try #require(try await catalog.generation(first))
        #expect(generation.state == state)
        #expect(generation.seed == 7)
        #expect(generation.references.members == [try Story.digest(1)])
        #expect(try await catalog.unfinishedGenerations().count == (state == .finished ? 0 : 1))
        #expect(generation.outputs.count == (state == .finished ? 1 : 0))
    }

    @Test func `what inspection says is what the newest entry says, in whatever order they come`() async throws {
        var story = Story()
        func recipe(_ seed: UInt64) -> EmbeddedRecipe {
            EmbeddedRecipe(
                recipe: Recipe(
                    generator: "g", certainty: .certain, prompt: "teapot \(seed)", seed: seed, guidance: 6.5),
                rule: "r", payload: [])
        }
        try story.generating(first, prompt: "p", seed: 7, references: [], output: 1, until: .finished)
        let digest = try Story.digest(1)
        story.tell(.imported(.init(asset: digest, facts: try Story.facts(), path: "/a.png", recipe: recipe(1))))
        story.tell(.inspected(.init(asset: digest, facts: try Story.facts(9), recipe: recipe(2), note: nil)))
        let entries = story.entries
        let expected = try await story.catalog().contents().tables
        for order in [[3, 4, 5], [4, 5, 3], [4, 3, 5], [3, 5, 4]] {
            let catalog = try Catalog.inMemory()
            try await catalog.withWriteLock { writer in
                try writer.apply(entries[0..<3] + order.map { entries[$0] })
            }
            #expect(try await catalog.contents().tables["recipe"] == expected["recipe"], "\(order)")
            let asset = try #require(try await catalog.asset(digest))
            #expect(asset.recipe?.seed == 2 && asset.facts.storedSize.width == 9)
            #expect(try await catalog.search(SearchQuery(parsing: "seed:2 teapot")).count == 1)
            #expect(try await catalog.search(SearchQuery(parsing: "seed:1")).isEmpty)
            #expect(try await catalog.search(SearchQuery(parsing: "seed:7")).map(\.prompt) == ["p"])
        }
    }

    @Test func `facts about a run that come before its plan are not lost`() async throws {
        var story = Story()
        try story.generating(first, prompt: "the mug", seed: 7, references: [1], output: 9, until: .finished)
        let catalog = try Catalog.inMemory()
        let entries = story.entries
        try await catalog.withWriteLock { try $0.apply(entries.reversed()) }
        #expect(try await catalog.contents().tables == story.catalog().contents().tables)
        #expect(try await search(catalog, "mug seed:7") == ["first"])
    }

    @Test func `a tag on a picture that another machine has yet to send is there when it comes`() async throws {
        var story = Story()
        try story.importing(1, as: "/a.png")
        story.tell(.tagged(.init(assets: [try Story.digest(1)], tags: ["kept"])))
        story.tell(.setExtended(.init(set: "mugs", assets: [try Story.digest(1)])))
        let catalog = try Catalog.inMemory()
        let entries = story.entries
        let position = JournalPosition(replica: "r", segment: 1, byteOffset: 1)
        try await catalog.withWriteLock { try $0.apply(Array(entries[1...]), upTo: position) }
        #expect(try await catalog.asset(Story.digest(1)) == nil)
        #expect(try await catalog.tags().isEmpty)
        #expect(try await catalog.set(named: "mugs")?.members == [])
        try await catalog.withWriteLock { try $0.apply([entries[0]]) }
        #expect(try await search(catalog, "tag:kept @mugs") == ["1"])
        #expect(try await catalog.contents().tables == story.catalog().contents().tables)
    }

    @Test func `a state never goes back`() async throws {
        var story = Story()
        try story.generating(first, prompt: "p", seed: 7, references: [], output: 9, until: .finished)
        story.tell(.failed(.init(generation: first, code: "x", reason: "late news")))
        story.tell(.sending(.init(generation: first, urls: [])))
        let generation = try await story.catalog().generation(first)
        #expect(generation?.state == .finished)
        #expect(generation?.reason == nil)
    }
}

struct SetTests {
    private func members(_ story: Story, _ name: String = "s") async throws -> [UInt8]? {
        try await story.catalog().set(named: name)?.members.map { $0.bytes[0] }
    }

    private func story() throws -> Story {
        var story = Story()
        for byte in UInt8(1)...4 { try story.importing(byte, as: "/\(byte).png") }
        return story
    }

    private func change(_ bytes: UInt8...) throws -> JournalEntry.SetChange {
        .init(set: "s", assets: try bytes.map(Story.digest))
    }

    @Test func `members keep the order in which they joined`() async throws {
        var story = try story()
        story.tell(.setExtended(try change(3, 1)))
        story.tell(.setExtended(try change(2, 3)))
        #expect(try await members(story) == [3, 1, 2])
    }

    @Test func `the order of a set does not wrap round after the millionth place`() async throws {
        var story = try story()
        let (first, filler, last) = (try Story.digest(1), try Story.digest(2), try Story.digest(3))
        let assets = [filler, first] + Array(repeating: filler, count: 1_000_000) + [last]
        story.tell(.setExtended(.init(set: "s", assets: assets)))
        #expect(try await members(story) == [2, 1, 3])
    }

    @Test func `an arranged set is in that order, and newcomers come last`() async throws {
        var story = try story()
        story.tell(.setExtended(try change(1, 2, 3)))
        story.tell(.setArranged(try change(3, 1, 2)))
        story.tell(.setExtended(try change(4)))
        #expect(try await members(story) == [3, 1, 2, 4])
    }

    @Test func `who left can come back, at the end`() async throws {
        var story = try story()
        story.tell(.setExtended(try change(1, 2)))
        story.tell(.setReduced(try change(1)))
        #expect(try await members(story) == [2])
        story.tell(.setExtended(try change(1)))
        #expect(try await members(story) == [2, 1])
    }

    @Test func `a set that was given up is gone, and made again is empty`() async throws {
        var story = try story()
        story.tell(.setExtended(try change(1, 2)))
        story.tell(.setDeleted(try change()))
        #expect(try await members(story) == nil)
        story.tell(.setCreated(try change()))
        #expect(try await members(story) == [])
        story.tell(.setExtended(try change(2)))
        #expect(try await members(story, "S") == [2])
    }
}
