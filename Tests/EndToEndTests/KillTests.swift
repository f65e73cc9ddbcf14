import AssetLibrary
import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// The program is killed at random moments, and no paid request is lost or sent twice.
struct KillTests {
    /// How many times it is killed in all, over so many libraries.
    private static let (killCount, libraryCount) = (200, 10)

    @Test func `killed at 200 random points, everything submitted is in the library, and nothing went twice`()
        async throws
    {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            try await Program(in: folder).withSandbox(["--log", log]) { program in
                // Two at a time, as there are two cores.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for lane in 0..<2 {
                        group.addTask {
                            for number in stride(from: lane, to: Self.libraryCount, by: 2) {
                                try await Self.killAndResume(number, folder, program)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let accepted = try Self.acceptedPrompts(RequestLog(log))
            #expect(accepted.count > Self.killCount / 4, "hardly anything was submitted before a kill")
            let twice = Dictionary(grouping: accepted) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
            #expect(twice.isEmpty, "submitted twice: \(twice)")
            var unknownCount = 0
            for number in 0..<Self.libraryCount {
                let root = "\(folder)/library-\(number)"
                let runs = try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                    try await library.generations(limit: 10_000)
                }
                // What was sent by a process that died before the answer stays unknown: told, and not sent again.
                #expect(runs.allSatisfy { $0.state.isFinal || $0.nextStep == .confirm }, "unfinished after a resume")
                unknownCount += runs.count { $0.nextStep == .confirm }
                let kept = Set(runs.filter { $0.state == .finished || $0.nextStep == .confirm }.map(Self.name))
                let lost = accepted.filter { $0.hasPrefix("library \(number),") && !kept.contains($0) }
                #expect(lost.isEmpty, "paid and not kept: \(lost)")
                #expect(runs.allSatisfy { $0.state != .failed }, "\(runs.compactMap(\.reason))")
                try await TestLibrary.expectSound(root, afterKill: true)
            }
            #expect(unknownCount < Self.killCount / 2, "too much is unknown to prove anything")
        }
    }

    private static func killAndResume(_ number: Int, _ folder: String, _ sandbox: Program) async throws {
        var program = sandbox
        let root = "\(folder)/library-\(number)"
        program.environment["ATELIER_LIBRARY"] = root
        _ = try await program.run("init")
        let shared = try reference(folder, "shared-\(number)", number)
        // How long an edit takes here and now.
        let start = ContinuousClock.now
        let whole = try await program.run(command("edit", "library \(number), whole", shared) + ["--seed", "1"])
        #expect(whole.status == 0, "\(whole.errors)")
        let duration = start.duration(to: .now)

        var kills = 0
        while kills < killCount / libraryCount {
            if kills % 4 == 3 {
                // The same sweep is begun again and killed again: what it knows already, it must not send.
                let prompt = "library \(number), sweep {a|b} at \(kills - kills % 8)"
                try await kill(program, command("sweep", prompt, shared) + ["--seeds", "1..2"], within: duration * 2)
            } else {
                // Every other one brings a reference of its own, so that uploads are killed too.
                let picture = kills % 2 == 0 ? try reference(folder, "own-\(number)-\(kills)", 1000 + kills) : shared
                let edit = command("edit", "library \(number), edit \(kills)", picture) + ["--seed", "\(kills)"]
                try await kill(program, edit, within: duration)
            }
            kills += 1
        }
        // A claim of a dead sender holds for minutes. It lives in the catalog alone, which is only a fold over the journal.
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: root + "/catalog.sqlite" + suffix)
        }
        let resumed = try await program.run("resume", "--json")
        #expect([0, 3, 21].contains(resumed.status), "\(resumed.status): \(resumed.errors)")
    }

    private static func kill(_ program: Program, _ arguments: [String], within duration: Duration) async throws {
        let running = try program.start(arguments)
        try await Task.sleep(for: duration * Double.random(in: 0...1))
        running.signal(SIGKILL)
        _ = try await running.outcome()
    }

    private static func command(_ verb: String, _ prompt: String, _ reference: String) -> [String] {
        [verb, prompt, "--ref", reference, "--format", "jpeg"]
    }

    /// A picture that no other test run has: bytes behind a picture's end are no part of it.
    private static func reference(_ folder: String, _ name: String, _ number: Int) throws -> String {
        let path = "\(folder)/\(name).png"
        var bytes = try Fixtures.data("images/demo/mug.png")
        bytes.append(Data("\(name) \(number)".utf8))
        try bytes.write(to: URL(fileURLWithPath: path))
        return path
    }

    /// What was accepted, in the order of the log.
    private static func acceptedPrompts(_ log: RequestLog) -> [String] {
        log.lines.compactMap { line in
            guard line["method"] == .string("POST"), line["path"]?.text?.hasPrefix("/storage/") == false,
                line["status"] == .integer(200), let prompt = line["json"]?["prompt"]?.text,
                let seed = line["json"]?["seed"]?.seed
            else { return nil }
            return "\(prompt), seed \(seed)"
        }
    }

    private static func name(_ run: Run) -> String { "\(run.prompt), seed \(run.seed ?? 0)" }
}
