import FalAPI

/// fal's keys for webhooks, in memory between deliveries and nowhere else: a restart asks for them again.
///
/// An actor because deliveries come side by side; two that come first may both ask, which does no harm.
actor WebhookKeyring {
    /// fal changes its keys from time to time, so a signature that none of them made is worth a second look at the list; but
    /// not more often than this, in seconds, since anybody can send a wrong signature.
    static let shortestInterval: Int64 = 60

    private(set) var kept: WebhookKeys?

    func keep(_ keys: WebhookKeys) { kept = keys }
}
