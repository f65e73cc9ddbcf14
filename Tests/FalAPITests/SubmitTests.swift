import Logging
import NIOHTTP1
import Testing

@testable import FalAPI

/// A paid request leaves once, and whatever is unclear says so.
@Suite struct SubmitTests {
    private static let endpoint = "fal-ai/hidream-o1-image/edit"
    private static let accepted =
        #"{"status":"IN_QUEUE","request_id":"r1","queue_position":0,"response_url":"BASE/r","status_url":"BASE/s","cancel_url":"BASE/c"}"#

    private func submit(
        to server: LoopbackServer, retry: RetryPolicy = .atOnce, timeouts: FalTimeouts = .patient,
        logger: Logger = .silent
    ) async throws -> QueuedRequest {
        try await withTransport(to: server.url, retry: retry, timeouts: timeouts, logger: logger) {
            try await FalQueue($0).submit(Array(#"{"prompt":"p"}"#.utf8), to: Self.endpoint)
        }
    }

    private func accept(_ base: String) -> LoopbackServer.Reaction {
        .json(200, Self.accepted.replacing("BASE", with: base))
    }

    @Test(arguments: [
        LoopbackServer.Reaction.close, .json(500, "{}"), .json(502, "{}"), .json(503, #"{"detail":"x"}"#),
        .json(504, "{}"), .json(408, "{}"), .json(200, "not JSON"), .json(200, #"{"status":"IN_QUEUE"}"#),
        .truncated(announced: 500, body: Array("{".utf8)), .json(200, "[]"),
    ])
    func `an unclear answer to a submit is unknown and nothing is sent twice`(reaction: LoopbackServer.Reaction)
        async throws
    {
        try await LoopbackServer.withRunning { _, _, _ in
            reaction
        } _: { server in
            let error = await falError { _ = try await submit(to: server) }
            #expect(error?.code == "outcome_unknown")
            #expect(error?.isTransient == false)
            #expect(await server.received.count == 1)
        }
    }

    @Test(arguments: [LoopbackServer.Reaction.never, .stall(announced: 500, body: Array("{".utf8))])
    func `a submit that times out is unknown and nothing is sent twice`(reaction: LoopbackServer.Reaction) async throws
    {
        // Long enough to connect and send on a busy machine; what is waited for never comes.
        let short = FalTimeouts(answer: .seconds(2), silence: .seconds(2))
        try await LoopbackServer.withRunning { _, _, _ in
            reaction
        } _: { server in
            let lines = try await recordingLog { logger in
                let error = await falError { _ = try await submit(to: server, timeouts: short, logger: logger) }
                #expect(error == .outcomeUnknown(reason: "\(server.url) did not answer in time", requestID: nil))
            }
            #expect(lines.count == 1, "one line for each failed attempt")
            // None at all on a machine so busy that the server did not get to what was sent before the client gave up.
            #expect(await server.received.count <= 1)
        }
    }

    @Test func `an unknown outcome names the request when the answer did`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(500, "{}", headers: ["x-fal-request-id": "r9"])
        } _: {
            server in
            let error = await falError { _ = try await submit(to: server) }
            #expect(error?.requestID == "r9")
            #expect(
                error?.description
                    == "it is unknown whether fal accepted the request: the server is not available (HTTP 500) (fal request r9)"
            )
        }
    }

    @Test(arguments: [
        LoopbackServer.Reaction.json(429, "{}", headers: ["Retry-After": "0"]), .json(429, "{}"),
        .json(503, "{}", headers: ["Retry-After": "0"]), .json(503, "{}", headers: ["X-Fal-Needs-Retry": "1"]),
    ])
    func `a clear refusal is followed by another attempt`(refusal: LoopbackServer.Reaction) async throws {
        try await LoopbackServer.withRunning { _, number, base in
            number < 3 ? refusal : accept(base)
        } _: { server in
            let queued = try await submit(to: server)
            #expect(queued.requestID == "r1")
            let received = await server.received
            #expect(received.map(\.bodyText) == Array(repeating: #"{"prompt":"p"}"#, count: 3))
        }
    }

    @Test func `a refusal that goes on is reported as what it is`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(429, "{}", headers: ["Retry-After": "0"])
        } _: { server in
            let error = await falError { _ = try await submit(to: server) }
            #expect(error == .throttled(retryAfter: .zero, detail: nil, requestID: nil))
            #expect(await server.received.count == 3)
        }
    }

    @Test(arguments: [400, 401, 403, 404, 413, 422]) func `a wrong request is refused at once`(status: Int) async throws
    {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(status, #"{"detail":"no"}"#)
        } _: { server in
            let error = await falError { _ = try await submit(to: server) }
            #expect(["unauthorized", "forbidden", "rejected"].contains(error?.code))
            #expect(await server.received.count == 1)
        }
    }

    /// Port 1 of loopback, where nothing listens.
    private static let refusing = "http://127.0.0.1:1"

    @Test func `a refused connection is tried again, since nothing was sent`() async throws {
        let lines = try await recordingLog { logger in
            let error = await falError {
                _ = try await withTransport(to: Self.refusing, retry: .atOnce, logger: logger) {
                    try await FalQueue($0).submit(Array("{}".utf8), to: Self.endpoint)
                }
            }
            #expect(error == .unreachable(origin: Self.refusing, reason: "the connection was refused"))
            #expect(error?.isTransient == true)
        }
        #expect(lines.count == 3)
    }

    @Test func `a refused connection is named so for a call without a body too`() async throws {
        let error = await falError {
            _ = try await withTransport(to: Self.refusing) { try await $0.probe(Self.refusing + "/x") }
        }
        #expect(error == .unreachable(origin: Self.refusing, reason: "the connection was refused"))
    }

    @Test func `an unknown host name is one sentence`() async throws {
        let error = await falError {
            _ = try await withTransport(to: "http://no-such-host.invalid") {
                try await FalQueue($0).submit(Array("{}".utf8), to: Self.endpoint)
            }
        }
        #expect(error?.code == "unreachable")
    }

    @Test func `a server that speaks no TLS is unreachable, and nothing was sent`() async throws {
        try await LoopbackServer.withRunning { _, _, base in
            accept(base)
        } _: { server in
            let error = await falError {
                _ = try await withTransport(to: server.url.replacing("http:", with: "https:"), retry: .atOnce) {
                    try await FalQueue($0).submit(Array("{}".utf8), to: Self.endpoint)
                }
            }
            #expect(error?.code == "unreachable")
            #expect(await server.received.isEmpty)
        }
    }

    @Test func `the key does not follow a redirect`() async throws {
        try await LoopbackServer.withRunning { _, _, base in
            accept(base)
        } _: { other in
            try await LoopbackServer.withRunning { _, _, _ in
                .answer(307, headers: ["Location": other.url + "/x"])
            } _: { server in
                let error = await falError { _ = try await submit(to: server) }
                #expect(error == .redirected(status: 307, to: other.url))
                #expect(await server.received.count == 1)
                #expect(await other.received.isEmpty)
            }
        }
    }

    @Test func `a submit without a body counts as sent with its head`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .close
        } _: { server in
            let error = await falError {
                _ = try await withTransport(to: server.url, retry: .atOnce) {
                    try await FalQueue($0).submit([], to: Self.endpoint)
                }
            }
            #expect(error?.code == "outcome_unknown")
            #expect(await server.received.count == 1)
        }
    }

    @Test func `without a key nothing is sent`() async throws {
        try await LoopbackServer.withRunning { _, _, base in
            accept(base)
        } _: { server in
            let error = await falError {
                _ = try await withTransport(to: server.url, key: nil) {
                    try await FalQueue($0).submit(Array("{}".utf8), to: Self.endpoint)
                }
            }
            #expect(error == .missingCredential)
            #expect(await server.received.isEmpty)
        }
    }

    @Test func `a submit that is cancelled while it waits is unknown`() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        try await LoopbackServer.withRunning { _, _, _ in
            arrived.yield()
            return .never
        } _: { server in
            let base = server.url
            let error = await falError {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        _ = try await withTransport(to: base) {
                            try await FalQueue($0).submit(Array("{}".utf8), to: Self.endpoint)
                        }
                    }
                    for await _ in arrivals { break }
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            #expect(error == .outcomeUnknown(reason: "the call was cancelled after it was sent", requestID: nil))
        }
    }

    @Test func `a submit in a task that is already cancelled sends nothing`() async throws {
        try await LoopbackServer.withRunning { _, _, base in
            accept(base)
        } _: { server in
            let base = server.url
            let error = await falError {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.cancelAll()
                    group.addTask {
                        _ = try await withTransport(to: base) {
                            try await FalQueue($0).submit(Array("{}".utf8), to: Self.endpoint)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(error == .cancelled)
            #expect(await server.received.isEmpty)
        }
    }

    @Test func `an answer without URLs gets the documented ones, without the sub-path`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(200, #"{"request_id":"r1"}"#)
        } _: { server in
            let queued = try await submit(to: server)
            let requests = server.url + "/fal-ai/hidream-o1-image/requests/r1"
            #expect(
                queued
                    == QueuedRequest(
                        requestID: "r1", statusURL: requests + "/status", responseURL: requests,
                        cancelURL: requests + "/cancel"))
        }
    }

    @Test func `the key is in no line of the log`() async throws {
        let lines = try await recordingLog { logger in
            try await LoopbackServer.withRunning { _, number, base in
                number < 3 ? .json(429, #"{"detail":"kid:ksecret"}"#) : accept(base)
            } _: { server in
                _ = try await withTransport(to: server.url, retry: .atOnce, logger: logger) {
                    try await FalQueue($0).submit(Array("{}".utf8), to: Self.endpoint)
                }
            }
        }
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { !$0.contains("ksecret") && $0.hasPrefix("debug") })
    }
}
