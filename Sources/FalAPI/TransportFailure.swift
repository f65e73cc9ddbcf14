import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Set when the HTTP client asks for the first byte of a request body.
///
/// It does so only after a connection, TLS included, stands and the head of the request was written. While the mark is
/// unset, the server has at most a head whose body never came, and cannot have acted on it.
final class SentMark: Sendable {
    private let flag = Atomic<Bool>(false)

    var isSet: Bool { flag.load(ordering: .acquiring) }

    func set() { flag.store(true, ordering: .releasing) }
}

/// Classifies what the HTTP client throws: whether the request may have reached the server.
enum TransportFailure {
    /// `sent` says whether the body was begun; nil for a call without body, where only the wording depends on it.
    static func classify(_ error: any Error, origin: String, sent: Bool?) -> AttemptFailure {
        if let own = error as? FalError { return .local(own) }
        let client = error as? HTTPClientError
        if error is CancellationError || client == .cancelled || Task.isCancelled {
            return .cancelled(sent: sent ?? true)
        }
        if error is NIOTooManyBytesError {
            return .garbled(.unintelligible(what: "the answer is too long", requestID: nil))
        }
        let meaning: FalError
        var wasConnected = true
        switch client {
        case .deadlineExceeded, .readTimeout, .writeTimeout:
            meaning = .timedOut(origin: origin)
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            wasConnected = false
            meaning = .unreachable(origin: origin, reason: "the connection timed out")
        case .remoteConnectionClosed, .uncleanShutdown:
            meaning = .interrupted(origin: origin, reason: "the server closed it")
        case .some(let other):
            meaning = .interrupted(origin: origin, reason: other.shortDescription)
        case nil where isEndInBody(error):
            meaning = .interrupted(origin: origin, reason: "the server closed it")
        case nil where sent ?? isLossOfConnection(error):
            meaning = .interrupted(origin: origin, reason: reason(error))
        case nil:
            wasConnected = false
            meaning = .unreachable(origin: origin, reason: reason(error))
        }
        return sent ?? wasConnected ? .lost(meaning) : .notSent(meaning)
    }

    /// Whether the connection ended before the announced end of an answer.
    private static func isEndInBody(_ error: any Error) -> Bool {
        if case HTTPParserError.invalidEOFState = error { true } else { false }
    }

    /// For a call without body: whether a connection had stood before the operating system reported this.
    private static func isLossOfConnection(_ error: any Error) -> Bool {
        guard let code = (error as? IOError)?.errnoCode else { return false }
        return code == ECONNRESET || code == EPIPE || code == ECONNABORTED
    }

    /// A few words for a person. Connection errors are of other types on Linux (NIO) and macOS (Network), and none of
    /// them is part of this room's imports, so their text is read; nothing is decided by it.
    private static func reason(_ error: any Error) -> String {
        let text = String(describing: error)
        if text.contains("refused") { return "the connection was refused" }
        if text.lowercased().contains("certificate") { return "its certificate is not trusted" }
        if text.contains("SSL") || text.contains("TLS") { return "the TLS handshake failed" }
        if text.contains("unreachable") { return "the network is unreachable" }
        if text.lowercased().contains("dns") || text.contains("getaddrinfo") {
            return "the host name could not be resolved"
        }
        return PlainText.oneLine(
            (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? text, limit: 160)
    }
}
