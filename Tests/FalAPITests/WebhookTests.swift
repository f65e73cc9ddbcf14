import Crypto
import Foundation
import NIOHTTP1
import Testing

@testable import FalAPI

/// A webhook is believed when one of fal's keys signed exactly these bytes, now.
@Suite struct WebhookTests {
    // The test vector of the protocol facts, section 3.8.
    private static let id = "11111111-2222-3333-4444-555555555555"
    private static let x = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"
    private static let signedAt: Int64 = 1_767_225_600
    private static let body =
        #"{"request_id":"\#(id)","gateway_request_id":"\#(id)","status":"OK","payload":{"images":[]}}"#
    private static let signature =
        "1cf52890e158a374d4d195d33143dccd2296debe21ed4c92fda3c9f2435f59fbe61a60647f7e43e78388d904a3d95aef012e05e3d428738e1594f481fb372f01"

    private static func headers(signature: String = signature) -> [(name: String, value: String)] {
        [
            ("Content-Type", "application/json"), ("X-Fal-Webhook-Request-Id", id),
            ("x-fal-webhook-user-id", "user-1"), ("X-FAL-WEBHOOK-TIMESTAMP", "\(signedAt)"),
            ("X-Fal-Webhook-Signature", signature),
        ]
    }

    private static func jwks(_ keys: [String]) -> [UInt8] {
        Array(
            #"{"keys":[\#(keys.map { #"{"kty":"OKP","crv":"Ed25519","x":"\#($0)"}"# }.joined(separator: ","))]}"#.utf8)
    }

    private func verifier(_ keys: [String] = [x]) throws -> WebhookVerifier {
        WebhookVerifier(keys: try #require(WebhookKeys(jwks: Self.jwks(keys), fetchedAt: 0)))
    }

    /// The flaw, or nil when the request is believed.
    private func flaw(
        _ headers: [(name: String, value: String)] = headers(), body: String = body, now: Int64 = signedAt,
        keys: [String] = [x]
    ) throws -> WebhookVerifier.Flaw? {
        let verifier = try verifier(keys)
        do throws(FalError) {
            _ = try verifier.verify(headers: headers, body: Array(body.utf8), now: now)
            return nil
        } catch {
            guard case .untrustedWebhook(let flaw) = error else { throw error }
            #expect(!error.isTransient && error.code == "untrusted_webhook")
            return flaw
        }
    }

    @Test func `the documented vector is believed and read`() throws {
        #expect(Self.body.utf8.count == 151)
        let delivery = try verifier().verify(headers: Self.headers(), body: Array(Self.body.utf8), now: Self.signedAt)
        #expect(delivery.requestID == Self.id)
        #expect(delivery.gatewayRequestID == Self.id)
        #expect(delivery.error == nil)
        #expect(delivery.hasPayload)
    }

    @Test func `one byte more, less or other is not believed`() throws {
        #expect(try flaw(body: Self.body + "\n") == .wrongSignature)
        #expect(try flaw(body: String(Self.body.dropLast())) == .wrongSignature)
        #expect(try flaw(body: Self.body.replacing("OK", with: "KO")) == .wrongSignature)
        #expect(try flaw(Self.headers(signature: "0" + Self.signature.dropFirst())) == .wrongSignature)
        for index in 1...3 {
            var headers = Self.headers()
            headers[index].value = headers[index].value.replacing(/.$/, with: "6")
            #expect(try flaw(headers) == .wrongSignature)
        }
    }

    @Test(
        arguments: [
            (-300, nil), (300, nil), (0, nil), (-301, WebhookVerifier.Flaw.stale), (301, .stale),
            (Int64.max - signedAt, .stale),
        ] as [(Int64, WebhookVerifier.Flaw?)])
    func `five minutes either way are now`(distance: Int64, expected: WebhookVerifier.Flaw?) throws {
        #expect(try flaw(now: Self.signedAt + distance) == expected)
    }

    @Test func `every header is needed, once`() throws {
        for index in 1...4 {
            var headers = Self.headers()
            let one = headers.remove(at: index)
            #expect(try flaw(headers) == .incompleteHeaders)
            #expect(try flaw(Self.headers() + [one]) == .incompleteHeaders)
        }
        var timeless = Self.headers()
        timeless[3].value = "now"
        #expect(try flaw(timeless) == .incompleteHeaders)
        for signature in ["zz", "", String(Self.signature.dropLast(2)), Self.signature + "00"] {
            #expect(try flaw(Self.headers(signature: signature)) == .incompleteHeaders)
        }
    }

    @Test func `any of several keys will do, and no other`() throws {
        let other = Curve25519.Signing.PrivateKey().publicKey.rawRepresentation.base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        #expect(try flaw(keys: [other, Self.x]) == nil)
        #expect(try flaw(keys: [other]) == .wrongSignature)
    }

    @Test(arguments: [
        (
            #"{"request_id":"a","status":"ERROR","error":"Invalid status code: 422","payload":{"detail":[{"loc":["body","prompt"],"type":"missing"}]}}"#,
            "prompt: is required", true
        ),
        (
            #"{"request_id":"a","status":"ERROR","error":"Invalid status code: 500","payload":null}"#,
            "Invalid status code: 500", false
        ),
        (#"{"request_id":"a","status":"OK","payload":null,"payload_error":"not JSON serializable"}"#, nil, false),
        (#"{"request_id":"a","status":"OK"}"#, nil, false),
    ])
    func `what a delivery says is one sentence or none`(body: String, error: String?, hasPayload: Bool) throws {
        let delivery = try #require(WebhookDelivery(Array(body.utf8)))
        #expect(delivery.error == error)
        #expect(delivery.hasPayload == hasPayload)
        #expect((delivery.payloadError != nil) == body.contains("payload_error"))
    }

    @Test func `what is signed and tells of no request is no delivery`() throws {
        for body in ["", "{}", "[]", #"{"request_id":"a","status":"MAYBE"}"#, #"{"request_id":"","status":"OK"}"#] {
            #expect(WebhookDelivery(Array(body.utf8)) == nil)
        }
    }

    @Test func `keys are fetched without ours, kept for a day, and fetched again after it`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .answer(200, body: Self.jwks([Self.x]))
        } _: { server in
            try await withTransport(to: server.url) { transport in
                let first = try await transport.webhookKeys(now: 1000)
                #expect(try await transport.webhookKeys(kept: first, now: 1000 + 86_399) == first)
                #expect(await server.received.count == 1)
                let second = try await transport.webhookKeys(kept: first, now: 1000 + 86_400)
                #expect(second.fetchedAt == 87_400)
                #expect(!first.isFresh(at: 999))
                let copy = try JSONDecoder().decode(WebhookKeys.self, from: JSONEncoder().encode(second))
                #expect(copy == second)
            }
            let received = await server.received
            #expect(received.map(\.path) == ["/.well-known/jwks.json", "/.well-known/jwks.json"])
            #expect(received.allSatisfy { !$0.headers.contains(name: "Authorization") })
        }
    }

    @Test(arguments: [
        #"{"keys":[]}"#, "{}", "<html>", #"{"keys":[{"kty":"RSA","x":"\#(x)"}]}"#, #"{"keys":[{"x":"AAAA"}]}"#,
        #"{"keys":[{"kty":"OKP","crv":"X25519","x":"\#(x)"}]}"#,
    ])
    func `a list without a usable key is not understood`(answer: String) async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(200, answer)
        } _: { server in
            let error = await falError {
                _ = try await withTransport(to: server.url) { try await $0.webhookKeys(now: 0) }
            }
            #expect(error == .unintelligible(what: "the list of webhook keys is empty", requestID: nil))
        }
    }

    @Test func `keys from another host than fal's are not taken`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .answer(200, body: Self.jwks([Self.x]))
        } _: { other in
            try await LoopbackServer.withRunning { _, _, _ in
                .answer(302, headers: ["Location": other.url + "/keys"])
            } _: { server in
                let error = await falError {
                    _ = try await withTransport(to: server.url) { try await $0.webhookKeys(now: 0) }
                }
                #expect(error == .redirected(status: 302, to: other.url))
                #expect(await other.received.isEmpty)
            }
        }
    }
}
