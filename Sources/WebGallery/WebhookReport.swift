package import AssetLibrary
package import AssetModel

/// What was made of one delivery, once it is over.
package struct WebhookReport: Hashable, Sendable {
    /// What became of it.
    package enum Outcome: Hashable, Sendable {
        /// It is no webhook of fal, or could not be looked at; fal may come again.
        case turnedAway(LibraryError)
        /// Its run is just being brought in for an earlier delivery.
        case underWay(Run)
        /// It was taken, and this came of it.
        case taken(WebhookOutcome)
        /// It was taken, and the server ended before its run was in; `resume` goes on with it.
        case interrupted
    }

    /// The status that was answered, within the seconds that fal waits and before its run was brought in.
    package let status: Int
    /// fal's name for the request; nil for what was turned away.
    package let requestID: String?
    /// What became of it.
    package let outcome: Outcome
}
