import AssetModel
import Foundation
import TestSupport
import Testing

/// The command line as people type it.
struct TypingTests {
    private static func withLibrary(_ body: (Program, String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            try Copies.references(folder)
            _ = try await program.run("init", "lib")
            try await body(program, folder)
            try await TestLibrary.expectSound(folder + "/lib")
        }
    }

    @Test func `where the library is can be said before the verb`() async throws {
        try await Self.withLibrary { program, _ in
            for words in [
                ["-L", "lib", "import", "a.jpg"], ["--library=lib", "import", "a.jpg"], ["-Llib", "import", "a.jpg"],
                ["--json", "--library", "lib", "search"], ["-L", "lib", "set", "add", "mugs", "a.jpg"],
                ["set", "-L", "lib", "show", "mugs"], ["-L", "lib", "set"], ["-L", "lib", "inspect", "a.jpg"],
            ] {
                let outcome = try await program.run(words)
                #expect(outcome.status == 0, "\(words): \(outcome.errors)")
                #expect(!outcome.output.isEmpty, "\(words)")
            }
            #expect(try await program.run("-L", "nowhere", "search").status == 10)
            #expect(try await program.run("-L", "lib", "--help").output.contains("USAGE: atelier"))
        }
    }

    @Test(
        arguments: [
            (["serach", "x"], "unknown command 'serach'; did you mean 'search'?"),
            (["-L", "lib", "improt", "a.jpg"], "unknown command 'improt'; did you mean 'import'?"),
            (["ls"], "unknown command 'ls'; did you mean 'search'?"),
            (["gen", "a mug"], "unknown command 'gen'; did you mean 'generate'?"),
            (["set", "ad", "mugs", "a.jpg"], "unknown command 'set ad'; did you mean 'set add'?"),
            (["help", "serach"], "unknown command 'serach'; did you mean 'search'?"),
            (["help", "set", "ad"], "unknown command 'set ad'; did you mean 'set add'?"),
            (["-L"], "missing value for '-L'"),
            (["frobnicate"], "unknown command 'frobnicate'; see `atelier --help`"),
            (["edit", "p", "--sed", "7"], "unknown option '--sed'; did you mean '--seed'?"),
            (["import", "a.jpg", "--tga", "x"], "unknown option '--tga'; did you mean '--tag'?"),
        ] as [([String], String)])
    func `an unknown command or option names the nearest one`(words: [String], sentence: String) async throws {
        try await TemporaryFolder.with { folder in
            let outcome = try await Program(in: folder).run(words)
            #expect(outcome.status == 64 && outcome.output.isEmpty)
            #expect(outcome.errors.hasPrefix("atelier: \(sentence)"), "\(outcome.errors)")
        }
    }

    @Test func `a wrong word is a usage error, and a thing in the wrong state is a failure`() async throws {
        try await Self.withLibrary { program, folder in
            try FileManager.default.createDirectory(atPath: folder + "/mine", withIntermediateDirectories: false)
            try Data([1]).write(to: URL(fileURLWithPath: folder + "/mine/letter.txt"))
            for (words, status, sentence) in [
                (["size", "banana"], 64, "“banana”"), (["init", "lib"], 1, "already a library"),
                (["demo", "--folder", "mine"], 1, "not an empty folder"),
                (["-L", "lib", "sweep", "a {red|blue", "-n"], 64, "no closing brace"),
                (["-L", "lib", "edit", "p", "--start-timeout", "1"], 64, "--start-timeout must be more than 1 second"),
                (["-L", "lib", "edit", "p", "--webhook", "ftp://a"], 64, "--webhook must be an http or https URL"),
                (["-L", "lib", "search", "@nosuch"], 0, "@nosuch: no such set"),
            ] {
                let outcome = try await program.run(words)
                #expect(outcome.status == status, "\(words): \(outcome.status) \(outcome.errors)")
                #expect(outcome.errors.contains(sentence), "\(words): \(outcome.errors)")
            }
            let plan = try await program.run(
                "-L", "lib", "plan", "p", "--ref", "a.jpg", "--ref", "b.png", "--keep-aspect")
            #expect(plan.output.contains("- --keep-aspect does nothing with 2 references"), "\(plan.output)")
            #expect(!(plan.output + plan.errors).contains("keep_original_aspect does"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/mine") == ["letter.txt"])
        }
    }

    @Test func `a dry run of an import counts only what the library does not have`() async throws {
        try await Self.withLibrary { program, _ in
            let before = try await program.run("-L", "lib", "import", "a.jpg", "-n")
            #expect(before.errors.contains("1 image would be imported, 0 already in library"), "\(before.errors)")
            _ = try await program.run("-L", "lib", "import", "a.jpg")
            let after = try await program.run("-L", "lib", "import", "a.jpg", "-n")
            #expect(after.errors.contains("0 images would be imported, 1 already in library"), "\(after.errors)")
        }
    }

