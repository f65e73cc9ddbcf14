import AssetModel
import Foundation
import TestSupport
import Testing

/// Any endpoint, through the built program.
struct RunProgramTests {
    private static func with(_ body: (Program, String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            try await program.withSandbox(["--log", folder + "/log.jsonl"]) { try await body($0, folder) }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    private static func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test func `a run of any endpoint uploads what its input names, once, and is found, shown and run again`()
        async throws
    {
        try await Self.with { program, folder in
            try Self.write(
                #"{"prompt":"a märble mug","image_url":"a.jpg","images":["b.png",{"url":"a.jpg"}],"strength":0.5}"#,
                folder + "/input.json")
            let run = ["run", "fal-ai/other/edit", "--input", "input.json", "--seed", "7", "--json"]
            let dry = try await program.run(run + ["-n"])
            #expect(dry.status == 0, "\(dry.errors)")
            let plan = try #require(try dry.objects().first)
            #expect(plan["estimated_price_usd"] == .null && plan["width"] == .null)
            #expect(plan["input"]?["image_url"]?.text?.hasPrefix("upload:") == true)
            #expect(try await program.run("jobs", "--all", "--json").output.isEmpty)

            let first = try await program.run(
                run + ["--priority", "low", "--hint", "h", "--start-timeout", "90", "--no-store-io"])
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.errors.contains("price: about $0.0250 (fal's price of "))
            let made = try #require(try first.objects().first)
            #expect(made["uploaded"] == .integer(2) && made["planned_width"] == .null)
            #expect(made["submit"]?["priority"] == .string("low"))
            let id = try #require(made["id"]?.text)

            let log = try RequestLog(folder + "/log.jsonl")
            #expect(log.submits == 1 && log.puts == 2)
            let submit = try #require(log.lines.first { $0["path"] == .string("/fal-ai/other/edit") })
            #expect(submit["headers"]?["x-fal-queue-priority"] == .string("low"))
            #expect(submit["headers"]?["x-fal-runner-hint"] == .string("h"))
            #expect(submit["headers"]?["x-fal-request-timeout"] == .string("90"))
            #expect(submit["headers"]?["x-fal-store-io"] == .string("0"))
            let sent = try #require(submit["json"])
            #expect(sent["strength"] == .number(0.5) && sent["prompt"] == .string("a märble mug"))
            #expect(sent["images"]?.elements?.last?["url"] == sent["image_url"])

            // The same run is in the library; another seed is another run, and sends no picture again.
            let same = try await program.run(run)
            #expect(try same.objects().first?["already_in_library"] == .bool(true), "\(same.errors)")
            let rerun = try await program.run("rerun", id, "--set", "strength=0.25", "--seed", "8", "--json")
            #expect(try rerun.objects().first?["uploaded"] == .integer(0), "\(rerun.errors)")
            #expect(try rerun.objects().first?["parameters"]?["strength"] == .number(0.25))
            let after = try RequestLog(folder + "/log.jsonl")
            #expect(after.submits == 2 && after.puts == 2)

            #expect(
                try await program.run("search", "marble seed:7", "--json").objects().first?["model"]
                    == .string("fal-ai/other/edit"))
            #expect(try await program.run("show", id).output.contains("fal-ai/other/edit"))
            #expect(try await program.run("jobs", "--all").output.contains(id))
            #expect(
                try await program.run("cost", "--json").objects().last?["estimated_price_usd"]
                    == .number(0.05))
        }
    }

    @Test func `what cannot be sent is told in one sentence, and nothing is`() async throws {
        try await Self.with { program, folder in
            func fails(_ arguments: [String], _ status: Int32, _ words: String, input: String? = nil) async throws {
                let outcome = try await program.run(["run"] + arguments, input: input)
                #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
                #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
                #expect(outcome.output.isEmpty)
            }
            let other = "fal-ai/other"
            try await fails(
                [other, "--input", "-"], 1, "images[1]: gone.png: no such file",
                input: #"{"images":["a.jpg","gone.png"]}"#)
            try await fails([other, "--input", "-"], 64, "standard input: not valid JSON", input: "{")
            try await fails([other, "--input", "-"], 64, "a JSON object", input: "[]")
            try await fails([other, "--input", "gone.json"], 1, "gone.json: no such file")
            try await fails(["nothing", "--set", "prompt=a"], 64, "nothing")
            try await fails(["fal-ai/../x", "--set", "prompt=a"], 64, "fal-ai/../x")
            try await fails([other, "--set", "prompt=a", "--webhook", "ftp://x"], 64, "webhook")
            try await fails([other, "--set", "prompt=a", "--priority", "high"], 64, "low or normal")
            try await fails([other, "--set", "prompt=a", "--start-timeout", "1"], 64, "--start-timeout")
            try await fails([other], 64, "--input")
            #expect(try RequestLog(folder + "/log.jsonl").lines.isEmpty)
            #expect(try await program.run("jobs", "--all", "--json").output.isEmpty)
            let sweep = try await program.run("sweep", "mug", "--endpoint", other, "--budget", "1")
            #expect(sweep.status == 64 && sweep.errors.contains("atelier run"))
        }
    }
}
