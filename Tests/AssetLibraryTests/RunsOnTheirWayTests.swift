import AssetCatalog
import AssetModel
import FalSandbox
import Files
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// A request that is on its way to fal has no outcome yet, whichever process sends it.
struct RunsOnTheirWayTests {
    private static func submitCount(_ log: String) throws -> Int {
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        return lines.count { $0.contains("\"POST\"") && !$0.contains("/storage/") }
    }

    @Test func `a run that another process is sending is neither submitted again nor given up`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            let script = try SandboxScript(parsing: ["delay:3000"])
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log, script: script)) {
                library, session, address in
                let plan = try await session.plan(RunRequest(model: EditModels.defaultForText, prompt: "mug"))
                let running = Task { try await session.run(plan) }
                var found: Run?
                while found?.state != .sending {
                    try await Task.sleep(for: .milliseconds(5))
                    found = try await library.runs(limit: 1).first
                }
                let run = try #require(found)

                let remote = try Remote.server(at: address.url, key: Remote.sandboxKey)
                try await TestLibrary.withSession(at: library.root, remote) { other, session in
                    #expect(try await other.runsUnderWay() == [run.id])
                    let again = await #expect(throws: LibraryError.self) { try await session.resubmit(run.id) }
                    #expect(again?.code == "under_way")
                    let discarded = await #expect(throws: LibraryError.self) { try await other.discard(run.id) }
                    #expect(discarded?.code == "under_way")
                    let cancelled = await #expect(throws: LibraryError.self) { try await session.cancel(run.id) }
                    #expect(cancelled?.code == "under_way")
                    let finished = await #expect(throws: LibraryError.self) { try await session.finish(run.id) }
                    #expect(finished?.code == "under_way")
                    var outcomes: [ResumeOutcome] = []
                    try await session.resumeUnfinished { outcomes.append($0) }
                    guard case .failed(_, let error)? = outcomes.first else {
                        Issue.record("\(outcomes)")
                        return
                    }
                    #expect(error.code == "under_way")
                }
                #expect(try await running.value.run.id == run.id)
                #expect(try await library.runsUnderWay().isEmpty)
                #expect(try await library.runs(limit: 10).count == 1)
                #expect(try Self.submitCount(log) == 1)
            }
        }
    }

    @Test func `a run whose sender was killed can be decided about`() async throws {
        let script = try SandboxScript(parsing: ["submit:timeout:after-accept", "history:late"])
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script)) { library, session, _ in
            let plan = try await session.plan(RunRequest(model: EditModels.defaultForText, prompt: "mug"))
            let error = await #expect(throws: LibraryError.self) { try await session.run(plan) }
            let run = try #require(error?.run)
            // The sender had no answer, and gave the run back.
            #expect(try await library.runsUnderWay().isEmpty)
            let machine = ProcessName.own.drop { $0 != "@" }
            let now = Library.Environment.live.now()
            for (process, isThere) in [("2147483646", false), (String(getpid()), true)] {
                try await library.history.catalog.claimRun(
                    run, nonce: "\(process)\(machine)#1", now: now, until: now.adding(seconds: 600))
                #expect(try await library.runsUnderWay() == (isThere ? [run] : []))
            }
            await #expect(throws: LibraryError.self) { try await library.discard(run) }
            // Another process that meant to send the same plan and came too late ends nothing but its own claim.
            try await library.history.catalog.claimRun(
                run, nonce: "1\(machine)#2", now: now, until: now.adding(seconds: 600))
            try await library.history.catalog.releaseRun(run, nonce: "1\(machine)#2")
            #expect(try await library.runsUnderWay() == [run])
            // However long a process runs, no request takes forever.
            try await library.history.catalog.claimRun(
                run, nonce: "\(getpid())\(machine)#1", now: now, until: now.adding(seconds: -1))
            try await library.discard(run)
            #expect(try await library.unfinishedRuns().isEmpty)
        }
    }

    @Test func `a run that another process waits for is not closed, and can be cancelled`() async throws {
        let script = try SandboxScript(parsing: ["status:slow:200"])
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script)) { library, session, address in
            let plan = try await session.plan(RunRequest(model: EditModels.defaultForText, prompt: "mug"))
            let running = Task { try await session.run(plan) }
            while try await library.runs(limit: 1).first?.state != .submitted {
                try await Task.sleep(for: .milliseconds(5))
            }
            let run = try #require(try await library.runs(limit: 1).first)
            let remote = try Remote.server(at: address.url, key: Remote.sandboxKey)
            try await TestLibrary.withSession(at: library.root, remote) { other, session in
                let error = await #expect(throws: LibraryError.self) { try await other.discard(run.id) }
                #expect(error?.code == "under_way" && error?.message.contains("cancel it") == true)
                _ = try await session.cancel(run.id)
            }
            let stopped = await #expect(throws: LibraryError.self) { try await running.value }
            #expect(stopped?.code == "ended_meanwhile", "\(String(describing: stopped))")
            #expect(try await library.runsUnderWay().isEmpty)
        }
    }

    @Test func `a run that fal has forgotten because it is being cancelled is told as cancelled`() async throws {
        let script = try SandboxScript(parsing: ["result:lost"])
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script)) { library, session, _ in
            let (told, tells) = AsyncStream.makeStream(of: Void.self)
            let plan = try await session.plan(RunRequest(model: EditModels.defaultForText, prompt: "mug"))
            let running = Task { try await session.run(plan) { if case .submitted = $0 { tells.yield() } } }
            for await _ in told { break }
            while try await library.runs(limit: 1).first?.state != .submitted {
                try await Task.sleep(for: .milliseconds(5))
            }
            let run = try #require(try await library.runs(limit: 1).first)
            // Who cancels asks fal first, and writes it down after.
            try await Task.sleep(for: .milliseconds(500))
            try await library.history.record("cancel", [.cancelled(.init(generation: run.id))])
            let stopped = await #expect(throws: LibraryError.self) { try await running.value }
            #expect(stopped?.code == "ended_meanwhile", "\(String(describing: stopped))")
        }
    }

    @Test func `a run in the sandbox of another program is left to it, and ends with it`() async throws {
        let script = try SandboxScript(parsing: ["status:slow:20"])
        try await TestLibrary.with { library in
            let (told, tells) = AsyncStream.makeStream(of: Void.self)
            let root = library.root
            let running = Task {
                try await SandboxServer.withRunning(SandboxConfiguration(script: script), logger: TestLibrary.logger) {
                    address in
                    let remote = try Remote.ephemeralSandbox(at: address.url, name: "other")
                    return try await TestLibrary.withSession(at: root, remote) { _, session in
                        let plan = try await session.plan(RunRequest(model: EditModels.defaultForText, prompt: "mug"))
                        return try await session.run(plan) { if case .submitted = $0 { tells.yield() } }
                    }
                }
            }
            for await _ in told { break }
            func resumed() async throws -> ResumeOutcome? {
                var outcome: ResumeOutcome?
                try await library.resumeUnfinished(with: nil) { outcome = $0 }
                return outcome
            }
            while try await library.unfinishedRuns().first?.state != .submitted {
                try await Task.sleep(for: .milliseconds(5))
            }
            guard case .failed(_, let error)? = try await resumed() else {
                Issue.record("it was given up")
                return
            }
            #expect(error.code == "under_way")
            #expect(try await running.value.run.outputs.count == 1)
        }
    }

    @Test func `who only looks makes no file`() async throws {
        try await TestLibrary.with { library in
            let sent = try await library.runsUnderWay()
            #expect(sent.isEmpty)
            #expect(!Path.exists(library.root + "/leases.sqlite"))
        }
    }
}
