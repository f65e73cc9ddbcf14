import NIOHTTP1
import Testing

@testable import FalAPI

/// Following a request by polls and by the status stream, each as the other's way out.
@Suite struct FollowTests {
    private func request(_ base: String) -> QueuedRequest {
        QueuedRequest(requestID: "r1", statusURL: base + "/s?t=1", responseURL: base + "/r", cancelURL: base + "/c")
    }

    private static func status(_ state: String, _ logs: [String] = [], more: String = "") -> String {
        let lines = logs.map { #"{"message":"\#($0)","timestamp":"2026-01-02T03:04:0\#($0)"}"# }
        return #"{"status":"\#(state)","logs":[\#(lines.joined(separator: ","))]\#(more)}"#
    }

    private static func events(_ statuses: [String], type: String = "text/event-stream; charset=utf-8")
        -> LoopbackServer.Reaction
    {
        let text = statuses.map { "event: status\r\ndata: \($0)\r\n\r\n" }.joined()
        return .answer(200, headers: ["Content-Type": type], body: Array((": hello\n\n" + text).utf8))
    }

    /// What was told, what was thrown, and what was asked.
    private func follow(
        by following: Following, polls: [String], stream: LoopbackServer.Reaction,
        pollTrouble: LoopbackServer.Reaction? = nil
    ) async throws -> (told: [QueueStatus], error: FalError?, received: [LoopbackServer.Received]) {
        try await LoopbackServer.withRunning { request, number, _ in
            if request.path == "/s/stream" { return stream }
            if let pollTrouble { return pollTrouble }
            // The stream's request, where there was one, came first.
            let index = following == .stream ? number - 2 : number - 1
            return .json(202, polls[min(max(index, 0), polls.count - 1)])
        } _: { server in
            let (told, error) = try await withTransport(to: server.url, retry: .atOnce) { transport in
                let queue = FalQueue(transport, polling: PollSchedule(first: .zero, growth: 1, longest: .zero))
                var told: [QueueStatus] = []
                do throws(FalError) {
                    try await queue.waitUntilCompleted(request(server.url), by: following) { told.append($0) }
                } catch {
                    return (told, Optional(error))
                }
                return (told, nil)
            }
            return (told, error, await server.received)
        }
    }

    @Test func `a stream tells each change and each line once, with the key on the configured host`() async throws {
        let (told, error, received) = try await follow(
            by: .stream, polls: [],
            stream: Self.events([
                Self.status("IN_QUEUE", more: #","queue_position":1"#), "not JSON", Self.status("IN_PROGRESS", ["1"]),
                Self.status("IN_PROGRESS", ["1"]), Self.status("IN_PROGRESS", ["2"]),
                Self.status("COMPLETED", ["1", "2"]),
            ]))
        #expect(error == nil)
        #expect(told.map(\.state) == [.inQueue(position: 1), .inProgress, .inProgress, .completed])
        #expect(told.map { $0.logs.map(\.message) } == [[], ["1"], ["2"], []])
        #expect(received.map(\.path) == ["/s/stream"])
        #expect(received.first?.query == "t=1&logs=1")
        #expect(received.first?.headers["Accept"] == ["text/event-stream"])
        #expect(received.first?.headers["Authorization"] == ["Key \(sampleKey)"])
    }

    @Test(arguments: [
        events([status("IN_PROGRESS", ["1"])]), .json(200, status("COMPLETED")), .answer(404), .answer(500), .close,
        .truncated(announced: 900, body: Array("data: \(status("IN_PROGRESS", ["1"]))\n\n".utf8)),
        events([#"{"status":"SOMETHING"}"#]), .answer(405),
    ])
    func `a stream that ends early or is none is followed by polls`(stream: LoopbackServer.Reaction) async throws {
        let (told, error, received) = try await follow(
            by: .stream, polls: [Self.status("IN_PROGRESS", ["1", "2"]), Self.status("COMPLETED", ["1", "2", "3"])],
            stream: stream)
        #expect(error == nil)
        #expect(told.flatMap(\.logs).map(\.message) == ["1", "2", "3"], "each line once, over both ways")
        #expect(told.last?.state == .completed)
        #expect(received.filter { $0.path == "/s/stream" }.count == 1)
    }

    @Test(arguments: Following.allCases) func `completed with an error is a failure either way`(following: Following)
        async throws
    {
        let end = Self.status("COMPLETED", more: #","error":"out of memory","error_type":"runner_server_error""#)
        let (_, error, received) = try await follow(by: following, polls: [end], stream: Self.events([end]))
        #expect(error == .failed(detail: "out of memory", type: "runner_server_error", requestID: "r1"))
        #expect(received.count == 1)
    }

    @Test func `polls that fail for good give way to the stream`() async throws {
        let (told, error, received) = try await follow(
            by: .polling, polls: [], stream: Self.events([Self.status("COMPLETED")]), pollTrouble: .answer(503))
        #expect(error == nil)
        #expect(told.map(\.state) == [.completed])
        #expect(received.map(\.path) == ["/s", "/s", "/s", "/s/stream"])
    }

    @Test func `when both ways fail, the polls' own error is told`() async throws {
        let (_, error, _) = try await follow(
            by: .polling, polls: [], stream: Self.events([Self.status("IN_PROGRESS")]), pollTrouble: .answer(503))
        #expect(error == .unavailable(status: 503, detail: nil, requestID: nil))
    }

    @Test(arguments: [401, 404]) func `a refusal ends polling and opens no stream`(status: Int) async throws {
        let (_, error, received) = try await follow(
            by: .polling, polls: [], stream: Self.events([]), pollTrouble: .answer(status))
        #expect(["unauthorized", "rejected"].contains(error?.code))
        #expect(received.count == 1)
    }

    @Test func `a stream on a foreign host is not opened`() async throws {
        try await withTransport(to: "http://127.0.0.1:1") { transport in
            let foreign = QueuedRequest(
                requestID: "r", statusURL: "http://127.0.0.1:2/s", responseURL: "", cancelURL: "")
            let error = await falError { try await FalQueue(transport).waitUntilCompleted(foreign, by: .stream) }
            #expect(error == .foreignHost(origin: "http://127.0.0.1:2"))
        }
    }

    @Test func `events are found however their bytes are cut`() throws {
        let text = "\u{FEFF}data: a\r\ndata:b\n\nid: 3\nretry: 1\ndata\n\n: only a comment\n\ndata:  c\r\rdata: lost"
        let bytes = Array(text.utf8)
        for size in [1, 2, 3, 7, bytes.count] {
            var stream = EventStream()
            var events: [String] = []
            for start in Swift.stride(from: 0, to: bytes.count, by: size) {
                events += try stream.take(bytes[start..<min(start + size, bytes.count)]).map {
                    String(decoding: $0, as: UTF8.self)
                }
            }
            #expect(events == ["a\nb", "", " c"], "cut every \(size) bytes")
        }
    }

    @Test func `an event without an end does not fill the memory`() {
        var stream = EventStream()
        #expect(throws: (any Error).self) {
            _ = try stream.take(repeatElement(UInt8(ascii: "x"), count: EventStream.largestEvent + 1))
        }
    }

    @Test func `lines that are equal are told as often as they were printed`() {
        var follower = StatusFollower()
        func status(_ lines: [String]) -> QueueStatus {
            QueueStatus(state: .inProgress, logs: lines.map { LogLine(message: $0, timestamp: nil) })
        }
        #expect(follower.news(in: status(["a"]))?.logs.count == 1)
        #expect(follower.news(in: status(["a"])) == nil)
        #expect(follower.news(in: status(["a", "a", "b"]))?.logs.map(\.message) == ["a", "b"])
        #expect(follower.news(in: status(["b"])) == nil)
    }
}
