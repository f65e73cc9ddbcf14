import AssetLibrary
import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// `import --from-fal` by the built program.
struct ImportFromFalTests {
    /// A sandbox with a history that one library made, and a second, empty library.
    private static func withHistory(
        _ count: Int, _ faults: [String] = [],
        _ body: @Sendable (_ program: Program, _ root: String, _ log: String) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            try Copies.references(folder)
            let home = Program(in: folder, environment: ["FAL_KEY": "id:the-secret"])
            let arguments = ["--key", "id:the-secret", "--log", log] + faults.flatMap { ["--fault", $0] }
            try await home.withSandbox(arguments) { program in
                var (maker, taker) = (program, program)
                maker.environment["ATELIER_LIBRARY"] = folder + "/made"
                taker.environment["ATELIER_LIBRARY"] = folder + "/library"
                for program in [maker, taker] { #expect(try await program.run("init").status == 0) }
                let sweep = try await maker.run(
                    "sweep", "a mug at dawn", "--ref", "a.jpg", "--seeds", "1..\(count)", "--format", "jpeg")
                #expect(sweep.status == 0, "\(sweep.errors)")
                try await body(taker, folder + "/library", log)
            }
            let text = try String(contentsOfFile: log, encoding: .utf8)
            #expect(!text.contains("key_leak") && !text.contains("the-secret"))
            try await TestLibrary.expectSound(folder + "/library", afterKill: true)
        }
    }

    @Test func `a history is counted, imported, found, shown, and known the second time`() async throws {
        try await Self.withHistory(3) { program, _, log in
            let look = try await program.run("import", "--from-fal", "-n")
            #expect(look.status == 0, "\(look.errors)")
            #expect(look.errors.contains("3 finished requests found, 3 would be imported, 0 already in library"))
            #expect(try await program.run("jobs", "--all", "--json").output.isEmpty)

            let first = try await program.run("import", "--from-fal", "--since", "2h", "--json")
            #expect(first.status == 0, "\(first.errors)")
            let objects = try first.objects()
            #expect(objects.map { $0["outcome"]?.text } == ["new", "new", "new"])
            #expect(objects.allSatisfy { $0["expired"]?.int == 0 && $0["prompt"]?.text == "a mug at dawn" })
            let keys = [
                "created_at", "error", "expired", "generation", "model", "outcome", "prompt", "request_id",
            ]
            if case .object(let members)? = objects.first { #expect(members.keys.sorted() == keys) }

            let found = try await program.run("search", "dawn seed:2", "--json").objects()
            let id = try #require(found.first?["run"]?.text)
            #expect(found.count == 1)
            let shown = try #require(try await program.run("show", id, "--json").objects().first)
            #expect(shown["state"]?.text == "finished" && shown["references"]?.elements?.count == 1)
            #expect(try await program.run("verify").status == 0)

            let second = try await program.run("import", "--from-fal")
            #expect(second.errors.contains("3 finished requests found, 0 new, 3 already in library"))
            #expect(try await program.run("resume").errors.contains("nothing to resume"))
            #expect(try RequestLog(log).submits == 3)
            // The maker's library has them by fal's names for them.
            var maker = program
            maker.environment["ATELIER_LIBRARY"] = program.environment["ATELIER_LIBRARY"]?.replacing(
                "/library", with: "/made")
            let own = try await maker.run("import", "--from-fal")
            #expect(own.errors.contains("0 new, 3 already in library"), "\(own.errors)")
        }
    }

    @Test func `an import that is killed goes on where it was, and nothing of it can be submitted`() async throws {
        let count = Attacks.areFull ? 40 : 12
        try await Self.withHistory(count) { program, root, log in
            var imported = 0
            // Killed again and again, each time when it has written some more.
            for _ in 0..<3 {
                let target = imported + 2
                let running = try program.start(["import", "--from-fal", "--json"])
                _ = try await Waiting.until {
                    try Self.plannedCount(root) >= target
                } orElse: {
                    !running.isRunning
                }
                running.signal(SIGKILL)
                _ = try await running.outcome()
                imported = try Self.plannedCount(root)
                #expect(try await program.run("resume").errors.contains("nothing to resume"))
            }
            #expect(try await program.run("import", "--from-fal").status == 0)
            let last = try await program.run("import", "--from-fal")
            #expect(last.errors.contains("0 new, \(count) already in library"), "\(last.errors)")
            let runs = try await program.run("jobs", "--all", "--limit", "100", "--json").objects()
            #expect(runs.count == count && runs.allSatisfy { $0["state"]?.text == "finished" })
            #expect(Set(runs.compactMap { $0["seed"]?.text }).count == count)
            #expect(try await program.run("verify").status == 0)
            #expect(try RequestLog(log).submits == count)
        }
    }

    @Test(arguments: [
        (["--from-fal", "a.jpg"], "takes no paths"), (["--from-fal", "--set", "x"], "belong to files"),
        (["--since", "3d", "a.jpg"], "belong to --from-fal"), ([], "--from-fal"),
        (["--from-fal", "--since", "yesterday"], "30d"), (["--from-fal", "--endpoint", "no endpoint"], "no endpoint"),
    ])
    func `words that do not go together are refused`(words: [String], says: String) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(
                in: folder,
                environment: ["ATELIER_LIBRARY": folder + "/library", "ATELIER_FAL_ENDPOINT": "http://127.0.0.1:1"])
            _ = try await program.run("init")
            let outcome = try await program.run(["import"] + words)
            #expect(outcome.status == 64 && outcome.errors.contains(says), "\(outcome.status): \(outcome.errors)")
        }
    }

    @Test func `without a key, or one that may not, it is one sentence`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            _ = try await program.run("init")
            let keyless = try await program.run("import", "--from-fal")
            #expect(keyless.status == 1 && keyless.errors.contains("no fal key"))
            try await program.withSandbox(["--fault", "history:403"]) { program in
                let refused = try await program.run("import", "--from-fal")
                #expect(refused.status == 20 && refused.errors.contains("not allowed"), "\(refused.errors)")
            }
        }
    }

    /// How many plans the library's journal holds.
    private static func plannedCount(_ root: String) throws -> Int {
        let names = FileManager.default.subpaths(atPath: root + "/journal")?.filter { $0.hasSuffix(".jsonl") } ?? []
        return try names.reduce(0) { count, name in
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(root)/journal/\(name)"))
            return count + String(decoding: bytes, as: UTF8.self).ranges(of: #""type":"planned""#).count
        }
    }
}
