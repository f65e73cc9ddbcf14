import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// Sets, through the built program.
struct SetProgramTests {
    private static func with(_ body: (Program, [String]) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library", "TZ": "UTC"])
            try Copies.references(folder)
            try FileManager.default.copyItem(
                atPath: Fixtures.path("images/demo/marble.webp"), toPath: folder + "/c.webp")
            _ = try await program.run("init")
            let added = try await program.run("set", "add", "mugs", "a.jpg", "b.png", "c.webp", "--json")
            let ids = try #require(try added.objects().first?["members"]?.elements?.compactMap(\.text))
            try await body(program, ids)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    private static func members(_ outcome: Program.Outcome) throws -> [String] {
        try outcome.objects().first?["members"]?.elements?.compactMap(\.text) ?? []
    }

    @Test func `a set is moved about, sorted, given roles and a cover, and shows it`() async throws {
        try await Self.with { program, ids in
            let moved = try await program.run("set", "move", "mugs", "c.webp", "--before", "a.jpg", "--json")
            #expect(try Self.members(moved) == [ids[2], ids[0], ids[1]], "\(moved.errors)")
            let second = try await program.run("set", "move", "mugs", ids[2], "--to", "2", "--json")
            #expect(try Self.members(second) == [ids[0], ids[2], ids[1]])
            let ordered = try await program.run("set", "order", "mugs", ids[1], "--json")
            #expect(try Self.members(ordered) == [ids[1], ids[0], ids[2]])
            let sorted = try await program.run("set", "sort", "mugs", "--by", "name", "--reverse", "--json")
            #expect(try Self.members(sorted) == ids.reversed())
            #expect(try await program.run("set", "role", "mugs", "style", "a.jpg", ids[1]).status == 0)
            #expect(try await program.run("set", "cover", "mugs", "b.png").status == 0)
            let shown = try await program.run("set", "show", "mugs")
            let lines = shown.output.split(separator: "\n")
            #expect(lines.first == "@mugs  3 images", "\(shown.output)")
            #expect(lines.count == 4 && lines[1].hasPrefix("1. ") && !lines[1].contains("["))
            #expect(lines[2].hasSuffix("  [style]  cover") && lines[3].hasSuffix("  [style]"))
            let object = try #require(try await program.run("set", "show", "mugs", "--json").objects().first)
            #expect(object["cover"]?.text == ids[1] && object["is_smart"] == .bool(false) && object["query"] == .null)
            #expect(object["roles"]?[ids[0]] == .string("style") && object["roles"]?[ids[2]] == nil)
            #expect(try await program.run("set", "cover", "mugs", "--none").status == 0)
            let dry = try await program.run("set", "role", "mugs", "", "a.jpg", "-n")
            #expect(dry.errors.contains("1 image would have no role in @mugs"), "\(dry.errors)")
            let after = try #require(try await program.run("set", "show", "mugs", "--json").objects().first)
            #expect(after["cover"]?.text == ids[2] && after["roles"]?[ids[0]] == .string("style"))
        }
    }

    @Test func `sets are renamed, copied and combined`() async throws {
        try await Self.with { program, ids in
            let renamed = try await program.run("set", "rename", "mugs", "cups")
            #expect(renamed.output == "@cups  3 images\n", "\(renamed.errors)")
            let copied = try await program.run("set", "duplicate", "@cups", "others")
            #expect(copied.output == "@others  3 images\n")
            _ = try await program.run("set", "remove", "others", "a.jpg")
            for (verb, count) in [("union", "3 images"), ("intersection", "2 images"), ("difference", "1 image")] {
                let combined = try await program.run("set", verb, "new-\(verb)", "cups", "others")
                #expect(combined.output == "@new-\(verb)  \(count)\n", "\(combined.errors)")
            }
            let list = try await program.run("set", "--json").objects().compactMap { $0["name"]?.text }
            #expect(list == ["cups", "new-difference", "new-intersection", "new-union", "others"])
        }
    }

    @Test func `a smart set is made, used, edited and frozen`() async throws {
        try await Self.with { program, ids in
            let made = try await program.run(
                "set", "create", "wide", "--query", "format:jpg OR format:png sort:created")
            #expect(made.output == "@wide  2 images  smart: format:jpg OR format:png sort:created\n", "\(made.errors)")
            let found = try await program.run("search", "@wide", "--json").objects().compactMap { $0["digest"]?.text }
            #expect(Set(found) == Set(ids.prefix(2)))
            let plan = try await program.run("plan", "p", "--ref", "@wide", "--json")
            #expect(try plan.objects().first?["references"]?.elements?.count == 2, "\(plan.errors)")
            let refused = try await program.run("set", "add", "wide", "c.webp")
            #expect(refused.status == 1, "\(refused.errors)")
            #expect(refused.errors.contains("`atelier set freeze wide` makes an ordinary set"), "\(refused.errors)")
            let inside = try await program.run("set", "edit", "wide", "--query", "@wide OR c")
            #expect(inside.status == 64 && inside.errors.contains("inside itself (@wide → @wide)"), "\(inside.errors)")
            let text = try await program.run("set", "edit", "wide", "--query", "b seed:abc")
            #expect(text.status == 0 && text.errors.contains("searched as text: seed:abc"))
            let gone = try await program.run("set", "edit", "wide", "--query", "a OR @gone")
            #expect(gone.errors.contains("its query names @gone, and there is no such set"), "\(gone.errors)")
            #expect(try await program.run("plan", "p", "--ref", "@wide").status == 1)
            _ = try await program.run("set", "edit", "wide", "--query", "@others OR format:webp")
            _ = try await program.run("set", "duplicate", "mugs", "others")
            let renamed = try await program.run("set", "rename", "@others", "more")
            #expect(renamed.errors.contains("@wide still looks for @others"), "\(renamed.errors)")
            let deleted = try await program.run("set", "delete", "@more")
            #expect(deleted.status == 0 && deleted.errors.contains("deleted @more;"), "\(deleted.errors)")
            _ = try await program.run("set", "edit", "wide", "--query", "format:webp")
            let frozen = try await program.run("set", "freeze", "wide", "--json")
            #expect(try Self.members(frozen) == [ids[2]], "\(frozen.errors)")
            #expect(try await program.run("set", "add", "wide", "a.jpg").status == 0)
            #expect(try await program.run("set").output == "@mugs  3 images\n@wide  2 images\n")
        }
    }

    @Test func `a set that is not there is said, whatever else is found`() async throws {
        try await Self.with { program, _ in
            let found = try await program.run("search", "-@gone", "--json")
            #expect(try found.objects().count == 3 && found.errors.contains("@gone: no such set"), "\(found.errors)")
        }
    }

    @Test(
        arguments: [
            (["move", "mugs", "a.jpg", "--to", "0"], 64, "--to must be at least 1"),
            (["move", "mugs", "a.jpg", "--to", "9"], 64, "place 9"),
            (["move", "mugs", "a.jpg"], 64, "--before"),
            (["move", "mugs", "a.jpg", "--first", "--last"], 64, "choose one"),
            (["move", "mugs", "a.jpg", "--before", "a.jpg"], 64, "itself"),
            (["move", "nosuch", "a.jpg", "--first"], 1, "@nosuch: no such set"),
            (["move", "mugs", "--first"], 64, "no images given"),
            (["sort", "mugs", "--by", "colour"], 64, "colour"), (["rename", "mugs", "a,b"], 64, "a,b"),
            (["rename", "nosuch", "x"], 1, "nosuch"), (["union", "x", "mugs"], 64, "two sets"),
            (["union", "x", "mugs", "nosuch"], 1, "nosuch"), (["create", "x", "--query", ""], 64, "empty"),
            (["create", "mugs", "--query", "a"], 1, "already"),
            (["edit", "mugs", "--query", "a"], 1, "not a smart set"),
            (["freeze", "mugs"], 1, "not a smart set"), (["cover", "mugs"], 64, "--none"),
            (["cover", "mugs", "nosuch.png"], 1, "nosuch.png"), (["role", "mugs", "a,b", "a.jpg"], 64, "a,b"),
            (["role", "mugs", "style"], 64, "no images given"),
        ] as [([String], Int32, String)])
    func `what cannot be is one sentence and changes nothing`(
        words: [String], status: Int32, text: String
    ) async throws {
        try await Self.with { program, ids in
            let outcome = try await program.run(["set"] + words)
            #expect(outcome.status == status, "\(outcome.errors)")
            #expect(outcome.errors.contains(text) && outcome.output.isEmpty, "\(outcome.errors)")
            #expect(try Self.members(try await program.run("set", "show", "mugs", "--json")) == ids)
            #expect(try await program.run("set", "--json").objects().count == 1)
        }
    }
}