    @Test func `fal's own field names stand for ours, with hyphens or underscores`() async throws {
        try await Self.withLibrary { program, _ in
            let plan = try await program.run(
                "-L", "lib", "plan", "a mug", "--image", "a.jpg", "--image", "b.png", "--num_images=2", "--image-size",
                "1024x1024", "--num-inference-steps", "9", "--guidance-scale", "2.5", "--output_format", "webp",
                "--enable-safety-checker", "--sync-mode", "--json")
            #expect(plan.status == 0, "\(plan.errors)")
            let input = try #require(try plan.objects().first?["input"])
            #expect(try plan.objects().first?["references"]?.elements?.count == 2)
            #expect(input["num_images"] == .integer(2) && input["num_inference_steps"] == .integer(9))
            #expect(input["guidance_scale"] == .number(2.5) && input["output_format"] == .string("webp"))
            #expect(input["enable_safety_checker"] == .bool(true) && input["sync_mode"] == .bool(true))
            let kept = try await program.run(
                "-L", "lib", "plan", "a mug", "--image", "a.jpg", "--keep-original-aspect",
                "--no-enable-safety-checker",
                "--json")
            #expect(try kept.objects().first?["rule"] == .string("keep_aspect"), "\(kept.errors)")
            #expect(try kept.objects().first?["input"]?["enable_safety_checker"] == .bool(false))
            let run = try await program.run(
                "-L", "lib", "run", "fal-ai/flux/dev", "--set", "prompt=x", "--num-images", "3", "-n", "--json")
            #expect(try run.objects().first?["input"]?["num_images"] == .integer(3), "\(run.errors)")
        }
    }

    @Test func `what comes back goes into the set and gets the tags that were named`() async throws {
        try await Self.withLibrary { program, _ in
            try await program.withSandbox { program in
                for words in [
                    ["edit", "p", "--ref", "a.jpg", "--seed", "1"], ["generate", "p", "--seed", "2"],
                    ["run", "fal-ai/flux/dev", "--set", "prompt=p", "--seed", "3"],
                    ["sweep", "p", "--seeds", "4..6"],
                    // Nothing is sent for this one: it is in the library already.
                    ["edit", "p", "--ref", "a.jpg", "--seed", "1"],
                ] {
                    let placed = ["--into-set", "made", "--tag", "new", "--tag", "oak"]
                    let outcome = try await program.run(["-L", "lib"] + words + placed)
                    #expect(outcome.status == 0, "\(words): \(outcome.errors)")
                }
                let set = try await program.run("-L", "lib", "set", "show", "made", "--json").objects().first
                #expect(set?["count"] == .integer(6))
                let hits = try await program.run("-L", "lib", "search", "tag:new", "tag:oak", "--json").objects()
                #expect(hits.count == 6)
                let wrong = try await program.run(
                    "-L", "lib", "generate", "p", "--seed", "9", "--into-set", "a,b")
                #expect(wrong.status == 64 && wrong.errors.contains("a,b"), "\(wrong.errors)")
                #expect(try await program.run("-L", "lib", "jobs", "--all", "--json").objects().count == 6)
            }
        }
    }

    @Test func `times are local on the screen and UTC in JSON`() async throws {
        try await Self.withLibrary { program, _ in
            var far = program
            far.environment["TZ"] = "XYZ-05:45"
            _ = try await far.run("-L", "lib", "import", "a.jpg")
            let hit = try #require(try await far.run("-L", "lib", "search", "--json").objects().first)
            let (id, written) = (try #require(hit["digest"]?.text), try #require(hit["created_at"]?.text))
            let added = try #require(Timestamp(parsing: written)).adding(seconds: 5 * 3600 + 45 * 60)
            let local = added.description.prefix(16).replacing("T", with: " ")
            let line = try await far.run("-L", "lib", "search").output
            #expect(line.contains("  \(local)  "), "\(line)")
            let shown = try await far.run("-L", "lib", "show", id).output
            #expect(shown.contains("\(local) +05:45"), "\(shown)")
        }
    }

    @Test func `results go to standard output and what is said about them to standard error`() async throws {
        try await Self.withLibrary { program, folder in
            let edit = try await program.run("-L", "lib", "edit", "p", "--ref", "a.jpg", "--seed", "7", "--sandbox")
            let lines = edit.output.split(separator: "\n").map(String.init)
            #expect(lines.count == 1 && lines.allSatisfy { FileManager.default.fileExists(atPath: $0) }, "\(lines)")
            #expect(edit.errors.contains("seed 7") && edit.errors.contains("1 upload"))
            for (words, said) in [
                (["init", "other"], "created library"), (["verify"], "no problems found"),
                (["rebuild"], "rebuilt the catalog"),
                (["jobs"], "nothing"), (["resume"], "nothing to resume"),
                (["uploads", "--dead"], "no matching uploads"),
                (["tag"], "no tags"), (["search", "nosuchword"], "nothing found"),
                (["sweep", "p", "--seeds", "1..2", "-n", "--budget", "0"], "2 runs"),
            ] {
                let outcome = try await program.run(words.first == "init" ? words : ["-L", "lib"] + words)
                #expect(outcome.status == 0, "\(words): \(outcome.errors)")
                #expect(outcome.errors.contains(said), "\(words): \(outcome.errors)")
                #expect(outcome.output.isEmpty || words.first == "sweep", "\(words): \(outcome.output)")
            }
            let verified = try await program.run("-L", "lib", "verify", "--json")
            #expect(try verified.objects().first?["verified"] != nil && verified.errors.isEmpty)
        }
    }
}
