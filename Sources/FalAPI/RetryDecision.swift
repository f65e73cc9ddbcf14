/// Whether a call that failed is made again: a pure value, decided without a clock and without a network.
///
/// The rule that pays for itself: a *once* call (the submit, which costs money) is repeated only when nothing was sent,
/// or when the server clearly refused it. Whatever is unclear is `unknown`, and a person decides.
enum RetryDecision: Sendable, Hashable {
    /// Make the call again after this wait.
    case again(after: Duration)
    /// Report the failure as what it is.
    case stop
    /// Report that the server may have acted on the call.
    case unknown

    /// What one call allows.
    enum Repeatability: Sendable, Hashable {
        /// Sending it twice does no harm: reads, and writes of the same bytes to the same place.
        case repeatable
        /// A repeat reads the outcome of a model's run, whose failure is an answer and not a fault of the line.
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

    /// How often in all a success is read that makes no sense. A proxy's page or a half-started server is over by then; what
    /// makes no sense three times is another protocol, and no patience helps.
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

/// Why one attempt of a call gave nothing.
enum AttemptFailure: Error, Sendable, Hashable {
    /// The server answered with a status that is no success.
    case answered(Refusal)
    /// No connection was made, or it ended before the first byte of the body left: the server cannot have acted.
    case notSent(FalError)
    /// Time-out or loss of the connection after something was sent, or while the answer was being read.
    case lost(FalError)
    /// A success whose body is not what the protocol says.
    case garbled(FalError)
    /// Our own reason, such as a file that changed under the upload.
    case local(FalError)
    /// The task was cancelled; `sent` says whether the server may have acted.
    case cancelled(sent: Bool)

    var isGarbled: Bool { if case .garbled = self { true } else { false } }
}
