import AssetModel
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

struct SweepVariantTests {
    @Test(
        arguments: [
            ("7", [7]), ("1..3", [1, 2, 3]), ("5,1..2,2", [5, 1, 2]), ("3 .. 4", [3, 4]),
            ("18446744073709551614..18446744073709551615", [.max - 1, .max]),
        ] as [(String, [UInt64])])
    func `seeds are read as people write them`(text: String, seeds: [UInt64]) throws {
        #expect(try SweepVariants.seeds(parsing: text) == seeds)
    }

    @Test(arguments: ["", "x", "1..", "..1", "2..1", "1..2..3", "-1", "1,", "0..10000", "1.5"])
    func `what is no seed is refused`(text: String) {
        let error = #expect(throws: LibraryError.self) { try SweepVariants.seeds(parsing: text) }
        #expect(error?.category == .invalidInput)
    }

    @Test(arguments: [
        ("a mug", ["a mug"]), ("a {red|blue} mug", ["a red mug", "a blue mug"]),
        ("{a|b}{1|2}", ["a1", "a2", "b1", "b2"]),
        ("{a|{b|c}d}", ["a", "bd", "cd"]), ("x{|y}", ["x", "xy"]), (#"{"json": [1]}"#, [#"{"json": [1]}"#]),
        ("{a} {b|c}", ["{a} b", "{a} c"]), ("a|b}", ["a|b}"]), ("{a|a}", ["a"]),
        ("{é|e\u{301}}", ["é", "e\u{301}"]), ("", [""]),
    ])
    func `alternatives are spelled out, and all else stays byte for byte`(text: String, prompts: [String]) throws {
        #expect(try SweepVariants.prompts(expanding: text).map { Array($0.utf8) } == prompts.map { Array($0.utf8) })
    }

    @Test func `a slip that would be millions of runs is refused`() {
        let text = String(repeating: "{a|b}", count: 40)
        #expect(throws: LibraryError.self) { try SweepVariants.prompts(expanding: text) }
    }
}

struct SweepPlanTests {
    private static func requests(_ library: Library, seeds: ClosedRange<UInt64>) async throws -> [RunRequest] {
        seeds.map { seed in
            var request = RunRequest(model: EditModels.defaultForText, prompt: "a mug")
            request.seed = seed
            return request
        }
    }

