/// Where fal's three API hosts are. The credential is sent to `queue` and `rest`, and nowhere else.
///
/// All three are base URLs without a trailing slash; request paths are appended to them.
public struct FalEndpoints: Sendable, Hashable {
    /// Submit, status, result and cancel of queued requests; `https://queue.fal.run` in production.
    public let queue: String
    /// Storage and tokens; `https://rest.fal.ai` in production.
    public let rest: String
    /// Synchronous runs, which nothing here uses yet; `https://fal.run` in production.
    public let run: String

    /// fal's own hosts, as its official clients have them (protocol facts, section 0).
    public static let production = FalEndpoints(
        queue: "https://queue.fal.run", rest: "https://rest.fal.ai", run: "https://fal.run")

    private init(queue: String, rest: String, run: String) {
        self.queue = queue
        self.rest = rest
        self.run = run
    }

    /// One server in place of all of fal's hosts, such as a sandbox on loopback: the queue at its root, storage under
    /// its own paths, synchronous runs under `/run`.
    ///
    /// Throws `malformedAddress` when `base` is no absolute http or https URL, or carries a query, a fragment or a user.
    public init(replacingAllHostsWith base: String) throws(FalError) {
        var trimmed = base[...]
        while trimmed.last == "/" { trimmed = trimmed.dropLast() }
        let address = try WebAddress(String(trimmed))
        guard !address.hasQueryOrFragment else { throw .malformedAddress(base) }
        self.init(queue: address.text, rest: address.text, run: address.text + "/run")
    }

    /// Whether the credential may be sent to this address: same scheme, host and port as `queue` or `rest`.
    func mayReceiveCredential(_ address: WebAddress) -> Bool {
        [queue, rest].contains { base in (try? WebAddress(base))?.origin == address.origin }
    }
}
