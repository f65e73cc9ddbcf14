import AssetModel
import FalSandbox
import Foundation
import Testing

struct MultipartTests {
    /// Three parts that differ, the last one shorter.
    static let parts: [[UInt8]] = [
        [UInt8](repeating: 1, count: 100_000), [UInt8](repeating: 2, count: 100_000), [3, 3, 3],
    ]

    @Test func `REST parts are numbered in the path before the query and put together in order`() async throws {
        try await SandboxCaller.with { caller in
            let upload = try await caller.announceParts()
            var tags: [Int: String] = [:]
            for number in [3, 1, 2] {
                let part = try await caller.withoutKey.send(
                    .PUT, upload.address(of: "\(number)"), bytes: Self.parts[number - 1])
                #expect(part.status == 200)
                // Some clients read the body, some the header.
                #expect(try part.json["partNumber"]?.int == number)
                #expect(try part.json["etag"]?.text == part.header("etag"))
                tags[number] = part.header("etag")
            }
            #expect(try await caller.withoutKey.send(.GET, upload.file).status == 404)
            let complete = try await caller.withoutKey.send(
                .POST, upload.address(of: "complete"), json: Self.list([3, 2, 1], tags))
            #expect(complete.status == 200)
            let file = try await caller.withoutKey.send(.GET, upload.file)
            #expect(file.bytes == Self.parts.flatMap { $0 })
            #expect(file.header("content-length") == "200003")
            #expect(file.header("content-type") == "image/png")
        }
    }

