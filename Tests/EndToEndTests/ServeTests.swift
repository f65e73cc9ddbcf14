import AssetModel
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import AssetLibrary
@testable import FalSandbox

/// fal's webhooks at the built program's door.
struct ServeTests {
    /// The seed of the key with which the sandbox of these tests signs, and the tests with it.
    private static let seed = [UInt8](0..<32)

    /// A library, a sandbox and `atelier serve` for it.
    private struct Stage: Sendable {
        let folder: String
        let sandbox: String
        let library: Library
        let session: FalSession
        let serving: Program.Running
        let webhook: String

        /// Writes a run down and submits it, as a program that then dies would; with the webhook, unless it is to stay quiet.
        func submit(_ prompt: String, quietly: Bool = false) async throws -> Run.ID {
            let plan = try await session.plan(RunRequest(model: EditModels.defaultForText, prompt: prompt))
            let id = try #require(try await session.runner("test").recordPlans([plan]).first)
            try await library.history.record("test", [.sending(.init(generation: id, urls: []))])
            let input = #"{"prompt":"\#(prompt)","output_format":"jpeg"}"#
            let answer = try await ServeTests.send(
                .POST, "\(sandbox)/\(EditModels.defaultForText)\(quietly ? "" : "?fal_webhook=\(webhook)")",
                ["Authorization": "Key \(Remote.sandboxKey)"], Array(input.utf8))
            let fields = try JSONDecoder().decode(JSONValue.self, from: Data(answer.body))
            let request = RemoteRequest(
                id: try #require(fields["request_id"]?.text), statusURL: try #require(fields["status_url"]?.text),
                responseURL: try #require(fields["response_url"]?.text),
                cancelURL: try #require(fields["cancel_url"]?.text))
            try await library.history.record("test", [.submitted(.init(generation: id, request: request))])
            return id
        }

        /// Sends a delivery as fal would, signed now unless told otherwise; gives the status of the answer.
        func deliver(
            _ body: String, signedFor signed: String? = nil, at time: Int64? = nil, to path: String? = nil
        ) async throws -> Int {
            let signer = try WebhookSigner(seed: ServeTests.seed)
            let headers = signer.headers(
                requestID: "r", userID: "sandbox", timestamp: time ?? Int64(Date().timeIntervalSince1970),
                body: Data((signed ?? body).utf8))
            return try await ServeTests.send(
                .POST, path ?? webhook, HTTPHeaders(headers.map { ($0.name, $0.value) }), Array(body.utf8)
            ).status
        }

        /// The deliveries that `serve` has reported, once there are this many.
        func deliveries(_ count: Int) async throws -> [JSONValue] {
            // The first line is the address.
            try await serving.lines(count + 1).dropFirst().map {
                try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8))
            }
        }
    }

    private static func send(
        _ method: HTTPMethod, _ url: String, _ headers: HTTPHeaders = [:], _ body: [UInt8] = []
    ) async throws -> (status: Int, body: [UInt8]) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers = headers
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let answer = try await response.body.collect(upTo: 1 << 20)
        return (Int(response.status.code), Array(answer.readableBytesView))
    }

    private static func with(
        _ faults: [String] = [], isEndedByBody: Bool = false, _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            var configuration = SandboxConfiguration(
                log: folder + "/log.jsonl", script: try SandboxScript(parsing: faults))
            configuration.webhookSeed = seed
            try await SandboxServer.withRunning(configuration, logger: TestLibrary.logger) { sandbox in
                let program = Program(
                    in: folder, environment: ["ATELIER_LIBRARY": root, "ATELIER_FAL_ENDPOINT": sandbox.url])
                let serving = try program.start(["serve", "--json"])
                do {
                    let first = try #require(try await serving.lines(1).first)
                    let address = try JSONDecoder().decode(JSONValue.self, from: Data(first.utf8))
                    let remote = try Remote.server(at: sandbox.url, key: Remote.sandboxKey)
                    try await TestLibrary.withSession(at: root, remote) { library, session in
                        try await body(
                            Stage(
                                folder: folder, sandbox: sandbox.url, library: library, session: session,
                                serving: serving,
                                webhook: try #require(address["webhook"]?.text)))
                    }
                } catch {
                    serving.signal(SIGKILL)
                    throw error
                }
                if !isEndedByBody {
                    serving.signal(SIGINT)
                    let ended = try await serving.outcome()
                    #expect(ended.status == 0, "\(ended.errors)")
                }
            }
            try await TestLibrary.expectSound(root)
        }
    }

    @Test func `a run without a waiting program is in the library as soon as fal reports it done`() async throws {
        try await Self.with { stage in
            let id = try await stage.submit("mug")
            let told = try #require(try await stage.deliveries(1).first)
            #expect(told["outcome"] == .string("finished") && told["status"] == .integer(200), "\(told)")
            #expect(told["generation"]?["id"] == .string(id.text))
            #expect(told["generation"]?["outputs"]?.elements?.count == 1)
            let run = try #require(try await stage.library.run(id))
            #expect(run.state == .finished && run.outputs.count == 1)

            // At least once, says fal: the second time nothing is fetched.
            let request = try #require(run.request?.id)
            let before = try RequestLog(stage.folder + "/log.jsonl").lines.count
            #expect(try await stage.deliver(#"{"request_id":"\#(request)","status":"OK","payload":null}"#) == 200)
            let again = try #require(try await stage.deliveries(2).last)
            #expect(again["outcome"] == .string("already_ended"))
            let log = try RequestLog(stage.folder + "/log.jsonl")
            #expect(log.lines.count == before && log.submits == 1)
            // The public half of the key was asked for once, and without ours.
            let keys = log.lines.filter { $0["path"] == .string("/.well-known/jwks.json") }
            #expect(keys.count == 1 && keys.allSatisfy { $0["headers"]?["authorization"] == nil })
            #expect(log.lines.allSatisfy { $0["key_leak"] == nil })
        }
    }

    @Test func `the result comes from the queue, whatever the payload says`() async throws {
        try await Self.with { stage in
            let id = try await stage.submit("mug", quietly: true)
            let request = try #require(try await stage.library.run(id)?.request?.id)
            let lie =
                #"{"request_id":"\#(request)","status":"ERROR","error":"no","payload":{"images":[{"url":"x:y"}]}}"#
            #expect(try await stage.deliver(lie) == 200)
            let told = try #require(try await stage.deliveries(1).first)
            #expect(told["outcome"] == .string("finished"), "\(told)")
            let run = try #require(try await stage.library.run(id))
            #expect(run.outputs.count == 1 && run.outputs.allSatisfy { $0.url?.hasPrefix(stage.sandbox) == true })
        }
    }

    @Test func `a run that failed is told and ends`() async throws {
        try await Self.with(["result:error"]) { stage in
            let id = try await stage.submit("mug")
            let told = try #require(try await stage.deliveries(1).first)
            #expect(told["outcome"] == .string("failed") && told["error"]?["code"] == .string("fal.failed"), "\(told)")
            #expect(told["generation"]?["state"] == .string("failed"))
            #expect(try await stage.library.run(id)?.state == .failed)
        }
    }

    @Test func `what fal did not sign, or not now, or not so, is turned away and changes nothing`() async throws {
        try await Self.with { stage in
            let body = #"{"request_id":"nobody's","status":"OK","payload":null}"#
            let now = Int64(Date().timeIntervalSince1970)
            #expect(try await stage.deliver(body + " ", signedFor: body) == 401)
            #expect(try await stage.deliver(body, at: now - 400) == 401)
            #expect(try await stage.deliver(body, at: now + 400) == 401)
            #expect(try await Self.send(.POST, stage.webhook, [:], Array(body.utf8)).status == 400)
            #expect(try await stage.deliver("{}") == 400)
            #expect(try await stage.deliver(String(repeating: "x", count: 10_000_001)) == 413)
            let codes = try await stage.deliveries(6).map { $0["error"]?["code"]?.text }
            #expect(
                codes == [
                    "webhook.wrong_signature", "webhook.stale", "webhook.stale", "webhook.incomplete_headers",
                    "webhook.no_delivery", "webhook.too_large",
                ])
            #expect(try await stage.deliver(body, to: stage.webhook + "s") == 403)
            #expect(try await Self.send(.GET, stage.webhook).status == 405)

            #expect(try await stage.deliver(body) == 200)
            let unknown = try #require(try await stage.deliveries(7).last)
            #expect(unknown["outcome"] == .string("unknown_request") && unknown["request_id"] == .string("nobody's"))
            #expect(try await stage.library.runs(limit: 10).isEmpty)
        }
    }

    @Test func `a delivery is turned away by its headers before its body is read`() async throws {
        try await Self.with { stage in
            let now = Int64(Date().timeIntervalSince1970)
            /// The answer to a request whose body is announced and never comes.
            func status(signedAt time: Int64?, length: Int64) async throws -> UInt {
                var request = HTTPClientRequest(url: stage.webhook)
                request.method = .POST
                if let time {
                    let headers = try WebhookSigner(seed: Self.seed).headers(
                        requestID: "r", userID: "sandbox", timestamp: time, body: Data())
                    for header in headers { request.headers.add(name: header.name, value: header.value) }
                }
                let (body, silence) = AsyncStream.makeStream(of: ByteBuffer.self)
                defer { silence.finish() }
                request.body = .stream(body, length: .known(length))
                return try await HTTPClient.shared.execute(request, timeout: .seconds(60)).status.code
            }
            #expect(try await status(signedAt: nil, length: 9_000_000) == 400)
            #expect(try await status(signedAt: now - 400, length: 9_000_000) == 401)
            #expect(try await status(signedAt: now, length: 20_000_000) == 413)
            let codes = try await stage.deliveries(3).map { $0["error"]?["code"]?.text }
            #expect(codes == ["webhook.incomplete_headers", "webhook.stale", "webhook.too_large"])
        }
    }

    @Test func `interrupted while a picture comes, serve ends in order, and resume goes on`() async throws {
        try await Self.with(["file:truncate:3"], isEndedByBody: true) { stage in
            let id = try await stage.submit("mug")
            try await RequestLog.wait(stage.folder + "/log.jsonl") { log in
                log.lines.contains {
                    $0["method"] == .string("GET") && $0["path"]?.text?.hasPrefix("/cdn/files/") == true
                }
            }
            stage.serving.signal(SIGINT)
            let ended = try await stage.serving.outcome()
            #expect(ended.status == 0, "\(ended.errors)")
            let told = try #require(try ended.objects().last)
            let run = try #require(try await stage.library.run(id))
            // The picture may have come just before the end; never anything in between.
            switch told["outcome"]?.text {
            case "interrupted": #expect(run.state == .submitted && ended.errors.contains("atelier resume"))
            case "finished": #expect(run.state == .finished)
            default: Issue.record("\(told)")
            }
            try await stage.session.resumeUnfinished { _ in }
            #expect(try await stage.library.run(id)?.state == .finished)
        }
    }

    @Test func `without a key the gallery opens all the same, and a port that is taken is told`() async throws {
        try await Self.with { stage in
            let port = try #require(URL(string: stage.webhook)?.port)
            var program = Program(in: stage.folder, environment: ["ATELIER_LIBRARY": stage.folder + "/library"])
            // A second gallery of the library takes another port by itself.
            let keyless = try program.start(["serve", "--json"])
            let first = try #require(try await keyless.lines(1).first)
            let address = try JSONDecoder().decode(JSONValue.self, from: Data(first.utf8))
            #expect(address["port"]?.int != nil && address["port"]?.int != port)
            let token = try #require(address["gallery"]?.text?.split(separator: "=").last)
            let status = try await Self.send(
                .GET, "\(try #require(address["url"]?.text))/api/v1/status", ["Authorization": "Bearer \(token)"])
            let told = try JSONDecoder().decode(JSONValue.self, from: Data(status.body))
            #expect(status.status == 200 && told["fal"]?["available"] == .bool(false), "\(told)")
            #expect(told["sandbox"]?["available"] == .bool(true))
            keyless.signal(SIGINT)
            #expect(try await keyless.outcome().status == 0)
            program.environment["ATELIER_FAL_ENDPOINT"] = stage.sandbox
            let taken = try await program.run("serve", "--port", "\(port)")
            #expect(taken.status == 1 && taken.errors.contains("in use") && taken.output.isEmpty)
            #expect(try await program.run("serve", "--port", "70000").status == 64)
        }
    }
}
