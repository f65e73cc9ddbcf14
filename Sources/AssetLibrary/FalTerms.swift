import AssetModel
import FalAPI

// The library's words in fal's.

extension ObjectLifecycle {
    /// Who may read an upload, and for how long.
    init(_ access: UploadAccess, _ lifetime: UploadLifetime) {
        self.init()
        // 403 to strangers rather than 404: so a probe can tell "not for you" from "gone".
        if access == .privateLink { self.access = .forbid }
        switch lifetime {
        case .accountDefault: break
        case .seconds(let seconds): self.lifetime = .seconds(Int(seconds))
        case .never: self.lifetime = .never
        }
    }
}

extension SubmitOptions {
    /// How a run is handed to the queue.
    init(_ terms: SubmitTerms) {
        self.init(
            priority: terms.priority.map { $0 == .low ? .low : .normal }, runnerHint: terms.hint,
            startTimeoutSeconds: terms.startTimeoutSeconds, webhook: terms.webhook, isKept: terms.isStored)
    }
}

extension QueuedRequest {
    /// A request as it was recorded.
    init(_ request: RemoteRequest) {
        self.init(
            requestID: request.id, statusURL: request.statusURL, responseURL: request.responseURL,
            cancelURL: request.cancelURL)
    }
}
