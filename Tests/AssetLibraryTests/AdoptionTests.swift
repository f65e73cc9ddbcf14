import AssetModel
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary
@testable import FalAPI

/// Runs whose submit was never answered, and fal's request history.
struct AdoptionTests {
    /// What resuming came to, and what the sandbox saw.
    private struct Outcome {
        var outcomes: [ResumeOutcome] = []
        var submits = 0
        var looks = 0

        var reasons: [UnknownReason] {
            outcomes.compactMap { if case .unknown(_, let reason) = $0 { reason } else { nil } }
        }

        var finished: [FinishedRun] {
            outcomes.compactMap { if case .finished(let run) = $0 { run } else { nil } }
        }
    }

    /// Runs the same request `count` times under some faults and resumes what is left.
    private static func resume(
        _ faults: [String], runs count: Int = 1, change: (inout RunRequest) -> Void = { _ in }
    ) async throws -> Outcome {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            let script = try SandboxScript(parsing: faults)
            var request = RunRequest(model: EditModels.defaultForEdits, prompt: "mug")
            change(&request)
            let wanted = request
            var outcome = try await TestLibrary.withSandbox(SandboxConfiguration(log: log, script: script)) {
                library, session, _ in
                var request = wanted
                request.references = try await library.pictures(named: [Fixtures.path("images/demo/mug.png")])
                let plan = try await session.plan(request)
                for _ in 0..<count { _ = try? await session.run(plan) }
                var outcome = Outcome()
                try await session.resumeUnfinished { outcome.outcomes.append($0) }
                return outcome
            }
            let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            outcome.submits = lines.count { $0.contains("\"POST\"") && !$0.contains("/storage/") }
            outcome.looks = lines.count { $0.contains("by-endpoint") }
            return outcome
        }
    }

    @Test(arguments: ["submit:timeout:after-accept", "submit:garbage"])
    func `a request that was taken and never answered is adopted, collected and paid once`(fault: String) async throws {
        let outcome = try await Self.resume([fault + ":1"])
        let run = try #require(outcome.finished.first?.run)
        #expect(outcome.outcomes.count == 1 && outcome.submits == 1)
        #expect(run.state == .finished && run.outputs.count == 1)
        #expect(
            run.request?.statusURL.hasSuffix("/fal-ai/hidream-o1-image/requests/\(run.request?.id ?? "")/status")
                == true)
    }

    @Test func `a request that the history lists a moment later is adopted all the same`() async throws {
        let outcome = try await Self.resume(["submit:timeout:after-accept:1", "history:late:2"])
        #expect(outcome.finished.count == 1 && outcome.submits == 1)
    }

    @Test(arguments: [
        ("history:late", UnknownReason.notListed), ("history:twice", .severalRequests(2)),
        ("history:403", .notPermitted),
    ])
    func `what the history does not say stays unknown, with the reason`(fault: String, reason: UnknownReason)
        async throws
    {
        let outcome = try await Self.resume(["submit:timeout:after-accept:1", fault])
        #expect(outcome.reasons == [reason])
        #expect(outcome.submits == 1)
    }

    @Test func `a history that cannot be read leaves a run unknown`() async throws {
        let outcome = try await Self.resume(["submit:timeout:after-accept:1", "history:500"])
        guard case .notReachable? = outcome.reasons.first else {
            Issue.record("\(outcome.reasons)")
            return
        }
        #expect(outcome.looks == 1)
    }

    @Test func `a request that was refused without a word is in no history`() async throws {
        #expect(try await Self.resume(["submit:reset:1"]).reasons == [.notListed])
    }

    @Test func `a request with payload storage off is not looked up`() async throws {
        let outcome = try await Self.resume(["submit:timeout:after-accept:1"]) { $0.terms.isStored = false }
        #expect(outcome.reasons == [.notStored])
        #expect(outcome.looks == 0)
    }

    @Test func `two unknown runs of one request are told apart by nothing`() async throws {
        let both = try await Self.resume(["submit:timeout:after-accept:2"], runs: 2)
        // A busy machine may list the second a moment later; neither run takes the first all the same.
        let reasons: Set<UnknownReason> = [.severalRequests(2), .severalRuns(2)]
        #expect(both.reasons.count == 2 && reasons.isSuperset(of: both.reasons), "\(both.reasons)")
        let one = try await Self.resume(["submit:timeout:after-accept:1", "submit:reset:1"], runs: 2)
        #expect(one.reasons == [.severalRuns(2), .severalRuns(2)])
    }

    @Test func `a request that another run has is nobody else's`() async throws {
        // The first is cut off and never taken, the second is answered.
        let outcome = try await Self.resume(["submit:reset:1"], runs: 2)
        #expect(outcome.reasons == [.notListed])
    }

    // MARK: - The rule alone

    private static func unknown(_ name: UInt64, sentAt seconds: Int64, _ input: JSONValue) throws
        -> RequestAdopter.Unknown
    {
        let run = Run(
            id: Run.ID(random: (name, 0)), model: "fal-ai/x", prompt: "p", parameters: .object([:]),
            references: try ReferenceSet([]), plannedSize: nil, state: .sending, request: nil, host: RemoteHost("h"),
            seed: nil, reason: nil, outputs: [], plannedAt: Timestamp(milliseconds: 0),
            changedAt: Timestamp(milliseconds: seconds * 1000))
        return RequestAdopter.Unknown(run, input: input)
    }

    private static func request(_ id: String, at seconds: Int64, _ input: JSONValue) -> PastRequest<JSONValue> {
        PastRequest(id: id, endpoint: "fal-ai/x", at: seconds * 1000, input: input)
    }

    private static func found(_ match: RequestAdopter.Match) -> String? {
        if case .request(let request) = match { request.id } else { nil }
    }

    @Test func `two unknown runs of one request are told apart by time when they are far enough apart`() throws {
        let input: JSONValue = .object(["prompt": .string("p")])
        let runs = [try Self.unknown(1, sentAt: 10_000, input), try Self.unknown(2, sentAt: 11_300, input)]
        let requests = [Self.request("late", at: 11_302, input), Self.request("early", at: 10_003, input)]
        #expect(runs.map { Self.found(RequestAdopter.match($0, requests, runs)) } == ["early", "late"])
        // A second before the windows part, the second request could be either's.
        let near = [runs[0], try Self.unknown(3, sentAt: 10_899 + 300, input)]
        let between = [Self.request("between", at: 10_899, input)]
        #expect(near.map { Self.found(RequestAdopter.match($0, between, near)) } == [nil, nil])
    }

    @Test(arguments: [(-301, false), (-300, true), (0, true), (900, true), (901, false)])
    func `a request counts from five minutes before to fifteen after`(offset: Int64, counts: Bool) throws {
        let input: JSONValue = .object(["prompt": .string("p")])
        let run = try Self.unknown(1, sentAt: 10_000, input)
        #expect(run.canBe(Self.request("r", at: 10_000 + offset, input)) == counts)
    }

    @Test func `inputs are the same whatever their order and the way numbers are written`() throws {
        let sent = try JSONValue(parsing: #"{"prompt":"p","n":5,"list":[1,{"a":2}],"seed":18446744073709551615}"#)
        let run = try Self.unknown(1, sentAt: 0, sent)
        for text in [
            #"{"seed":18446744073709551615,"list":[1.0,{"a":2e0}],"n":5.0,"prompt":"p"}"#,
            #"{"prompt":"p","n":5,"list":[1,{"a":2,"b":null}],"seed":18446744073709551615,"webhook":null}"#,
        ] {
            #expect(run.canBe(Self.request("r", at: 0, try JSONValue(parsing: text))), "\(text)")
        }
        for text in [
            #"{"prompt":"p ","n":5,"list":[1,{"a":2}],"seed":18446744073709551615}"#,
            #"{"prompt":"p","n":5,"list":[{"a":2},1],"seed":18446744073709551615}"#,
            #"{"prompt":"p","n":5,"list":[1,{"a":2}],"seed":18446744073709551614}"#,
            #"{"prompt":"p","n":5,"list":[1,{"a":2}],"seed":18446744073709551615,"more":1}"#,
        ] {
            #expect(!run.canBe(Self.request("r", at: 0, try JSONValue(parsing: text))), "\(text)")
        }
    }
}
