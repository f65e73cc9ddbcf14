import AsyncHTTPClient
import Foundation
package import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// A connection to fal: hosts, key, retry policy and timeouts, and one keep-alive HTTP client.
///
/// It makes calls and repeats them where `RetryDecision` allows. The key goes to the three configured API hosts and is
/// checked against them before every call; redirects are never followed with it, nor with a token. Nothing is logged above `debug`, and of
/// URLs only the origin.
package struct FalTransport: Sendable {
    let endpoints: FalEndpoints
    private let credential: FalCredential?
    private let retry: RetryPolicy
    private let timeouts: FalTimeouts
    private let http: HTTPClient
    private let logger: Logger
    let lane: UploadLane

    /// Opens an HTTP client for the length of `body` and closes it on every path.
    ///
    /// Without a credential downloads and probes work, and every API call throws `missingCredential`. Costs no
    /// connection until the first call. Throws `unreadableFile` when the endpoints' trust roots are not PEM certificates,
    /// and what `body` throws.
    package static func withTransport<R: Sendable>(
        endpoints: FalEndpoints = .production, credential: FalCredential?, retry: RetryPolicy = RetryPolicy(),
        timeouts: FalTimeouts = FalTimeouts(), logger: Logger, _ body: (FalTransport) async throws -> R
    ) async throws -> R {
        let configuration = try clientConfiguration(timeouts, trustRoots: endpoints.trustRoots)
        // One loop for all connections, so that what is written to them can be waited for.
        let loop = HTTPClient.defaultEventLoopGroup.next()
        let http = HTTPClient(eventLoopGroupProvider: .shared(loop), configuration: configuration)
        let transport = FalTransport(
            endpoints: endpoints, credential: credential, retry: retry, timeouts: timeouts, http: http, logger: logger,
            lane: UploadLane(loop))
        let result: R
        do {
            result = try await body(transport)
        } catch {
            // The result of `body` matters; an error while closing the client does not.
            try? await http.shutdown()
            throw error
        }
        try await http.shutdown()
        return result
    }

    private static func clientConfiguration(
        _ timeouts: FalTimeouts, trustRoots: String?
    ) throws(FalError) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(timeouts.connect), read: TimeAmount(timeouts.silence),
                write: TimeAmount(timeouts.silence)))
        // Shorter than a server's usual keep-alive: a paid submit must not meet a connection that is just being closed.
        configuration.connectionPool.idleTimeout = .seconds(15)
        // Our own rule retries failed connections; two rules in a row would multiply.
        configuration.connectionPool.retryConnectionEstablishment = false
        // One connection for each transfer: over HTTP/2 they would share one, and its windows.
        configuration.httpVersion = .http1Only
        // The system's own roots are trusted anyway; reading them a second time costs milliseconds and megabytes at every start.
        if let trustRoots, trustRoots != systemRoots {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.certificates(try certificates(in: trustRoots))]
            configuration.tlsConfiguration = tls
        }
        return configuration
    }

    /// Where TLS finds the system's roots: the first of these that exists. Nil where it asks the system.
    private static var systemRoots: String? {
        #if os(Linux)
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]
            .first { FileManager.default.fileExists(atPath: $0) }
        #else
        nil
        #endif
    }

    private static func certificates(in path: String) throws(FalError) -> [NIOSSLCertificate] {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw .unreadableFile(path: path, reason: "no such certificate file")
        }
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw .unreadableFile(path: path, reason: "it holds no certificate in PEM form")
        }
        return certificates
    }

    /// The credential of a call.
    enum Authority: Sendable {
        /// No credential.
        case none
        /// The API key.
        case key
        /// A token of the CDN.
        case token(CDNToken)
    }

    /// One call to make, from which every attempt is built.
    struct Call {
        var method: HTTPMethod
        var url: String
        var headers = HTTPHeaders()
        /// The credential to send; the call fails for any origin that this credential is not for.
        var authority = Authority.none
        /// Whether a redirect is followed, which only reads of public files are.
        var mayMove = false
        var repeatability = RetryDecision.Repeatability.repeatable
        /// One attempt, because the caller has another way.
        var isTriedOnce = false
        /// A file transfer: no limit on its length, and only waits count against the retry deadline.
        var isTransfer = false
        /// Statuses outside 2xx that `read` wants to see itself.
        var accepts: Set<Int> = []
        /// Statuses to retry here although they are final elsewhere.
        var alsoRepeats: Set<Int> = []
        var isKeyed: Bool {
            if case .key = authority { true } else { false }
        }

        /// Called for every attempt, so that a repeat starts from the first byte; notes in the mark when it was begun.
        var body: (@Sendable (SentMark) -> HTTPClientRequest.Body)?
    }

    /// Makes the call until `read` returns a value, or the rule says to stop.
    ///
    /// `read` gets an answer with a status of 2xx or one that the call accepts, and may throw an `AttemptFailure`.
    func perform<R>(
        _ call: Call, read: (HTTPClientResponse) async throws -> R
    ) async throws(FalError) -> R {
        let address: WebAddress
        do throws(FalError) {
            address = try call.mayMove ? .encoding(call.url) : WebAddress(call.url)
        } catch {
            // Our own hosts were read when they were set: what is wrong here was in an answer, and nothing was sent.
            throw .unintelligible(what: error.sentence, requestID: nil)
        }
        var headers = call.headers
        headers.replaceOrAdd(name: "User-Agent", value: "atelier")
        switch call.authority {
        case .none: break
        case .key:
            guard let credential else { throw .missingCredential }
            guard endpoints.mayReceiveCredential(address) else { throw .foreignHost(origin: "\(address.origin)") }
            headers.replaceOrAdd(name: "Authorization", value: credential.authorization)
        case .token(let token):
            guard endpoints.mayReceive(token, address) else { throw .foreignHost(origin: "\(address.origin)") }
            headers.replaceOrAdd(name: "Authorization", value: token.authorization)
        }
        let began = ContinuousClock.now
        var waited = Duration.zero
        var attempt = 1
        while true {
            guard !Task.isCancelled else { throw .cancelled }
            let failure: AttemptFailure
            do throws(AttemptFailure) {
                return try await self.attempt(call, at: address, headers: headers, read: read)
            } catch {
                failure = error
            }
            let decision = RetryDecision(
                after: failure, attempt: attempt, spent: call.isTransfer ? waited : began.duration(to: .now),
                repeatability: call.repeatability, alsoRepeats: call.alsoRepeats,
                policy: call.isTriedOnce ? .none : retry,
                jitter: .random(in: 0...1))
            log(call, address, attempt: attempt, failure: failure, decision: decision)
            switch decision {
            case .stop: throw failure.error(of: call)
            case .unknown: throw failure.unknownOutcome(of: call)
            case .again(let delay):
                do { try await Task.sleep(for: delay) } catch { throw .cancelled }
                waited += delay
                attempt += 1
            }
        }
    }

    private func attempt<R>(
        _ call: Call, at start: WebAddress, headers: HTTPHeaders, read: (HTTPClientResponse) async throws -> R
    ) async throws(AttemptFailure) -> R {
        var address = start
        var hops = 0
        while true {
            let response = try await send(call, to: address, headers: headers)
            let status = Int(response.status.code)
            do {
                if 200..<300 ~= status || call.accepts.contains(status) { return try await read(response) }
                let refusal = await refusal(response)
                // Only reads of public files go where a redirect points: they carry neither key nor token nor body.
                if 300..<400 ~= status, let location = response.headers.first(name: "location"),
                    let target = address.following(location: location)
                {
                    guard call.mayMove, call.body == nil, hops < 5 else {
                        var redirect = refusal
                        redirect.redirectOrigin = "\(target.origin)"
                        throw AttemptFailure.answered(redirect)
                    }
                    address = target
                    hops += 1
                    continue
                }
                throw AttemptFailure.answered(refusal)
            } catch let failure as AttemptFailure {
                throw failure
            } catch {
                throw TransportFailure.classify(error, origin: "\(address.origin)", sent: true)
            }
        }
    }

    private func send(_ call: Call, to address: WebAddress, headers: HTTPHeaders) async throws(AttemptFailure)
        -> HTTPClientResponse
    {
        let mark = SentMark()
        var request = HTTPClientRequest(url: address.text)
        request.method = call.method
        request.headers = headers
        request.body = call.body?(mark)
        // An upload's answer begins when its last byte has left, so only a stall counts as a timeout.
        let limit = call.isTransfer && call.body != nil ? .hours(24) : TimeAmount(timeouts.answer)
        do {
            return try await http.execute(request, timeout: limit)
        } catch {
            throw TransportFailure.classify(
                error, origin: "\(address.origin)", sent: call.body == nil ? nil : mark.isSet)
        }
    }

    /// Reads what a refusal says. A body that is cut off or too long is ignored; the status is enough.
    func refusal(_ response: HTTPClientResponse) async -> Refusal {
        let body = try? await response.body.collect(upTo: 256 * 1024)
        return Refusal(
            status: Int(response.status.code), headers: response.headers,
            body: body.map { Array($0.readableBytesView) } ?? [],
            redacting: credential)
    }

    private func log(
        _ call: Call, _ address: WebAddress, attempt: Int, failure: AttemptFailure, decision: RetryDecision
    ) {
        var metadata: Logger.Metadata = [
            "method": "\(call.method.rawValue)", "origin": "\(address.origin)", "attempt": "\(attempt)",
            "code": "\(failure.error(of: call).code)",
        ]
        if case .answered(let refusal) = failure { metadata["status"] = "\(refusal.status)" }
        if case .again(let delay) = decision { metadata["wait"] = "\(delay)" }
        if let id = failure.error(of: call).requestID { metadata["fal-request-id"] = "\(id)" }
        logger.debug("call to fal failed", metadata: metadata)
    }
}

extension FalTransport: CustomStringConvertible, CustomReflectable {
    /// Its base URLs, and nothing else.
    package var description: String { "FalTransport(queue: \(endpoints.queue), rest: \(endpoints.rest))" }

    /// A mirror without children: a `dump` that walked into the HTTP client would find requests under way, with their key.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension AttemptFailure {
    /// The failure as callers see it.
    func error(of call: FalTransport.Call) -> FalError {
        switch self {
        case .answered(let refusal): refusal.error(isKeyed: call.isKeyed, readsOutcome: call.repeatability == .outcome)
        case .notSent(let error), .lost(let error), .garbled(let error), .local(let error): error
        case .cancelled: .cancelled
        }
    }

    /// The same for a call that must not be retried and may have been acted on.
    func unknownOutcome(of call: FalTransport.Call) -> FalError {
        let error = error(of: call)
        let reason =
            switch self {
            case .cancelled: "the call was cancelled after it was sent"
            default: PlainText.oneLine(error.sentence)
            }
        return .outcomeUnknown(reason: reason, requestID: error.requestID)
    }
}
