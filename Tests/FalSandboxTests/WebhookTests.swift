import AssetModel
import Crypto
import Foundation
import Hummingbird
import Logging
import NIOCore
import Testing

@testable import FalSandbox

@Suite(.timeLimit(.minutes(10)))
struct WebhookTests {
    @Test func `a finished request is delivered, signed over the raw bytes with a published key`() async throws {
        try await WebhookReceiver.with(answers: [200]) { receiver, arrivals in
            try await SandboxCaller.with { caller in
                let submitted = try await caller.submit(["prompt": "a boat", "seed": .integer(3)], to: receiver)
                #expect(submitted["gateway_request_id"] == submitted["request_id"])
                var iterator = arrivals.makeAsyncIterator()
                let arrival = try #require(await iterator.next())
                let message = try arrival.json
                #expect(message["status"] == "OK")
                #expect(message["request_id"] == submitted["request_id"])
                #expect(message["gateway_request_id"] == submitted["request_id"])
                #expect(message["error"] == nil)
                let result = try await caller.send(.GET, try #require(submitted["response_url"]?.text))
                #expect(try message["payload"] == result.json)
                #expect(arrival.headers["content-type"] == "application/json")
                #expect(arrival.query == "a=1&b=2")
                #expect(arrival.headers["authorization"] == nil)
                #expect(arrival.headers["x-fal-webhook-user-id"] == "kid")
                #expect(try arrival.isSigned(with: try await Self.key(of: caller)))
                // A changed byte is noticed.
                var changed = arrival
                changed.bytes[0] ^= 1
                #expect(try !changed.isSigned(with: try await Self.key(of: caller)))
            }
        }
    }

    @Test func `a failed request is delivered as ERROR with its detail`() async throws {
        try await WebhookReceiver.with(answers: [204]) { receiver, arrivals in
            try await SandboxCaller.with(SandboxConfiguration(validation: .withResult)) { caller in
                _ = try await caller.submit(["prompt": "p", "num_images": .integer(9)], to: receiver)
                var iterator = arrivals.makeAsyncIterator()
                let message = try #require(await iterator.next()).json
                #expect(message["status"] == "ERROR")
                #expect(message["error"] == "Invalid status code: 422")
                #expect(
                    message["payload"]?["detail"]?.elements?.first?["loc"] == .array(["body", "num_images"]))
            }
        }
    }

    @Test func `a delivery that is not answered with 2xx is tried again, the same bytes with a new signature`()
        async throws
    {
        try await WebhookReceiver.with(answers: [500, 404, 200]) { receiver, arrivals in
            try await SandboxCaller.with { caller in
                _ = try await caller.submit(["prompt": "p"], to: receiver)
                var iterator = arrivals.makeAsyncIterator()
                var bodies: Set<[UInt8]> = []
                for _ in 0..<3 {
                    let arrival = try #require(await iterator.next())
                    bodies.insert(arrival.bytes)
                    #expect(try arrival.isSigned(with: try await Self.key(of: caller)))
                }
                #expect(bodies.count == 1)
            }
        }
    }

    @Test func `a request without a webhook delivers nothing, and a redirect is not followed`() async throws {
        try await WebhookReceiver.with(answers: [307, 200]) { receiver, arrivals in
            try await SandboxCaller.with { caller in
                _ = try await caller.complete(Endpoint.create, ["prompt": "silent"])
                let redirected = try await caller.submit(["prompt": "first"], to: receiver)
                var iterator = arrivals.makeAsyncIterator()
                let first = try #require(await iterator.next())
                #expect(try first.json["request_id"] == redirected["request_id"])
                let other = try await caller.submit(["prompt": "second"], to: receiver)
                // Were the first one followed or repeated, it would be here before or with the second.
                let second = try #require(await iterator.next())
                #expect(try second.json["request_id"] == other["request_id"])
            }
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:80/hook", true), ("https://localhost/hook", true), ("http://[::1]:8080/", true),
        ("http://example.com/hook", false), ("http://10.0.0.1/", false), ("http://127.0.0.1.example.com/", false),
        ("ftp://127.0.0.1/", false), ("nonsense", false),
    ])
    func `only addresses on this machine are reached`(address: String, reached: Bool) {
        #expect(WebhookCourier.isOnThisMachine(address) == reached)
    }

