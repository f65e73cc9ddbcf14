import AssetModel

/// One request in the sandbox's queue.
struct SandboxJob: Sendable {
    /// Where the work stands.
    enum Phase: Sendable {
        case queued
        case running
        case finished(Outcome, seconds: Double)
    }

    /// What came of it.
    enum Outcome: Sendable {
        case pictures(DrawnPictures)
        case failed(ModelFailure)
        case cancelled
    }

    /// The three words of fal's status.
    enum ReportedStatus: String {
        case queued = "IN_QUEUE"
        case running = "IN_PROGRESS"
        case completed = "COMPLETED"
    }

    let id: String
    let model: SandboxModel
    let input: JSONValue
    /// The authority that the client used, which names this sandbox in its reference URLs.
    let authority: String
    var phase = Phase.queued
    var logs: [JSONValue] = []
    /// Polls that are still told a stage which the work may have left long ago.
    var heldPolls: Int
    /// How many there were at first.
    let slowPolls: Int
    var cancelRequested = false

    /// What a poll is told: the held-back half by half, then the truth.
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
        owner == model.endpoint || owner == SandboxRoute.application(of: model.endpoint)
    }

    mutating func say(_ message: String, at time: Timestamp) {
        logs.append(
            .object([
                "message": .string(message), "timestamp": .string(time.description), "level": .string("INFO"),
                "source": .string("USER"), "labels": .object(["level": .string("INFO")]),
            ]))
    }
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
    var seed: JSONValue
    var prompt: String
    /// How long the drawing took.
    var seconds: Double
}
