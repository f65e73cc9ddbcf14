import AssetModel
import Foundation
import TestSupport
import Testing

/// The same wish is paid for once.
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
                #expect(made.errors.contains("fal no longer has request") && made.errors.contains("--discard"))
                let id = try #require(try await program.run("jobs", "--json").objects().first?["id"]?.text)
                let closed = try await program.run("resume", id, "--discard")
                #expect(closed.status == 0 && closed.output.contains("discarded"), "\(closed.errors)")
            }
            try await TestLibrary.expectSound(folder + "/library")
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
