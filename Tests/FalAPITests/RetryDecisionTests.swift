import NIOHTTP1
import Testing

@testable import FalAPI

/// The table of what is sent again, decided without a network.
@Suite struct RetryDecisionTests {
    private static let policy = RetryPolicy(
        attempts: 4, baseDelay: .seconds(1), cap: .seconds(8), deadline: .seconds(60))
    private static let lost = AttemptFailure.lost(.interrupted(origin: "https://a.example", reason: "x"))
    private static let notSent = AttemptFailure.notSent(.unreachable(origin: "https://a.example", reason: "x"))
    private static let late = AttemptFailure.lost(.timedOut(origin: "https://a.example"))
    private static let garbled = AttemptFailure.garbled(.unintelligible(what: "x", requestID: nil))
    private static let changed = AttemptFailure.local(.fileChanged(path: "a.png"))

    private static func answer(
        _ status: Int, _ headers: HTTPHeaders = [:], _ body: String = #"{"detail":"x"}"#
    ) -> AttemptFailure {
        .answered(Refusal(status: status, headers: headers, body: Array(body.utf8), redacting: nil))
    }

    enum Verdict { case again, stop, unknown }

    private func verdict(_ failure: AttemptFailure, _ repeatability: RetryDecision.Repeatability) -> Verdict {
        let decision = RetryDecision(
            after: failure, attempt: 1, spent: .zero, repeatability: repeatability, policy: Self.policy, jitter: 0.5)
        return switch decision {
        case .again: .again
        case .stop: .stop
        case .unknown: .unknown
        }
    }

    @Test(arguments: [
        (notSent, Verdict.again), (lost, .unknown), (late, .unknown), (garbled, .unknown), (changed, .stop),
        (.cancelled(sent: false), .stop), (.cancelled(sent: true), .unknown),
        (answer(400), .stop), (answer(401), .stop), (answer(403), .stop), (answer(404), .stop), (answer(413), .stop),
        (answer(422), .stop), (answer(302), .stop), (answer(307), .stop),
        (answer(408), .unknown), (answer(500), .unknown), (answer(502), .unknown), (answer(503), .unknown),
        (answer(504), .unknown), (answer(500, ["Retry-After": "1"]), .unknown),
        (answer(500, ["X-Fal-Retryable": "true"]), .unknown), (answer(504, ["X-Fal-Retryable": "true"]), .unknown),
        (answer(504, ["X-Fal-Request-Timeout-Type": "user"]), .stop),
        (answer(429), .again), (answer(429, ["X-Fal-Needs-Retry": "1"]), .again),
        (answer(429, ["X-Fal-Retryable": "false"]), .stop),
        (answer(503, ["Retry-After": "1"]), .again), (answer(503, ["X-Fal-Retryable": "true"]), .again),
        (answer(503, ["X-Fal-Needs-Retry": "1"]), .again),
        (answer(503, ["Retry-After": "1", "X-Fal-Retryable": "false"]), .unknown),
    ])
    func `a submit is sent again only when it was not sent or clearly refused`(
        failure: AttemptFailure, expected: Verdict
    ) {
        #expect(verdict(failure, .once) == expected)
    }

    @Test(arguments: [
        (notSent, Verdict.again), (lost, .again), (late, .again), (garbled, .again), (changed, .stop),
        (.cancelled(sent: true), .stop), (answer(400), .stop), (answer(401), .stop), (answer(404), .stop),
        (answer(409), .stop), (answer(422), .stop), (answer(302), .stop), (answer(408), .again), (answer(429), .again),
        (answer(500), .again), (answer(501), .stop), (answer(502), .again), (answer(503), .again),
        (answer(504), .again),
        (answer(500, ["X-Fal-Retryable": "false"]), .stop), (answer(503, ["X-Fal-Needs-Retry": "0"]), .stop),
        (answer(400, ["X-Fal-Retryable": "true"]), .again),
        (answer(504, ["X-Fal-Request-Timeout-Type": "user"]), .stop),
        (answer(503, [:], "<html>nginx</html>"), .again),
    ])
    func `a read is made again after every trouble of the line`(failure: AttemptFailure, expected: Verdict) {
        #expect(verdict(failure, .repeatable) == expected)
    }

