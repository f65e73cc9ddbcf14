package import AssetLibrary
package import AssetModel

/// What a delivery led to, once it has been handled.
package struct WebhookReport: Hashable, Sendable {
    /// What the delivery led to.
    package enum Outcome: Hashable, Sendable {
        /// Rejected: not a webhook from fal, or it could not be checked; fal may deliver it again.
        case turnedAway(LibraryError)
        /// Its run is already being collected for an earlier delivery.
        case underWay(Run)
        /// Accepted, with this result.
        case taken(WebhookOutcome)
        /// Accepted, and the server stopped before the run was collected; `resume` continues.
        case interrupted
    }

    /// The HTTP status of the answer, which is sent before the run is collected: fal waits only seconds.
    package let status: Int
    /// fal's request id; nil when the delivery was rejected.
    package let requestID: String?
    /// What the delivery led to.
    package let outcome: Outcome
}
