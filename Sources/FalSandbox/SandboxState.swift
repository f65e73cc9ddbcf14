import AssetModel
import Foundation

/// Everything that changes while a sandbox runs: uploads, files, requests, what is left of the script, the log.
///
/// Bytes are on disk in a private folder; here are only their places. Nothing in here waits for anything.
actor SandboxState {
    /// The private folder; it goes when the sandbox stops.
    nonisolated let folder: String

    private var log: SandboxLog?
    private var faults: RemainingFaults
    private var announced: [String: AnnouncedUpload] = [:]
    private var files: [String: StoredFile] = [:]
    private var jobs: [String: SandboxJob] = [:]
    /// Ids of requests that wait, in order.
    private var waiting: [String] = []

    /// An upload that was announced: where its bytes will be found, and what they are said to be.
    struct AnnouncedUpload: Sendable {
        var token: String
        var signature: String
        var servedAt: String
        var contentType: String
    }

    init(folder: String, script: SandboxScript, log path: String?) throws(SandboxError) {
        self.folder = folder
        faults = RemainingFaults(script)
        if let path { log = try SandboxLog(path: path) } else { log = nil }
    }

    /// The time, as logs and answers write it.
    nonisolated var now: Timestamp { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }

    func record(_ entry: SandboxLogEntry) { log?.append(entry) }

    // MARK: - Faults

    func storageFails() -> Bool { faults.takeStorage() }
    func submitIsRefused() -> Bool { faults.takeRefusal() }
    func submitIsNotAnswered() -> Bool { faults.takeTimeout() }

    // MARK: - Files

    func announce(name: String, contentType: String) -> AnnouncedUpload {
        let upload = AnnouncedUpload(
            token: Self.newID(), signature: Self.newID(), servedAt: Self.newFilePath(name), contentType: contentType)
        announced[upload.token] = upload
        return upload
    }

    func upload(_ token: String) -> AnnouncedUpload? { announced[token] }

    /// Makes the bytes of an upload available; a repeated upload replaces the earlier one.
    func finish(_ upload: AnnouncedUpload, _ file: StoredFile) {
        let earlier = files.updateValue(file, forKey: upload.servedAt)
        if let earlier { try? FileManager.default.removeItem(atPath: earlier.path) }
    }

    func file(at path: String) -> StoredFile? { files[path] }

    func serve(_ file: StoredFile, at path: String) { files[path] = file }

    // MARK: - Requests

    func enqueue(_ model: SandboxModel, _ input: JSONValue, authority: String) -> (job: SandboxJob, position: Int) {
        var job = SandboxJob(
            id: UUID().uuidString.lowercased(), model: model, input: input, authority: authority,
            heldPolls: faults.slowPolls, slowPolls: faults.slowPolls)
        job.say("Request accepted by the sandbox", at: now)
        jobs[job.id] = job
        let position = waiting.count
        waiting.append(job.id)
        return (job, position)
    }

    func job(_ address: SandboxRoute.QueueAddress) -> SandboxJob? {
        guard let job = jobs[address.id], job.answers(to: address.owner) else { return nil }
        return job
    }

    /// A request as one more poll sees it, with the number of requests before it.
    func poll(_ address: SandboxRoute.QueueAddress) -> (job: SandboxJob, position: Int)? {
        guard let job = job(address) else { return nil }
        if job.heldPolls > 0 { jobs[address.id]?.heldPolls -= 1 }
        return (job, waiting.firstIndex(of: job.id) ?? 0)
    }

    /// Takes a request out of the line to work on it; nil when it was cancelled meanwhile.
    func begin(_ id: String) -> SandboxJob? {
        waiting.removeAll { $0 == id }
        guard case .queued? = jobs[id]?.phase else { return nil }
        jobs[id]?.phase = .running
        jobs[id]?.say("Drawing test cards", at: now)
        return jobs[id]
    }

    func isCancelled(_ id: String) -> Bool { jobs[id]?.cancelRequested ?? true }

    func finish(_ id: String, _ outcome: SandboxJob.Outcome, seconds: Double) {
        var outcome = outcome
        if case .pictures = outcome, faults.takeFailure() {
            outcome = .failed(ModelFailure(breakdown: "The sandbox was told to fail here"))
        }
        jobs[id]?.phase = .finished(outcome, seconds: seconds)
        jobs[id]?.say("Done", at: now)
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
        case .running:
            jobs[job.id]?.cancelRequested = true
        }
        return .requested
    }

    /// fal's three answers to a cancel.
    enum CancelAnswer: Sendable { case requested, alreadyCompleted, notFound }

    // MARK: - Names

    /// A path below `/cdn/` that nobody can guess, ending in the file's name as far as it is plain ASCII.
    static func newFilePath(_ name: String) -> String {
        let plain = name.suffix(80).map { character in
            character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
                ? character : "_"
        }
        return "files/b/\(newID().prefix(8))/\(newID())_\(String(plain))"
    }

    /// 32 hexadecimal digits by chance.
    static func newID() -> String { UUID().uuidString.filter { $0 != "-" }.lowercased() }
}
