import AssetModel
import Foundation
import TestSupport
import Testing

/// Many runs with the built program.
struct SweepTests {
    private static func with(
        _ faults: [String] = [], _ body: (Program, String) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            try await program.withSandbox(["--log", folder + "/log.jsonl"] + faults) { program in
                try await body(program, folder)
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `a sweep stops before its budget is exceeded, says 22, and goes on where it stopped`() async throws {
        try await Self.with { program, folder in
            let sweep = ["sweep", "a {red|blue} mug", "--ref", "a.jpg", "--seeds", "1..2", "--json"]
            let nothing = try await program.run(sweep + ["--budget", "0"])
            #expect(nothing.status == 22 && nothing.output.isEmpty)
            // One picture of 2048x2048 is estimated at 0.0419 dollars.
            let first = try await program.run(sweep + ["--budget", "0.13"])
            #expect(first.status == 22, "\(first.errors)")
            #expect(try first.objects().count == 3)
            #expect(try RequestLog(folder + "/log.jsonl").submits == 3)
            #expect(try await program.run("jobs", "--json").output.isEmpty)

            let rest = try await program.run(sweep + ["--budget", "0.0420"])
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(try rest.objects().count { $0["already_in_library"] == .bool(true) } == 3)
            #expect(try RequestLog(folder + "/log.jsonl").submits == 4)
            #expect(try await program.run(sweep + ["--budget", "0"]).status == 0)

            let total = try #require(try await program.run("cost", "--json").objects().last)
            #expect(total["by"] == .string("total") && total["runs"] == .integer(4))
            #expect(total["estimated_price_usd"] == .number(0.167772))
        }
    }

    @Test func `a dry sweep tells count and estimate and changes nothing`() async throws {
        try await Self.with { program, folder in
            try Data("one\r\n\ntwo {x|y}\n".utf8).write(to: URL(fileURLWithPath: folder + "/prompts.txt"))
            let dry = try await program.run("sweep", "--prompts", "prompts.txt", "--seeds", "5,1..2", "-n", "--json")
            #expect(dry.status == 0, "\(dry.errors)")
            let objects = try dry.objects()
            #expect(objects.count == 10)
            #expect(objects.dropLast().map { $0["prompt"]?.text }.prefix(4) == ["one", "one", "one", "two x"])
            #expect(objects.prefix(3).map { $0["seed"]?.text } == ["5", "1", "2"])
            #expect(objects.last?["to_send"] == .integer(9))
            #expect(try await program.run("jobs", "--all", "--json").output.isEmpty)
            #expect(try await program.run("sweep", "mug", "-n").status == 0)
        }
    }

    @Test(arguments: [
        ["--seeds", "9..1"], ["--seeds", "x"], ["--seeds", "1..99999999"], ["--seeds", "1", "--seed", "2"],
        ["--budget", "-1"], ["--budget", "nan"], ["--parallel", "0"],
    ])
    func `wrong numbers are usage errors`(arguments: [String]) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            _ = try await program.run("init")
            #expect(try await program.run(["sweep", "mug"] + arguments).status == 64)
        }
    }

    @Test func `a sweep of which fal refuses every run ends as one refused run does`() async throws {
        try await Self.with(["--fault", "submit:422"]) { program, _ in
            let sweep = try await program.run("sweep", "mug", "--seeds", "1..2")
            #expect(sweep.status == 20, "\(sweep.errors)")
        }
    }

    @Test(arguments: ["auth:401:9", "auth:402:9", "auth:403:9", "account:locked:9"])
    func `while the account is refused a sweep and resume leave its runs planned, and finish them afterwards`(
        fault: String
    ) async throws {
        try await Self.with(["--fault", fault]) { program, folder in
            // Without references the submit is what is refused.
            let sweep = ["sweep", "mug", "--seeds", "1..4", "--parallel", "2", "--json"]
            let first = try await program.run(sweep)
            #expect(first.status == 20, "\(first.errors)")
            func states() async throws -> [String: String] {
                Dictionary(
                    try await program.run("jobs", "--all", "--json").objects().compactMap { job in
                        job["id"]?.text.map { ($0, job["state"]?.text ?? "") }
                    }, uniquingKeysWith: { $1 })
            }
            let planned = try await states()
            #expect(planned.count == 4 && planned.values.allSatisfy { $0 == "planned" }, "\(planned)")
            #expect(try first.objects().allSatisfy { $0["state"] == .string("planned") })
            #expect(try first.objects().count == 4)

            let resumed = try await program.run("resume", "--json")
            #expect(resumed.status == 20, "\(resumed.errors)")
            #expect(try await states() == planned)
            // The refusals are used up: the same runs are sent now.
            _ = try await program.run("resume", "--json")
            let last = try await program.run("resume")
            #expect(last.status == 0, "\(last.errors)")
            let ended = try await states()
            #expect(ended.keys == planned.keys && ended.values.allSatisfy { $0 == "finished" }, "\(ended)")
            #expect(try await program.run(sweep + ["--budget", "0"]).status == 0)
        }
    }

