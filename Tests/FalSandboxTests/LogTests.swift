import AssetModel
import FalSandbox
import Foundation
import Testing

/// One line of a request log.
struct LogLine {
    let value: JSONValue

    /// All lines of a log, in order.
    static func read(_ path: String) throws -> [LogLine] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            LogLine(value: try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)))
        }
    }
}

struct LogTests {
    @Test func `every request is a line with its headers, body and status, and without the secret`() async throws {
        try await withFolder { folder in
            let log = folder + "/log.jsonl"
            let picture = try TestPictures.bytes("png/rgb8.png")
            try await SandboxCaller.with(SandboxConfiguration(log: log)) { caller in
                let url = try await caller.upload(picture)
                _ = try await caller.withoutKey.send(.GET, url)
                _ = try await caller.send(.POST, "/fal-ai/hidream-o1-image/here?a=b", json: ["x": .integer(1)])
            }
            #expect(try !String(contentsOfFile: log, encoding: .utf8).contains("ksecret"))
            let lines = try LogLine.read(log).map(\.value)
            #expect(lines.map { $0["method"]?.text } == ["POST", "PUT", "GET", "POST"])
            #expect(lines.map { $0["status"]?.int } == [200, 200, 200, 404])
            #expect(lines[0]["path"]?.text == "/storage/upload/initiate")
            #expect(lines[0]["query"]?.text == "storage_type=fal-cdn-v3")
            #expect(lines[0]["headers"]?["authorization"]?.text == "Key kid:redacted")
            #expect(lines[0]["headers"]?["host"]?.text?.hasPrefix("127.0.0.1:") == true)
            #expect(lines[0]["json"] == ["content_type": "image/png", "file_name": "a.png"])
            #expect(lines[1]["bytes"]?.int == picture.count)
            #expect(lines[1]["json"] == nil)
            #expect(lines[1]["headers"]?["authorization"] == nil)
            #expect(lines.allSatisfy { $0["key_leak"] == nil })
            #expect(lines.allSatisfy { Timestamp(parsing: $0["at"]?.text ?? "") != nil })
        }
    }

    @Test func `a key at a presigned upload or a public file is flagged`() async throws {
        try await withFolder { folder in
            let log = folder + "/log.jsonl"
            try await SandboxCaller.with(SandboxConfiguration(log: log)) { caller in
                let announced = try await caller.send(
                    .POST, "/storage/upload/initiate", json: ["content_type": "image/png", "file_name": "a.png"]
                ).json
                _ = try await caller.send(.PUT, try #require(announced["upload_url"]?.text), bytes: [1])
                _ = try await caller.send(.HEAD, try #require(announced["file_url"]?.text))
                _ = try await caller.withoutKey.send(.GET, try #require(announced["file_url"]?.text))
            }
            let lines = try LogLine.read(log).map(\.value)
            #expect(lines.map { $0["key_leak"] } == [nil, .bool(true), .bool(true), nil])
            #expect(lines[1]["headers"]?["authorization"]?.text == "Key kid:redacted")
        }
    }

    @Test func `a log is appended to`() async throws {
        try await withFolder { folder in
            let log = folder + "/log.jsonl"
            for _ in 0..<2 {
                try await SandboxCaller.with(SandboxConfiguration(log: log)) { caller in
                    _ = try await caller.send(.GET, "/a/b")
                }
            }
            #expect(try LogLine.read(log).count == 2)
        }
    }

    @Test func `a log that cannot be written stops the start`() async throws {
        let error = await #expect(throws: SandboxError.self) {
            try await SandboxCaller.with(SandboxConfiguration(log: "/nowhere/at/all.jsonl")) { _ in }
        }
        #expect(error == .logUnwritable(path: "/nowhere/at/all.jsonl"))
    }
}
