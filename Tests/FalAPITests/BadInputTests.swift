import Foundation
import NIOHTTP1
import Testing

@testable import FalAPI

/// Everything that can be wrong between a person and fal: one sentence, one stable code, and no call too many.
@Suite struct BadInputTests {
    /// Port 1 of loopback, where nothing listens.
    private static let nowhere = "http://127.0.0.1:1"

    private func submit(
        to base: String, key: String? = sampleKey, endpoint: String = "fal-ai/x/edit", retry: RetryPolicy = .atOnce
    ) async -> FalError? {
        await falError {
            _ = try await withTransport(to: base, key: key, retry: retry) {
                try await FalQueue($0).submit(Array("{}".utf8), to: endpoint)
            }
        }
    }

    /// Submits to a server that always answers the same; what was thrown, and how often it was asked.
    private func submit(_ answer: LoopbackServer.Reaction) async throws -> (FalError?, Int) {
        try await LoopbackServer.withRunning { _, _, _ in
            answer
        } _: { server in
            (await submit(to: server.url), await server.received.count)
        }
    }

    @Test(arguments: [
        (nil, "missing_credential", "this needs a fal key, and none is configured"),
        ("", "malformed_credential", "the fal key is empty"),
        ("nocolon", "malformed_credential", "the fal key does not have the form id:secret"),
        (":secret", "malformed_credential", "the fal key does not have the form id:secret"),
        ("id:sec ret", "malformed_credential", "the fal key contains a space or another character no key has"),
    ])
    func `no key, or none that fal gives out, is told before a connection is made`(
        key: String?, code: String, sentence: String
    ) async {
        let error = await submit(to: Self.nowhere, key: key)
        #expect(error?.code == code)
        #expect(error?.description == sentence)
    }

    @Test(arguments: ["", "x", "a/../b", "a b/c", "/a/b", "a//b"])
    func `what is no endpoint is told before a connection is made`(endpoint: String) async {
        let error = await submit(to: Self.nowhere, endpoint: endpoint)
        #expect(error?.description == "“\(endpoint)” is not a valid fal endpoint")
        #expect(error?.code == "malformed_endpoint")
    }

