/// One of the endpoints that the sandbox knows, with what it allows.
struct SandboxModel: Sendable, Hashable {
    /// The full id, as in a path.
    let endpoint: String
    /// The most steps that can be asked for.
    let maximumSteps: Int
    /// Whether at least one reference must be given.
    let needsReferences: Bool
    /// Whether the endpoint is unknown: then any input is accepted; see `init(named:)`.
    var isEcho = false

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

    /// The model of this endpoint; nil for an unknown endpoint of a known application, so that a typo is reported.
    ///
    /// Any other id is an echo, so that a client can be tried with unknown endpoints: it takes every input,
    /// draws `num_images` test cards of 1024x1024 or of `image_size` when the input has a prompt, in the colours of the first
    /// picture of the sandbox that the input names, and otherwise answers with the input itself under `input`.
    init?(named endpoint: String) {
        if let model = Self.all.first(where: { $0.endpoint == endpoint }) {
            self = model
        } else if Self.all.contains(where: {
            SandboxRoute.application(of: $0.endpoint) == SandboxRoute.application(of: endpoint)
        }) {
            return nil
        } else {
            self.init(endpoint: endpoint, maximumSteps: .max, needsReferences: false)
            isEcho = true
        }
    }

    /// The endpoint without its owner, for display.
    var shortName: String { endpoint.split(separator: "/").dropFirst().joined(separator: "/") }
}
