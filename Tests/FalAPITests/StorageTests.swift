import Foundation
import NIOHTTP1
import Synchronization
import Testing

@testable import FalAPI

/// Uploads: announced with the key, sent without it, checked afterwards.
@Suite struct StorageTests {
    /// Three chunks and a bit, no two of them alike.
    private static let content = Data((0..<3_200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 12) })

    private static func place(_ base: String) -> LoopbackServer.Reaction {
        .json(200, #"{"upload_url":"\#(base)/put?sig=1","file_url":"\#(base)/files/a.png"}"#)
    }

    private static func stored(_ byteCount: Int) -> LoopbackServer.Reaction {
        .answer(200, headers: ["Content-Length": "\(byteCount)"])
    }

    /// Uploads `content` to a server that announces faithfully and treats PUT and HEAD as told; gives what arrived.
    private func upload(
        _ content: Data = content, options: UploadOptions = UploadOptions(), mediaType: String = "image/png",
        onProgress: @escaping @Sendable (Int64) -> Void = { _ in },
        put: @escaping @Sendable (Int) -> LoopbackServer.Reaction = { _ in .answer(200) },
        head: @escaping @Sendable (Int) -> LoopbackServer.Reaction
    ) async throws -> (Result<RemoteFile, FalError>, [LoopbackServer.Received]) {
        let puts = Counter()
        let heads = Counter()
        return try await withTemporaryFolder { folder in
            let file = folder.appending(path: "picture")
            try content.write(to: file)
            return try await LoopbackServer.withRunning { request, _, base in
                switch request.method {
                case "POST": Self.place(base)
                case "PUT": put(puts.next())
                default: head(heads.next())
                }
            } _: { server in
                let result = try await withTransport(to: server.url, retry: .atOnce) { transport in
                    do throws(FalError) {
                        return Result<RemoteFile, FalError>.success(
                            try await FalStorage(transport).upload(
                                fileAt: file.path, byteCount: Int64(content.count), mediaType: mediaType,
                                fileName: "a.png", options: options, onProgress: onProgress))
                    } catch {
                        return .failure(error)
                    }
                }
                return (result, await server.received)
            }
        }
    }

    @Test func `uploads one after the other share one connection`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "picture")
            try Self.content.write(to: file)
            try await LoopbackServer.withRunning { request, _, base in
                switch request.method {
                case "POST": Self.place(base)
                case "PUT": .answer(200)
                default: Self.stored(Self.content.count)
                }
            } _: { server in
                try await withTransport(to: server.url, retry: .atOnce) { transport in
                    for _ in 0..<3 {
                        _ = try await FalStorage(transport).upload(
                            fileAt: file.path, byteCount: Int64(Self.content.count), mediaType: "image/png",
                            fileName: "a.png")
                    }
                }
                let received = await server.received
                #expect(received.count == 9)
                #expect(Set(received.map(\.port)).count == 1)
            }
        }
    }

    /// Counts calls from several tasks.
    private final class Counter: Sendable {
        private let value = Atomic<Int>(0)
        func next() -> Int { value.add(1, ordering: .relaxed).newValue }
    }

    @Test func `the bytes arrive whole and the key stays at the announcement`() async throws {
        let (result, received) = try await upload { _ in Self.stored(Self.content.count) }
        #expect(try result.get().byteCount == Int64(Self.content.count))
        #expect(received.map(\.method) == ["POST", "PUT", "HEAD"])
        #expect(received.map { $0.headers.contains(name: "Authorization") } == [true, false, false])
        #expect(Data(received[1].body) == Self.content)
        #expect(received[1].headers["Content-Length"] == ["\(Self.content.count)"])
        #expect(!received[1].headers.contains(name: "Transfer-Encoding"))
        #expect(!received[1].headers.contains(name: "Expect"))
    }

    @Test(arguments: [LoopbackServer.Reaction.json(503, "{}"), .close, .json(500, "{}"), .json(429, "{}")])
    func `a repeated upload starts again from its first byte`(trouble: LoopbackServer.Reaction) async throws {
        let (result, received) = try await upload(put: { $0 < 3 ? trouble : .answer(201) }) { _ in
            Self.stored(Self.content.count)
        }
        _ = try result.get()
        let puts = received.filter { $0.method == "PUT" }
        #expect(puts.count == 3)
        #expect(puts.allSatisfy { Data($0.body) == Self.content && $0.query == "sig=1" })
        #expect(received.filter { $0.method == "POST" }.count == 1)
    }

    @Test func `progress rises to the file's size`() async throws {
        let (stream, steps) = AsyncStream.makeStream(of: Int64.self)
        let (result, _) = try await upload(onProgress: { steps.yield($0) }) { _ in Self.stored(Self.content.count) }
        _ = try result.get()
        steps.finish()
        let seen = await stream.reduce(into: []) { $0.append($1) }
        #expect(seen == seen.sorted())
        #expect(seen.last == Int64(Self.content.count))
        let chunk = FileBody.chunkByteCount
        #expect(seen.count == (Self.content.count + chunk - 1) / chunk, "once for each chunk")
    }

    @Test func `an empty file can be stored`() async throws {
        let (result, received) = try await upload(Data()) { _ in Self.stored(0) }
        #expect(try result.get().byteCount == 0)
        #expect(received[1].headers["Content-Length"] == ["0"])
    }

    @Test func `a stored size that differs is an error`() async throws {
        let (result, _) = try await upload { _ in Self.stored(5) }
        #expect(result == .failure(.sizeMismatch(expected: Int64(Self.content.count), actual: 5)))
    }

    @Test func `a file that appears a moment late is waited for, one that does not is gone`() async throws {
        let (late, received) = try await upload { $0 < 3 ? .answer(404) : Self.stored(Self.content.count) }
        _ = try late.get()
        #expect(received.filter { $0.method == "HEAD" }.count == 3)
        let (never, _) = try await upload { _ in .answer(404) }
        #expect(throws: FalError.self) { try never.get() }
        if case .failure(let error) = never { #expect(error.code == "gone") }
    }

    @Test func `a file that is not for everybody is not asked for`() async throws {
        let (result, received) = try await upload(options: UploadOptions(access: .hide)) { _ in .answer(404) }
        _ = try result.get()
        #expect(received.map(\.method) == ["POST", "PUT"])
    }

    @Test(arguments: [401, 403, 405, 501]) func `a size that cannot be asked is not held against the upload`(
        status: Int
    ) async throws {
        let (result, _) = try await upload { _ in .answer(status) }
        _ = try result.get()
    }

    @Test func `a refused upload is refused once and blames no key`() async throws {
        let (result, received) = try await upload(put: { _ in .json(403, #"{"detail":"expired"}"#) }) { _ in .close }
        #expect(result == .failure(.rejected(status: 403, detail: "expired", type: nil, requestID: nil)))
        #expect(received.map(\.method) == ["POST", "PUT"])
    }

    @Test func `a media type that cannot stand in a header is sent as plain bytes`() async throws {
        let (result, received) = try await upload(mediaType: "image/png\r\nX-Evil: 1") { _ in
            Self.stored(Self.content.count)
        }
        _ = try result.get()
        #expect(received[1].headers["Content-Type"] == ["application/octet-stream"])
        #expect(!received[1].headers.contains(name: "X-Evil"))
    }

    @Test func `an announcement that names no place is not understood`() async throws {
        for answer in [
            "{}", "[]", #"{"upload_url":"ftp://x/y","file_url":"https://x/y"}"#, #"{"upload_url":"https://x/y"}"#,
        ] {
            try await withTemporaryFolder { folder in
                let file = folder.appending(path: "picture")
                try Data("1".utf8).write(to: file)
                try await LoopbackServer.withRunning { _, _, _ in
                    .json(200, answer)
                } _: { server in
                    let error = await falError {
                        _ = try await withTransport(to: server.url) {
                            try await FalStorage($0).upload(
                                fileAt: file.path, byteCount: 1, mediaType: "x/y", fileName: "a")
                        }
                    }
                    #expect(error?.code == "unintelligible")
                }
            }
        }
    }

    @Test func `a file that changes while it is sent never arrives whole`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "picture")
            try Self.content.write(to: file)
            try await LoopbackServer.withRunning { _, _, base in
                Self.place(base)
            } _: { server in
                let error = await falError {
                    _ = try await withTransport(to: server.url, retry: .atOnce) { transport in
                        try await FalStorage(transport).upload(
                            fileAt: file.path, byteCount: Int64(Self.content.count), mediaType: "image/png",
                            fileName: "a.png",
                            onProgress: { sent in
                                // The first chunk has left: the rest of the file is now another one, or shorter.
                                if sent == FileBody.chunkByteCount {
                                    truncate(file.path, off_t(Self.content.count - 7))
                                }
                            })
                    }
                }
                #expect(error == .fileChanged(path: file.path))
                let puts = await server.received.filter { $0.method == "PUT" }
                #expect(puts.allSatisfy { !$0.isWhole })
            }
        }
    }

    @Test func `a file rewritten in place is noticed before its last chunk`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "falapi-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("12345".utf8).write(to: URL(filePath: path))
        let file = try SourceFile(path: path, byteCount: 5)
        try file.checkUnchanged()
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
        #expect(throws: FalError.fileChanged(path: path)) { try file.checkUnchanged() }
        #expect(throws: FalError.fileChanged(path: path)) { try file.read(at: 3, byteCount: 3) }
    }

    @Test func `a file that is missing, a folder, or of another size is refused before anything is sent`() async throws
    {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "picture")
            try Data("12345".utf8).write(to: file)
            try await LoopbackServer.withRunning { _, _, base in
                Self.place(base)
            } _: { server in
                try await withTransport(to: server.url) { transport in
                    let storage = FalStorage(transport)
                    func error(_ path: String, _ byteCount: Int64) async -> FalError? {
                        await falError {
                            _ = try await storage.upload(
                                fileAt: path, byteCount: byteCount, mediaType: "image/png", fileName: "a.png")
                        }
                    }
                    let missing = file.path + "-missing"
                    #expect(
                        await error(missing, 5) == .unreadableFile(path: missing, reason: "no such file or folder"))
                    #expect(
                        await error(folder.path, 5)
                            == .unreadableFile(path: folder.path, reason: "is a folder, not a file"))
                    #expect(await error(file.path, 6) == .fileChanged(path: file.path))
                }
                #expect(await server.received.isEmpty)
            }
        }
    }

    @Test(arguments: [
        (UploadOptions(), nil),
        (UploadOptions(expiresAfterSeconds: 60), #"{"expiration_duration_seconds":60}"#),
        (UploadOptions(expiresAfterSeconds: 0), #"{"expiration_duration_seconds":1}"#),
        (UploadOptions(lifetime: .never), #"{"expiration_duration_seconds":null}"#),
        (
            UploadOptions.publicLink(lifetime: .seconds(3600)),
            #"{"expiration_duration_seconds":3600,"initial_acl":{"default":"allow"}}"#
        ),
        (UploadOptions.privateTo(), #"{"initial_acl":{"default":"hide"}}"#),
        (UploadOptions(access: .forbid), #"{"initial_acl":{"default":"forbid"}}"#),
        (
            UploadOptions(access: .hide, rules: [.init(user: "жук", access: .allow)]),
            #"{"initial_acl":{"default":"hide","rules":[{"decision":"allow","user":"\u0436\u0443\u043a"}]}}"#
        ),
    ])
    func `lifetime and access are one line of ASCII, or none`(options: UploadOptions, header: String?) {
        #expect(options.headerValue == header)
    }
}
