/// How often a call is retried and how long to wait, once `RetryDecision` says that it may be retried at all.
///
/// The wait before attempt n+1 is a random part of `baseDelay` × 2ⁿ⁻¹, at most `cap` (full jitter), and never shorter than
/// the server's `Retry-After`.
package struct RetryPolicy: Sendable, Hashable {
    /// How many attempts a call has in all; at least 1. Default 7, about 16 s of waiting on average.
    package var attempts: Int
    /// The longest possible wait before the second attempt. Default 0.5 s.
    package var baseDelay: Duration
    /// The longest possible wait before any attempt, a server's own `Retry-After` apart. Default 20 s.
    package var cap: Duration
    /// No new attempt begins when this much time has passed since the first one began. For transfers of files only
    /// the waits count, so that a long upload keeps its repeats. Default 120 s.
    package var deadline: Duration

    /// The defaults suit fal; values below the sensible minimum are raised to it.
    package init(
        attempts: Int = 7, baseDelay: Duration = .milliseconds(500), cap: Duration = .seconds(20),
        deadline: Duration = .seconds(120)
    ) {
        self.attempts = max(1, attempts)
        self.baseDelay = max(.zero, baseDelay)
        self.cap = max(.zero, cap)
        self.deadline = max(.zero, deadline)
    }

    /// One attempt, whatever happens.
    package static let none = RetryPolicy(attempts: 1)

    /// The wait before the attempt after `attempt`, which counts from 1. `jitter` is between 0 and 1.
    func delay(after attempt: Int, retryAfter: Duration?, jitter: Double) -> Duration {
        // 2³⁰ half-seconds is already beyond every cap; the bound keeps the shift from overflowing.
        let doubled = baseDelay * (1 << min(max(attempt - 1, 0), 30))
        return max(min(cap, doubled) * jitter, retryAfter ?? .zero)
    }
}

/// How long one attempt may take before it is abandoned.
package struct FalTimeouts: Sendable, Hashable {
    /// Until a connection, TLS included, stands. Default 10 s.
    package var connect: Duration
    /// Until the answer to a call begins. Does not limit an upload, whose length is the network's. Default 60 s.
    package var answer: Duration
    /// How long a transfer may stand still, in either direction. Default 60 s.
    package var silence: Duration

    /// The defaults suit fal.
    package init(connect: Duration = .seconds(10), answer: Duration = .seconds(60), silence: Duration = .seconds(60)) {
        self.connect = connect
        self.answer = answer
        self.silence = silence
    }
}
