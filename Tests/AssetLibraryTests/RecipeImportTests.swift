import AssetLibrary
import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

struct RecipeImportTests {
    /// Fixtures with a recipe or a note, in the file or in its pixels.
    static var telling: [RecipeFixture] {
        get throws { try Fixtures.recipes.filter { $0.recipe != nil || $0.alpha != nil || $0.note != nil } }
    }

    @Test(arguments: try telling)
    func `a picture of another tool is found by a word of its prompt and by its seed`(
        fixture: RecipeFixture
    ) async throws {
        let recipe = fixture.recipe ?? fixture.alpha?.recipe
        try await TestLibrary.with { library in
            // Its neighbours must not be found with it.
            let others = ["images/demo/cat.jpg", "recipes/none/camera.jpg"].map(Fixtures.path)
            let summary = try await library.importFiles([fixture.path] + others)
            #expect(summary.newCount == 3)
            let asset = try #require(try await library.asset(fixture.sha256))
            #expect(asset.recipe == recipe)
            #expect(asset.recipeRule == fixture.rule ?? fixture.alpha?.rule)
            #expect(asset.note == fixture.note)
            func found(_ query: String) async throws -> [ContentDigest] {
                try await library.search(SearchQuery(parsing: query)).map(\.asset)
            }
            for word in Self.words(recipe?.prompt ?? fixture.note) {
                #expect(try await found(word) == [fixture.sha256], "\(word)")
            }
            if let seed = recipe?.seed { #expect(try await found("seed:\(seed)") == [fixture.sha256]) }
            for seed in recipe?.otherSeeds ?? [] { #expect(try await found("seed:\(seed)") == [fixture.sha256]) }
            for word in (recipe?.otherPrompts ?? []).flatMap(Self.words) {
                #expect(try await found(word) == [fixture.sha256], "\(word)")
            }
            #expect(try await found("seed:1234567").isEmpty)
            let hits = try await library.search(SearchQuery())
            let hit = try #require(hits.first { $0.asset == fixture.sha256 })
            #expect(hit.kind == .reference && hit.seed == recipe?.seed && hit.prompt == recipe?.prompt)
            #expect(hit.model == recipe?.model && hit.generator == recipe?.generator && hit.note == fixture.note)
            for other in hits where other.asset != fixture.sha256 { #expect(other.seed == nil && other.prompt == nil) }
        }
    }

    @Test func `a text that only looks like a recipe gives none`() async throws {
        let fixtures = try Fixtures.recipes.filter { $0.recipe == nil && $0.alpha == nil && $0.note == nil }
        try await TestLibrary.with { library in
            let summary = try await library.importFiles(fixtures.map(\.path))
            #expect(summary.newCount == fixtures.count)
            for fixture in fixtures {
                let asset = try #require(try await library.asset(fixture.sha256))
                #expect(asset.recipe == nil && asset.note == nil, "\(fixture)")
            }
        }
    }

    @Test(arguments: try Fixtures.recipes.filter { $0.unread?.isEmpty == false })
    func `what no rule understands is found by its words, and shown`(fixture: RecipeFixture) async throws {
        try await TestLibrary.with { library in
            _ = try await library.importFiles(["images/demo/cat.jpg"].map(Fixtures.path) + [fixture.path])
            let asset = try #require(try await library.asset(fixture.sha256))
            #expect(asset.unread == fixture.unread)
            for word in Self.words(fixture.unread) {
                #expect(
                    try await library.search(SearchQuery(parsing: word)).map(\.asset) == [fixture.sha256], "\(word)")
            }
            // The journal alone says the same.
            _ = try await library.rebuild()
            #expect(try await library.asset(fixture.sha256)?.unread == fixture.unread)
        }
    }

    @Test func `the raw texts stay in the journal`() async throws {
        try await TestLibrary.with { library in
            _ = try await library.importFiles([Fixtures.path("recipes/automatic1111/packed.png")])
            let entries = try Self.entries(library)
            guard case .imported(let fact) = entries.last?.fact else { throw CocoaError(.coderReadCorrupt) }
            #expect(fact.recipe?.payload.first?.keyword == "parameters")
            #expect(fact.recipe?.payload.first?.text.contains("Steps: 28") == true)
            #expect(fact.recipe?.payload.first?.place.block == "zTXt")
        }
    }

    @Test func `reading again changes only what inspection owns`() async throws {
        let path = Fixtures.path("recipes/comfyui/prompt.png")
        try await TestLibrary.with { library in
            let asset = try await library.importFiles([path], set: "kept", tags: ["mine"]).assets[0]
            #expect(try await Self.reparse(library, [asset]) == [.unchanged(asset: asset)])
            #expect(try Self.entries(library).count == 3)
            // As an older program would have left it: without a recipe, and with other facts.
            let before = try #require(try await library.asset(asset))
            try await Self.forget(asset, before.facts, library)
            let forgotten = try #require(try await library.asset(asset))
            #expect(forgotten.recipe == nil && forgotten.facts.channels == nil)
            #expect(try await library.search(SearchQuery(parsing: "teapot")).isEmpty)
            #expect(try await library.search(SearchQuery(parsing: "seed:18446744073709551557")).isEmpty)

            let planned = try await Self.reparse(library, [asset], dryRun: true)
            guard case .changed(asset, ["facts", "recipe"], let recipe, nil) = planned.first else {
                Issue.record("\(planned)")
                return
            }
            #expect(recipe?.rule == "comfyui.prompt")
            #expect(try await library.asset(asset) == forgotten)
            #expect(try await Self.reparse(library, [asset]) == planned)
            #expect(try await library.asset(asset) == before)
            #expect(before.tags == ["mine"] && before.sets == ["kept"])
            #expect(try await library.search(SearchQuery(parsing: "teapot seed:18446744073709551557")).count == 1)
        }
    }

    @Test func `what cannot be read again keeps what is known of it`() async throws {
        try await TestLibrary.with { library in
            let asset = try await library.importFiles([Fixtures.path("recipes/comfyui/prompt.png")]).assets[0]
            let known = try #require(try await library.asset(asset))
            let path = library.path(of: asset, .png)
            let bytes = try Data(contentsOf: URL(filePath: path))
            try FileManager.default.removeItem(atPath: path)
            guard case .failed(asset, "unreadable", _) = try await Self.reparse(library, [asset]).first else {
                Issue.record("a missing original was read")
                return
            }
            #expect(try await library.asset(asset) == known)
            try bytes.write(to: URL(filePath: path))
            let stranger = try ContentDigest(bytes: [UInt8](repeating: 7, count: 32))
            guard case .failed(stranger, "unknown_id", _) = try await Self.reparse(library, [stranger]).first else {
                Issue.record("an unknown asset was read")
                return
            }
        }
    }

    @Test func `a picture made here keeps its own prompt when it is imported too`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = RunRequest(model: EditModels.defaultForEdits, prompt: "put it on slate")
            request.references = try await library.pictures(named: [Fixtures.path("recipes/fooocus/json.png")])
            request.seed = 7
            let made = try await session.run(try await session.plan(request)).run.outputs[0]
            _ = try await library.importFiles([library.path(of: made.asset, made.facts.format)])
            let hits = try await library.search(SearchQuery(parsing: "seed:7"))
            #expect(hits.map(\.prompt) == ["put it on slate"])
            #expect(hits.map(\.generator) == [nil])
            #expect(try await library.search(SearchQuery(parsing: "teapot seed:9007199254740993")).count == 1)
        }
    }

