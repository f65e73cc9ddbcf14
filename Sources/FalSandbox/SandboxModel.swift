/// One of the endpoints that the sandbox knows, with what it allows.
struct SandboxModel: Sendable, Hashable {
    /// The whole id, as it stands in a path.
    let endpoint: String
    /// The most steps that can be asked for.
    let maximumSteps: Int
    /// Whether at least one reference must be given.
    let needsReferences: Bool

    /// The four HiDream-O1-Image endpoints; ranges as fal documents them.
    static let all = [
        SandboxModel(endpoint: "fal-ai/hidream-o1-image", maximumSteps: 50, needsReferences: false),
        SandboxModel(endpoint: "fal-ai/hidream-o1-image/edit", maximumSteps: 50, needsReferences: true),
        SandboxModel(endpoint: "fal-ai/hidream-o1-image/dev", maximumSteps: 28, needsReferences: false),
        SandboxModel(endpoint: "fal-ai/hidream-o1-image/dev/edit", maximumSteps: 28, needsReferences: true),
    ]

    init(endpoint: String, maximumSteps: Int, needsReferences: Bool) {
        self.endpoint = endpoint
        self.maximumSteps = maximumSteps
        self.needsReferences = needsReferences
    }

    /// The model of this endpoint, or nil when there is none.
    init?(named endpoint: String) {
        guard let model = Self.all.first(where: { $0.endpoint == endpoint }) else { return nil }
        self = model
    }

    /// The endpoint without its owner, for people.
    var shortName: String { endpoint.split(separator: "/").dropFirst().joined(separator: "/") }
}
