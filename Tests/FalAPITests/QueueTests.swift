import NIOHTTP1
import Testing

@testable import FalAPI

/// Following a request that fal has accepted.
@Suite struct QueueTests {
    private func request(_ base: String) -> QueuedRequest {
        QueuedRequest(
            requestID: "r1", statusURL: base + "/deep/s?token=1", responseURL: base + "/r", cancelURL: base + "/c")
    }

    private func eager(_ transport: FalTransport) -> FalQueue {
        FalQueue(transport, polling: PollSchedule(first: .zero, growth: 1, longest: .zero))
    }

    private static func status(_ state: String, logs: [String] = [], more: String = "") -> LoopbackServer.Reaction {
        let lines = logs.map { #"{"message":"\#($0)"}"# }.joined(separator: ",")
        return .json(state == "COMPLETED" ? 200 : 202, #"{"status":"\#(state)","logs":[\#(lines)]\#(more)}"#)
    }

    @Test func `waiting reports each change once and new log lines only`() async throws {
        let script: [LoopbackServer.Reaction] = [
            Self.status("IN_QUEUE", more: #","queue_position":2"#),
            Self.status("IN_QUEUE", more: #","queue_position":2"#),
            Self.status("IN_QUEUE", more: #","queue_position":0"#), Self.status("IN_PROGRESS"),
            Self.status("IN_PROGRESS", logs: ["a"]), Self.status("IN_PROGRESS", logs: ["a"]),
            Self.status("IN_PROGRESS", logs: ["a", "b", "c"]),
            Self.status("COMPLETED", logs: ["a", "b", "c", "d"], more: #","metrics":{"inference_time":1.5}"#),
        ]
        try await LoopbackServer.withRunning { _, number, _ in
            script[number - 1]
        } _: { server in
            let seen = try await withTransport(to: server.url) { transport in
                var seen: [QueueStatus] = []
                try await eager(transport).waitUntilCompleted(request(server.url)) { seen.append($0) }
                return seen
            }
            #expect(
                seen.map(\.state) == [
                    .inQueue(position: 2), .inQueue(position: 0), .inProgress, .inProgress, .inProgress, .completed,
                ])
            #expect(seen.map { $0.logs.map(\.message) } == [[], [], [], ["a"], ["b", "c"], ["d"]])
            #expect(seen.last?.inferenceSeconds == 1.5)
            let received = await server.received
            #expect(received.count == script.count)
            #expect(received.allSatisfy { $0.path == "/deep/s" && $0.query == "token=1&logs=1" })
        }
    }

    @Test(arguments: [200, 202], ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"])
    func `either success of a status means what its body says`(code: Int, word: String) async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(code, #"{"status":"\#(word)"}"#)
        } _: { server in
            let status = try await withTransport(to: server.url) {
                try await FalQueue($0).status(of: request(server.url), logs: false)
            }
            #expect((status.state == .completed) == (word == "COMPLETED"))
            #expect((status.state == .inProgress) == (word == "IN_PROGRESS"))
        }
    }

    @Test func `completed with an error is a failure`() async throws {
        let answer = Self.status("COMPLETED", more: #","error":"out of memory","error_type":"runner_server_error""#)
        try await LoopbackServer.withRunning { _, _, _ in
            answer
        } _: { server in
            let error = await falError {
                try await withTransport(to: server.url) { try await eager($0).waitUntilCompleted(request(server.url)) }
            }
            #expect(error == .failed(detail: "out of memory", type: "runner_server_error", requestID: "r1"))
            #expect(error?.isTransient == true)
        }
    }

    @Test func `missing logs, positions and numbers are no error`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(200, #"{"status":"IN_QUEUE","logs":null,"unknown":{"x":[1]}}"#)
        } _: { server in
            let status = try await withTransport(to: server.url) {
                try await FalQueue($0).status(of: request(server.url), logs: false)
            }
            #expect(status == QueueStatus(state: .inQueue(position: nil)))
            #expect(await server.received.first?.query == "token=1&logs=0")
        }
    }

    @Test func `a log line's level may stand under labels`() throws {
        let line = try #require(LooseJSON(parsing: Array(#"{"message":"m","labels":{"level":"WARN"}}"#.utf8)))
        #expect(LogLine(line) == LogLine(message: "m", level: "WARN"))
    }

    @Test(arguments: [
        (#"{"status":"FAILED"}"#, "the queue answered “FAILED”"), ("{}", "the queue answered no status at all"),
        ("[]", "a JSON object was expected"), ("<html>", "a JSON object was expected"),
    ])
    func `an unknown state is not waited for`(body: String, what: String) async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(200, body)
        } _: { server in
            let error = await falError {
                try await withTransport(to: server.url) { try await eager($0).waitUntilCompleted(request(server.url)) }
            }
            guard case .unintelligible(let said, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(said == what)
        }
    }

    @Test(arguments: [
        LoopbackServer.Reaction.close, .json(500, "{}"), .json(502, "<html>nginx</html>"), .json(503, "{}"),
        .json(429, "{}", headers: ["Retry-After": "0"]), .truncated(announced: 500, body: Array("{".utf8)),
    ])
    func `looking is repeated after trouble`(trouble: LoopbackServer.Reaction) async throws {
        try await LoopbackServer.withRunning { _, number, _ in
            number < 3 ? trouble : Self.status("COMPLETED")
        } _: {
            server in
            try await withTransport(to: server.url, retry: .atOnce) {
                try await eager($0).waitUntilCompleted(request(server.url))
            }
            #expect(await server.received.count == 3)
        }
    }

    @Test func `a look that is never answered ends with a time-out`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .never
        } _: { server in
            let short = FalTimeouts(answer: .milliseconds(100))
            let error = await falError {
                _ = try await withTransport(to: server.url, timeouts: short) {
                    try await FalQueue($0).status(of: request(server.url), logs: true)
                }
            }
            #expect(error == .timedOut(origin: server.url))
        }
    }

    @Test func `neither key nor request goes to a foreign host`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            Self.status("COMPLETED")
        } _: { other in
            try await LoopbackServer.withRunning { _, _, _ in
                Self.status("COMPLETED")
            } _: { server in
                let foreign = request(other.url)
                try await withTransport(to: server.url) { transport in
                    let queue = FalQueue(transport)
                    let errors = [
                        await falError { _ = try await queue.status(of: foreign, logs: true) },
                        await falError { _ = try await queue.result(of: foreign) },
                        await falError { _ = try await queue.cancel(foreign) },
                        await falError { try await queue.waitUntilCompleted(foreign) },
                    ]
                    #expect(errors == Array(repeating: .foreignHost(origin: other.url), count: 4))
                }
                #expect(await other.received.isEmpty)
                #expect(await server.received.isEmpty)
            }
        }
    }

    @Test func `a status redirected to another host takes no key there`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            Self.status("COMPLETED")
        } _: { other in
            try await LoopbackServer.withRunning { _, _, _ in
                .answer(302, headers: ["Location": other.url + "/s"])
            } _: { server in
                let error = await falError {
                    _ = try await withTransport(to: server.url, retry: .atOnce) {
                        try await FalQueue($0).status(of: request(server.url), logs: true)
                    }
                }
                #expect(error == .redirected(status: 302, to: other.url))
                #expect(await other.received.isEmpty)
            }
        }
    }

    @Test func `a result that is no JSON is not handed over`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(200, "<html>")
        } _: { server in
            let error = await falError {
                _ = try await withTransport(to: server.url) { try await FalQueue($0).result(of: request(server.url)) }
            }
            #expect(error == .unintelligible(what: "the result is not JSON", requestID: "r1"))
        }
    }

    @Test func `a large result arrives whole`() async throws {
        let body = #"{"a":""# + String(repeating: "x", count: 5_000_000) + #""}"#
        try await LoopbackServer.withRunning { _, _, _ in
            .json(200, body)
        } _: { server in
            let bytes = try await withTransport(to: server.url) {
                try await FalQueue($0).result(of: request(server.url)).bytes
            }
            #expect(bytes == Array(body.utf8))
        }
    }

    @Test func `waiting that is cancelled ends at once`() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        try await LoopbackServer.withRunning { _, _, _ in
            arrived.yield()
            return Self.status("IN_PROGRESS")
        } _: { server in
            let request = request(server.url)
            let base = server.url
            let error = await falError {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await withTransport(to: base) { transport in
                            let slow = FalQueue(
                                transport, polling: PollSchedule(first: .seconds(3600), longest: .seconds(3600)))
                            try await slow.waitUntilCompleted(request)
                        }
                    }
                    for await _ in arrivals { break }
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            #expect(error == .cancelled)
        }
    }

    @Test func `a queued request survives being written down`() throws {
        let original = request("https://queue.fal.run")
        let bytes = try #require(WireJSON.bytes(original))
        #expect(LooseJSON(parsing: bytes)?["statusURL"]?.string == original.statusURL)
    }
}
