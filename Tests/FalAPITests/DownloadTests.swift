import Foundation
import NIOHTTP1
import Testing

@testable import FalAPI

/// Downloads and probes: no key, from the first byte, whole or not at all.
@Suite struct DownloadTests {
    private static let content = Array((0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })

    /// What a download did to its callbacks.
    private struct Outcome: Sendable {
        var starts = 0
        var bytes: [UInt8] = []
        var file: DownloadedFile?
        var error: FalError?
    }

    private func download(
        _ path: String = "/files/a.png", retry: RetryPolicy = .atOnce, timeouts: FalTimeouts = .patient,
        _ react: @escaping @Sendable (LoopbackServer.Received, Int, String) -> LoopbackServer.Reaction
    ) async throws -> (Outcome, [LoopbackServer.Received]) {
        try await LoopbackServer.withRunning(react) { server in
            let outcome = try await withTransport(to: server.url, retry: retry, timeouts: timeouts) { transport in
                var outcome = Outcome()
                do {
                    outcome.file = try await transport.download(
                        server.url + path,
                        start: {
                            outcome.starts += 1
                            outcome.bytes = []
                        }, write: { outcome.bytes += $0 })
                } catch let error as FalError {
                    outcome.error = error
                }
                return outcome
            }
            return (outcome, await server.received)
        }
    }

    @Test func `a file arrives whole, with its type and without the key`() async throws {
        let (outcome, received) = try await download { _, _, _ in
            .answer(200, headers: ["Content-Type": "Image/PNG; charset=binary"], body: Self.content)
        }
        #expect(outcome.bytes == Self.content)
        #expect(outcome.file == DownloadedFile(byteCount: Int64(Self.content.count), mediaType: "image/png"))
        #expect(outcome.starts == 1)
        #expect(received.allSatisfy { !$0.headers.contains(name: "Authorization") })
    }

    @Test(arguments: [
        LoopbackServer.Reaction.truncated(announced: 700_000, body: Array(content.prefix(1000))), .close,
        .json(500, "{}"), .json(503, "{}", headers: ["Retry-After": "0"]), .json(429, "{}"),
    ])
    func `after trouble a file is fetched again from its first byte`(trouble: LoopbackServer.Reaction) async throws {
        let (outcome, received) = try await download { _, number, _ in
            number < 3 ? trouble : .answer(200, body: Self.content)
        }
        // Told as a yes or no: where they differ, the difference of 700,000 bytes takes minutes to make.
        #expect((outcome.bytes == Self.content) as Bool)
        #expect(received.count == 3)
    }

    @Test func `a file that stays truncated is an error, however often it is asked for`() async throws {
        let (outcome, received) = try await download { _, _, _ in
            .truncated(announced: 700_000, body: Array(Self.content.prefix(1000)))
        }
        #expect(outcome.error?.isTransient == true)
        #expect(outcome.starts == 3)
        #expect(received.count == 3)
    }

    @Test func `a download that stands still ends with a time-out`() async throws {
        let (outcome, _) = try await download(retry: .none, timeouts: FalTimeouts(silence: .milliseconds(200))) {
            _, _, _ in
            .stall(announced: 700_000, body: Array(Self.content.prefix(1000)))
        }
        #expect(outcome.error?.code == "timed_out")
    }

    @Test(arguments: [401, 403, 404, 410]) func `a file that is not served is gone`(status: Int) async throws {
        let (outcome, received) = try await download { _, _, _ in .answer(status) }
        #expect(outcome.error?.code == "gone")
        #expect(outcome.starts == 0)
        // A file may be served a moment late, so only that answer is asked for again.
        #expect(status == 404 ? received.count > 1 : received.count == 1)
    }