    /// The vector is our own; its key is the bytes 0 to 31.
    @Test func `the signature is that of the test vector`() throws {
        let signer = try WebhookSigner(seed: Array(0..<32))
        #expect(
            signer.publicKeys["keys"]?.elements?.first?["x"]?.text == "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg")
        let id = "11111111-2222-3333-4444-555555555555"
        let body =
            #"{"request_id":"\#(id)","gateway_request_id":"\#(id)","status":"OK","payload":{"images":[]}}"#
        let headers = signer.headers(
            requestID: id, userID: "user-1", timestamp: 1_767_225_600, body: Data(body.utf8))
        // Ed25519 may add noise to a signature, so it is verified and not compared.
        let signature = try #require(headers.last?.value)
        let arrival = WebhookReceiver.Arrival(
            headers: Dictionary(uniqueKeysWithValues: headers.map { ($0.name.lowercased(), $0.value) }), query: nil,
            bytes: Array(body.utf8))
        #expect(signature.count == 128)
        #expect(try arrival.isSigned(with: "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"))
        var recorded = arrival
        recorded.headers["x-fal-webhook-signature"] =
            "1cf52890e158a374d4d195d33143dccd2296debe21ed4c92fda3c9f2435f59fb"
            + "e61a60647f7e43e78388d904a3d95aef012e05e3d428738e1594f481fb372f01"
        #expect(try recorded.isSigned(with: "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"))
    }

    private static func key(of caller: SandboxCaller) async throws -> String {
        let keys = try await caller.withoutKey.send(.GET, "/.well-known/jwks.json").json["keys"]?.elements
        return try #require(keys?.first?["x"]?.text)
    }
}

extension SandboxCaller {
    /// Submits with a webhook, whose own query must survive.
    fileprivate func submit(_ input: JSONValue, to receiver: String) async throws -> JSONValue {
        let hook = "\(receiver)/hook?a=1&b=2"
        let escaped = try #require(hook.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let answer = try await send(.POST, "/\(Endpoint.create)?fal_webhook=\(escaped)", json: input)
        #expect(answer.status == 200)
        return try answer.json
    }
}

/// A server that keeps what it gets and answers with given statuses, the last one for ever.
struct WebhookReceiver: HTTPResponder {
    /// One delivery.
    struct Arrival: Sendable {
        var headers: [String: String]
        var query: String?
        var bytes: [UInt8]

        var json: JSONValue {
            get throws { try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) }
        }

        /// Checks the signature as fal documents it.
        func isSigned(with key: String) throws -> Bool {
            let base64 = key.replacing("-", with: "+").replacing("_", with: "/") + "="
            let publicKey = try Curve25519.Signing.PublicKey(
                rawRepresentation: try #require(Data(base64Encoded: base64)))
            let digest = SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            let message = [
                headers["x-fal-webhook-request-id"], headers["x-fal-webhook-user-id"],
                headers["x-fal-webhook-timestamp"], digest.joined(),
            ].map { $0 ?? "" }.joined(separator: "\n")
            let hex = Array(try #require(headers["x-fal-webhook-signature"]))
            let signature = stride(from: 0, to: hex.count - 1, by: 2).compactMap {
                UInt8(String(hex[$0...$0 + 1]), radix: 16)
            }
            return publicKey.isValidSignature(Data(signature), for: Data(message.utf8))
        }
    }

    typealias Context = BasicRequestContext

    fileprivate let statuses: Statuses
    fileprivate let arrivals: AsyncStream<Arrival>.Continuation

    /// Which status comes next.
    fileprivate actor Statuses {
        private var left: [Int]

        init(_ statuses: [Int]) {
            left = statuses
        }

        func next() -> Int { left.count > 1 ? left.removeFirst() : left.first ?? 200 }
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        arrivals.yield(
            Arrival(headers: headers, query: request.uri.query, bytes: Array(body.readableBytesView)))
        let status = await statuses.next()
        return Response(status: .init(code: status), headers: status == 307 ? [.location: "/elsewhere"] : [:])
    }

    /// Runs a receiver for the length of a body.
    static func with(
        answers: [Int], _ body: @Sendable (_ url: String, _ arrivals: AsyncStream<Arrival>) async throws -> Void
    ) async throws {
        let (arrivals, sink) = AsyncStream.makeStream(of: Arrival.self)
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "receiver")
        logger.logLevel = .critical
        let application = Application(
            responder: WebhookReceiver(statuses: Statuses(answers), arrivals: sink),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await application.runService(gracefulShutdownSignals: []) }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body("http://127.0.0.1:\(port)", arrivals)
            group.cancelAll()
        }
    }
}
