import Foundation
import NIOHTTP1
import Testing

@testable import FalAPI

/// The traps of fal's protocol (protocol facts, section 8), one test each, by number: those that lie in what is sent.
/// Those in what is answered stand in `TrapAnswerTests`, 18 to 20 in the tests of SizePlanning.
@Suite struct TrapTests {
    private static let endpoint = "fal-ai/hidream-o1-image/edit"

    /// A whole fal on one server: uploads, tokens and a run that completes at the second look.
    private static func fal(
        _ trouble: @escaping @Sendable (LoopbackServer.Received, Int) -> LoopbackServer.Reaction? = { _, _ in nil }
    ) -> @Sendable (LoopbackServer.Received, Int, String) -> LoopbackServer.Reaction {
        { request, number, base in
            if let reaction = trouble(request, number) { return reaction }
            switch request.path {
            case "/storage/upload/initiate", "/storage/upload/initiate-multipart":
                return .json(200, #"{"upload_url":"\#(base)/put/x?sig=a%2Fb","file_url":"\#(base)/files/a.png"}"#)
            case "/storage/auth/token":
                return .json(
                    200,
                    #"{"token":"T","token_type":"Bearer","base_url":"\#(base)","expires_at":"2026-01-02T03:04:05Z"}"#)
            case "/files/upload": return .json(200, #"{"access_url":"\#(base)/files/a.png"}"#)
            case "/files/a.png": return .answer(200, body: Array("123456789".utf8))
            case let path where path.hasPrefix("/put/"):
                return .answer(200, headers: ["ETag": "\"\(path.split(separator: "/").last ?? "")\""])
            default: return .json(200, #"{"request_id":"r1"}"#)
            }
        }
    }

    private func run(
        _ react: @escaping @Sendable (LoopbackServer.Received, Int, String) -> LoopbackServer.Reaction = fal(),
        _ call: (FalTransport, String) async throws -> Void
    ) async throws -> [LoopbackServer.Received] {
        try await LoopbackServer.withRunning(react) { server in
            try await withTransport(to: server.url, retry: .atOnce) { try await call($0, server.url) }
            return await server.received
        }
    }

    /// Uploads nine bytes, in parts of two when `inParts` is set.
    private func upload(
        named name: String = "a.png", options: UploadOptions = UploadOptions(), inParts: Bool = false,
        _ react: @escaping @Sendable (LoopbackServer.Received, Int, String) -> LoopbackServer.Reaction = fal()
    ) async throws -> [LoopbackServer.Received] {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "picture")
            try Data("123456789".utf8).write(to: file)
            let rule = MultipartRule(largestSingle: inParts ? 8 : 9, partByteCount: 2, width: 3)
            return try await run(react) { transport, _ in
                _ = try await FalStorage(transport, multipart: rule).upload(
                    fileAt: file.path, byteCount: 9, mediaType: "image/png", fileName: name, options: options)
            }
        }
    }

    @Test func `trap 1: the sub-path is in the submit's URL and in no other`() async throws {
        let received = try await run(
            Self.fal { request, _ in request.method == "GET" ? .json(200, #"{"status":"COMPLETED"}"#) : nil }
        ) { transport, _ in
            let queue = FalQueue(transport)
            let request = try await queue.submit(Array("{}".utf8), to: Self.endpoint)
            _ = try await queue.status(of: request, logs: false)
            _ = try await queue.result(of: request)
            _ = try await queue.cancel(request)
        }
        let app = "/fal-ai/hidream-o1-image"
        #expect(
            received.map(\.path) == [
                app + "/edit", app + "/requests/r1/status", app + "/requests/r1", app + "/requests/r1/cancel",
            ])
    }

    @Test func `trap 4: the API gets Key with both halves, the CDN Bearer with its own token`() async throws {
        let received = try await upload(
            Self.fal { request, _ in request.path.hasSuffix("/initiate") ? .answer(500) : nil })
        #expect(
            Set(received.map { "\($0.path) \($0.headers["Authorization"].joined())" }) == [
                "/storage/upload/initiate Key kid:ksecret", "/storage/auth/token Key kid:ksecret",
                "/files/upload Bearer T", "/files/a.png ",
            ])
    }

    @Test func `trap 5: no upload URL, file URL or foreign status URL ever sees the key`() async throws {
        var received = try await upload() + upload(inParts: true)
        received += try await run { transport, base in
            _ = try await transport.probe(base + "/files/a.png")
            _ = try await transport.download(base + "/files/a.png", start: {}, write: { _ in })
        }
        let keyed = received.filter {
            "\($0.headers)".contains("ksecret") || $0.headers.contains(name: "Authorization")
        }
        #expect(keyed.map(\.path).sorted() == ["/storage/upload/initiate", "/storage/upload/initiate-multipart"])
        let foreign = try await run { transport, _ in
            let request = QueuedRequest(
                requestID: "r", statusURL: "https://queue.fal.run.example/s", responseURL: "", cancelURL: "")
            let error = await falError { _ = try await FalQueue(transport).status(of: request, logs: true) }
            #expect(error == .foreignHost(origin: "https://queue.fal.run.example"))
        }
        #expect(foreign.isEmpty)
    }

    @Test func `trap 6: an etag goes back as it came, and parts are sorted before they are put together`() async throws
    {
        let received = try await upload(inParts: true)
        let complete = try #require(received.first { $0.path == "/put/x/complete" })
        let parts = (1...5).map { #"{"etag":"\"\#($0)\"","partNumber":\#($0)}"# }.joined(separator: ",")
        #expect(LooseJSON(parsing: complete.body) == LooseJSON(parsing: Array(#"{"parts":[\#(parts)]}"#.utf8)))
        var progress = MultipartProgress(uploadURL: "", fileURL: "", byteCount: 9, partByteCount: 2)
        for number in [3, 1, 5, 2, 4] { progress.add(.init(number: number, etag: "e")) }
        #expect(progress.parts.map(\.number) == [1, 2, 3, 4, 5])
    }

    @Test func `trap 7: a part's number ends the path and the query stays`() async throws {
        let parts = try await upload(inParts: true).filter { $0.path.hasPrefix("/put/") }
        #expect(Set(parts.map(\.path)) == Set((1...5).map { "/put/x/\($0)" } + ["/put/x/complete"]))
        #expect(parts.allSatisfy { $0.query == "sig=a%2Fb" })
        #expect(try WebAddress("https://a/b").appending(segment: "1") == "https://a/b/1")
    }

    @Test func `trap 8: exactly 90 MiB is one piece, a byte more is ten parts of 10 MiB`() throws {
        let rule = MultipartRule()
        #expect(!rule.needsParts(90 * 1024 * 1024))
        #expect(rule.needsParts(90 * 1024 * 1024 + 1))
        #expect(rule.partByteCount == 10 * 1024 * 1024)
    }

    @Test func `trap 9: never is sent as null, and left out only when nothing was asked for`() async throws {
        let never = try await upload(options: UploadOptions(lifetime: .never))
        #expect(never.first?.headers["X-Fal-Object-Lifecycle"] == [#"{"expiration_duration_seconds":null}"#])
        #expect(try await upload().first?.headers.contains(name: "X-Fal-Object-Lifecycle") == false)
    }

    @Test func `trap 10: an upload says its lifecycle under both names, a submit under one`() async throws {
        let lifecycle = ObjectLifecycle(lifetime: .seconds(60))
        let upload = try #require(try await upload(options: lifecycle).first)
        let submit = try #require(
            try await run { transport, _ in
                _ = try await FalQueue(transport).submit(
                    Array("{}".utf8), to: Self.endpoint, options: SubmitOptions(outputs: lifecycle))
            }.first)
        let names = ["X-Fal-Object-Lifecycle", "X-Fal-Object-Lifecycle-Preference"]
        #expect(names.map { upload.headers[$0].count } == [1, 1])
        #expect(names.map { submit.headers[$0].count } == [0, 1])
    }

    @Test func `trap 13: a submit whose fate is unclear is sent once, a refused one again`() async throws {
        for (trouble, count) in [(LoopbackServer.Reaction.close, 1), (.answer(502), 1), (.answer(429), 3)] {
            let received = try await run({ _, _, _ in trouble }) { transport, _ in
                let error = await falError {
                    _ = try await FalQueue(transport).submit(Array("{}".utf8), to: Self.endpoint)
                }
                #expect(error?.code == (count == 1 ? "outcome_unknown" : "throttled"))
            }
            #expect(received.count == count)
        }
    }

    @Test func `trap 14: the start timeout limits the wait alone, and 1 second or less is refused`() throws {
        #expect(try SubmitOptions(startTimeoutSeconds: 1.01).headers()["X-Fal-Request-Timeout"] == ["1.01"])
        for seconds in [1, 0.5, 0, -3, .infinity, .nan] as [Double] {
            #expect(throws: FalError.self) { try SubmitOptions(startTimeoutSeconds: seconds).headers() }
        }
        let late = Refusal(
            status: 504, headers: ["X-Fal-Request-Timeout-Type": "user"], body: [], redacting: nil)
        for kind in [RetryDecision.Repeatability.repeatable, .outcome, .once] {
            let decision = RetryDecision(
                after: .answered(late), attempt: 1, spent: .zero, repeatability: kind, policy: RetryPolicy(), jitter: 1)
            #expect(decision == .stop)
        }
    }

    @Test func `trap 17: bytes go where the storage says, whichever host and path that is`() async throws {
        try await LoopbackServer.withRunning { request, _, _ in
            .answer(200, headers: request.method == "HEAD" ? ["Content-Length": "9"] : [:])
        } _: { elsewhere in
            let received = try await upload { _, _, _ in
                .json(200, #"{"upload_url":"\#(elsewhere.url)/b~/%7e//c?x=%2F+1&y","file_url":"\#(elsewhere.url)/z"}"#)
            }
            #expect(received.map(\.method) == ["POST"])
            #expect(
                await elsewhere.received.map { "\($0.method) \($0.path)?\($0.query)" } == [
                    "PUT /b~/%7e//c?x=%2F+1&y", "HEAD /z?",
                ])
        }
    }

    @Test(arguments: ["каша.png", "é.png", "a\r\nX-Evil: 1.png", "🐈‍⬛.webp", "\u{0}\u{7F}.jpg"])
    func `trap 23: a name keeps its script in JSON and is ASCII in a header`(name: String) async throws {
        let received = try await upload(
            named: name, Self.fal { request, _ in request.path.hasSuffix("/initiate") ? .answer(500) : nil })
        #expect(received.first.flatMap { LooseJSON(parsing: $0.body)?["file_name"]?.string } == name)
        let header = try #require(received.first { $0.path == "/files/upload" }?.headers["X-Fal-File-Name"])
        #expect(header.count == 1 && header[0].utf8.allSatisfy { 0x20...0x7E ~= $0 })
        #expect(header[0].suffix(4) == name.suffix(4))
    }

    @Test func `trap 24: a token that fails once is asked for again, and a healthy CDN is reached`() async throws {
        let received = try await upload(
            Self.fal { request, number in
                if request.path.hasSuffix("/initiate") { return .answer(503) }
                // Three announcements have failed; the token's first two attempts fail as well.
                return request.path == "/storage/auth/token" && number < 6 ? .answer(503) : nil
            })
        #expect(received.filter { $0.path == "/storage/auth/token" }.count == 3)
        #expect(received.contains { $0.path == "/files/upload" })
    }
}