    @Test func `a sweep of 200 runs is bounded, complete, and sends nothing twice`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log)) { library, session, _ in
                var requests: [RunRequest] = []
                for seed in 0..<200 as Range<UInt64> {
                    var request = RunRequest(model: EditModels.defaultForText, prompt: "a mug")
                    request.size = .exactly(width: 32, height: 32)
                    request.seed = seed
                    requests.append(request)
                }
                let sweep = try await session.planSweep(requests + requests)
                #expect(sweep.items.count == 200)
                let summary = try await session.run(sweep, width: 8)
                #expect(summary.finishedCount == 200)
                #expect(try await session.planSweep(requests).estimatedPrice == 0)
                let text = try String(contentsOfFile: log, encoding: .utf8)
                #expect(text.split(separator: "\n").count { $0.contains("\"POST\"") } == 200)
            }
        }
    }

    @Test func `all that will be sent is written down before the first submit, and no more`() async throws {
        let script = try SandboxScript(parsing: ["submit:422:1"])
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script)) { library, session, _ in
            let sweep = try await session.planSweep(try await Self.requests(library, seeds: 1...5))
            let price = try #require(sweep.items.first?.estimatedPrice ?? nil)
            #expect(sweep.affordableCount(within: 3 * price) == 3 && sweep.affordableCount(within: 0) == 0)
            let (ids, seen) = AsyncStream.makeStream(of: Int.self)
            let summary = try await session.run(
                sweep, width: 1, budget: 3 * price,
                onProgress: { _, progress in
                    if case .submitted = progress { seen.yield(1) }
                })
            seen.finish()
            var submitted = 0
            for await one in ids { submitted += one }
            #expect(summary.failedCount == 1 && summary.finishedCount == 2 && summary.overBudgetCount == 2)
            #expect(submitted == 2)
            #expect(try await library.runs(limit: 10).count == 3)
        }
    }

    @Test func `what an earlier sweep wrote down is sent as that run, and what it sent is collected`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log)) { library, session, _ in
                let requests = try await Self.requests(library, seeds: 1...3)
                let plans = try await session.planSweep(requests).items.compactMap { item -> RunPlan? in
                    if case .send(let plan) = item { plan } else { nil }
                }
                // What a sweep leaves that was killed before its first submit.
                let ids = try await session.runner("test").recordPlans(plans)
                let again = try await session.planSweep(requests)
                let planned = again.items.compactMap { item -> Run.ID? in
                    if case .sendPlanned(let run, _) = item { run.id } else { nil }
                }
                #expect(planned == ids)
                #expect(try await session.run(again).finishedCount == 3)
                #expect(try await library.runs(limit: 10).count == 3)
                #expect(try await session.run(again).failedCount == 3)
                let text = try String(contentsOfFile: log, encoding: .utf8)
                #expect(text.split(separator: "\n").count { $0.contains("\"POST\"") } == 3)
            }
        }
    }

    @Test func `a key that fal does not accept stops a sweep, and the rest stays written down`() async throws {
        try await TestLibrary.withSandbox(SandboxConfiguration(acceptedKey: "right:key")) { library, session, _ in
            let sweep = try await session.planSweep(try await Self.requests(library, seeds: 1...6))
            let summary = try await session.run(sweep, width: 2)
            #expect(summary.failedCount <= 3 && summary.waitingCount == 6 - summary.failedCount)
            #expect(try await library.unfinishedRuns().count == summary.waitingCount)
            for run in try await library.unfinishedRuns() {
                guard case .neverSent(let ended) = try await session.cancel(run.id) else {
                    Issue.record("\(run.id) was sent")
                    return
                }
                #expect(ended.state == .cancelled)
            }
        }
    }

    @Test func `costs add up by day, model and set, and a run in two sets stands in both`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let picture = Fixtures.path("images/demo/mug.png")
            for set in ["mugs", "white"] { _ = try await library.importFiles([picture], set: set) }
            var request = RunRequest(model: "fal-ai/hidream-o1-image/dev/edit", prompt: "on marble")
            request.references = try await library.pictures(named: [picture])
            request.imageCount = 2
            _ = try await session.run(try await session.plan(request))
            _ = try await session.run(try await session.plan(try await Self.requests(library, seeds: 1...1)[0]))
            let report = try await library.costs()
            #expect(report.sets.map(\.name) == ["", "mugs", "white"])
            #expect(report.sets.map(\.runCount) == [1, 1, 1])
            #expect(report.models.map(\.name) == ["fal-ai/hidream-o1-image", "fal-ai/hidream-o1-image/dev/edit"])
            #expect(report.models.map { (($0.estimatedPrice ?? 0) * 1e6).rounded() } == [41943, 41943])
            #expect(report.total.runCount == 2 && report.days.count <= 2)
            #expect(try await library.costs(since: Timestamp(milliseconds: .max / 2)).total.runCount == 0)
        }
    }

    @Test func `a reference that died before the submit is sent anew, and the request once more`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            let script = try SandboxScript(parsing: ["submit:file-gone:1"])
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log, script: script)) { library, session, _ in
                var request = RunRequest(model: EditModels.defaultForEdits, prompt: "mug")
                request.references = try await library.pictures(named: [Fixtures.path("images/demo/mug.png")])
                let finished = try await session.run(try await session.plan(request))
                #expect(finished.run.state == .finished)
                let text = try String(contentsOfFile: log, encoding: .utf8)
                #expect(text.split(separator: "\n").count { $0.contains("\"PUT\"") } == 2)
                #expect(try await library.uploads().count { $0.lostAt != nil } == 1)
            }
        }
    }

    @Test func `a reference that cannot be read twice ends the run, and it is not tried a third time`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            let script = try SandboxScript(parsing: ["submit:file-gone"])
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log, script: script)) { library, session, _ in
                var request = RunRequest(model: EditModels.defaultForEdits, prompt: "mug")
                request.references = try await library.pictures(named: [Fixtures.path("images/demo/mug.png")])
                let plan = try await session.plan(request)
                let error = await #expect(throws: LibraryError.self) { try await session.run(plan) }
                #expect(error?.category == .refused)
                #expect(try await library.runs(limit: 1).first?.state == .failed)
                let text = try String(contentsOfFile: log, encoding: .utf8)
                #expect(text.split(separator: "\n").count { $0.contains("\"POST\"") && !$0.contains("/storage/") } == 2)
            }
        }
    }
}
