import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// What scripts rely on: keys, exit codes, and one clear sentence for every wrong thing.
struct ContractTests {
    @Test func `every verb explains itself, with an example and --json`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            let verbs = try await CommandTree.verbs(program)
            #expect(verbs.count > 30, "the command tree was not read whole: \(verbs)")
            for verb in verbs {
                let help = try await program.run(verb.words + ["--help"])
                #expect(help.status == 0, "\(verb)")
                #expect(help.output.contains("Example"), "\(verb): \(help.output)")
                #expect(help.output.contains("atelier \(verb)"), "\(verb): \(help.output)")
                #expect(verb.isGroup || help.output.contains("--json"), "\(verb): \(help.output)")
            }
        }
    }

    @Test func `a dry run says what would happen and changes nothing`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            let dry = [
                ["import", "a.jpg", "-n"], ["set", "add", "s", "a.jpg", "-n"], ["tag", "add", "t", "b.png", "-n"],
                ["upload", "a.jpg", "-n", "--sandbox"], ["edit", "p", "--ref", "a.jpg", "-n"], ["resume", "-n"],
            ]
            for arguments in dry {
                let outcome = try await program.run(arguments)
                #expect(outcome.status == 0, "\(arguments) \(outcome.errors)")
            }
            let counts = try await program.run("stats", "--json").objects().first
            #expect(counts?["assets"] == .integer(0) && counts?["sets"] == .integer(0))
        }
    }

    @Test func `results that cannot be written are a failure, a closed pipe is not`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            let full = try await program.shell("'$ATELIER' size 1x1 > /dev/full")
            #expect(full.status == 1 && full.errors.contains("cannot be written"))
            let closed = try await program.shell("seq -f '%gx1' 1 20000 | '$ATELIER' size - | head -n 1")
            #expect(closed.status == 0 && closed.errors.isEmpty, "\(closed.errors)")
        }
    }

    @Test func `a prompt from standard input is kept byte for byte but for its last line ending`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            let prompt = "line1\n\n   line3 \t\u{2028}é e\u{301} \n"
            let run = try await program.run("edit", "-", "--ref", "a.jpg", "--sandbox", "--json", input: prompt + "\n")
            #expect(try run.objects().first?["prompt"]?.text.map { Array($0.utf8) } == Array(prompt.utf8))
        }
    }

    @Test func `inspect prints the facts of files and the error of others`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            let paths = ["images/jpeg/orientation-6.jpg", "images/broken/text.png", "images/webp/animated.webp"]
                .map(Fixtures.path)
            let outcome = try await program.run(["inspect", "--json"] + paths)
            #expect(outcome.status == 3)
            let objects = try outcome.objects()
            #expect(objects.map { $0["path"]?.text } == paths)
            let keys = [
                "path", "format", "media_type", "width", "height", "orientation", "display_width", "display_height",
                "has_alpha", "bit_depth", "channels", "color_profile", "frame_count", "byte_count", "recipe", "note",
            ]
            for key in keys { #expect(objects[0][key] != nil, "\(key)") }
            #expect(objects[0]["orientation"] == .integer(6) && objects[0]["recipe"] == .null)
            #expect(objects[0]["width"] == objects[0]["display_height"])
            #expect(objects[1]["error"]?["code"] == .string("not_an_image"))
            #expect(objects[1]["error"]?["message"]?.text?.isEmpty == false)
        }
    }

    @Test func `inspect prints the recipe with every key, and explains where it lies`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            let paths = ["comfyui/prompt.png", "midjourney/niji.webp", "none/bomb.png", "notes/exif.jpg"]
                .map { Fixtures.path("recipes/\($0)") }
            let objects = try await program.run(["inspect", "--json", "--explain"] + paths).objects()
            let keys = [
                "prompt", "negative_prompt", "seed", "steps", "guidance", "sampler", "model", "width", "height",
                "generator", "certainty", "rule",
            ]
            for object in objects[..<2] { for key in keys { #expect(object["recipe"]?[key] != nil, "\(key)") } }
            #expect(objects[0]["recipe"]?["seed"] == .string("18446744073709551557"))
            #expect(objects[1]["recipe"]?["seed"] == .null)
            #expect(objects[2]["recipe"] == .null && objects[2]["note"] == .null)
            #expect(objects[3]["note"]?.text?.contains("Husum") == true)
            #expect(objects[0]["explanation"]?["rule"] == .string("comfyui.prompt"))
            // The bytes are where it says they are.
            let text = try #require(objects[0]["explanation"]?["texts"]?.elements?.first)
            let (offset, length) = (try #require(text["offset"]?.int), try #require(text["length"]?.int))
            let bytes = try Fixtures.data("recipes/comfyui/prompt.png")
            #expect(text["block"] == .string("tEXt") && text["used"] == .bool(true))
            #expect(String(decoding: bytes[offset..<offset + length], as: UTF8.self) == text["text"]?.text)
            #expect(objects[2]["explanation"]?["omitted"]?.elements?.first?["reason"] == .string("too_long"))
            let lines = try await program.run(["inspect", "--explain"] + paths).output
            #expect(lines.contains("made with ComfyUI, seed 18446744073709551557"))
            #expect(lines.contains("rule comfyui.prompt matched") && lines.contains("left out, too_long"))
            #expect(lines.contains("tEXt at byte \(offset), \(length) bytes"))
        }
    }

    @Test func `search, show and reparse print the recipe of an imported picture`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            _ = try await program.run("init")
            _ = try await program.run("import", Fixtures.path("recipes/swarmui/parameters.png"))
            let hit = try #require(try await program.run("search", "teapot seed:2042464333", "--json").objects().first)
            #expect(hit["kind"] == .string("reference") && hit["seed"] == .string("2042464333"))
            #expect(hit["generator"] == .string("SwarmUI") && hit["prompt"]?.text?.contains("teapot") == true)
            let id = try #require(hit["id"]?.text)
            let shown = try await program.run("show", id, "--json").objects().first
            #expect(shown?["recipe"]?["rule"] == .string("swarmui.sui_image_params") && shown?["note"] == .null)
            let text = try await program.run("show", id).output
            #expect(text.contains("made with SwarmUI") && text.contains("seed 2042464333"))
            for arguments in [["reparse"], ["reparse", id], ["reparse", "-n", "--query", "teapot"]] {
                let outcome = try await program.run(arguments + ["--json"])
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(try outcome.objects().map { $0["changed"] } == [.bool(false)])
                #expect(try outcome.objects().first?["digest"] == .string(id))
            }
            #expect(try await program.run("reparse", "--query", "nosuchword").status == 1)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `sizes from standard input are answered line by line`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            let outcome = try await program.run("size", "-", "--json", input: "1920x1080\n100x0\nnonsense\n")
            #expect(outcome.status == 3)
            let objects = try outcome.objects()
            #expect(objects.map { $0["input"]?.text } == ["1920x1080", "100x0", "nonsense"])
            #expect(objects[0]["rule"] == .string("closest_ratio"))
            #expect(objects[0]["width"] == .integer(2560) && objects[0]["height"] == .integer(1440))
            #expect(objects[1]["error"] != nil && objects[2]["error"] != nil)
            let kept = try await program.run("size", "4032x3024", "--keep-aspect", "--json").objects()
            #expect(kept.first?["rule"] == .string("keep_aspect"))
            let created = try await program.run("size", "1000x700", "--endpoint", "fal-ai/hidream-o1-image", "--json")
            #expect(try created.objects().first?["rule"] == .string("multiple_of_32"))
        }
    }

    @Test func `every size vector is answered as the published model answers it`() async throws {
        let rows = String(decoding: try Fixtures.data("vectors/snap.csv"), as: UTF8.self).split(separator: "\n")
            .dropFirst().map { $0.split(separator: ",").map(String.init) }
        #expect(rows.count == 300)
        try await TemporaryFolder.with { folder in
            for (kind, flags) in [("closest", []), ("keep_aspect", ["--keep-aspect"])] {
                let mine = rows.filter { $0[0] == kind }
                let input = mine.map { "\($0[1])x\($0[2])" }.joined(separator: "\n")
                let answers = try await Program(in: folder).run(["size", "-", "--json"] + flags, input: input).objects()
                #expect(answers.count == mine.count)
                for (row, answer) in zip(mine, answers) {
                    let size = answer["width"]?.int.map { "\($0)x\(answer["height"]?.int ?? 0)" } ?? "errorxerror"
                    #expect(size == "\(row[3])x\(row[4])", "\(row)")
                }
            }
        }
    }

    @Test(
        arguments: [
            (["search", "x", "-L", "nowhere"], 10, "nowhere"),
            (["import", "gone.png"], 1, "gone.png"),
            (["edit", "p", "--ref", "gone.png", "--sandbox"], 1, "gone.png"),
            (["edit", "p", "--ref", "@nosuch", "--sandbox"], 1, "@nosuch"),
            (["edit", "p", "--ref", "a.jpg", "--size", "0x100", "--sandbox"], 64, "0"),
            (["edit", "p", "--ref", "a.jpg", "--size", "big", "--sandbox"], 64, "big"),
            (["edit", "p", "--ref", "a.jpg", "--seed", "seven", "--sandbox"], 64, "seven"),
            (["edit", "p", "--ref", "a.jpg", "--seed", "-1", "--sandbox"], 64, "-1"),
            (["edit", "p", "--ref", "a.jpg", "--images", "5", "--sandbox"], 64, "5"),
            (["edit", "p", "--ref", "a.jpg", "--endpoint", "fal-ai/none", "--sandbox"], 64, "fal-ai/none"),
            (["edit", "p", "--sandbox"], 64, "--ref"),
            (["edit", " ", "--ref", "a.jpg", "--sandbox"], 64, "prompt"),
            (["edit", "p", "--ref", "a.jpg", "--ref", "a.jpg", "--sandbox"], 64, "twice"),
            (["edit", "p", "--ref", "a.jpg"], 1, "FAL_KEY"),
            (["generate", "p", "--steps", "99", "--sandbox"], 64, "99"),
            (["show", "abcd"], 1, "abcd"),
            (["show", "@last"], 1, "@last"),
            (["set", "show", "nosuch"], 1, "nosuch"),
            (["tag", "add", "a,b", "a.jpg"], 64, "a,b"),
            (["frobnicate"], 64, "frobnicate"),
            (["size", "x"], 64, "x"),
            (["sandbox", "--fault", "nonsense"], 64, "nonsense"),
            (["sandbox", "--port", "99999"], 64, "--port"),
        ] as [([String], Int32, String)])
    func `a wrong thing gives one sentence, its exit code, and leaves nothing`(
        arguments: [String], status: Int32, word: String
    ) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            let outcome = try await program.run(arguments)
            #expect(outcome.status == status, "\(outcome.errors)")
            #expect(outcome.errors.contains(word), "\(outcome.errors)")
            #expect(outcome.output.isEmpty, "\(outcome.output)")
            let counts = try await program.run("stats", "--json").objects().first
            #expect(counts?["assets"] == .integer(0) && counts?["generations"] == .integer(0))
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `a newer library is refused in one sentence`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            try FileManager.default.createDirectory(atPath: folder + "/new", withIntermediateDirectories: true)
            try Data(#"{"format": 99}"#.utf8).write(to: URL(fileURLWithPath: folder + "/new/atelier.json"))
            let outcome = try await program.run("stats", "-L", "new")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("newer version"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/new") == ["atelier.json"])
        }
    }

    @Test func `a wrong key and a refused input end with 20 and say what fal said`() async throws {
        try await TemporaryFolder.with { folder in
            var program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            program.environment["FAL_KEY"] = "wrong-id:wrong-secret"
            try await program.withSandbox(["--key", "right:key"]) { program in
                let outcome = try await program.run("edit", "p", "--ref", "a.jpg")
                #expect(outcome.status == 20, "\(outcome.errors)")
                #expect(outcome.errors.contains("401") && !outcome.errors.contains("wrong-secret"))
            }
            try await program.withSandbox(["--fault", "submit:422"]) { program in
                let outcome = try await program.run("edit", "p", "--ref", "a.jpg")
                #expect(outcome.status == 20, "\(outcome.errors)")
            }
            try await program.withSandbox(["--fault", "submit:timeout:after-accept"]) { program in
                let outcome = try await program.run("edit", "p", "--ref", "a.jpg")
                #expect(outcome.status == 21, "\(outcome.errors)")
                #expect(try await program.run("jobs", "--json").objects().first?["state"] == .string("unknown"))
                // The request is in the history of the account.
                #expect(try await program.run("resume").status == 0)
            }
            // No trace of the key anywhere in the library.
            let files = FileManager.default.enumerator(atPath: folder + "/library")
            while let name = files?.nextObject() as? String {
                let data = FileManager.default.contents(atPath: folder + "/library/" + name) ?? Data()
                #expect(data.range(of: Data("wrong-secret".utf8)) == nil, "\(name)")
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `search prints the documented keys`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            _ = try await program.run("edit", "mug", "--ref", "a.jpg", "--sandbox", "--seed", "18446744073709551615")
            let hits = try await program.run("search", "--json").objects()
            #expect(hits.map { $0["kind"]?.text } == ["generated", "reference"])
            let keys = [
                "id", "kind", "digest", "path", "width", "height", "prompt", "seed", "model", "created_at", "tags",
                "rating", "generator", "note",
            ]
            for hit in hits { for key in keys { #expect(hit[key] != nil, "\(key)") } }
            #expect(hits[0]["seed"] == .string("18446744073709551615"))
            #expect(hits[1]["seed"] == .null)
            for query in ["(cat:1.2), a: b", "\"", "--", "seed:x )", "mug OR", "-"] {
                #expect(try await program.run(["search", "--json", "--"] + [query]).status == 0, "\(query)")
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    private static let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/samples")

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: samples.path), "the sample photos are not beside the project"))
    func `real photos are taken in and planned with`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            _ = try await program.run("init")
            let taken = try await program.run("import", Self.samples.path, "--set", "people", "--json")
            #expect(taken.status == 0)
            #expect(try taken.objects().count == 6)
            let plan = try await program.run("plan", "together", "--ref", "@people", "--json").objects().first
            #expect(plan?["references"]?.elements?.count == 6)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }
}
