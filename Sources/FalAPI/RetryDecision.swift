/// Whether to retry a failed call: a pure decision, without clock or network.
///
/// The rule that protects money: a *once* call (the submit, which costs money) is repeated only when nothing was sent,
/// or when the server clearly refused it. Whatever is unclear is `unknown`, and a person decides.
enum RetryDecision: Sendable, Hashable {
    /// Make the call again after this wait.
    case again(after: Duration)
    /// Report the failure as what it is.
    case stop
    /// Report that the server may have acted on the call.
    case unknown

    /// Whether a call may be made twice.
    enum Repeatability: Sendable, Hashable {
        /// Sending it twice does no harm: reads, and writes of the same bytes to the same place.
        case repeatable
        /// Reads the outcome of a run: a failed run is an answer, not a failure of the connection.
        case outcome
        /// Sending it twice may run and bill a job twice.
        case once
    }

    /// Decides after attempt number `attempt` (from 1). `spent` is the time since the call began, `jitter` a number
    /// between 0 and 1 that picks a point inside the wait. `alsoRepeats` are statuses that are final elsewhere and worth a
    /// repeat for this call.
    init(
        after failure: AttemptFailure, attempt: Int, spent: Duration, repeatability: Repeatability,
        alsoRepeats: Set<Int> = [], policy: RetryPolicy, jitter: Double
    ) {
        switch Self.verdict(on: failure, repeatability, alsoRepeats) {
        case .unclear:
            self = .unknown
        case .final:
            self = .stop
        case .worthRepeating(let retryAfter):
            let delay = policy.delay(after: attempt, retryAfter: retryAfter, jitter: jitter)
            let attempts = failure.isGarbled ? min(policy.attempts, Self.attemptsAtNonsense) : policy.attempts
            self = attempt < attempts && spent + delay <= policy.deadline ? .again(after: delay) : .stop
        }
    }

    /// How many unintelligible successes are read before giving up. A proxy's page or a half-started server is gone by
    /// then; after three it is another protocol, and waiting does not help.
    private static let attemptsAtNonsense = 3

    private enum Verdict { case final, unclear, worthRepeating(retryAfter: Duration?) }

    private static func verdict(
        on failure: AttemptFailure, _ repeatability: Repeatability, _ alsoRepeats: Set<Int>
    ) -> Verdict {
        let isOnce = repeatability == .once
        switch failure {
        case .local: return .final
        case .cancelled(let sent): return isOnce && sent ? .unclear : .final
        case .notSent: return .worthRepeating(retryAfter: nil)
        case .lost: return isOnce ? .unclear : .worthRepeating(retryAfter: nil)
        case .garbled: return isOnce ? .unclear : .worthRepeating(retryAfter: nil)
        case .answered(let refusal) where isOnce: return onceVerdict(on: refusal)
        case .answered(let refusal) where alsoRepeats.contains(refusal.status):
            return .worthRepeating(retryAfter: refusal.retryAfter)
        case .answered(let refusal): return verdict(on: refusal, repeatability)
        }
    }

    private static func onceVerdict(on refusal: Refusal) -> Verdict {
        // The queue itself says that nothing ran before the caller's own deadline.
        if refusal.isOwnStartTimeout { return .final }
        switch refusal.status {
        case 429:
            return refusal.isRetryable == false ? .final : .worthRepeating(retryAfter: refusal.retryAfter)
        case 503 where refusal.isRetryable == true || (refusal.retryAfter != nil && refusal.isRetryable != false):
            return .worthRepeating(retryAfter: refusal.retryAfter)
        case 408, 500...:
            // There is no idempotency key: the job may be in the queue although the answer says otherwise.
            return .unclear
        default:
            return .final
        }
    }

    private static func verdict(on refusal: Refusal, _ repeatability: Repeatability) -> Verdict {
        if refusal.isOwnStartTimeout || refusal.isRetryable == false { return .final }
        if repeatability == .outcome, refusal.isOutcomeOfRun { return .final }
        switch refusal.status {
        case 408, 429, 500, 502, 503, 504: return .worthRepeating(retryAfter: refusal.retryAfter)
        default: return refusal.isRetryable == true ? .worthRepeating(retryAfter: refusal.retryAfter) : .final
        }
    }
}

/// Why one attempt failed.
enum AttemptFailure: Error, Sendable, Hashable {
    /// The server answered with an error status.
    case answered(Refusal)
    /// No connection was made, or it ended before the first byte of the body left: the server cannot have acted.
    case notSent(FalError)
    /// Time-out or loss of the connection after something was sent, or while the answer was being read.
    case lost(FalError)
    /// A success whose body is not what the protocol says.
    case garbled(FalError)
    /// A local reason, such as a file that changed during the upload.
    case local(FalError)
    /// The task was cancelled; `sent` says whether the server may have acted.
    case cancelled(sent: Bool)

    var isGarbled: Bool { if case .garbled = self { true } else { false } }
}
