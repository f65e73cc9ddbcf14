import AssetModel
import Foundation
import TestSupport
import Testing

/// Queries, through the built program.
struct SearchProgramTests {
    private static func with(_ body: (Program, String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library", "TZ": "UTC"])
            try Copies.references(folder)
            _ = try await program.run("init")
            _ = try await program.run("import", "a.jpg", "--tag", "photo")
            _ = try await program.run("import", "b.png", "--set", "mugs")
            try await body(program, folder)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    private static func names(_ outcome: Program.Outcome) throws -> [String] {
        try outcome.objects().compactMap { $0["name"]?.text }
    }

    @Test(
        arguments: [
            ("format:jpg", ["a.jpg"]), ("-tag:photo", ["b.png"]), ("@mugs OR tag:photo", ["b.png", "a.jpg"]),
            ("b OR a sort:created", ["a.jpg", "b.png"]), ("sort:created limit:1", ["a.jpg"]), ("kind:generated", []),
            ("(format:png)", ["b.png"]), ("date:today", ["b.png", "a.jpg"]), ("before:2020", []),
        ] as [(String, [String])])
    func `a query finds what it says`(query: String, names: [String]) async throws {
        try await Self.with { program, _ in
            let outcome = try await program.run("search", query, "--json")
            #expect(try Self.names(outcome) == names, "\(outcome.errors)")
            #expect(outcome.status == 0)
        }
    }

    @Test func `what was read as text is said on standard error, and nothing of it with --literal`() async throws {
        try await Self.with { program, _ in
            let odd = try await program.run("search", "stars:>=4 seed:abc")
            #expect(odd.status == 0)
            #expect(odd.errors.contains("searched as text: stars:>=4; seed:abc (use a whole number"), "\(odd.errors)")
            let literal = try await program.run("search", "--literal", "format:jpg")
            #expect(literal.output.isEmpty && !literal.errors.contains("as text"), "\(literal.errors)")
        }
    }

    @Test func `a file that the library has is as good as its id, and what was meant as an id or an option is told`()
        async throws
    {
        try await Self.with { program, folder in
            let shown = try await program.run("show", "a.jpg", "--json").objects().first
            let id = try #require(shown?["id"]?.text ?? shown?["digest"]?.text)
            #expect(try await program.run("lineage", "a.jpg").status == 0)
            try Data("no picture".utf8).write(to: URL(fileURLWithPath: folder + "/notes.txt"))
            let other = try await program.run("show", "notes.txt")
            #expect(
                other.status == 1 && other.errors.contains("not in the library; import it first"), "\(other.errors)")
            #expect(try await program.run("show", "@nope").errors.contains("@nope: no such set"))
            let named = try await program.run("search", String(id.prefix(10)))
            #expect(named.errors.contains("is an image; `atelier show"), "\(named.errors)")
            let option = try await program.run("search", "mug", "--sort", "rating")
            #expect(
                option.errors.contains("no option --sort") && option.errors.contains("sort:VALUE"), "\(option.errors)")
        }
    }

    @Test func `--explain shows how a query is understood and searches nothing`() async throws {
        try await Self.with { program, _ in
            let text = try await program.run("search", "--explain", "mug (red OR -blue) seed: 7 sort:created limit:3")
            #expect(
                text.output == """
                    all of
                      the word “mug”
                      any of
                        the word “red”
                        not
                          the word “blue”
                      seed 7
                    oldest first
                    at most 3

                    """)
            let json = try await program.run("search", "--explain", "--json", "x:y mug")
            let object = try #require(try json.objects().first)
            #expect(object["query"] == .string("\"x y\" mug"))
            #expect(object["as_text"]?.elements?.first?["text"] == .string("x:y"))
        }
    }

    @Test func `--query selects by the same grammar, and an empty one selects nothing`() async throws {
        try await Self.with { program, _ in
            let tagged = try await program.run("tag", "add", "kept", "--query", "format:jpg OR format:png limit:1")
            #expect(tagged.status == 0, "\(tagged.errors)")
            #expect(try Self.names(try await program.run("search", "tag:kept", "--json")) == ["b.png"])
            let empty = try await program.run("tag", "add", "kept", "--query", "  ")
            #expect(empty.status == 64 && empty.errors.contains("empty"))
        }
    }
}