    @Test(arguments: [
        (401, #"{"detail":"Invalid key"}"#, "unauthorized", "fal did not accept the key (HTTP 401): Invalid key"),
        (
            402, #"{"detail":"Exhausted balance"}"#, "forbidden",
            "your fal account is out of credit (HTTP 402): Exhausted balance"
        ),
        (403, #"{"detail":"Locked"}"#, "forbidden", "the key is not allowed to do this (HTTP 403): Locked"),
        (
            404, #"{"detail":"Application 'x' not found"}"#, "rejected",
            "the request was refused (HTTP 404): Application 'x' not found"
        ),
        (413, "<html>413</html>", "rejected", "the request was refused (HTTP 413)"),
        (
            422, #"{"detail":[{"loc":["body","prompt"],"type":"missing"}]}"#, "rejected",
            "the request was refused (HTTP 422): prompt: is required"
        ),
    ])
    func `a refusal is one sentence after one call`(status: Int, body: String, code: String, sentence: String)
        async throws
    {
        let (error, calls) = try await submit(.json(status, body))
        #expect(error?.code == code)
        #expect(error?.description == sentence)
        #expect(error?.isTransient == false)
        #expect(calls == 1)
    }

    @Test func `429 for longer than the patience ends as throttled, within the deadline`() async throws {
        let (error, calls) = try await submit(.json(429, "{}", headers: ["Retry-After": "3601"]))
        #expect(error?.description == "fal is busy (HTTP 429), retry after 3601 s")
        #expect(calls == 1, "a wait beyond the deadline is not begun")
        // The same for every jitter, on a clock that only the waits move.
        let policy = RetryPolicy(attempts: .max)
        let busy = AttemptFailure.answered(
            Refusal(status: 429, headers: ["Retry-After": "10"], body: [], redacting: nil))
        for jitter in [0, 0.5, 1] {
            var spent = Duration.zero
            var attempt = 1
            while case .again(let wait) = RetryDecision(
                after: busy, attempt: attempt, spent: spent, repeatability: .once, policy: policy, jitter: jitter)
            {
                spent += wait
                attempt += 1
            }
            #expect(spent <= policy.deadline)
            #expect(spent > policy.deadline - policy.cap - .seconds(1), "nor is it given up early")
        }
    }

    @Test func `500 for ever is unknown for a submit, and not available for a look`() async throws {
        let (error, calls) = try await submit(.json(500, #"{"detail":"Internal error"}"#))
        #expect(
            error?.description
                == "it is unknown whether fal accepted the request: the server is not available (HTTP 500): Internal error"
        )
        #expect(error?.code == "outcome_unknown")
        #expect(calls == 1)
        try await LoopbackServer.withRunning { _, _, _ in
            .json(500, "{}")
        } _: { server in
            let error = await falError {
                _ = try await withTransport(to: server.url, retry: .atOnce) { transport in
                    let request = QueuedRequest(
                        requestID: "r", statusURL: server.url + "/s", responseURL: server.url, cancelURL: server.url)
                    _ = try await FalQueue(transport).status(of: request, logs: false)
                }
            }
            #expect(error?.description == "the server is not available (HTTP 500)")
            #expect(error?.code == "unavailable")
            #expect(await server.received.count == 3)
        }
    }

    @Test func `an unknown host name and a port where nothing listens are unreachable`() async {
        let unknown = await submit(to: "http://no-such-host.invalid", retry: .none)
        #expect(unknown?.code == "unreachable")
        #expect(unknown?.description.hasPrefix("cannot reach http://no-such-host.invalid: ") == true)
        let refused = await submit(to: Self.nowhere)
        #expect(refused?.description == "cannot reach http://127.0.0.1:1: the connection was refused")
    }

    @Test func `an untrusted certificate is unreachable, and says why`() async throws {
        try await LoopbackServer.withRunning(secured: true) { _, _, _ in
            .close
        } _: { server in
            let error = await submit(to: server.url)
            #expect(error?.description == "cannot reach \(server.url): its certificate is not trusted")
            #expect(error?.code == "unreachable")
            #expect(await server.received.isEmpty)
        }
    }

    @Test func `a body cut in the middle is interrupted for a result and unknown for a submit`() async throws {
        let cut = LoopbackServer.Reaction.truncated(announced: 900, body: Array(#"{"request_id":"#.utf8))
        let (submitted, calls) = try await submit(cut)
        #expect(submitted?.code == "outcome_unknown")
        #expect(calls == 1)
        try await LoopbackServer.withRunning { _, _, _ in
            cut
        } _: { server in
            let error = await falError {
                _ = try await withTransport(to: server.url, retry: .atOnce) {
                    try await FalQueue($0).result(
                        of: QueuedRequest(requestID: "r", statusURL: "", responseURL: server.url, cancelURL: ""))
                }
            }
            #expect(error == .interrupted(origin: server.url, reason: "the server closed it"))
            #expect(await server.received.count == 3)
        }
    }

    @Test(arguments: ["[]", "1", "null", #""text""#, "<html>", ""])
    func `an answer of the wrong shape is not understood`(body: String) async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(200, body)
        } _: { server in
            let error = await falError {
                _ = try await withTransport(to: server.url, retry: .atOnce) {
                    try await FalQueue($0).status(
                        of: QueuedRequest(requestID: "r", statusURL: server.url, responseURL: "", cancelURL: ""),
                        logs: false)
                }
            }
            #expect(error?.description == "the answer was not understood: a JSON object was expected")
            #expect(error?.code == "unintelligible")
            // It is a read, so it is made again; no answer of this kind gets better for ever.
            #expect(await server.received.count == 3)
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308]) func `a redirect takes neither key nor body along`(status: Int)
        async throws
    {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(200, #"{"request_id":"r1"}"#)
        } _: { other in
            let (error, calls) = try await submit(.answer(status, headers: ["Location": other.url + "/x"]))
            #expect(
                error?.description
                    == "the server redirects to \(other.url) (HTTP \(status)); the redirect was not followed")
            #expect(error?.code == "redirected")
            #expect(calls == 1)
            #expect(await other.received.isEmpty)
        }
    }

    @Test func `a result on a foreign host is not asked for`() async {
        let error = await falError {
            _ = try await withTransport(to: Self.nowhere) {
                try await FalQueue($0).result(
                    of: QueuedRequest(
                        requestID: "r", statusURL: "", responseURL: "https://evil.example/r", cancelURL: ""))
            }
        }
        #expect(
            error?.description
                == "fal's answer points to https://evil.example, which is not the configured host, so the key was not sent there"
        )
        #expect(error?.code == "foreign_host")
    }
}
