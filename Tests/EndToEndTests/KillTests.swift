import AssetLibrary
import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// The program is killed at many points, and no paid request is lost or sent twice.
struct KillTests {
    /// How many times it is killed in all, and over how many libraries.
    private static let killCount = Attacks.count("kills", 20, full: 200)
    private static let libraryCount = Attacks.areFull ? 10 : 2

    /// When the program is killed: as soon as the journal, or the sandbox, shows that it has come so far.
    private enum Point: CaseIterable {
        case planned, sent, submitted, waiting, downloading

        /// Whether the request is paid for by now, whatever the program knows of it.
        var isPaid: Bool { [.submitted, .waiting, .downloading].contains(self) }
        /// Whether the program has written down the request's id by now, since it asks about it.
        var isKnown: Bool { [.waiting, .downloading].contains(self) }
    }

    /// A killed edit that must be in the library in the end.
    private struct Killed {
        var paid: Set<String> = []
        var known: Set<String> = []
    }

    @Test func `killed at many points, everything submitted is in the library, and nothing went twice`() async throws {
        try await TemporaryFolder.with { folder in
            // Two at a time, as there are two cores.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<2 {
                    group.addTask {
                        let log = "\(folder)/log-\(lane).jsonl"
                        try await Program(in: folder).withSandbox(["--log", log]) { program in
                            for number in stride(from: lane, to: Self.libraryCount, by: 2) {
                                let killed = try await Self.killAndResume(number, folder, program, log)
                                try await Self.check(number, folder, killed, RequestLog(log))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private static func check(_ number: Int, _ folder: String, _ killed: Killed, _ log: RequestLog) async throws {
        let accepted = acceptedPrompts(log).filter { $0.hasPrefix("library \(number),") }
        let twice = Dictionary(grouping: accepted) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
        #expect(twice.isEmpty, "submitted twice: \(twice)")
        #expect(killed.paid.subtracting(accepted).isEmpty, "killed when it was paid for, and not in the log")

        let root = "\(folder)/library-\(number)"
        let runs = try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
            try await library.runs(limit: 10_000)
        }
        // What was sent by a process that died before the answer was looked up in the history; what was never taken stays
        // unknown: told, and not sent again.
        let unknown = runs.filter { $0.nextStep == .confirm }.map(name)
        let unresolved = unknown.filter(accepted.contains)
        #expect(unresolved.isEmpty, "taken, in the history, and still unknown: \(unresolved)")
        #expect(runs.allSatisfy { $0.state.isFinal || $0.nextStep == .confirm }, "unfinished after a resume")
        #expect(runs.allSatisfy { $0.state != .failed }, "\(runs.compactMap(\.reason))")
        let kept = Set(runs.filter { $0.state == .finished }.map(name))
        let lost = accepted.filter { !kept.contains($0) }
        #expect(lost.isEmpty, "paid and not kept: \(lost)")
        let finished = Set(runs.filter { $0.state == .finished }.map(name))
        let uncollected = killed.known.subtracting(finished)
        #expect(uncollected.isEmpty, "its request was known and its pictures were not collected: \(uncollected)")
        try await TestLibrary.expectSound(root, afterKill: true)
    }

    private static func killAndResume(
        _ number: Int, _ folder: String, _ sandbox: Program, _ log: String
    ) async throws -> Killed {
        var program = sandbox
        let root = "\(folder)/library-\(number)"
        program.environment["ATELIER_LIBRARY"] = root
        _ = try await program.run("init")
        let shared = try reference(folder, "shared-\(number)", number)
        let whole = try await program.run(command("edit", "library \(number), whole", shared) + ["--seed", "1"])
        #expect(whole.status == 0, "\(whole.errors)")

        var killed = Killed()
        for kill in 0..<killCount / libraryCount {
            let point = Point.allCases[kill % Point.allCases.count]
            if kill % 4 == 3 {
                // The same sweep is begun again and killed again: what it knows already, it must not send.
                let prompt = "library \(number), sweep {a|b} at \(kill - kill % 8)"
                let sweep = command("sweep", prompt, shared) + ["--seeds", "1..2"]
                _ = try await self.kill(program, sweep, at: point, root, log)
            } else {
                // Each edit brings a reference of its own, so that uploads are killed too.
                let picture = try reference(folder, "own-\(number)-\(kill)", 1000 + kill)
                let prompt = "library \(number), edit \(kill)"
                let edit = command("edit", prompt, picture) + ["--seed", "\(kill)"]
                guard try await self.kill(program, edit, at: point, root, log) else { continue }
                if point.isPaid { killed.paid.insert("\(prompt), seed \(kill)") }
                if point.isKnown { killed.known.insert("\(prompt), seed \(kill)") }
            }
        }
        let before = try await program.run("jobs", "--json").objects().count { $0["state"] == .string("unknown") }
        let resumed = try await program.run("resume", "--json")
        #expect([0, 3, 21].contains(resumed.status), "\(resumed.status): \(resumed.errors)")
        let after = try await program.run("jobs", "--json").objects().count { $0["state"] == .string("unknown") }
        Attacks.report("unknown runs", before)
        Attacks.report("unknown runs resolved", before - after)
        return killed
    }

    /// Starts the program and kills it at a point. False when it ended by itself before, as a sweep does that is done.
    private static func kill(
        _ program: Program, _ arguments: [String], at point: Point, _ root: String, _ log: String
    ) async throws -> Bool {
        let planned = try plannedCount(root)
        // What the one killed before had asked for may still be on its way into the log.
        var seen = try RequestLog(log).lines.count
        while true {
            try await Task.sleep(for: .milliseconds(150))
            let now = try RequestLog(log).lines.count
            if now == seen { break }
            seen = now
        }
        let running = try program.start(arguments)
        let isReached = try await Waiting.until {
            if point == .planned { return try plannedCount(root) > planned }
            return try RequestLog(log).lines.dropFirst(seen).contains { line in
                let (method, path) = (line["method"]?.text, line["path"]?.text ?? "")
                return switch point {
                case .planned: false
                case .sent: method == "PUT"
                case .submitted: method == "POST" && !path.hasPrefix("/storage/") && line["status"]?.int == 200
                case .waiting: path.hasSuffix("/status") || path.hasSuffix("/stream")
                case .downloading: method == "GET" && path.hasPrefix("/cdn/files/")
                }
            }
        } orElse: {
            !running.isRunning
        }
        running.signal(SIGKILL)
        _ = try await running.outcome()
        return isReached
    }

    /// How many plans the library's journal holds.
    private static func plannedCount(_ root: String) throws -> Int {
        let journal = root + "/journal"
        let names = FileManager.default.subpaths(atPath: journal)?.filter { $0.hasSuffix(".jsonl") } ?? []
        return try names.reduce(0) { count, name in
            let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(journal)/\(name)")), as: UTF8.self)
            return count + text.ranges(of: #""type":"planned""#).count
        }
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
