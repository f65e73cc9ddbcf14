/// Where fal's API hosts are. The key is sent to `queue`, `rest` and `platform`, the CDN's own token to `cdn`, and neither to any
/// other.
///
/// All five are base URLs without a trailing slash; request paths are appended to them.
package struct FalEndpoints: Sendable, Hashable {
    /// Submit, status, result and cancel of queued requests; `https://queue.fal.run` in production.
    package let queue: String
    /// Storage, tokens and the keys of webhooks; `https://rest.fal.ai` in production.
    package let rest: String
    /// What the account did and what it pays: request history, prices; `https://api.fal.ai/v1` in production.
    package let platform: String
    /// Synchronous runs, which nothing here uses yet; `https://fal.run` in production.
    package let run: String
    /// Uploads in one request, when `rest` cannot place them; `https://v3.fal.media` in production.
    package let cdn: String

    /// fal's own hosts, as its official clients have them (protocol facts, section 0).
    package static let production = FalEndpoints(
        queue: "https://queue.fal.run", rest: "https://rest.fal.ai", platform: "https://api.fal.ai/v1",
        run: "https://fal.run", cdn: "https://v3.fal.media")

    /// A PEM file with certificates that are trusted besides the system's own; nil for the system's alone.
    package private(set) var trustRoots: String?

    private init(queue: String, rest: String, platform: String, run: String, cdn: String) {
        self.queue = queue
        self.rest = rest
        self.platform = platform
        self.run = run
        self.cdn = cdn
    }

    /// One server in place of all of fal's hosts, such as a sandbox on loopback: the queue at its root, storage and CDN
    /// under their own paths, the platform API under `/v1`, synchronous runs under `/run`.
    ///
    /// Throws `malformedAddress` when `base` is not an absolute http or https URL, or carries a query, a fragment or a user.
    package init(replacingAllHostsWith base: String) throws(FalError) {
        var trimmed = base[...]
        while trimmed.last == "/" { trimmed = trimmed.dropLast() }
        let address = try WebAddress(String(trimmed))
        guard !address.hasQueryOrFragment else { throw .malformedAddress(base) }
        self.init(
            queue: address.text, rest: address.text, platform: address.text + "/v1", run: address.text + "/run",
            cdn: address.text)
    }

    /// The same hosts, where a certificate that the PEM file at `path` holds or vouches for is trusted too: a server on
    /// loopback, or a proxy that looks into TLS. The file is read when a transport is opened. Nil changes nothing.
    package func trusting(certificatesIn path: String?) -> FalEndpoints {
        var endpoints = self
        endpoints.trustRoots = path ?? trustRoots
        return endpoints
    }

    /// Whether the key may be sent to this address: same scheme, host and port as `queue`, `rest` or `platform`.
    func mayReceiveCredential(_ address: WebAddress) -> Bool {
        [queue, rest, platform].contains { base in (try? WebAddress(base))?.origin == address.origin }
    }

    /// Whether the CDN's token may be sent to this address: the configured CDN, or the one that the token itself names.
    func mayReceive(_ token: CDNToken, _ address: WebAddress) -> Bool {
        [cdn, token.baseURL].contains { base in (try? WebAddress(base))?.origin == address.origin }
    }
}
