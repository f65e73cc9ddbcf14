/// A request that fal's queue has accepted. Enough to find it again from another process.
package struct QueuedRequest: Sendable, Hashable, Codable {
    /// fal's name for it.
    package let requestID: String
    /// Where its status is, exactly as the submit answer said.
    package let statusURL: String
    /// Where its result is, exactly as the submit answer said.
    package let responseURL: String
    /// Where it is cancelled, exactly as the submit answer said.
    package let cancelURL: String

    /// A request known from an earlier submit. The URLs are not checked here, but before each use.
    package init(requestID: String, statusURL: String, responseURL: String, cancelURL: String) {
        self.requestID = requestID
        self.statusURL = statusURL
        self.responseURL = responseURL
        self.cancelURL = cancelURL
    }
}

/// What a completed request came to.
package struct QueueResult: Sendable, Hashable {
    /// The model's output, byte for byte.
    package let bytes: [UInt8]
    /// How many units of the endpoint's price were billed; nil when fal did not say, or said no number.
    package let billableUnits: Double?
}

/// Where a queued request stands.
package struct QueueStatus: Sendable, Hashable {
    /// fal knows these three; there is no "failed" (protocol facts, section 3.2).
    package enum State: Sendable, Hashable {
        /// Waiting; `position` is the number of requests ahead, nil when not told.
        case inQueue(position: Int?)
        /// A runner has it.
        case inProgress
        /// It ended, successfully or not: see `error`, and expect the result to be an error.
        case completed
    }

    /// Waiting, running or ended.
    package let state: State
    /// What the model has printed, oldest first; empty when not asked for.
    package let logs: [LogLine]
    /// Seconds the model computed; nil before the end and when not told.
    package let inferenceSeconds: Double?
    /// Why a completed request failed; nil when it did not, or when only the result says so.
    package let error: String?
    /// fal's machine-readable kind of `error`.
    package let errorType: String?

    /// One status.
    package init(
        state: State, logs: [LogLine] = [], inferenceSeconds: Double? = nil, error: String? = nil,
        errorType: String? = nil
    ) {
        self.state = state
        self.logs = logs
        self.inferenceSeconds = inferenceSeconds
        self.error = error
        self.errorType = errorType
    }

    /// Reads a status answer; nil for a state that the protocol does not know. Missing logs and positions are not an error.
    init?(_ json: LooseJSON) {
        switch json["status"]?.string {
        case "IN_QUEUE": state = .inQueue(position: json["queue_position"]?.integer)
        case "IN_PROGRESS": state = .inProgress
        case "COMPLETED": state = .completed
        default: return nil
        }
        logs = (json["logs"]?.array ?? []).compactMap(LogLine.init)
        inferenceSeconds = json["metrics"]?["inference_time"]?.number
        // Usually text; a list of complaints reads like the one in a refusal.
        error =
            json["error"]?.array.map { FieldComplaint.sentence(for: $0) }.map { PlainText.oneLine($0) }
            ?? json["error"]?.text.map { PlainText.oneLine($0) }
        errorType = json["error_type"]?.string
    }

    /// The same with other log lines.
    func showing(_ lines: some Sequence<LogLine>) -> QueueStatus {
        QueueStatus(
            state: state, logs: Array(lines), inferenceSeconds: inferenceSeconds, error: error, errorType: errorType)
    }
}

/// One line that a model printed while it ran.
package struct LogLine: Sendable, Hashable {
    /// The text, as printed.
    package let message: String
    /// When, as the server wrote it; nil when missing.
    package let timestamp: String?
    /// `STDOUT`, `STDERR`, `INFO` and the like; nil when missing.
    package let level: String?

    /// One line.
    package init(message: String, timestamp: String? = nil, level: String? = nil) {
        self.message = message
        self.timestamp = timestamp
        self.level = level
    }

    /// The level stands beside the message or under `labels`, depending on the server's age.
    init?(_ json: LooseJSON) {
        guard let message = json["message"]?.string else { return nil }
        self.init(
            message: message, timestamp: json["timestamp"]?.string,
            level: json["level"]?.string ?? json["labels"]?["level"]?.string)
    }
}

/// What fal says to a request to cancel.
package enum CancelAnswer: String, Sendable, Hashable {
    /// It waited, and is out of the queue: it will not run.
    case removed
    /// It was told to stop; one that waited is out of the queue, a running one may still complete.
    case requested
    /// It had ended before.
    case alreadyCompleted = "already_completed"
    /// fal does not know it, or not any more.
    case notFound = "not_found"
}
