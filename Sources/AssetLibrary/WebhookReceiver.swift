import AssetCatalog
public import AssetModel
import FalAPI
import Logging

/// What a webhook of fal says, once it was found to be one: a request has ended.
public struct WebhookNotice: Hashable, Sendable {
    /// fal's name for the request. The same one may be told more than once.
    public let requestID: String
    /// The run that it belongs to, as it stood when the notice came; nil when no run of this library has this request.
    public let run: Run?
    /// Why the run failed, in the webhook's words; nil when it did not. To be shown only: what counts is what the queue says.
    public let error: String?
}

/// What came of a webhook.
public enum WebhookOutcome: Hashable, Sendable {
    /// Its run had not ended; the outputs are in the library now.
    case finished(FinishedRun)
    /// Its run had already ended; nothing was done. So answers every delivery after the first.
    case alreadyEnded(Run)
    /// No run of this library has this request.
    case unknownRequest(id: String)
    /// Its run belongs to another account or server than the one configured now; nothing was done.
    case elsewhere(Run)
    /// Its run ended in an error, or cannot be collected now; the error says which.
    case failed(Run, LibraryError)
}

/// Takes fal's webhooks.
struct WebhookReceiver: Sendable {
    let resumer: Resumer
    let remote: Remote
    /// What webhooks are verified with.
    let keyring: WebhookKeyring
    let environment: Library.Environment
    let logger: Logger

    /// How long a request that no run has is looked for again, in milliseconds from look to look: fal can be faster than the
    /// process that submits is at recording its answer.
    private static let looksForRun = [100, 400, 1000, 1500]

    private var catalog: Catalog { resumer.runner.records.history.catalog }

    func verify(headers: [(name: String, value: String)], body: [UInt8]) async throws -> WebhookNotice {
        do {
            let delivery = try await verified(headers, body, environment.now().milliseconds / 1000)
            return WebhookNotice(
                requestID: delivery.requestID, run: try await catalog.generation(ofRequest: delivery.requestID),
                error: delivery.error)
        } catch FalError.untrustedWebhook(let flaw) {
            throw Self.error(flaw)
        }
    }

    func check(headers: [(name: String, value: String)]) throws {
        do {
            try WebhookVerifier.checkForm(of: headers, now: environment.now().milliseconds / 1000)
        } catch FalError.untrustedWebhook(let flaw) {
            throw Self.error(flaw)
        }
    }

    private static func error(_ flaw: WebhookVerifier.Flaw) -> LibraryError {
        let isMalformed = flaw == .incompleteHeaders || flaw == .noDelivery
        let error = FalError.untrustedWebhook(flaw)
        return LibraryError(
            isMalformed ? .invalidInput : .refused, "webhook.\(flaw.rawValue)", error.description, cause: .fal(error))
    }

    func collect(
        _ notice: WebhookNotice, _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> WebhookOutcome {
        guard let run = try await run(ofRequest: notice.requestID) else {
            return .unknownRequest(id: notice.requestID)
        }
        if run.state.isFinal { return .alreadyEnded(run) }
        if run.host != remote.host { return .elsewhere(run) }
        return switch try await resumer.finish(run, onProgress) {
        case .finished(let finished): .finished(finished)
        case .failed(let run, let error): .failed(try await resumer.runner.records.run(run.id), error)
        case .elsewhere(let run), .notBegun(let run): .elsewhere(run)
        case .unknown(let run, _): .unknownRequest(id: run.request?.id ?? notice.requestID)
        }
    }

    private func run(ofRequest id: String) async throws -> Run? {
        for wait in Self.looksForRun {
            if let run = try await catalog.generation(ofRequest: id) { return run }
            try await Task.sleep(for: .milliseconds(wait))
        }
        return try await catalog.generation(ofRequest: id)
    }

    private func verified(
        _ headers: [(name: String, value: String)], _ body: [UInt8], _ now: Int64
    ) async throws -> WebhookDelivery {
        try WebhookVerifier.checkForm(of: headers, now: now)
        let keys = try await keys(now, kept: await keyring.kept)
        do throws(FalError) {
            return try WebhookVerifier(keys: keys).verify(headers: headers, body: body, now: now)
        } catch .untrustedWebhook(.wrongSignature) where now - keys.fetchedAt >= WebhookKeyring.shortestInterval {
            let keys = try await self.keys(now, kept: nil)
            return try WebhookVerifier(keys: keys).verify(headers: headers, body: body, now: now)
        }
    }

    /// With little patience: fal waits 15 seconds for the answer to its webhook, and then comes again.
    private func keys(_ now: Int64, kept: WebhookKeys?) async throws -> WebhookKeys {
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
