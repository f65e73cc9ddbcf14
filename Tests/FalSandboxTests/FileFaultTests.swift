import AssetModel
import FalSandbox
import Foundation
import Testing

/// What goes wrong with files, and the ranges that a client may ask for.
struct FileFaultTests {
    private static func with<R: Sendable>(
        _ faults: String..., body: @Sendable (SandboxCaller) async throws -> R
    ) async throws -> R {
        try await SandboxCaller.with(SandboxConfiguration(script: try SandboxScript(parsing: faults)), body)
    }

    @Test func `a file is refused, replaced by a page or empty, as often as the script says`() async throws {
        try await Self.with("file:401:1", "file:403:1", "file:410:1", "file:html:1", "file:empty:1") { caller in
            let url = try await caller.upload([1, 2, 3])
            for status in [401, 403, 410] {
                #expect(try await caller.withoutKey.send(.GET, url).status == status)
            }
            let page = try await caller.withoutKey.send(.GET, url)
            #expect(page.status == 200 && page.header("content-type")?.hasPrefix("text/html") == true)
            let empty = try await caller.withoutKey.send(.GET, url)
            #expect(empty.status == 200 && empty.bytes.isEmpty)
            #expect(try await caller.withoutKey.send(.GET, url).bytes == [1, 2, 3])
        }
    }

    @Test(
        arguments: [
            ("bytes=0-0", 206, [1], "bytes 0-0/5"), ("bytes=1-3", 206, [2, 3, 4], "bytes 1-3/5"),
            ("bytes=3-", 206, [4, 5], "bytes 3-4/5"), ("bytes=-2", 206, [4, 5], "bytes 3-4/5"),
            ("bytes=-9", 206, [1, 2, 3, 4, 5], "bytes 0-4/5"), ("bytes=4-99", 206, [5], "bytes 4-4/5"),
            ("bytes=5-", 416, nil, "bytes */5"), ("bytes=0-0,2-3", 200, [1, 2, 3, 4, 5], nil),
            ("lines=1-2", 200, [1, 2, 3, 4, 5], nil),
        ] as [(String, Int, [UInt8]?, String?)])
    func `a part of a file is served`(range: String, status: Int, bytes: [UInt8]?, said: String?) async throws {
        try await Self.with { caller in
            let url = try await caller.upload([1, 2, 3, 4, 5])
            let answer = try await caller.withoutKey.send(.GET, url, headers: ["Range": range])
            #expect(answer.status == status)
            if let bytes { #expect(answer.bytes == bytes) }
            #expect(answer.header("content-range") == said)
        }
    }

    @Test func `a HEAD is refused where the address is signed for GET`() async throws {
        try await Self.with("head:403:1") { caller in
            let url = try await caller.upload([1])
            #expect(try await caller.withoutKey.send(.HEAD, url).status == 403)
            #expect(try await caller.withoutKey.send(.HEAD, url).status == 200)
        }
    }

    @Test(arguments: [
        ("file:baduri:1", "data:image/png;base64,"), ("file:datauri:lines:1", "data:image/png;base64,\r\n"),
        ("file:datauri:capitals:1", "DATA:IMAGE/PNG;BASE64,"), ("file:datauri:plain:1", "data:image/png,%"),
    ])
    func `a result gives a picture inside itself, and the next one where it is served`(fault: String, head: String)
        async throws
    {
        try await Self.with(fault) { caller in
            let submitted = try await caller.send(
                .POST, "/" + Endpoint.create, json: ["prompt": "p", "image_size": "square"]
            ).json
            _ = try await caller.finish(submitted)
            let url = try #require(submitted["response_url"]?.text)
            func picture() async throws -> String? {
                try await caller.send(.GET, url).json["images"]?.elements?.first?["url"]?.text
            }
            #expect(try await picture()?.hasPrefix(head) == true)
            #expect(try await picture()?.hasPrefix("http") == true)
        }
    }

    @Test func `a locked account is told as fal tells it`() async throws {
        try await Self.with("account:locked:1") { caller in
            let refused = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
            #expect(refused.status == 403)
            #expect(try refused.json["detail"]?.text?.contains("Exhausted balance") == true)
            #expect(try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).status == 200)
        }
    }
}
