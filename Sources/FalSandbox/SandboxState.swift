import AssetModel
import Foundation

/// Everything that changes while a sandbox runs: requests, remaining faults, the log; and, in an extension, uploads and
/// files.
///
/// Bytes are on disk in a private folder; this holds only their paths. Nothing here waits, except for the end of a stall.
actor SandboxState {
    /// The private folder, deleted when the sandbox stops.
    nonisolated let folder: String
    /// How long a file lives for which nothing else was said, in seconds; nil is for ever.
    nonisolated let lifetime: Int?

    var uploads: [String: SandboxUpload] = [:]
    var files: [String: StoredFile] = [:]
    var tokens: [String: CDNToken] = [:]
    /// What each signed address of a file opens, by its signature.
    var grants: [String: FileGrant] = [:]

    private var log: SandboxLog?
    private var faults: RemainingFaults
    /// How many answers of each kind are still given before one stalls; nothing for a kind that does not.
    private var answersBeforeStall: [SandboxFault.Kind: Int] = [:]
    /// What got no answer, by kind, and the requests that wait.
    private var unanswered: [SandboxFault.Kind: Set<String>] = [:]
    private var stalled: [SandboxFault.Kind: [AsyncStream<Void>.Continuation]] = [:]
    /// Paths that were refused once.
    private var looks: Set<String> = []
    private var jobs: [String: SandboxJob] = [:]
    /// Ids of requests that wait, in order.
    private var waiting: [String] = []
    /// The watchers of each request; an element means that something changed.
    private var watchers: [String: [AsyncStream<Void>.Continuation]] = [:]

    init(folder: String, lifetime: Int? = nil, script: SandboxScript, log path: String?) throws(SandboxError) {
        self.folder = folder
        self.lifetime = lifetime
        faults = RemainingFaults(script)
        for kind in [SandboxFault.Kind.partStalled, .statusStalled] where faults.number(kind) > 0 {
            answersBeforeStall[kind] = faults.number(kind)
        }
        if let path { log = try SandboxLog(path: path) } else { log = nil }
    }

    /// The time, as logs and answers write it.
    nonisolated var now: Timestamp { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }

    func record(_ entry: SandboxLogEntry) { log?.append(entry) }

    // MARK: - Faults

    /// Whether this fault happens now, which uses it up once.
    func fails(_ kind: SandboxFault.Kind) -> Bool { faults.take(kind) }

    /// Whether a request for `subject` gets no answer; otherwise one more of the answers before the stall is used up.
    func stalls(_ kind: SandboxFault.Kind, _ subject: String) -> Bool {
        guard let left = answersBeforeStall[kind] else { return false }
        if left > 0 {
            answersBeforeStall[kind] = left - 1
            return false
        }
        if unanswered[kind, default: []].insert(subject).inserted { return true }
        // Asked again: the client that waited for the first answer has gone.
        answersBeforeStall[kind] = nil
        for waiter in stalled.removeValue(forKey: kind) ?? [] { waiter.finish() }
        return false
    }

    /// Returns when a stall is over, or the task is cancelled.
    func waitForEnd(of stall: SandboxFault.Kind) async {
        guard answersBeforeStall[stall] != nil else { return }
        let (end, waiter) = AsyncStream.makeStream(of: Void.self)
        stalled[stall, default: []].append(waiter)
        for await _ in end {}
    }

    /// Whether this path is asked for the first time.
    func isFirstLook(at path: String) -> Bool { looks.insert(path).inserted }

    /// Milliseconds that every answer is late.
    func delay() -> Int { faults.number(.delay) }

    // MARK: - Requests

    /// How many requests wait to be begun.
    var queueLength: Int { waiting.count }

    /// Queues a request; returns it with the number of requests ahead of it.
    func enqueue(_ request: SandboxJob.Request) -> (job: SandboxJob, position: Int) {
        var job = SandboxJob(
            id: UUID().uuidString.lowercased(), request: request, slowPolls: faults.number(.statusSlow), at: now)
        job.say("Request accepted by the sandbox", at: now)
        jobs[job.id] = job
        let position = waiting.count + job.heldPositions
        waiting.append(job.id)
        return (job, position)
    }

    func job(_ address: SandboxRoute.QueueAddress) -> SandboxJob? {
        guard let job = jobs[address.id], job.answers(to: address.owner) else { return nil }
        return job
    }

    /// A request as one more poll sees it, with the number of requests before it. A request that is only reported to
    /// wait counts down as if others were before it.
    func poll(_ address: SandboxRoute.QueueAddress) -> (job: SandboxJob, position: Int)? {
        guard let job = job(address) else { return nil }
        if job.heldPolls > 0 { jobs[address.id]?.heldPolls -= 1 }
        return (job, (waiting.firstIndex(of: job.id) ?? 0) + max(0, job.heldPositions - 1))
    }

    /// An element whenever something about the request changed, until it is finished.
    func watch(_ id: String) -> AsyncStream<Void> {
        let (changes, teller) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        switch jobs[id]?.phase {
        case .queued?, .running?: watchers[id, default: []].append(teller)
        case .finished?, nil: teller.finish()
        }
        return changes
    }

    private func tell(_ id: String) {
        for watcher in watchers[id] ?? [] { watcher.yield() }
    }

    private func stopTelling(_ id: String) {
        for watcher in watchers.removeValue(forKey: id) ?? [] { watcher.finish() }
    }

    /// Takes a request off the queue to work on it; nil when it was cancelled meanwhile.
    func begin(_ id: String) -> SandboxJob? {
        waiting.removeAll { $0 == id }
        guard case .queued? = jobs[id]?.phase else { return nil }
        jobs[id]?.phase = .running
        jobs[id]?.startedAt = now
        jobs[id]?.say("Drawing test cards", at: now)
        // All requests behind it have moved up by one.
        for other in waiting + [id] { tell(other) }
        return jobs[id]
    }

    func isCancelled(_ id: String) -> Bool { jobs[id]?.cancelRequested ?? true }

    /// Ends a request and returns it.
    func finish(_ id: String, _ outcome: SandboxJob.Outcome, seconds: Double) -> SandboxJob? {
        var outcome = outcome
        if case .pictures = outcome, faults.take(.resultError) {
            outcome = .failed(ModelFailure(breakdown: "The sandbox was told to fail here"))
        }
        jobs[id]?.phase = .finished(outcome, seconds: seconds)
        jobs[id]?.endedAt = now
        jobs[id]?.say("Done", at: now)
        stopTelling(id)
        return jobs[id]
    }

    /// What to do about a cancel: a request that waits is removed, one that runs is told, a finished one is not touched.
    func cancel(_ address: SandboxRoute.QueueAddress) -> CancelAnswer {
        guard let job = job(address) else { return .notFound }
        switch job.reported {
        case .completed:
            return .alreadyCompleted
        case .queued:
            waiting.removeAll { $0 == job.id }
            jobs[job.id] = nil
            stopTelling(job.id)
            return .removed
        case .running:
            jobs[job.id]?.cancelRequested = true
            return .requested
        }
    }

    /// An account's requests that have ended and may be shown, the last one first.
    func history(of account: String, _ endpoints: [String]) -> [SandboxJob] {
        jobs.values
            .filter { job in
                job.endedAt != nil && job.request.account == account && job.request.isStored
                    && endpoints.contains(job.request.model.endpoint)
            }
            .sorted { ($1.endedAt ?? now, $1.id) < ($0.endedAt ?? now, $0.id) }
    }

    /// fal's four answers to a cancel.
    enum CancelAnswer: Sendable { case removed, requested, alreadyCompleted, notFound }

    /// 32 random hexadecimal digits.
    static func newID() -> String { UUID().uuidString.filter { $0 != "-" }.lowercased() }
}
