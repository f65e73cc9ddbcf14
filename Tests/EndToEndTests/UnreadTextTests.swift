import AssetModel
import Fixtures
import TestSupport
import Testing

/// Words in a file that no rule understood, and what a recipe says beside its first seed and prompt, as the program shows them.
struct UnreadTextTests {
    @Test func `what no rule understood is found by a word, and show prints it`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            let picture = Fixtures.path("recipes/unread/words.png")
            #expect(try await program.run("init").status == 0)
            #expect(try await program.run("import", picture, Fixtures.path("images/demo/cat.jpg")).status == 0)
            let found = try await program.run("search", "--json", "celadon").objects()
            let id = try #require(found.first?["id"]?.text)
            #expect(found.count == 1)
            #expect(try await program.run("show", id).output.contains("other text: glaze celadon; cone six"))
            #expect(
                try await program.run("show", "--json", id).objects().first?["unread"]?.text
                    == "glaze celadon; cone six")
            let inspected = try await program.run("inspect", "--json", picture).objects().first
            #expect(inspected?["unread"]?.text == "glaze celadon; cone six")
        }
    }

    @Test func `a recipe's further seed and prompt are found, and its settings shown`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            #expect(try await program.run("init").status == 0)
            let pictures = ["infotext/further.png", "infotext/app.png"].map { Fixtures.path("recipes/\($0)") }
            #expect(try await program.run(["import"] + pictures).status == 0)
            for query in ["seed:77", "copper"] {
                let found = try await program.run("search", "--json", query).objects()
                #expect(found.map { $0["name"]?.text } == ["further.png"], "\(query)")
            }
            let recipe = try await program.run("inspect", "--json", pictures[0]).objects().first?["recipe"]
            #expect(recipe?["other_seeds"] == .array([.string("77")]))
            #expect(recipe?["other_prompts"] == .array([.string("a copper compass, close")]))
            #expect(recipe?["settings"]?.elements?.first?["name"]?.text == "Version")
        }
    }
}