    @Test func `a public file may be elsewhere, and the key is not sent there either`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .answer(200, body: Self.content)
        } _: { other in
            let (outcome, received) = try await download { _, _, _ in
                .answer(302, headers: ["Location": other.url + "/b.png"])
            }
            #expect(outcome.bytes == Self.content)
            #expect((received + (await other.received)).allSatisfy { !$0.headers.contains(name: "Authorization") })
        }
    }

    @Test func `redirects that lead in a circle end`() async throws {
        let (outcome, received) = try await download { _, _, base in
            .answer(302, headers: ["Location": "\(base)/files/a.png"])
        }
        #expect(outcome.error?.code == "redirected")
        #expect(received.count == 6)
    }

    @Test func `a redirect without a usable target is not followed`() throws {
        let secure = try WebAddress("https://a.example/x/y")
        #expect(secure.following(location: "../z?q=1")?.text == "https://a.example/z?q=1")
        #expect(secure.following(location: "https://b.example/z")?.text == "https://b.example/z")
        #expect(secure.following(location: "http://a.example/z") == nil)
        #expect(secure.following(location: "file:///etc/passwd") == nil)
        #expect(secure.following(location: "https://u:p@b.example/") == nil)
    }

    private struct DiskFull: Error {}

    @Test func `what the caller throws comes back unchanged and is not repeated`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .answer(200, body: Self.content)
        } _: { server in
            try await withTransport(to: server.url, retry: .atOnce) { transport in
                await #expect(throws: DiskFull.self) {
                    _ = try await transport.download(server.url + "/a", start: {}, write: { _ in throw DiskFull() })
                }
                await #expect(throws: DiskFull.self) {
                    _ = try await transport.download(server.url + "/a", start: { throw DiskFull() }, write: { _ in })
                }
            }
            #expect(await server.received.count == 2)
        }
    }

    @Test func `a probe tells served from gone, and trouble from both`() async throws {
        let answers: [LoopbackServer.Reaction] = [
            .answer(200, headers: ["Content-Length": "12"]), .answer(404), .answer(410), .close,
        ]
        try await LoopbackServer.withRunning { _, number, _ in
            answers[number - 1]
        } _: { server in
            try await withTransport(to: server.url) { transport in
                var answers: [FileProbe] = []
                for _ in 1...3 { answers.append(try await transport.probe(server.url)) }
                #expect(answers == [.served(byteCount: 12), .gone(status: 404), .gone(status: 410)])
                let error = await falError { _ = try await transport.probe(server.url) }
                #expect(error?.code == "interrupted")
            }
            #expect(
                await server.received.allSatisfy { $0.method == "HEAD" && !$0.headers.contains(name: "Authorization") })
        }
    }

    /// What a GET of one byte is answered with, and what that means.
    static let rangedAnswers: [(LoopbackServer.Reaction, FileProbe)] = [
        (.answer(206, headers: ["Content-Range": "bytes 0-0/700000"], body: [1]), .served(byteCount: 700_000)),
        (.answer(206, headers: ["Content-Range": "bytes 0-0/*"], body: [1]), .served(byteCount: nil)),
        (.answer(200, body: content), .served(byteCount: 700_000)),
        (.answer(416, headers: ["Content-Range": "bytes */0"]), .served(byteCount: 0)),
        (.answer(403), .gone(status: 403)), (.answer(404), .gone(status: 404)), (.answer(410), .gone(status: 410)),
    ]

    @Test(arguments: [400, 401, 403, 405, 501])
    func `where HEAD is refused, a GET of one byte decides`(status: Int) async throws {
        for (answer, probe) in Self.rangedAnswers {
            try await LoopbackServer.withRunning { received, _, _ in
                received.method == "HEAD" ? .answer(status) : answer
            } _: { server in
                let found = try await withTransport(to: server.url) { try await $0.probe(server.url + "/a") }
                #expect(found == probe, "\(status)")
                let asked = await server.received
                #expect(asked.map(\.method) == ["HEAD", "GET"])
                #expect(asked.last?.headers.first(name: "Range") == "bytes=0-0")
                #expect(asked.allSatisfy { !$0.headers.contains(name: "Authorization") })
            }
        }
    }

    @Test(arguments: [
        ("/a b/märz.png", "/a%20b/m%C3%A4rz.png"), (" /a%20b.png\n", "/a%20b.png"), ("/a\t\r\nb.png", "/ab.png"),
        ("/茶壶.png?sig=a b%2F", "/%E8%8C%B6%E5%A3%B6.png?sig=a%20b%2F"), ("/a\u{7F}.png", "/a%7F.png"),
        ("/%zz.png?x={y}|é", "/%zz.png?x={y}|%C3%A9"),
    ])
    func `blanks and letters beyond ASCII in a file's URL are encoded, and the rest stays`(path: String, asked: String)
        throws
    {
        let blank = path.first == " " ? " " : ""
        let text = blank + "https://a.example" + path.drop { $0 == " " }
        #expect(try WebAddress.encoding(text).text == "https://a.example" + asked)
    }

    @Test(arguments: ["https://a b.example/x", "https://ä.example/x", "https:// /x", "\\\\a\\b", "", "x y"])
    func `a host with such a letter is none`(text: String) {
        #expect(throws: FalError.malformedAddress(text)) { try WebAddress.encoding(text) }
    }

    @Test func `a file whose name has a blank arrives`() async throws {
        let (outcome, received) = try await download("/files/a märz.png") { _, _, _ in .answer(200, body: Self.content)
        }
        #expect(outcome.bytes == Self.content)
        #expect(received.map(\.path) == ["/files/a%20m%C3%A4rz.png"])
    }

    @Test func `without a key files can still be fetched`() async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .answer(200, body: [1, 2, 3])
        } _: { server in
            let file = try await withTransport(to: server.url, key: nil) {
                try await $0.download(server.url + "/a", start: {}, write: { _ in })
            }
            #expect(file == DownloadedFile(byteCount: 3, mediaType: nil))
        }
    }

    @Test func `what is no http address is refused`() async throws {
        try await withTransport(to: "http://127.0.0.1:1") { transport in
            for url in ["", "data:image/png;base64,AAAA", "file:///etc/passwd", "/files/a.png"] {
                let error = await falError { _ = try await transport.probe(url) }
                // Whoever named it was a server: a person's own addresses are read when they are set.
                #expect(error?.code == "unintelligible", "\(url)")
            }
        }
    }
}
