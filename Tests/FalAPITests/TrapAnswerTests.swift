import Foundation
import NIOHTTP1
import Testing

@testable import FalAPI

/// The traps of fal's protocol (protocol facts, section 8), one test each, by number: those that lie in what is answered.
@Suite struct TrapAnswerTests {
    private func request(_ base: String) -> QueuedRequest {
        QueuedRequest(requestID: "r1", statusURL: base + "/s", responseURL: base + "/r", cancelURL: base + "/c")
    }

    /// Gives the answers in turn, the last one for ever; what `call` throws, and how many calls there were.
    private func play(
        _ answers: [LoopbackServer.Reaction], _ call: (FalQueue, QueuedRequest) async throws -> Void
    ) async throws -> (FalError?, Int) {
        try await LoopbackServer.withRunning { _, number, _ in
            answers[min(number, answers.count) - 1]
        } _: { server in
            let error = try await withTransport(to: server.url, retry: .atOnce) { transport -> FalError? in
                let queue = FalQueue(transport, polling: PollSchedule(first: .zero, growth: 1, longest: .zero))
                do {
                    try await call(queue, request(server.url))
                } catch let error as FalError {
                    return error
                }
                return nil
            }
            return (error, await server.received.count)
        }
    }

    @Test func `trap 2: completed is not success, in the status or only in the result`() async throws {
        let (told, _) = try await play([
            .json(200, #"{"status":"COMPLETED","error":"Runner disconnected","error_type":"runner_disconnected"}"#)
        ]) { try await $0.waitUntilCompleted($1) }
        #expect(told == .failed(detail: "Runner disconnected", type: "runner_disconnected", requestID: "r1"))
        let (found, _) = try await play([
            .json(200, #"{"status":"COMPLETED"}"#),
            .json(422, #"{"detail":[{"loc":["body","prompt"],"msg":"flagged","type":"content_policy_violation"}]}"#),
        ]) { queue, request in
            try await queue.waitUntilCompleted(request)
            _ = try await queue.result(of: request)
        }
        #expect(
            found
                == .rejected(
                    status: 422, detail: "prompt: flagged", type: "content_policy_violation", requestID: nil))
    }

    @Test func `trap 3: 202 is neither an error nor the end`() async throws {
        let (error, looks) = try await play([
            .json(202, #"{"status":"IN_QUEUE","queue_position":0}"#), .json(202, #"{"status":"IN_PROGRESS"}"#),
            .json(202, #"{"status":"COMPLETED"}"#),
        ]) { try await $0.waitUntilCompleted($1) }
        #expect(error == nil)
        #expect(looks == 3)
    }

    @Test(arguments: [
        (
            #"{"detail":[{"loc":["body","num_images"],"type":"less_than_equal","ctx":{"le":4}}]}"#,
            "num_images: must be at most 4"
        ),
        (#"{"detail":"Not found"}"#, "Not found"), ("{}", nil), ("", nil),
    ])
    func `trap 11: detail is a list, a string or missing, and the sentence is never empty`(
        body: String, detail: String?
    )
        throws
    {
        let refusal = Refusal(status: 422, headers: [:], body: Array(body.utf8), redacting: nil)
        let error = refusal.error(isKeyed: true)
        #expect(error == .rejected(status: 422, detail: detail, type: refusal.type, requestID: nil))
        #expect(error.description.hasPrefix("the request was refused (HTTP 422)"))
    }

    @Test(
        arguments: [
            (408, [:], true), (429, [:], true), (500, [:], true), (502, [:], true), (503, [:], true), (504, [:], true),
            (409, [:], false), (400, [:], false), (422, [:], false), (501, [:], false),
            (504, ["X-Fal-Request-Timeout-Type": "user"], false), (503, ["X-Fal-Retryable": "false"], false),
            (500, ["X-Fal-Needs-Retry": "0"], false), (400, ["X-Fal-Needs-Retry": "1"], true),
        ] as [(Int, [String: String], Bool)])
    func `trap 12: one set of statuses is repeated, and fal's own word goes before it`(
        status: Int, headers: [String: String], isRepeated: Bool
    ) async throws {
        let (_, looks) = try await play([.json(status, "{}", headers: headers)]) { queue, request in
            _ = try await queue.status(of: request, logs: false)
        }
        #expect(looks == (isRepeated ? 3 : 1))
    }

    @Test(arguments: [404, 410]) func `trap 15: a result that has expired is told at once and is no failed run`(
        status: Int
    ) async throws {
        let (error, calls) = try await play([.json(status, #"{"detail":"Not found"}"#)]) { queue, request in
            _ = try await queue.result(of: request)
        }
        #expect(error == .rejected(status: status, detail: "Not found", type: nil, requestID: nil))
        #expect(calls == 1)
    }

    @Test func `trap 16: a webhook is its raw bytes, and its payload may be null`() throws {
        let text = #"{"request_id":"a","status":"OK","payload":null}"#
        let delivery = try #require(WebhookDelivery(Array(text.utf8)))
        #expect(!delivery.hasPayload && delivery.error == nil)
        let keys = try #require(
            WebhookKeys(
                jwks: Array(#"{"keys":[{"x":"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"}]}"#.utf8), fetchedAt: 0))
        // The vector's signature is over other bytes, though the JSON would say the same.
        let body =
            #"{"request_id": "11111111-2222-3333-4444-555555555555", "gateway_request_id": "11111111-2222-3333-4444-555555555555", "status": "OK", "payload": {"images": []}}"#
        #expect(throws: FalError.untrustedWebhook(.wrongSignature)) {
            try WebhookVerifier(keys: keys).verify(
                headers: [
                    ("X-Fal-Webhook-Request-Id", "11111111-2222-3333-4444-555555555555"),
                    ("X-Fal-Webhook-User-Id", "user-1"), ("X-Fal-Webhook-Timestamp", "1767225600"),
                    (
                        "X-Fal-Webhook-Signature",
                        "1cf52890e158a374d4d195d33143dccd2296debe21ed4c92fda3c9f2435f59fbe61a60647f7e43e78388d904a3d95aef012e05e3d428738e1594f481fb372f01"
                    ),
                ], body: Array(body.utf8), now: 1_767_225_600)
        }
    }

    @Test func `trap 21: pictures inside a result arrive whole, and are no address to fetch`() async throws {
        let picture = "data:image/png;base64," + String(repeating: "iVBO", count: 1_500_000)
        let (error, _) = try await play([.json(200, #"{"images":[{"url":"\#(picture)"}]}"#)]) { queue, request in
            let result = LooseJSON(parsing: try await queue.result(of: request).bytes)
            #expect(result?["images"]?.array?.first?["url"]?.string == picture)
        }
        #expect(error == nil)
        #expect(throws: FalError.malformedAddress(picture)) { try WebAddress(picture) }
    }

    @Test func `trap 22: the answers both sides share have what strict parsers need`() throws {
        for name in try Transcript.allNames where name.hasPrefix("status-") && name != "status-unknown" {
            let answer = try Transcript.named(name)
            guard case .object(let members)? = answer.answerBody else {
                Issue.record("\(name) has no answer")
                continue
            }
            for key in ["status", "queue_position", "logs", "request_id", "response_url"] {
                #expect(members[key] != nil, "\(name) lacks \(key)")
            }
            #expect(answer.answerHeaders["Content-Type"] == "application/json")
        }
        let expiry = try Transcript.named("token").answerBody?["expires_at"]?.string
        #expect(expiry?.firstMatch(of: /T[0-9:]+([+-][0-9]{2}:[0-9]{2}|Z)$/) != nil)
    }
}
