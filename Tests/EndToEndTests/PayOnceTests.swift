import AssetModel
import Foundation
import TestSupport
import Testing

/// The same request is paid for once.
struct PayOnceTests {
    @Test func `the same edit with the same seed twice pays once, and --again pays`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            try await program.withSandbox(["--log", folder + "/log.jsonl"]) { program in
                let edit = ["edit", "mug", "--ref", "a.jpg", "--seed", "7"]
                let first = try await program.run(edit + ["--json"])
                let second = try await program.run(edit + ["--steps", "50", "--json"])
                #expect(first.status == 0 && second.status == 0, "\(first.errors)\(second.errors)")
                #expect(try RequestLog(folder + "/log.jsonl").submits == 1)
                let (one, two) = (try #require(try first.objects().first), try #require(try second.objects().first))
                #expect(one["already_in_library"] == .bool(false) && two["already_in_library"] == .bool(true))
                for key in ["id", "outputs", "seed", "created_at"] { #expect(one[key] == two[key], "\(key)") }
                #expect(second.errors.contains("already in the library"))

                let planned = try await program.run(["plan"] + edit.dropFirst() + ["--json"]).objects().first
                #expect(planned?["warnings"]?.elements?.contains { $0.text?.contains("already") == true } == true)

                let told = try await program.run(["plan"] + edit.dropFirst())
                #expect(told.errors.contains("this would cost nothing. --again runs and pays again"), "\(told.errors)")
                #expect(!told.output.contains("note:"), "\(told.output)")

                let again = try await program.run(edit + ["--again"])
                #expect(again.status == 0 && again.errors.contains("running again, at full price"), "\(again.errors)")
                #expect(try RequestLog(folder + "/log.jsonl").submits == 2)
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `the same edit with the same seed in four programs at once pays once`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            try await program.withSandbox(["--log", folder + "/log.jsonl"]) { program in
                let ends = try await withThrowingTaskGroup { group in
                    for _ in 0..<4 {
                        group.addTask { try await program.run("edit", "mug", "--ref", "a.jpg", "--seed", "7") }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(try RequestLog(folder + "/log.jsonl").submits == 1)
                #expect(ends.contains { $0.status == 0 })
                for end in ends where end.status != 0 {
                    let isTold = [
                        "begun as", "already submitted", "running the same", "is being sent", "bringing it to its end",
                    ]
                    .contains { end.errors.contains($0) }
                    #expect(isTold && !end.errors.contains("pay again"), "\(end.errors)")
                }
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `a run of which a picture is withheld says what came, shows in jobs, and resume completes it`()
        async throws
    {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            try await program.withSandbox(["--fault", "output:withheld"]) { program in
                let edit = try await program.run("edit", "mug", "--ref", "a.jpg", "--images", "2", "--json")
                #expect(edit.status == 3)
                #expect(edit.errors.contains("1 of 2 pictures arrived") && edit.errors.contains("atelier resume"))
                #expect(try edit.objects().first?["outputs"]?.elements?.count == 1)
                #expect(try await program.run("jobs").output.contains("1 image downloaded, others missing"))
                let resumed = try await program.run("resume", "--json")
                #expect(resumed.status == 0, "\(resumed.errors)")
                #expect(try resumed.objects().first?["outputs"]?.elements?.count == 2)
                #expect(try await program.run("search", "mug", "--json").objects().count == 2)
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `a result that fal has lost is not said to be running, and can be closed`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            _ = try await program.run("init")
            try await program.withSandbox(["--fault", "result:lost"]) { program in
                let made = try await program.run("generate", "mug")
                #expect(made.status == 20 && !made.errors.contains("running on fal;"), "\(made.errors)")
                #expect(made.errors.contains("fal does not find request") && made.errors.contains("--discard"))
                let id = try #require(try await program.run("jobs", "--json").objects().first?["id"]?.text)
                let closed = try await program.run("resume", id, "--discard")
                #expect(closed.status == 0 && closed.output.contains("discarded"), "\(closed.errors)")
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `a run whose picture is missing is not paid for again by the same command, which says how to go on`()
        async throws
    {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            _ = try await program.run("init")
            let faults = ["--log", folder + "/log.jsonl", "--fault", "file:403:1"]
            try await program.withSandbox(faults) { program in
                let generate = ["generate", "mug", "--seed", "7"]
                let first = try await program.run(generate)
                #expect(first.status == 1 && first.errors.contains("the run stays open"), "\(first.errors)")
                let id = try #require(try await program.run("jobs", "--json").objects().first?["id"]?.text)
                #expect(first.errors.contains("atelier resume \(id)") && first.errors.contains("--discard"))
                #expect(try await program.run("jobs").output.contains("finished by fal, images missing"))
                let again = try await program.run(generate)
                #expect(again.status == 1 && again.errors.contains("atelier resume \(id)"), "\(again.errors)")
                #expect(again.errors.contains("nothing was sent or paid"), "\(again.errors)")
                #expect(try await program.run("resume").status == 0)
                #expect(try await program.run(generate).status == 0)
                #expect(try RequestLog(folder + "/log.jsonl").submits == 1)
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test(arguments: [
        ("mug", ["mug\n", "mug\r\n", "\u{FEFF}mug\n", "\u{FEFF}mug"]),
        ("a\nmug\n", ["a\nmug\n\n", "\u{FEFF}a\nmug\n\r\n"]),
    ])
    func `a prompt from a pipe is the same without the line ending and mark that come with a file`(
        prompt: String, piped: [String]
    ) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            _ = try await program.run("init")
            try await program.withSandbox(["--log", folder + "/log.jsonl"]) { program in
                let first = try await program.run("generate", prompt, "--seed", "7", "--json")
                #expect(try first.objects().first?["prompt"] == .string(prompt), "\(first.errors)")
                for text in piped {
                    let again = try await program.run(["generate", "-", "--seed", "7", "--json"], input: text)
                    #expect(try again.objects().first?["already_in_library"] == .bool(true), "\(text)")
                    let swept = try await program.run(["sweep", "-", "--seed", "7", "--json"], input: text)
                    #expect(try swept.objects().first?["already_in_library"] == .bool(true), "\(text)")
                }
                #expect(try RequestLog(folder + "/log.jsonl").submits == 1)
            }
        }
    }

    @Test func `a prompts file and an input file may begin with a byte order mark, and end lines as Windows does`()
        async throws
    {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            _ = try await program.run("init")
            let files = [
                "a.txt": "mug\ncup\u{2028}saucer\n", "b.txt": "\u{FEFF}mug\r\n\r\ncup\u{2028}saucer",
                "c.json": "\u{FEFF}{\"prompt\":\"mug\"}\r\n",
            ]
            for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name)) }
            var prompts: Set<[JSONValue?]> = []
            for name in ["a.txt", "b.txt"] {
                let dry = try await program.run("sweep", "--prompts", name, "-n", "--json", "--sandbox").objects()
                prompts.insert(dry.dropLast().map { $0["prompt"] })
            }
            let piped = try await program.run(
                ["sweep", "--prompts", "-", "-n", "--json", "--sandbox"], input: files["b.txt"])
            prompts.insert(try piped.objects().dropLast().map { $0["prompt"] })
            #expect(prompts == [[.string("mug"), .string("cup\u{2028}saucer")]])
            for arguments in [["c.json"], ["-"]] {
                let planned = try await program.run(
                    ["run", "fal-ai/flux/dev", "-n", "--sandbox", "--input"] + arguments, input: files["c.json"])
                #expect(planned.status == 0, "\(planned.errors)")
            }
        }
    }

    @Test func `what was perhaps sent is not paid for again by asking again`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            let faults = [
                "--log", folder + "/log.jsonl", "--fault", "submit:timeout:after-accept:1", "--fault", "history:late",
            ]
            try await program.withSandbox(faults) { program in
                let edit = ["edit", "mug", "--ref", "a.jpg", "--seed", "7"]
                #expect(try await program.run(edit).status == 21)
                let again = try await program.run(edit)
                #expect(again.status == 21)
                #expect(again.errors.contains("atelier resume"))
                #expect(try RequestLog(folder + "/log.jsonl").submits == 1)

                let id = try #require(try await program.run("jobs", "--json").objects().first?["id"]?.text)
                #expect(try await program.run("resume", id).status == 21)
                let resubmitted = try await program.run("resume", id, "--resubmit", "--json")
                #expect(resubmitted.status == 0, "\(resubmitted.errors)")
                #expect(try RequestLog(folder + "/log.jsonl").submits == 2)
                let old = try #require(try await program.run("show", id, "--json").objects().first)
                let new = try #require(try resubmitted.objects().first?["id"]?.text)
                #expect(old["reason"]?.text?.contains(new) == true)
                #expect(try await program.run("jobs", "--json").output.isEmpty)
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }
}
