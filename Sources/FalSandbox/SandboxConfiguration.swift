/// How a sandbox is set up. The defaults give a faithful server on a free port of this machine.
public struct SandboxConfiguration: Sendable, Hashable {
    /// The address to listen on, a numeric one or a name. Default `127.0.0.1`: nobody else can reach it.
    public var host: String
    /// The port to listen on; 0, the default, takes a free one.
    public var port: Int
    /// The one key (`id:secret`) that is let in; nil, the default, lets in every well-formed one.
    public var acceptedKey: String?
    /// The file that gets one JSON line for each request, appended; nil, the default, keeps no log.
    public var log: String?
    /// What to do wrong on purpose; by default nothing.
    public var script: SandboxScript
    /// When a wrong input is refused; by default at once.
    public var validation: Validation

    /// When the 422 of a wrong input comes. A client must be able to live with both. What is wrong with a reference
    /// always comes with the result, because only a running model looks at it.
    public enum Validation: Sendable, Hashable {
        /// The submit itself is answered with the 422.
        case atSubmit
        /// The queue takes every input; status says COMPLETED with an error, and the result is the 422. fal's own queue
        /// was seen to do this (`TanStack/ai` pull request 396).
        case withResult
    }

    /// Takes the values as they are; nothing is checked before the server starts.
    public init(
        host: String = "127.0.0.1", port: Int = 0, acceptedKey: String? = nil, log: String? = nil,
        script: SandboxScript = .faithful, validation: Validation = .atSubmit
    ) {
        self.host = host
        self.port = port
        self.acceptedKey = acceptedKey
        self.log = log
        self.script = script
        self.validation = validation
    }
}

/// Where a running sandbox can be reached.
///
/// One port stands for all of fal's hosts: the queue at the root, synchronous runs under `/run`, storage under
/// `/storage`, uploads and files under `/cdn`.
public struct SandboxAddress: Sendable, Hashable {
    /// The root, without a slash at the end: `http://127.0.0.1:43210`.
    public let url: String
    /// The port that was taken.
    public let port: Int
}
