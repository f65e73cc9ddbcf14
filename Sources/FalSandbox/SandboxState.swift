import AssetModel
import Foundation

/// Everything that changes while a sandbox runs: requests, what is left of the script, the log; and, in an extension,
/// uploads and files.
///
/// Bytes are on disk in a private folder; here are only their places. Nothing in here waits for anything.
actor SandboxState {
    /// The private folder; it goes when the sandbox stops.
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
    /// Paths that were withheld once.
    private var looks: Set<String> = []
    private var jobs: [String: SandboxJob] = [:]
    /// Ids of requests that wait, in order.
    private var waiting: [String] = []
    /// Those who watch a request: told by each element that something changed.
    private var watchers: [String: [AsyncStream<Void>.Continuation]] = [:]

    init(folder: String, lifetime: Int? = nil, script: SandboxScript, log path: String?) throws(SandboxError) {
        self.folder = folder
        self.lifetime = lifetime
        faults = RemainingFaults(script)
        if let path { log = try SandboxLog(path: path) } else { log = nil }
    }

    /// The time, as logs and answers write it.
    nonisolated var now: Timestamp { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }

    func record(_ entry: SandboxLogEntry) { log?.append(entry) }

    // MARK: - Faults

    /// Whether this goes wrong now; once more is then used up.
    func fails(_ kind: SandboxFault.Kind) -> Bool { faults.take(kind) }

    /// Whether this path is asked for the first time.
    func isFirstLook(at path: String) -> Bool { looks.insert(path).inserted }

    /// Milliseconds that every answer is late.
    func delay() -> Int { faults.number(.delay) }

    // MARK: - Requests

    /// How many requests wait to be begun.
    var queueLength: Int { waiting.count }

    /// Puts a request into the line; gives it with the number of requests before it.
    func enqueue(_ request: SandboxJob.Request) -> (job: SandboxJob, position: Int) {
        var job = SandboxJob(
            id: UUID().uuidString.lowercased(), request: request, slowPolls: faults.number(.statusSlow))
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

    /// Tells, for as long as the request is not finished, that something about it changed.
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

    /// Takes a request out of the line to work on it; nil when it was cancelled meanwhile.
    func begin(_ id: String) -> SandboxJob? {
        waiting.removeAll { $0 == id }
        guard case .queued? = jobs[id]?.phase else { return nil }
        jobs[id]?.phase = .running
        jobs[id]?.say("Drawing test cards", at: now)
        // Everybody behind it has moved up by one.
        for other in waiting + [id] { tell(other) }
        return jobs[id]
    }

    func isCancelled(_ id: String) -> Bool { jobs[id]?.cancelRequested ?? true }

    /// Ends a request; gives it as it ended.
    func finish(_ id: String, _ outcome: SandboxJob.Outcome, seconds: Double) -> SandboxJob? {
        var outcome = outcome
        if case .pictures = outcome, faults.take(.resultError) {
            outcome = .failed(ModelFailure(breakdown: "The sandbox was told to fail here"))
        }
        jobs[id]?.phase = .finished(outcome, seconds: seconds)
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
        case .running:
            jobs[job.id]?.cancelRequested = true
        }
        return .requested
    }

    /// fal's three answers to a cancel.
    enum CancelAnswer: Sendable { case requested, alreadyCompleted, notFound }

    /// 32 hexadecimal digits by chance.
    static func newID() -> String { UUID().uuidString.filter { $0 != "-" }.lowercased() }
}
