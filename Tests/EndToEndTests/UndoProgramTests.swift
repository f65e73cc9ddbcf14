import AssetModel
import Foundation
import TestSupport
import Testing

/// Undo, redo, histories and the past, through the built program.
struct UndoProgramTests {
    private static func with(_ body: (Program, String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library", "TZ": "UTC"])
            try Copies.references(folder)
            _ = try await program.run("init")
            _ = try await program.run("import", "a.jpg", "b.png")
            try await body(program, folder)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `undo says what it did, redo does it again, and --list shows what there is`() async throws {
        try await Self.with { program, _ in
            let nothing = try await program.run("undo")
            #expect(nothing.status == 1 && nothing.errors == "atelier: there is nothing to undo\n", "\(nothing.errors)")
            _ = try await program.run("tag", "add", "white", "a.jpg", "b.png")
            _ = try await program.run("set", "add", "mugs", "b.png")
            let plan = try await program.run("undo", "-n")
            #expect(plan.errors == "would undo set add @mugs: 1 image, 1 set\n", "\(plan.errors)")
            let undone = try await program.run("undo")
            #expect(undone.status == 0 && undone.errors == "undid set add @mugs: 1 image, 1 set\n", "\(undone.errors)")
            let list = try await program.run("undo", "--list")
            let lines = list.output.split(separator: "\n")
            #expect(lines.count == 2, "\(list.output)")
            #expect(lines.first?.hasSuffix("set add @mugs  1 image, 1 set  (undone)") == true, "\(list.output)")
            #expect(lines.last?.hasSuffix("tag add white  2 images") == true, "\(list.output)")
            let objects = try await program.run("undo", "--list", "--json").objects()
            #expect(objects.map { $0["undone"] } == [.bool(true), .bool(false)])
            let id = try #require(objects[1]["id"]?.text)
            let named = try await program.run("undo", id, "--json").objects().first
            #expect(named?["image_count"] == .integer(2) && named?["action"]?["verb"] == .string("tag add"))
            let again = try await program.run("undo", id)
            #expect(again.status == 1 && again.errors.contains("is already undone; `atelier redo \(id.prefix(8))`"))
            #expect(try await program.run("redo").errors == "redid tag add white: 2 images\n")
            #expect(try await program.run("search", "tag:white", "--json").objects().count == 2)
        }
    }

    @Test func `two programs that undo at once undo two changes`() async throws {
        try await Self.with { program, _ in
            for tag in ["t1", "t2", "t3"] { _ = try await program.run("tag", "add", tag, "a.jpg") }
            let running = try (0..<2).map { _ in try program.start(["undo"]) }
            var said: Set<String> = []
            for program in running { said.insert(try await program.outcome().errors) }
            #expect(said == ["undid tag add t3: 1 image\n", "undid tag add t2: 1 image\n"])
            #expect(try await program.run("tag", "--json").objects().map { $0["tag"] } == [.string("t1")])
        }
    }

    @Test func `history tells an image's and a set's life`() async throws {
        try await Self.with { program, folder in
            _ = try await program.run("tag", "add", "white", "a.jpg")
            _ = try await program.run("set", "add", "mugs", "a.jpg", "b.png")
            _ = try await program.run("edit", "on marble", "--ref", "a.jpg", "--sandbox")
            _ = try await program.run("undo")
            let hit = try #require(try await program.run("search", "tag:white", "--json").objects().first)
            let id = try #require(hit["digest"]?.text)
            let life = try await program.run("history", String(id.prefix(12)), "--json")
            #expect(try life.objects().contains { $0["event"] == .string("uploaded") })
            let events = try life.objects().filter { $0["event"] != .string("uploaded") }
            #expect(
                events.map { $0["event"]?.text } == ["imported", "tagged", "joined", "referenced", "set_deleted"],
                "\(life.output) \(life.errors)")
            #expect(events.last?["undoes"] == events[2]["action"] && events.last?["verb"] == .string("undo"))
            let text = try await program.run("history", String(id.prefix(12)))
            #expect(text.output.contains("imported from \(folder)/a.jpg"), "\(text.output)")
            #expect(text.output.contains("tagged white") && text.output.contains("added to @mugs"), "\(text.output)")
            let set = try await program.run("history", "@mugs")
            #expect(
                set.output.contains("2 images added to @mugs") && set.output.contains("@mugs deleted"), "\(set.output)")
            let run = try await program.run("history", "@last", "--json").objects().map { $0["event"]?.text }
            #expect(run == ["planned", "sent", "submitted", "finished"])
            #expect(try await program.run("history", "@nosuch").status == 1)
        }
    }

    @Test func `--as-of answers from the past`() async throws {
        try await Self.with { program, _ in
            _ = try await program.run("set", "add", "mugs", "a.jpg", "b.png")
            _ = try await program.run("tag", "add", "white", "a.jpg")
            let hit = try #require(try await program.run("search", "tag:white", "--json").objects().first)
            let id = try #require(hit["digest"]?.text)
            let line = try #require(try await program.run("undo", "--list", "--json").objects().first)
            let then = try #require(line["at"]?.text)
            try await Task.sleep(for: .milliseconds(5))
            _ = try await program.run("tag", "remove", "white", "a.jpg")
            _ = try await program.run("set", "delete", "mugs")
            #expect(try await program.run("search", "tag:white", "--json").objects().isEmpty)
            let found = try await program.run("search", "tag:white", "--json", "--as-of", then)
            #expect(try found.objects().count == 1, "\(found.errors)")
            let shown = try await program.run("show", id, "--as-of", then)
            #expect(shown.output.contains("tags: white") && shown.output.contains("sets: @mugs"), "\(shown.errors)")
            #expect(try await program.run("set", "show", "mugs", "--as-of", then, "--json").objects().count == 1)
            #expect(try await program.run("set", "list", "--as-of", then, "--json").objects().count == 1)
            #expect(try await program.run("search", "--as-of", "2020", "--json").objects().isEmpty)
            let odd = try await program.run("search", "--as-of", "2026-02-30")
            #expect(odd.status == 64 && odd.errors.contains("“2026-02-30” is no date"), "\(odd.errors)")
        }
    }
}
