import FalAPI
import Logging
import Testing

/// The key of the transcripts.
let sampleKey = "kid:ksecret"

extension RetryPolicy {
    /// Several attempts without a wait between them.
    static let atOnce = RetryPolicy(attempts: 3, baseDelay: .zero, cap: .zero, deadline: .seconds(3600))
}

extension Logger {
    /// A logger that says nothing.
    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
}

/// A transport to a loopback server, with the sample key.
func withTransport<R: Sendable>(
    to base: String, key: String? = sampleKey, retry: RetryPolicy = .none, timeouts: FalTimeouts = .patient,
    logger: Logger = .silent, trustRoots: String? = nil,
    _ body: (FalTransport) async throws -> R
) async throws -> R {
    try await FalTransport.withTransport(
        endpoints: FalEndpoints(replacingAllHostsWith: base).trusting(certificatesIn: trustRoots),
        credential: key.map { try FalCredential(key: $0) },
        retry: retry, timeouts: timeouts, logger: logger, body)
}

extension FalTimeouts {
    /// For a machine on which hundreds of tests run at once: what is waited for here comes.
    static let patient = FalTimeouts(connect: .seconds(180), answer: .seconds(300), silence: .seconds(300))
}

/// The error that `body` throws; a failure of the test when it throws none or another kind.
func falError(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> FalError? {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as FalError {
        return error
    } catch {
        Issue.record("not a FalError: \(error)", sourceLocation: sourceLocation)
    }
    return nil
}

/// Remembers everything that is logged, at every level.
struct RecordingLogHandler: LogHandler {
    let lines: AsyncStream<String>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        lines.yield("\(event.level) \(event.message) \(all)")
    }
}

/// A logger for the length of `body`, and what it was told.
func recordingLog(_ body: (Logger) async throws -> Void) async throws -> [String] {
    let (stream, lines) = AsyncStream.makeStream(of: String.self)
    try await body(Logger(label: "test", factory: { _ in RecordingLogHandler(lines: lines) }))
    lines.finish()
    return await stream.reduce(into: []) { $0.append($1) }
}
