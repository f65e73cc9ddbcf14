/// How a request is to be handed to fal's queue: nothing of it changes what is made, so it is no part of a recipe.
///
/// Values only; what fal would not take is refused when a run is planned.
public struct SubmitTerms: Hashable, Sendable, Codable {
    /// Which of fal's two queues.
    public enum Priority: String, Hashable, Sendable, Codable, CaseIterable {
        /// fal's default.
        case normal
        /// After everybody else's.
        case low
    }

    /// Which queue; nil leaves it to fal.
    public var priority: Priority?
    /// A word that lets fal prefer a runner which served the same word before; printable ASCII.
    public var hint: String?
    /// How many seconds the request may wait for a runner, more than 1. It does not limit how long it then runs.
    public var startTimeoutSeconds: Double?
    /// An http or https URL to which fal posts the outcome.
    public var webhook: String?
    /// Whether fal keeps input and answer for its dashboard. Without, an answer must be fetched soon.
    public var isStored: Bool

    /// Without arguments: fal's own defaults.
    public init(
        priority: Priority? = nil, hint: String? = nil, startTimeoutSeconds: Double? = nil, webhook: String? = nil,
        isStored: Bool = true
    ) {
        self.priority = priority
        self.hint = hint
        self.startTimeoutSeconds = startTimeoutSeconds
        self.webhook = webhook
        self.isStored = isStored
    }

    /// Whether nothing is asked for; then nothing is written down about it.
    public var isUsual: Bool { self == SubmitTerms() }

    private enum CodingKeys: String, CodingKey {
        case priority, hint, webhook
        case startTimeoutSeconds = "start_timeout"
        case isStored = "store_io"
    }

    /// Reads a line's data; what is missing is fal's default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            priority: try container.decodeIfPresent(Priority.self, forKey: .priority),
            hint: try container.decodeIfPresent(String.self, forKey: .hint),
            startTimeoutSeconds: try container.decodeIfPresent(Double.self, forKey: .startTimeoutSeconds),
            webhook: try container.decodeIfPresent(String.self, forKey: .webhook),
            isStored: try container.decodeIfPresent(Bool.self, forKey: .isStored) ?? true)
    }

    /// Writes what differs from fal's default.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(priority, forKey: .priority)
        try container.encodeIfPresent(hint, forKey: .hint)
        try container.encodeIfPresent(startTimeoutSeconds, forKey: .startTimeoutSeconds)
        try container.encodeIfPresent(webhook, forKey: .webhook)
        if !isStored { try container.encode(isStored, forKey: .isStored) }
    }
}