    @Test func `interrupted, a sweep says how to go on, and resume finishes all of it`() async throws {
        try await Self.with(["--fault", "status:stall:1"]) { program, folder in
            let sweep = ["sweep", "mug", "--ref", "a.jpg", "--seeds", "1..6", "--parallel", "2"]
            let running = try program.start(sweep)
            try await RequestLog.wait(folder + "/log.jsonl") { $0.looks > 0 }
            running.signal(SIGINT)
            let outcome = try await running.outcome()
            #expect(outcome.status == 130)
            #expect(outcome.errors.contains("atelier resume"))
            #expect(try await !program.run("jobs", "--json").objects().isEmpty)
            let resumed = try await program.run("resume", "--json")
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try await program.run("search", "mug", "--json").objects().count == 6)
            #expect(try RequestLog(folder + "/log.jsonl").submits == 6)
            #expect(try await program.run(sweep + ["--budget", "0"]).status == 0)
        }
    }

    @Test func `rerun shows what is there, and changes what it is told to`() async throws {
        try await Self.with { program, folder in
            let first = try #require(
                try await program.run("edit", "mug", "--ref", "a.jpg", "--steps", "9", "--json").objects().first)
            let id = try #require(first["id"]?.text)
            let same = try await program.run("rerun", id, "--json")
            #expect(try same.objects().first?["already_in_library"] == .bool(true), "\(same.errors)")
            let changed = try await program.run(
                "rerun", "@last", "--set", "num_images=2", "--set", "num_inference_steps=", "--prompt", "cup", "--ref",
                "b.png", "--endpoint", "fal-ai/hidream-o1-image/dev/edit", "--seed", "18446744073709551615", "--json")
            #expect(changed.status == 0, "\(changed.errors)")
            let object = try #require(try changed.objects().first)
            #expect(object["outputs"]?.elements?.count == 2)
            #expect(object["seed"]?.text == "18446744073709551615" && object["prompt"] == .string("cup"))
            #expect(object["model"] == .string("fal-ai/hidream-o1-image/dev/edit"))
            #expect(object["parameters"]?["num_inference_steps"] == nil)
            #expect(object["references"] != first["references"])
            for wrong in ["nonsense=1", "seed", "num_images=9", "output_format=gif", "seed=-1"] {
                #expect(try await program.run("rerun", id, "--set", wrong).status == 64, "\(wrong)")
            }
            #expect(
                try await program.run("rerun", id, "--seed", "3", "-n", "--json").objects().first?["seed"]
                    == .string("3"))
            #expect(try RequestLog(folder + "/log.jsonl").submits == 2)
        }
    }

    @Test(arguments: ["", "/dev"])
    func `generate makes a picture from words with each model`(path: String) async throws {
        try await Self.with { program, folder in
            let made = try await program.run(
                "generate", "a mug", "--endpoint", "fal-ai/hidream-o1-image" + path, "--size", "1000x600", "--json")
            #expect(made.status == 0, "\(made.errors)")
            let object = try #require(try made.objects().first)
            #expect(object["references"] == .array([]) && object["differences"] == .array([]))
            #expect(object["planned_width"] == .integer(992) && object["planned_height"] == .integer(576))
        }
    }

    @Test func `cancel stops what was not sent, what waits, and brings in what had completed`() async throws {
        try await Self.with(["--fault", "status:slow:40"]) { program, folder in
            let edit = try program.start(["edit", "mug", "--ref", "a.jpg", "--seed", "1"])
            try await RequestLog.wait(folder + "/log.jsonl") { $0.looks > 0 }
            edit.signal(SIGKILL)
            _ = try await edit.outcome()
            let id = try #require(try await program.run("jobs", "--json").objects().first?["id"]?.text)
            let cancelled = try await program.run("cancel", id, "--json")
            #expect(cancelled.status == 0, "\(cancelled.errors)")
            #expect(try cancelled.objects().first?["answer"] == .string("stopped"))
            #expect(try cancelled.objects().first?["state"] == .string("cancelled"))
            #expect(try await program.run("cancel", id).status == 1)
            #expect(try await program.run("jobs", "--json").output.isEmpty)
        }
    }
}
