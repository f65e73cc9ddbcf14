import AssetModel
import Foundation
import TestSupport
import Testing

/// Lineage and differences, through the built program.
struct LineageProgramTests {
    /// Two imported pictures, a run of two images from both, and a run from the first of these.
    private static func with(_ body: (Program, _ first: String, _ second: String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            try await program.withSandbox { program in
                let one = try await program.run(
                    "edit", "a red mug", "--ref", "a.jpg", "--ref", "b.png", "--seed", "7", "--images", "2", "--json")
                let first = try #require(try one.objects().first?["id"]?.text, "\(one.errors)")
                let two = try await program.run(
                    "edit", "a blue mug", "--ref", first + "/1", "--seed", "8", "--steps", "30", "--json")
                let second = try #require(try two.objects().first?["id"]?.text, "\(two.errors)")
                try await body(program, first, second)
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `lineage shows what led to an image and what came of it`() async throws {
        try await Self.with { program, first, second in
            let text = try await program.run("lineage", first + "/1")
            #expect(text.status == 0 && text.errors.isEmpty, "\(text.errors)")
            let lines = text.output.split(separator: "\n").map(String.init)
            #expect(lines.count == 8, "\(text.output)")
            #expect(lines.first == "made by" && lines.contains("used by"))
            #expect(lines[1].hasPrefix("  └── \(first)  seed 7  a red mug") && lines[1].hasSuffix("image 1 of 2"))
            #expect(lines[2].hasPrefix("      ├── 1. ") && lines[2].hasSuffix("a.jpg"))
            #expect(lines[4].hasPrefix("* "))
            #expect(lines[6].hasPrefix("  └── \(second)  seed 8  a blue mug"))
            let up = try await program.run("lineage", second, "--up").output
            #expect(up.contains("references\n") && !up.contains("images"), "\(up)")
            let cut = try await program.run("lineage", second, "--depth", "1")
            #expect(cut.output.contains("1 deeper") && cut.errors.contains("--depth goes deeper"), "\(cut.output)")
            let narrow = try await program.run("lineage", first, "--width", "1")
            #expect(narrow.output.contains("and 1 more") && narrow.errors.contains("--width shows more"))
        }
    }

    @Test func `--json has nodes and edges, and --dot is a graph`() async throws {
        try await Self.with { program, first, second in
            let object = try #require(try await program.run("lineage", second, "--json").objects().first)
            #expect(object["id"] == .string(second) && object["kind"] == .string("run"))
            let nodes = try #require(object["nodes"]?.elements)
            let edges = try #require(object["edges"]?.elements)
            #expect(nodes.count == 6 && edges.count == 5 && object["omitted"] == .integer(0))
            let ids = Set(nodes.compactMap { $0["id"]?.text })
            #expect(edges.allSatisfy { ids.contains($0["run"]?.text ?? "") && ids.contains($0["asset"]?.text ?? "") })
            #expect(nodes.contains { $0["id"] == .string(first) && $0["prompt"] == .string("a red mug") })
            let dot = try await program.run("lineage", second, "--dot")
            #expect(dot.output.hasPrefix("digraph lineage {") && dot.output.contains("\"\(first)\" -> "))
            try Data(dot.output.utf8).write(to: URL(fileURLWithPath: program.folder + "/g.dot"))
            if FileManager.default.isExecutableFile(atPath: "/usr/bin/dot") {
                let drawn = try await program.shell("dot -Tsvg g.dot | grep -c '<svg'")
                #expect(drawn.output == "1\n" && drawn.errors.isEmpty, "\(drawn.errors)")
            }
            let unknown = try await program.run("lineage", "ffffffff")
            #expect(unknown.status == 1 && unknown.errors.contains("no image or run"))
        }
    }

    @Test func `a search finds parents, children, ancestors and descendants`() async throws {
        try await Self.with { program, first, second in
            func found(_ query: String) async throws -> [String] {
                try await program.run("search", query, "--json").objects().compactMap {
                    $0["id"]?.text.map { $0.count == 64 ? "file" : $0 }
                }
            }
            let file = try #require(
                try await program.run("search", "a.jpg", "kind:reference", "--json").objects().first?["digest"]?.text)
            #expect(try await found("parent:\(file)") == [first + "/2", first + "/1"])
            #expect(try await found("ancestor:\(file)") == [second + "/1", first + "/2", first + "/1"])
            #expect(try await found("ref:\(first)/1") == [second + "/1"])
            #expect(try await found("ref:\(first)/2") == [])
            #expect(try await found("child:\(second)") == [first + "/1"])
            #expect(try await found("child:\(second)/1") == [first + "/1"])
            #expect(try await found("descendant:\(second.prefix(8))") == [first + "/1", "file", "file"])
            #expect(try await found("descendant:\(second) kind:reference").count == 2)
            let unknown = try await program.run("search", "ancestor:ffffffff")
            #expect(unknown.status == 0 && unknown.errors.contains("ffffffff: no image or run with this id"))
        }
    }

    @Test func `diff tells what differs, and the exit code only when asked`() async throws {
        try await Self.with { program, first, second in
            let text = try await program.run("diff", first, second)
            #expect(text.status == 0, "\(text.errors)")
            let lines = text.output.split(separator: "\n").map(String.init)
            #expect(lines.contains("prompt: a [-red-]{+blue+} mug"), "\(text.output)")
            #expect(
                lines.contains("seed: 7 → 8") && lines.contains { $0.hasPrefix("steps: ") && $0.hasSuffix(" → 30") })
            #expect(
                lines.filter { $0.hasPrefix("  - ") }.count == 2 && lines.filter { $0.hasPrefix("  + ") }.count == 1)
            #expect(try await program.run("diff", first, second, "--exit-code").status == 1)
            #expect(try await program.run("diff", first, first, "--exit-code").status == 0)
            let same = try await program.run("diff", first + "/1", first + "/2")
            #expect(same.output.contains("both are images of one run, \(first)"), "\(same.output)")
            let object = try #require(try await program.run("diff", first, second, "--json").objects().first)
            #expect(object["differs"] == .bool(true) && object["same_run"] == .null)
            #expect(object["texts"]?.elements?.first?["pieces"]?.elements?.count == 4)
            let plain = try await program.run("diff", first, "a.jpg")
            #expect(plain.status != 0)
            let terminal = try await program.runOnTerminal(["diff", first, second], width: 100)
            let sent = String(decoding: terminal.sent.flatMap(\.bytes), as: UTF8.self)
            #expect(sent.contains("\u{1B}[31mred\u{1B}[m") && sent.contains("\u{1B}[32mblue\u{1B}[m"), "\(sent)")
        }
    }

    @Test func `what is not known of an imported image is said in one sentence`() async throws {
        try await Self.with { program, first, _ in
            let file = try #require(
                try await program.run("search", "a.jpg", "kind:reference", "--json").objects().first?["digest"]?.text)
            let outcome = try await program.run("diff", file, first)
            #expect(outcome.status == 1 && outcome.errors.contains("nothing is known about how this image was made"))
        }
    }
}
