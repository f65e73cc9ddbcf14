import AssetModel
import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// Delivers webhooks for finished requests, and retries until they answer with 2xx.
///
/// fal refuses addresses on private networks; the sandbox does the opposite and reaches only this machine.
struct WebhookCourier: Service {
    let signer: WebhookSigner
    /// Finished requests that named a webhook.
    let finished: AsyncStream<SandboxJob>
    let logger: Logger

    /// How long a webhook may take to answer, and how often it is tried.
    private static let limit = TimeAmount.seconds(15)
    private static let attempts = 8

    func run() async throws {
        var configuration = HTTPClient.Configuration()
        // A redirect counts as a failure and is not followed.
        configuration.redirectConfiguration = .disallow
        try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            await withDiscardingTaskGroup { group in
                for await job in finished.cancelOnGracefulShutdown() {
                    group.addTask { await deliver(job, with: client) }
                }
                group.cancelAll()
            }
        }
    }

    private func deliver(_ job: SandboxJob, with client: HTTPClient) async {
        guard let address = job.request.webhook, Self.isOnThisMachine(address) else {
            logger.debug("a webhook that is not on this machine was dropped")
            return
        }
        let body = Self.message(job).encoded
        for attempt in 0..<Self.attempts {
            if attempt > 0 {
                do { try await Task.sleep(for: .milliseconds(100 << attempt)) } catch { return }
            }
            var request = HTTPClientRequest(url: address)
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            let headers = signer.headers(
                requestID: job.id, userID: job.request.account, timestamp: Int64(Date().timeIntervalSince1970),
                body: body)
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            request.body = .bytes(ByteBuffer(bytes: body))
            guard let response = try? await client.execute(request, timeout: Self.limit) else { continue }
            // Delivered, or redirected, which is final.
            if 200..<400 ~= response.status.code { return }
        }
    }

    /// The body of a webhook.
    static func message(_ job: SandboxJob) -> JSONValue {
        guard case .finished(let outcome, _) = job.phase else { return .null }
        var members: [String: JSONValue] = [
            "request_id": .string(job.id), "gateway_request_id": .string(job.id), "status": .string("OK"),
            "payload": .null,
        ]
        if case .json(let payload) = SandboxResult.answer(outcome, job.request.base).body {
            members["payload"] = payload
        }
        if let (error, _) = SandboxResult.error(of: outcome) {
            members["status"] = .string("ERROR")
            members["error"] = .string(error)
        }
        return .object(members)
    }

    static func isOnThisMachine(_ address: String) -> Bool {
        guard let parts = URLComponents(string: address), parts.scheme == "http" || parts.scheme == "https",
            let host = parts.host
        else { return false }
        return ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
    }
}
