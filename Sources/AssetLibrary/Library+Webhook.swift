import AssetCatalog
public import AssetModel
import FalAPI

/// What a webhook of fal says, once it was found to be one: a request has ended.
public struct WebhookNotice: Hashable, Sendable {
    /// fal's name for the request. The same one may be told more than once.
    public let requestID: String
    /// The run that it belongs to, as it stood when the notice came; nil when no run of this library has this request.
    public let generation: Run?
    /// Why the run failed, in the webhook's words; nil when it did not. To be shown only: what counts is what the queue says.
    public let error: String?
}

/// What came of a webhook.
public enum WebhookOutcome: Hashable, Sendable {
    /// Its run had not ended; the outputs are in the library now.
    case finished(FinishedEdit)
    /// Its run had ended before; nothing was done. So answers every delivery after the first.
    case alreadyEnded(Run)
    /// No run of this library has this request.
    case unknownRequest(id: String)
    /// Its run belongs to another account or server than the one configured now; nothing was done.
    case elsewhere(Run)
    /// Its run ended in an error, or cannot be brought in now; the error says which, and `resume` tries again.
    case failed(Run, LibraryError)
}

extension Library {
    /// How long a request that no run has is looked for again, in milliseconds from look to look: fal can be faster than the
    /// process that submits is at writing its answer down.
    private static let looksForRun = [100, 400, 1000, 1500]

    /// Takes a webhook of fal: makes sure that it is one, and brings in the run that it tells of as `resumeUnfinished` does.
    ///
    /// The outputs are fetched from the queue; nothing of the payload is believed. The same delivery twice is harmless. A
    /// request that no run has is looked for again for three seconds. For a server, which must answer within fal's 15
    /// seconds, this comes in two parts: `verifyWebhook` and `bringIn`. Arguments and errors are those of these.
    public func receiveWebhook(
        headers: [(name: String, value: String)], body: [UInt8],
        onProgress: @escaping @Sendable (EditProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> WebhookOutcome {
        try await bringIn(try await verifyWebhook(headers: headers, body: body), onProgress: onProgress)
    }

    /// Makes sure that a request is a webhook of fal, and finds its run. Changes nothing: the run is written down with fal's
    /// name for it already, so whatever happens after this, `resume` knows what to collect.
    ///
    /// `headers` are all of them, in any case and order; `body` the bytes as they came. fal's keys are fetched the first time
    /// and once a day, which takes 13 seconds at worst. Errors: `invalidInput` for what has not the form of a webhook, `refused`
    /// for a wrong or old signature, `unavailable` when the keys cannot be had, `credential` without a remote.
    public func verifyWebhook(
        headers: [(name: String, value: String)], body: [UInt8]
    ) async throws(LibraryError) -> WebhookNotice {
        do {
            let remote = try needRemote()
            let now = environment.now().milliseconds / 1000
            let delivery = try await verified(headers, body, now, remote)
            return WebhookNotice(
                requestID: delivery.requestID,
                generation: try await catalog.generation(ofRequest: delivery.requestID), error: delivery.error)
        } catch FalError.untrustedWebhook(let flaw) {
            throw Self.error(flaw)
        } catch {
            throw LibraryError(error)
        }
    }

    /// Checks the headers of a request that claims to be a webhook of fal, before its body is read: that they are complete
    /// and were signed within five minutes of now. A server calls this first, so that a stranger cannot make it read a
    /// long body. Errors: `invalidInput` for missing or malformed headers, `refused` for an old signature.
    public func checkWebhook(headers: [(name: String, value: String)]) throws(LibraryError) {
        do {
            try WebhookVerifier.checkForm(of: headers, now: environment.now().milliseconds / 1000)
        } catch FalError.untrustedWebhook(let flaw) {
            throw Self.error(flaw)
        } catch {
            throw LibraryError(error)
        }
    }

    private static func error(_ flaw: WebhookVerifier.Flaw) -> LibraryError {
        let isMalformed = flaw == .incompleteHeaders || flaw == .noDelivery
        return LibraryError(
            isMalformed ? .invalidInput : .refused, code: "webhook.\(flaw.rawValue)",
            FalError.untrustedWebhook(flaw).description)
    }

    /// Brings in the run that a notice tells of. Errors: only `cancelled`, which leaves the run to `resume`, and the
    /// catalog's own.
    public func bringIn(
        _ notice: WebhookNotice, onProgress: @escaping @Sendable (EditProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> WebhookOutcome {
        do {
            let remote = try needRemote()
            guard let generation = try await run(ofRequest: notice.requestID) else {
                return .unknownRequest(id: notice.requestID)
            }
            if generation.state.isFinal { return .alreadyEnded(generation) }
            if generation.host != remote.host { return .elsewhere(generation) }
            return try await withTransport(remote) { transport in
                switch try await resume(generation, remote, transport, onProgress) {
                case .finished(let edit): .finished(edit)
                case .failed(let generation, let error):
                    .failed(try await known(generation.id), error)
                case .elsewhere(let generation): .elsewhere(generation)
                case .unknown(let generation): .unknownRequest(id: generation.request?.id ?? notice.requestID)
                }
            }
        } catch {
            throw LibraryError(error)
        }
    }

    /// Throws `credential` when there is no fal to talk to: for a server, which should say so at its start.
    public func requireRemote() throws(LibraryError) { _ = try needRemote() }

    private func run(ofRequest id: String) async throws -> Run? {
        for wait in Self.looksForRun {
            if let generation = try await catalog.generation(ofRequest: id) { return generation }
            try await Task.sleep(for: .milliseconds(wait))
        }
        return try await catalog.generation(ofRequest: id)
    }

    private func verified(
        _ headers: [(name: String, value: String)], _ body: [UInt8], _ now: Int64, _ remote: Remote
    ) async throws -> WebhookDelivery {
        try WebhookVerifier.checkForm(of: headers, now: now)
        let keys = try await webhookKeys(now, remote, kept: await keyring.kept)
        do throws(FalError) {
            return try WebhookVerifier(keys: keys).verify(headers: headers, body: body, now: now)
        } catch .untrustedWebhook(.wrongSignature) where now - keys.fetchedAt >= WebhookKeyring.shortestInterval {
            let keys = try await webhookKeys(now, remote, kept: nil)
            return try WebhookVerifier(keys: keys).verify(headers: headers, body: body, now: now)
        }
    }

    /// With little patience: fal waits 15 seconds for the answer to its webhook, and then comes again.
    private func webhookKeys(_ now: Int64, _ remote: Remote, kept: WebhookKeys?) async throws -> WebhookKeys {
        if let kept, kept.isFresh(at: now) { return kept }
        let keys = try await FalTransport.withTransport(
            endpoints: remote.endpoints, credential: nil,
            retry: RetryPolicy(attempts: 3, cap: .seconds(1), deadline: .seconds(3)),
            timeouts: FalTimeouts(connect: .seconds(5), answer: .seconds(10), silence: .seconds(10)), logger: logger
        ) { transport in
            try await transport.webhookKeys(now: now)
        }
        await keyring.keep(keys)
        return keys
    }
}
