import AsyncHTTPClient
import Foundation
import NIOHTTP1

/// fal's published keys, with which it signs webhooks. The caller keeps the value; fal allows to keep it for 24 hours.
package struct WebhookKeys: Sendable, Hashable, Codable {
    /// Ed25519 public keys, 32 bytes each, in fal's order; never empty.
    let keys: [[UInt8]]
    /// When they were fetched, in Unix seconds by the caller's clock.
    package let fetchedAt: Int64

    /// Reads a JWKS document; nil when it holds no Ed25519 key. Other kinds of keys are ignored.
    package init?(jwks: [UInt8], fetchedAt: Int64) {
        let entries = LooseJSON(parsing: jwks)?["keys"]?.array ?? []
        let keys = entries.compactMap { entry -> [UInt8]? in
            let kinds = [entry["kty"]?.string ?? "OKP", entry["crv"]?.string ?? "Ed25519"]
            guard kinds == ["OKP", "Ed25519"], let key = entry["x"]?.string.flatMap(Self.bytes(base64URL:)),
                key.count == 32
            else { return nil }
            return key
        }
        guard !keys.isEmpty else { return nil }
        self.keys = keys
        self.fetchedAt = fetchedAt
    }

    /// Whether they may still be used at `now`, in Unix seconds. Keys from the future are not, so that a clock that was
    /// wrong once does not keep them for ever.
    package func isFresh(at now: Int64) -> Bool { now >= fetchedAt && now - fetchedAt < 86_400 }

    private static func bytes(base64URL text: String) -> [UInt8]? {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        return Data(base64Encoded: standard + padding).map { Array($0) }
    }
}

extension FalTransport {
    /// fal's keys for webhooks: `kept` while they are fresh at `now` (Unix seconds), and otherwise fetched again. The API key
    /// is not sent and not needed; redirects are not followed.
    ///
    /// Throws `unintelligible` for a document without a usable key, and what any call throws.
    package func webhookKeys(kept: WebhookKeys? = nil, now: Int64) async throws(FalError) -> WebhookKeys {
        if let kept, kept.isFresh(at: now) { return kept }
        var call = Call(method: .GET, url: endpoints.rest + "/.well-known/jwks.json")
        call.headers = ["Accept": "application/json"]
        return try await perform(call) { response in
            guard let keys = WebhookKeys(jwks: try await Self.bytes(response), fetchedAt: now) else {
                throw AttemptFailure.garbled(
                    .unintelligible(
                        what: "the list of webhook keys is empty",
                        requestID: response.headers.first(name: "x-fal-request-id")))
            }
            return keys
        }
    }
}