    @Test func `a completion with a wrong or missing part is refused and can be repaired`() async throws {
        try await SandboxCaller.with { caller in
            let upload = try await caller.announceParts()
            var tags: [Int: String] = [:]
            for number in 1...3 {
                let part = try await caller.withoutKey.send(
                    .PUT, upload.address(of: "\(number)"), bytes: Self.parts[number - 1])
                tags[number] = part.header("etag")
            }
            func complete(_ json: JSONValue) async throws -> Int {
                try await caller.withoutKey.send(.POST, upload.address(of: "complete"), json: json).status
            }
            let wrong: [JSONValue] = [
                [:], ["parts": .array([])], ["parts": .array([[:]])], Self.list([1, 2], tags), Self.list([1, 3], tags),
                Self.list([1, 2, 2, 3], tags), Self.list([1, 2, 3, 4], tags.merging([4: "\"x\""]) { $1 }),
                Self.list([1, 2, 3], tags.merging([2: "\"x\""]) { $1 }),
            ]
            for json in wrong { #expect(try await complete(json) == 400, "\(json)") }
            #expect(try await caller.withoutKey.send(.GET, upload.file).status == 404)

            // A part that is sent again has a new tag, and the old one is wrong.
            let again = try await caller.withoutKey.send(.PUT, upload.address(of: "2"), bytes: [9])
            #expect(try await complete(Self.list([1, 2, 3], tags)) == 400)
            tags[2] = again.header("etag")
            #expect(try await complete(Self.list([1, 2, 3], tags)) == 200)
            // An answer can be lost, so the same again is no error; something else is.
            #expect(try await complete(Self.list([3, 1, 2], tags)) == 200)
            #expect(try await complete(Self.list([1, 2], tags)) == 400)
            #expect(try await caller.withoutKey.send(.PUT, upload.address(of: "1"), bytes: [1]).status == 404)
            let file = try await caller.withoutKey.send(.GET, upload.file)
            #expect(file.bytes == Self.parts[0] + [9] + Self.parts[2])
        }
    }

    @Test func `a presigned part needs its signature and a number`() async throws {
        try await SandboxCaller.with { caller in
            let upload = try await caller.announceParts()
            let unsigned = try #require(upload.address(of: "1").split(separator: "?").first.map(String.init))
            #expect(try await caller.withoutKey.send(.PUT, unsigned, bytes: [1]).status == 403)
            #expect(try await caller.withoutKey.send(.PUT, upload.address(of: "0"), bytes: [1]).status == 400)
            #expect(try await caller.send(.PUT, upload.address(of: "x"), bytes: [1]).status == 404)
            // An upload that was announced in parts cannot be put whole.
            #expect(try await caller.withoutKey.send(.PUT, upload.target, bytes: [1]).status == 403)
        }
    }

    @Test func `Google's way signs each part, and wants its names with underscores and tags without quotes`()
        async throws
    {
        try await SandboxCaller.with { caller in
            let upload = try await caller.announceParts(query: "storage_type=gcs")
            var entries: [JSONValue] = []
            var quoted: [JSONValue] = []
            for number in 1...2 {
                let signed = try await caller.send(.POST, upload.target + "/\(number)")
                let target = try #require(try signed.json["upload_url"]?.text)
                let part = try await caller.withoutKey.send(.PUT, target, bytes: Self.parts[number - 1])
                let tag = try #require(part.header("etag"))
                let bare = tag.filter { $0 != "\"" }
                entries.append(["part_number": .integer(Int64(number)), "etag": .string(bare)])
                quoted.append(["part_number": .integer(Int64(number)), "etag": .string(tag)])
            }
            let complete = upload.target + "/complete"
            #expect(try await caller.withoutKey.send(.POST, complete, json: ["parts": .array(entries)]).status == 401)
            #expect(try await caller.send(.POST, complete, json: ["parts": .array(quoted)]).status == 400)
            #expect(try await caller.send(.POST, complete, json: ["parts": .array(entries)]).status == 200)
            let file = try await caller.withoutKey.send(.GET, upload.file)
            #expect(file.bytes == Self.parts[0] + Self.parts[1])
        }
    }

    @Test func `parts at the CDN want its token, and only that of the account that began`() async throws {
        try await SandboxCaller.with { caller in
            let cdn = try await caller.withToken()
            let begun = try await cdn.send(
                .POST, "/cdn/files/upload/multipart",
                headers: ["Content-Type": "image/webp", "X-Fal-File-Name": "big.webp"])
            let url = try #require(try begun.json["access_url"]?.text)
            #expect(url.hasSuffix("_big.webp"))
            let parts = url + "/multipart/" + (try #require(try begun.json["uploadId"]?.text))
            var tags: [Int: String] = [:]
            for number in [2, 3, 1] {
                let part = try await cdn.send(.PUT, "\(parts)/\(number)", bytes: Self.parts[number - 1])
                tags[number] = part.header("etag")
            }
            #expect(try await caller.withoutKey.send(.PUT, parts + "/1", bytes: [1]).status == 401)
            #expect(try await caller.send(.PUT, parts + "/1", bytes: [1]).status == 401)
            let other = try await SandboxCaller(base: caller.base, key: "Key other:secret").withToken()
            #expect(try await other.send(.PUT, parts + "/1", bytes: [1]).status == 404)
            #expect(try await cdn.send(.POST, parts + "/complete", json: Self.list([2, 3, 1], tags)).status == 200)
            let file = try await caller.withoutKey.send(.GET, url)
            #expect(file.bytes == Self.parts.flatMap { $0 })
            #expect(file.header("content-type") == "image/webp")
        }
    }

    @Test func `a single upload at the CDN answers with the file's address`() async throws {
        try await SandboxCaller.with { caller in
            let cdn = try await caller.withToken()
            let answer = try await cdn.send(
                .POST, "/cdn/files/upload", bytes: [1, 2, 3],
                headers: ["Content-Type": "image/png", "X-Fal-File-Name": "a.png"])
            #expect(answer.status == 200)
            let url = try #require(try answer.json["access_url"]?.text)
            #expect(try await caller.withoutKey.send(.GET, url).bytes == [1, 2, 3])
            #expect(try await caller.send(.POST, "/cdn/files/upload", bytes: [1]).status == 401)
        }
    }

    private static func list(_ numbers: [Int], _ tags: [Int: String]) -> JSONValue {
        [
            "parts": .array(
                numbers.map { ["partNumber": .integer(Int64($0)), "etag": .string(tags[$0] ?? "")] })
        ]
    }
}

/// An upload in parts that was announced.
struct AnnouncedParts: Sendable {
    var target: String
    var file: String

    /// The target with one more segment at the end of its path, before the query.
    func address(of segment: String) -> String {
        let halves = target.split(separator: "?", maxSplits: 1)
        return "\(halves[0])/\(segment)" + (halves.count > 1 ? "?\(halves[1])" : "")
    }
}

extension SandboxCaller {
    func announceParts(query: String = "storage_type=fal-cdn-v3") async throws -> AnnouncedParts {
        let json = try await send(
            .POST, "/storage/upload/initiate-multipart?" + query,
            json: ["content_type": "image/png", "file_name": "a.png"]
        ).json
        return AnnouncedParts(
            target: try #require(json["upload_url"]?.text), file: try #require(json["file_url"]?.text))
    }

    /// The same caller with a token of the CDN instead of the key.
    func withToken(_ body: JSONValue = [:]) async throws -> SandboxCaller {
        let token = try await send(.POST, "/storage/auth/token?storage_type=fal-cdn-v3", json: body).json
        let type = try #require(token["token_type"]?.text)
        return SandboxCaller(base: base, key: "\(type) \(try #require(token["token"]?.text))")
    }
}
