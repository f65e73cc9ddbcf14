import AssetModel

/// One request in the sandbox's queue.
struct SandboxJob: Sendable {
    /// Where the work stands.
    enum Phase: Sendable {
        case queued
        case running
        case finished(Outcome, seconds: Double)
    }

    /// The outcome.
    enum Outcome: Sendable {
        case pictures(DrawnPictures)
        case failed(ModelFailure)
        case cancelled
        /// It was not begun within the time that its caller allowed for that.
        case expired
    }

    /// The three words of fal's status.
    enum ReportedStatus: String {
        case queued = "IN_QUEUE"
        case running = "IN_PROGRESS"
        case completed = "COMPLETED"
    }

    /// What was submitted.
    struct Request: Sendable {
        var model: SandboxModel
        var input: JSONValue
        /// How the client named the sandbox: scheme and authority, as its reference URLs do.
        var base: SandboxBase
        /// Whose request it is.
        var account: String
        /// For its pictures.
        var lifecycle = ObjectLifecycle()
        /// Where to tell that it is finished.
        var webhook: String?
        /// Whether the request history may show it.
        var isStored = true
        /// How long it may wait to be begun; how long it then runs does not matter.
        var startTimeout: Duration?
    }

    let id: String
    let request: Request
    private let submitted = ContinuousClock.now
    /// When it was taken, begun and ended, by the clock that its client may have too.
    let sentAt: Timestamp
    var startedAt: Timestamp?
    var endedAt: Timestamp?
    var phase = Phase.queued
    var logs: [JSONValue] = []
    /// How many polls still get an earlier stage than the real one.
    var heldPolls: Int
    /// How many there were at first.
    let slowPolls: Int
    var cancelRequested = false

    init(id: String, request: Request, slowPolls: Int, at time: Timestamp) {
        self.id = id
        sentAt = time
        self.request = request
        self.slowPolls = slowPolls
        heldPolls = slowPolls
    }

    /// Whether it has waited longer than its caller allowed.
    var waitedTooLong: Bool { request.startTimeout.map { submitted.duration(to: .now) > $0 } ?? false }

    /// How many more polls are told that it is waiting.
    var heldPositions: Int { max(0, heldPolls - slowPolls / 2) }

    /// What a poll is told: half of the delayed polls "waiting", half "running", then the truth.
    var reported: ReportedStatus {
        if heldPolls > 0 { return heldPolls * 2 > slowPolls ? .queued : .running }
        return switch phase {
        case .queued: .queued
        case .running: .running
        case .finished: .completed
        }
    }

    /// Whether an address names this request: by its application or by its whole endpoint.
    func answers(to owner: String) -> Bool {
        owner == request.model.endpoint || owner == SandboxRoute.application(of: request.model.endpoint)
    }

    mutating func say(_ message: String, at time: Timestamp) {
        logs.append(
            .object([
                "message": .string(message), "timestamp": .string(time.description), "level": .string("INFO"),
                "source": .string("USER"), "labels": .object(["level": .string("INFO")]),
            ]))
    }
}

/// How a client names the sandbox: `http` or `https`, and host with port.
struct SandboxBase: Sendable, Hashable {
    var scheme: String
    var authority: String

    var url: String { "\(scheme)://\(authority)" }
}

/// What a model's run gives: pictures on disk and what is said about them.
struct DrawnPictures: Sendable {
    struct Picture: Sendable {
        var file: StoredFile
        var name: String
        var size: PixelSize
        /// The path below `/cdn/` where it is served; nil when it is only sent inline.
        var servedAt: String?
    }

    var pictures: [Picture]
    /// The input, where that is all there is to answer.
    var echo: JSONValue?
    var seed: JSONValue
    var prompt: String
    /// Whether the result says how large they are.
    var tellsSize = true
    /// Whether the result says how many bytes they have, and not one less.
    var tellsBytes = true
    /// Whether the safety checker objects.
    var isFlagged = false
    /// How long the drawing took.
    var seconds: Double
}