    // MARK: - Helpers

    /// Up to three words of a text that a search can find, the longest first.
    private static func words(_ text: String?) -> [String] {
        let words = (text ?? "").split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return Array(words.sorted { $0.count > $1.count }.prefix(3))
    }

    private static func reparse(
        _ library: Library, _ assets: [ContentDigest], dryRun: Bool = false
    ) async throws -> [ReparseOutcome] {
        var outcomes: [ReparseOutcome] = []
        try await library.reparse(assets, dryRun: dryRun) { outcomes.append($0) }
        return outcomes
    }

    private static func segment(_ library: Library) throws -> URL {
        let journal = library.root + "/journal"
        let replica = try #require(try FileManager.default.contentsOfDirectory(atPath: journal).first)
        return URL(filePath: "\(journal)/\(replica)/00000001.jsonl")
    }

    private static func entries(_ library: Library) throws -> [JournalEntry] {
        try String(contentsOf: segment(library), encoding: .utf8).split(separator: "\n")
            .dropFirst()  // The segment's header.
            .map { try JSONDecoder().decode(JournalEntry.self, from: Data($0.utf8)) }
    }

    /// Writes a line as a program without recipes would have, and lets the library read it.
    private static func forget(_ asset: ContentDigest, _ facts: ImageFacts, _ library: Library) async throws {
        let poorer = ImageFacts(
            format: facts.format, storedSize: facts.storedSize, orientation: facts.orientation,
            hasAlpha: facts.hasAlpha, bitDepth: facts.bitDepth, frameCount: facts.frameCount,
            byteCount: facts.byteCount)
        let last = try #require(try entries(library).last)
        let id = EntryID(after: last.id, at: last.at, random: 1)
        let entry = JournalEntry(
            id: id, at: last.at, fact: .inspected(.init(asset: asset, facts: poorer, recipe: nil, note: nil)))
        let file = try FileHandle(forWritingTo: try segment(library))
        try file.seekToEnd()
        try file.write(contentsOf: try JSONEncoder().encode(entry) + Data("\n".utf8))
        try file.close()
        // A tag that is there already: recording anything reads what others wrote first.
        try await library.tag([asset], with: ["mine"])
    }
}
