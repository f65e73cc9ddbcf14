import AssetModel
import FalSandbox
import Foundation
import Testing

struct StorageTests {
    @Test func `an announced upload can be put without a key and read back byte by byte`() async throws {
        try await SandboxCaller.with { caller in
            let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let url = try await caller.upload(bytes, name: "a.png", type: "image/png")
            #expect(url.hasPrefix(caller.base + "/cdn/files/"))
            #expect(url.hasSuffix("_a.png"))
            let file = try await caller.withoutKey.send(.GET, url)
            #expect(file.status == 200)
            #expect(file.bytes == bytes)
            #expect(file.header("content-type") == "image/png")
            #expect(file.header("content-length") == "300000")
        }
    }

    @Test func `HEAD gives length, type and entity tag without bytes`() async throws {
        try await SandboxCaller.with { caller in
            let url = try await caller.upload([1, 2, 3, 4, 5], type: "image/webp")
            let head = try await caller.withoutKey.send(.HEAD, url)
            #expect(head.status == 200)
            #expect(head.bytes.isEmpty)
            #expect(head.header("content-length") == "5")
            #expect(head.header("content-type") == "image/webp")
            let tag = try #require(head.header("etag"))
            #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
            #expect(try await caller.withoutKey.send(.GET, url).header("etag") == tag)
        }
    }

    @Test func `HEAD of a missing file is 404 without bytes, which the connection survives`() async throws {
        try await SandboxCaller.with { caller in
            for _ in 0..<10 {
                let head = try await caller.withoutKey.send(.HEAD, "/cdn/files/b/1/none.png")
                #expect(head.status == 404 && head.bytes.isEmpty)
                #expect(try await caller.withoutKey.send(.GET, "/cdn/files/b/1/none.png").bytes.isEmpty == false)
            }
        }
    }

    @Test(arguments: ["storage_type=fal-cdn-v3", "storage_type=gcs", ""])
    func `every storage type is answered alike`(query: String) async throws {
        try await SandboxCaller.with { caller in
            let answer = try await caller.send(
                .POST, "/storage/upload/initiate?\(query)",
                json: ["content_type": "image/png", "file_name": "каша.png"])
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "application/json")
            let upload = try #require(try answer.json["upload_url"]?.text)
            #expect(upload.contains("?signature="))
            #expect(try answer.json["file_url"]?.text?.allSatisfy(\.isASCII) == true)
        }
    }

    @Test func `an upload needs the signature it was announced with`() async throws {
        try await SandboxCaller.with { caller in
            let announced = try await caller.send(
                .POST, "/storage/upload/initiate", json: ["content_type": "image/png", "file_name": "a.png"]
            ).json
            let target = try #require(announced["upload_url"]?.text)
            let unsigned = String(target.prefix { $0 != "?" })
            #expect(try await caller.withoutKey.send(.PUT, unsigned, bytes: [1]).status == 403)
            #expect(try await caller.withoutKey.send(.PUT, unsigned + "?signature=0", bytes: [1]).status == 403)
            let file = try #require(announced["file_url"]?.text)
            #expect(try await caller.withoutKey.send(.GET, file).status == 404)
        }
    }

    @Test func `a repeated upload replaces the earlier bytes`() async throws {
        try await SandboxCaller.with { caller in
            let announced = try await caller.send(
                .POST, "/storage/upload/initiate", json: ["content_type": "image/png", "file_name": "a.png"]
            ).json
            let target = try #require(announced["upload_url"]?.text)
            _ = try await caller.withoutKey.send(.PUT, target, bytes: [1, 2, 3])
            _ = try await caller.withoutKey.send(.PUT, target, bytes: [4])
            let file = try await caller.withoutKey.send(.GET, try #require(announced["file_url"]?.text))
            #expect(file.bytes == [4])
        }
    }

    @Test func `an announcement without a name or type is refused`() async throws {
        try await SandboxCaller.with { caller in
            let answer = try await caller.send(.POST, "/storage/upload/initiate", json: ["file_name": "a.png"])
            #expect(answer.status == 422)
            #expect(try answer.firstProblem?["loc"] == .array([.string("body"), .string("content_type")]))
        }
    }

    @Test func `the key is asked for at the announcement only`() async throws {
        try await SandboxCaller.with { caller in
            let answer = try await caller.withoutKey.send(
                .POST, "/storage/upload/initiate", json: ["content_type": "image/png", "file_name": "a.png"])
            #expect(answer.status == 401)
            #expect(try answer.json["detail"]?.text == "Authorization header is required")
        }
    }

    @Test func `storage fails as often as the script says and then works`() async throws {
        let script = try SandboxScript(parsing: ["storage:503:2"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            for expected in [503, 503, 200] {
                let answer = try await caller.send(
                    .POST, "/storage/upload/initiate", json: ["content_type": "image/png", "file_name": "a.png"])
                #expect(answer.status == expected)
            }
            _ = try await caller.upload([1])
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByUnicodeScalarLiteral,
    ExpressibleByExtendedGraphemeClusterLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
}
