/// How a sandbox is set up. The defaults give a server without faults on a free local port.
package struct SandboxConfiguration: Sendable, Hashable {
    /// The address to listen on, a numeric one or a name. Default `127.0.0.1`: only this machine can reach it.
    package var host: String
    /// The port to listen on; 0, the default, takes a free one.
    package var port: Int
    /// The one key (`id:secret`) that is accepted; nil, the default, accepts any well-formed one.
    package var acceptedKey: String?
    /// The file that gets one JSON line for each request, appended; nil, the default, keeps no log.
    package var log: String?
    /// Whether to speak TLS, with a self-signed certificate made at the start. Default no.
    package var tls: Bool
    /// The account's default lifetime of a file in seconds, where its upload or request says nothing else; nil, the
    /// default, is for ever.
    package var lifetime: Int?
    /// What to do wrong on purpose; by default nothing.
    package var script: SandboxScript
    /// When a wrong input is refused; by default at once.
    package var validation: Validation

    /// The 32 bytes of the key that signs webhooks, for tests that sign some themselves; nil makes a new one at each start.
    var webhookSeed: [UInt8]?

    /// When the 422 of a wrong input comes. A client must be able to live with both. What is wrong with a reference
    /// always comes with the result, because only a running model looks at it.
    package enum Validation: Sendable, Hashable {
        /// The submit itself is answered with the 422.
        case atSubmit
        /// The queue takes every input; status says COMPLETED with an error, and the result is the 422. fal's own queue
        /// was seen to do this (`TanStack/ai` pull request 396).
        case withResult
    }

    /// Nothing is checked before the server starts.
    package init(
        host: String = "127.0.0.1", port: Int = 0, acceptedKey: String? = nil, log: String? = nil,
        tls: Bool = false, lifetime: Int? = nil, script: SandboxScript = .faithful, validation: Validation = .atSubmit
    ) {
        self.host = host
        self.port = port
        self.acceptedKey = acceptedKey
        self.log = log
        self.tls = tls
        self.lifetime = lifetime
        self.script = script
        self.validation = validation
    }
}

/// The address of a running sandbox.
///
/// One port stands for all of fal's hosts: the queue at the root, synchronous runs under `/run`, storage under
/// `/storage`, uploads and files under `/cdn`, the platform API under `/v1`, the keys of webhooks under `/.well-known`.
package struct SandboxAddress: Sendable, Hashable {
    /// The base URL, without a trailing slash: `http://127.0.0.1:43210`, or `https` where the sandbox speaks TLS.
    package let url: String
    /// The port it listens on.
    package let port: Int
    /// The PEM file with the certificate to trust; nil without TLS. It is deleted when the sandbox stops.
    package let certificate: String?
}