    @Test(arguments: [
        (answer(500, [:], #"{"detail":[{"loc":[],"msg":"x","type":"internal_server_error"}]}"#), Verdict.stop),
        (answer(503, ["X-Fal-Error-Type": "runner_disconnected"]), .stop),
        (answer(504, [:], #"{"detail":"x","error_type":"startup_timeout"}"#), .stop), (answer(503), .again),
        (answer(500, [:], #"{"detail":"x","error_type":"internal_error"}"#), .again), (lost, .again),
    ])
    func `a run's own failure is an outcome and not asked for again`(failure: AttemptFailure, expected: Verdict) {
        #expect(verdict(failure, .outcome) == expected)
    }

    private func wait(attempt: Int, spent: Duration = .zero, retryAfter: String? = nil, jitter: Double = 1) -> Duration?
    {
        let headers: HTTPHeaders = retryAfter.map { ["Retry-After": $0] } ?? [:]
        let decision = RetryDecision(
            after: Self.answer(429, headers), attempt: attempt, spent: spent, repeatability: .repeatable,
            policy: Self.policy, jitter: jitter)
        if case .again(let delay) = decision { return delay }
        return nil
    }

    @Test func `waits double up to the cap, with full jitter`() {
        #expect(wait(attempt: 1) == .seconds(1))
        #expect(wait(attempt: 2) == .seconds(2))
        #expect(wait(attempt: 3) == .seconds(4))
        #expect(wait(attempt: 3, jitter: 0) == .zero)
        #expect(wait(attempt: 3, jitter: 0.25) == .seconds(1))
        #expect(RetryPolicy().delay(after: 1000, retryAfter: nil, jitter: 1) == .seconds(20))
    }

    @Test func `the server's Retry-After is never undercut`() {
        #expect(wait(attempt: 1, retryAfter: "30") == .seconds(30))
        #expect(wait(attempt: 3, retryAfter: "2") == .seconds(4))
        #expect(wait(attempt: 3, retryAfter: "2", jitter: 0) == .seconds(2))
        #expect(wait(attempt: 1, retryAfter: "soon") == .seconds(1))
        #expect(wait(attempt: 1, retryAfter: "-5") == .seconds(1))
    }

    @Test func `a Retry-After date counts from the answer's own Date`() {
        let refusal = Refusal(
            status: 503,
            headers: ["Retry-After": "Fri, 02 Jan 2026 03:04:45 GMT", "Date": "Fri, 02 Jan 2026 03:04:05 GMT"],
            body: [],
            redacting: nil)
        #expect(refusal.retryAfter == .seconds(40))
        #expect(
            Refusal(status: 503, headers: ["Retry-After": "Fri, 02 Jan 2026 03:04:45 GMT"], body: [], redacting: nil)
                .retryAfter == nil)
    }

    @Test func `no attempt begins beyond the number or the deadline`() {
        #expect(wait(attempt: 4) == nil)
        #expect(wait(attempt: 1, spent: .seconds(59)) == .seconds(1))
        #expect(wait(attempt: 1, spent: .seconds(60)) == nil)
        #expect(wait(attempt: 1, retryAfter: "61") == nil)
        #expect(RetryPolicy(attempts: 0).attempts == 1)
    }

    @Test(arguments: [RetryDecision.Repeatability.repeatable, .outcome])
    func `what makes no sense is read three times and no more`(repeatability: RetryDecision.Repeatability) {
        func decision(attempt: Int, attempts: Int) -> RetryDecision {
            RetryDecision(
                after: Self.garbled, attempt: attempt, spent: .zero, repeatability: repeatability,
                policy: RetryPolicy(attempts: attempts), jitter: 1)
        }
        #expect(decision(attempt: 2, attempts: 7) == .again(after: .seconds(1)))
        #expect(decision(attempt: 3, attempts: 7) == .stop)
        #expect(decision(attempt: 1, attempts: 1) == .stop)
    }

    @Test func `a status that is final elsewhere can be repeated where a call says so`() {
        let decision = RetryDecision(
            after: Self.answer(404), attempt: 1, spent: .zero, repeatability: .repeatable, alsoRepeats: [404],
            policy: Self.policy, jitter: 1)
        #expect(decision == .again(after: .seconds(1)))
    }

    @Test func `looks at the queue begin close together and end two seconds apart`() {
        let schedule = PollSchedule()
        #expect(schedule.wait(after: 1, jitter: 0.5) == .milliseconds(100))
        #expect(schedule.wait(after: 2, jitter: 0.5) > .milliseconds(120))
        #expect(schedule.wait(after: 1000, jitter: 1) <= .milliseconds(2401))
        #expect(schedule.wait(after: 1000, jitter: 0) >= .milliseconds(1599))
    }
}
