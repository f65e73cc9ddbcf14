import Foundation
import NIOHTTP1
import Testing

@testable import FalAPI

/// The second way in, when the API host cannot place a file: the CDN's own token to the CDN, the key nowhere else.
@Suite struct CDNTests {
    private static func token(_ base: String) -> LoopbackServer.Reaction {
        .json(
            200,
            #"{"token":"CDNTOKEN","token_type":"Bearer","base_url":"\#(base)","expires_at":"2026-01-02T03:04:05+00:00"}"#
        )
    }

    /// Uploads nine bytes to a server whose announcement answers `initiate` and whose other calls may answer otherwise.
    private func upload(
        named name: String = "a.png", options: UploadOptions = UploadOptions(), rule: MultipartRule = MultipartRule(),
        initiate: LoopbackServer.Reaction, token: LoopbackServer.Reaction? = nil, direct: LoopbackServer.Reaction? = nil
    ) async throws -> (Result<RemoteFile, FalError>, [LoopbackServer.Received]) {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "picture")
            try Data("123456789".utf8).write(to: file)
            return try await LoopbackServer.withRunning { request, _, base in
                switch request.path {
                case "/storage/auth/token": token ?? Self.token(base)
                case "/files/upload": direct ?? .json(200, #"{"access_url":"\#(base)/files/b/0a/a.png"}"#)
                case "/files/b/0a/a.png": .answer(200, headers: ["Content-Length": "9"])
                default: initiate
                }
            } _: { server in
                let result = try await withTransport(to: server.url, retry: .atOnce) { transport in
                    do throws(FalError) {
                        return Result<RemoteFile, FalError>.success(
                            try await FalStorage(transport, multipart: rule).upload(
                                fileAt: file.path, byteCount: 9, mediaType: "image/png", fileName: name,
                                options: options))
                    } catch {
                        return .failure(error)
                    }
                }
                return (result, await server.received)
            }
        }
    }

    @Test(arguments: [LoopbackServer.Reaction.json(500, "{}"), .json(503, "<html>"), .close])
    func `a storage that is down is passed by with the CDN's own token`(outage: LoopbackServer.Reaction) async throws {
        let (result, received) = try await upload(
            options: .privateTo(["anna"], lifetime: .never), initiate: outage)
        #expect(try result.get().url.hasSuffix("/files/b/0a/a.png"))
        #expect(received.filter { $0.path == "/storage/upload/initiate" }.count == 3)
        let direct = try #require(received.first { $0.path == "/files/upload" })
        #expect(direct.method == "POST")
        #expect(direct.bodyText == "123456789")
        #expect(direct.headers["Authorization"] == ["Bearer CDNTOKEN"])
        #expect(direct.headers["X-Fal-File-Name"] == ["a.png"])
        let lifecycle =
            #"{"expiration_duration_seconds":null,"initial_acl":{"default":"hide","rules":[{"decision":"allow","user":"anna"}]}}"#
        #expect(direct.headers["X-Fal-Object-Lifecycle"] == [lifecycle])
        #expect(direct.headers["X-Fal-Object-Lifecycle-Preference"] == [lifecycle])
        let token = try #require(received.first { $0.path == "/storage/auth/token" })
        #expect(token.headers["Authorization"] == ["Key \(sampleKey)"])
        #expect(token.bodyText == "{}")
    }

    @Test(arguments: [400, 401, 403, 413, 422, 429]) func `a storage that refuses is not passed by`(status: Int)
        async throws
    {
        let (result, received) = try await upload(initiate: .json(status, "{}"))
        guard case .failure = result else {
            Issue.record("\(result)")
            return
        }
        #expect(Set(received.map(\.path)) == ["/storage/upload/initiate"])
    }

    @Test func `when there is no token either, the first trouble is told`() async throws {
        let (result, received) = try await upload(initiate: .json(502, "{}"), token: .json(500, "{}"))
        #expect(result == .failure(.unavailable(status: 502, detail: nil, requestID: nil)))
        #expect(!received.contains { $0.path == "/files/upload" })
    }

    @Test func `a refused token is told as what it is`() async throws {
        let (result, _) = try await upload(initiate: .json(500, "{}"), token: .json(401, #"{"detail":"no"}"#))
        #expect(result == .failure(.unauthorized(detail: "no", requestID: nil)))
    }

    @Test(arguments: [403, 413]) func `there is no third way`(status: Int) async throws {
        let (result, received) = try await upload(initiate: .json(500, "{}"), direct: .json(status, "{}"))
        #expect(result == .failure(.rejected(status: status, detail: nil, type: nil, requestID: nil)))
        #expect(received.last?.path == "/files/upload")
    }

    @Test(arguments: [
        "{}", "[]", #"{"token":"t","token_type":"Bearer"}"#,
        #"{"token":"a\r\nX: y","token_type":"Bearer","base_url":"https://a.example"}"#,
    ])
    func `a token that is none is not used`(answer: String) async throws {
        let (result, received) = try await upload(initiate: .json(500, "{}"), token: .json(200, answer))
        if case .failure(let error) = result { #expect(error.code == "unintelligible") }
        #expect(!received.contains { $0.path == "/files/upload" })
    }

    @Test func `a file in parts that cannot be announced goes in one piece, as far as fal's own client does`()
        async throws
    {
        let cut = MultipartRule(largestSingle: 5, partByteCount: 5)
        let (result, received) = try await upload(rule: cut, initiate: .json(503, "{}"))
        #expect(try result.get().byteCount == 9)
        #expect(received.contains { $0.path == "/storage/upload/initiate-multipart" })
        #expect(FalStorage.largestDirect == 100 << 20)
    }

    @Test(arguments: [
        ("a.png", "a.png"), ("é ü.png", "e u.png"), ("каша.png", "____.png"), ("a\r\nb/../\"c", "a__b_.._" + "_c"),
        ("", "upload.bin"), ("  ", "upload.bin"), ("🐈.webp", "_.webp"),
    ])
    func `a name for a header is plain ASCII`(name: String, expected: String) {
        #expect(ASCIIName.header(for: name) == expected)
    }

    @Test(arguments: [
        ("never", Lifetime.never), ("immediate", .seconds(60)), ("1h", .seconds(3600)), ("1d", .seconds(86_400)),
        ("7d", .seconds(604_800)), ("30d", .seconds(2_592_000)), ("1y", .seconds(31_536_000)), ("90", .seconds(90)),
        ("0", nil), ("-1", nil), ("+5", nil), ("1.5", nil), ("", nil), ("2d", nil), ("Never", nil),
    ])
    func `a lifetime is a name that fal knows, or seconds`(text: String, expected: Lifetime?) {
        #expect(Lifetime(text) == expected)
    }

    private func sign(
        _ file: @escaping @Sendable (String) -> String, seconds: Int = 60, _ answer: LoopbackServer.Reaction
    ) async throws -> (Result<String, FalError>, [LoopbackServer.Received]) {
        try await LoopbackServer.withRunning { request, _, base in
            request.path == "/storage/auth/token" ? Self.token(base) : answer
        } _: { server in
            let result = try await withTransport(to: server.url) { transport in
                do throws(FalError) {
                    let url = try await FalStorage(transport).signedURL(for: file(server.url), seconds: seconds)
                    return Result<String, FalError>.success(url)
                } catch {
                    return .failure(error)
                }
            }
            return (result, await server.received)
        }
    }

    @Test(arguments: [("https://a.example/f?s=1", 60, 60), (#""https://a.example/f?s=1""#, 9_999_999, 604_800)])
    func `a private file gets a link that works for a while`(answer: String, seconds: Int, sent: Int) async throws {
        let (result, received) = try await sign(
            { $0 + "/files/b/0a/a.png" }, seconds: seconds, .answer(200, body: Array(answer.utf8)))
        #expect(try result.get() == "https://a.example/f?s=1")
        let call = try #require(received.last)
        #expect(call.path == "/files/b/0a/a.png/sign")
        #expect(call.headers["Authorization"] == ["Bearer CDNTOKEN"])
        #expect(call.bodyText == #"{"duration":\#(sent),"scope":["read"]}"#)
    }

    @Test func `the token goes to no foreign host`() async throws {
        let (result, received) = try await sign({ _ in "http://127.0.0.1:1/files/a" }, .answer(200))
        #expect(result == .failure(.foreignHost(origin: "http://127.0.0.1:1")))
        #expect(received.map(\.path) == ["/storage/auth/token"])
    }

    @Test func `a link that is none is not handed over`() async throws {
        let (result, _) = try await sign({ $0 + "/files/a" }, .answer(200, body: Array("<html>".utf8)))
        if case .failure(let error) = result { #expect(error.code == "unintelligible") }
        #expect(throws: FalError.self) { try result.get() }
    }
}
