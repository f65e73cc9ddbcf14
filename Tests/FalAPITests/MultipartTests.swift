import Foundation
import NIOHTTP1
import Synchronization
import Testing

@testable import FalAPI

/// Large files go in parts, of which a restart sends only the missing ones. The parts are small here: the rule is a value.
@Suite struct MultipartTests {
    private static let rule = MultipartRule(largestSingle: 1000, partByteCount: 1_200_000, width: 4)
    /// Five parts, the last one short, no two chunks alike.
    private static let content = Data((0..<5_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 12) })

    /// Takes parts and puts them together as fal does; `trouble` may answer first.
    private static func storage(
        _ trouble: @escaping @Sendable (LoopbackServer.Received, Int) -> LoopbackServer.Reaction? = { _, _ in nil }
    ) -> @Sendable (LoopbackServer.Received, Int, String) -> LoopbackServer.Reaction {
        { request, number, base in
            if let reaction = trouble(request, number) { return reaction }
            switch (request.method, request.path) {
            case ("POST", "/storage/upload/initiate-multipart"):
                return .json(200, #"{"upload_url":"\#(base)/up/new?sig=1&x=a%2Fb","file_url":"\#(base)/files/a.bin"}"#)
            case ("PUT", let path):
                let part = path.split(separator: "/").last ?? ""
                return .json(
                    200, #"{"partNumber":\#(part),"etag":"json-\#(part)"}"#, headers: ["ETag": "\"header-\(part)\""])
            case ("POST", _): return .json(200, "{}")
            default: return .answer(200, headers: ["Content-Length": "\(content.count)"])
            }
        }
    }

    private struct Outcome: Sendable {
        var result: Result<RemoteFile, FalError>
        var received: [LoopbackServer.Received]
        var steps: [MultipartProgress]

        func parts() -> [LoopbackServer.Received] { received.filter { $0.method == "PUT" } }
        func completed() -> [LoopbackServer.Received] { received.filter { $0.path.hasSuffix("/complete") } }
    }

    /// The server's URL is only known inside, so what is resumed is made from it.
    private func upload(
        resuming: @Sendable (String) -> MultipartProgress? = { _ in nil },
        onProgress: @escaping @Sendable (Int64, String) -> Void = { _, _ in },
        _ react: @escaping @Sendable (LoopbackServer.Received, Int, String) -> LoopbackServer.Reaction = storage()
    ) async throws -> Outcome {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "big").path
            try Self.content.write(to: URL(filePath: path))
            let (stream, steps) = AsyncStream.makeStream(of: MultipartProgress.self)
            return try await LoopbackServer.withRunning(react) { server in
                let result = try await withTransport(to: server.url, retry: .atOnce) { transport in
                    do throws(FalError) {
                        return Result<RemoteFile, FalError>.success(
                            try await FalStorage(transport, multipart: Self.rule).upload(
                                fileAt: path, byteCount: Int64(Self.content.count), mediaType: "image/png",
                                fileName: "a.bin", resuming: resuming(server.url), onPart: { steps.yield($0) },
                                onProgress: { onProgress($0, path) }))
                    } catch {
                        return .failure(error)
                    }
                }
                steps.finish()
                let all = await stream.reduce(into: []) { $0.append($1) }
                return Outcome(result: result, received: await server.received, steps: all)
            }
        }
    }

    private static func entries(_ request: LoopbackServer.Received?) -> [String] {
        let parts = request.flatMap { LooseJSON(parsing: $0.body)?["parts"]?.array } ?? []
        return parts.map { "\($0["partNumber"]?.integer ?? 0) \($0["etag"]?.string ?? "")" }
    }

    @Test func `the parts arrive whole, without the key, and are put together in order`() async throws {
        let outcome = try await upload()
        #expect(try outcome.result.get().byteCount == Int64(Self.content.count))
        let byPath = Dictionary(uniqueKeysWithValues: outcome.parts().map { ($0.path, Data($0.body)) })
        #expect(byPath.keys.sorted() == (1...5).map { "/up/new/\($0)" })
        #expect((1...5).reduce(Data()) { $0 + (byPath["/up/new/\($1)"] ?? Data()) } == Self.content)
        #expect(outcome.parts().allSatisfy { $0.query == "sig=1&x=a%2Fb" && !$0.headers.contains(name: "Expect") })
        #expect(outcome.received.filter { $0.headers.contains(name: "Authorization") }.map(\.method) == ["POST"])
        #expect(outcome.completed().map(\.path) == ["/up/new/complete"])
        #expect(outcome.completed().first?.query == "sig=1&x=a%2Fb")
        #expect(Self.entries(outcome.completed().first) == (1...5).map { "\($0) json-\($0)" })
        #expect(outcome.received.last?.method == "HEAD")
    }

    @Test func `each finished part is told, and what was told can be written down`() async throws {
        let steps = try await upload().steps
        #expect(steps.map(\.parts.count) == [1, 2, 3, 4, 5])
        #expect(steps.allSatisfy { $0.parts.map(\.number) == $0.parts.map(\.number).sorted() })
        let last = try #require(steps.last)
        let copy = try JSONDecoder().decode(MultipartProgress.self, from: JSONEncoder().encode(last))
        #expect(copy == last)
    }

    @Test func `a restart sends only what is missing`() async throws {
        let outcome = try await upload(resuming: { base in
            MultipartProgress(
                uploadURL: base + "/up/old?sig=0", fileURL: base + "/files/old.bin", byteCount: 5_000_001,
                partByteCount: 1_200_000, parts: [.init(number: 4, etag: "d"), .init(number: 1, etag: "\"a\"")])
        })
        #expect(try outcome.result.get().url.hasSuffix("/files/old.bin"))
        #expect(outcome.parts().map(\.path).sorted() == ["/up/old/2", "/up/old/3", "/up/old/5"])
        #expect(!outcome.received.contains { $0.path.contains("initiate") })
        #expect(
            Self.entries(outcome.completed().first) == ["1 \"a\"", "2 json-2", "3 json-3", "4 d", "5 json-5"])
    }

    @Test func `an upload that breaks off can be gone on with from its last step`() async throws {
        let broken = try await upload(
            Self.storage { request, _ in request.path == "/up/new/5" ? .json(400, #"{"detail":"no"}"#) : nil })
        #expect(broken.result == .failure(.rejected(status: 400, detail: "no", type: nil, requestID: nil)))
        #expect(broken.completed().isEmpty)
        let last = broken.steps.last
        let done = Set(last?.parts.map(\.number) ?? [])
        let resumed = try await upload(resuming: { base in
            last.map {
                MultipartProgress(
                    uploadURL: base + "/up/new?sig=1", fileURL: base + "/files/a.bin", byteCount: $0.byteCount,
                    partByteCount: $0.partByteCount, parts: $0.parts)
            }
        })
        _ = try resumed.result.get()
        let sent = Set(resumed.parts().compactMap { Int($0.path.split(separator: "/").last ?? "") })
        #expect(sent == Set(1...5).subtracting(done))
    }

    @Test(arguments: [403, 404, 410]) func `an upload that the storage has forgotten starts over`(status: Int)
        async throws
    {
        let outcome = try await upload(
            resuming: { base in
                MultipartProgress(
                    uploadURL: base + "/up/old", fileURL: base + "/files/old.bin", byteCount: 5_000_001,
                    partByteCount: 1_200_000, parts: [.init(number: 1, etag: "a")])
            }, Self.storage { request, _ in request.path.hasPrefix("/up/old") ? .answer(status) : nil })
        #expect(try outcome.result.get().url.hasSuffix("/files/a.bin"))
        #expect(outcome.parts().filter { $0.path.hasPrefix("/up/new") }.count == 5)
        #expect(Self.entries(outcome.completed().last).first == "1 json-1")
    }

    @Test func `trouble on the way is no reason to start over`() async throws {
        let outcome = try await upload(
            resuming: { base in
                MultipartProgress(
                    uploadURL: base + "/up/old", fileURL: base + "/files/old.bin", byteCount: 5_000_001,
                    partByteCount: 1_200_000)
            }, Self.storage { request, _ in request.path.hasPrefix("/up/old") ? .answer(500) : nil })
        #expect(outcome.result == .failure(.unavailable(status: 500, detail: nil, requestID: nil)))
        #expect(!outcome.received.contains { $0.path.contains("initiate") })
    }

    @Test func `what was kept of another file is not gone on with`() {
        let good = MultipartProgress(
            uploadURL: "https://a.example/u", fileURL: "https://a.example/f", byteCount: 10, partByteCount: 4,
            parts: [.init(number: 1, etag: "a")])
        #expect(good.fits(byteCount: 10))
        #expect(good.missing == [2, 3])
        #expect(!good.fits(byteCount: 11))
        func changed(
            _ url: String = "https://a.example/u", size: Int64 = 4, parts: [(Int, String)] = []
        ) -> MultipartProgress {
            MultipartProgress(
                uploadURL: url, fileURL: "https://a.example/f", byteCount: 10, partByteCount: size,
                parts: parts.map { .init(number: $0.0, etag: $0.1) })
        }
        #expect(!changed("ftp://a.example/u").fits(byteCount: 10))
        #expect(!changed(size: 0).fits(byteCount: 10))
        #expect(!changed(size: -1).fits(byteCount: 10))
        #expect(!changed(parts: [(4, "d")]).fits(byteCount: 10))
        #expect(!changed(parts: [(0, "d")]).fits(byteCount: 10))
        #expect(!changed(parts: [(1, "a"), (1, "b")]).fits(byteCount: 10))
        #expect(!changed(parts: [(1, "")]).fits(byteCount: 10))
    }

    @Test(arguments: [LoopbackServer.Reaction.close, .answer(503), .json(429, "{}", headers: ["Retry-After": "0"])])
    func `a part in trouble is sent again alone`(trouble: LoopbackServer.Reaction) async throws {
        let seen = Atomic<Int>(0)
        let outcome = try await upload(
            Self.storage { request, _ in
                request.path == "/up/new/3" && seen.add(1, ordering: .relaxed).newValue < 3 ? trouble : nil
            })
        _ = try outcome.result.get()
        let paths = outcome.parts().map(\.path)
        #expect(paths.filter { $0 == "/up/new/3" }.count == 3)
        #expect(paths.count == 7)
    }

    @Test(arguments: [
        (#"{"etag":"j"}"#, nil, "j"), ("", "\"h\"", "\"h\""), ("<html>", "\"h\"", "\"h\""), ("{}", "h", "h"),
        (#"{"etag":"j"}"#, "\"h\"", "j"),
    ])
    func `an etag comes from the body or the header, unchanged`(body: String, header: String?, expected: String)
        async throws
    {
        let outcome = try await upload(
            Self.storage { request, _ in
                guard request.method == "PUT" else { return nil }
                return .answer(200, headers: header.map { ["ETag": $0] } ?? [:], body: Array(body.utf8))
            })
        _ = try outcome.result.get()
        #expect(Self.entries(outcome.completed().first) == (1...5).map { "\($0) \(expected)" })
    }

    @Test func `a part without an etag is not taken for sent`() async throws {
        let outcome = try await upload(Self.storage { request, _ in request.method == "PUT" ? .answer(200) : nil })
        guard case .failure(.unintelligible(let what, _)) = outcome.result else {
            Issue.record("\(outcome.result)")
            return
        }
        #expect(what.hasSuffix("and gave no etag for it"))
        #expect(outcome.completed().isEmpty && outcome.steps.isEmpty)
    }

    @Test func `putting together is repeated, and an upload that already is together is done`() async throws {
        let seen = Atomic<Int>(0)
        let outcome = try await upload(
            Self.storage { request, _ in
                guard request.path.hasSuffix("/complete") else { return nil }
                return seen.add(1, ordering: .relaxed).newValue == 1 ? .close : .answer(404)
            })
        _ = try outcome.result.get()
        #expect(outcome.completed().count == 2)
    }

    @Test func `an upload that cannot be put together and is not served has failed`() async throws {
        let outcome = try await upload(
            Self.storage { request, _ in
                if request.path.hasSuffix("/complete") { return .json(400, #"{"detail":"InvalidPart"}"#) }
                return request.method == "HEAD" ? .answer(404) : nil
            })
        #expect(outcome.result == .failure(.rejected(status: 400, detail: "InvalidPart", type: nil, requestID: nil)))
    }

    @Test func `a file that changes while its parts are sent is never put together`() async throws {
        let outcome = try await upload(onProgress: { _, path in truncate(path, 4_999_999) })
        guard case .failure(.fileChanged) = outcome.result else {
            Issue.record("\(outcome.result)")
            return
        }
        #expect(outcome.completed().isEmpty)
    }

    @Test func `progress counts every part and ends at the file's size`() async throws {
        let (stream, counts) = AsyncStream.makeStream(of: Int64.self)
        _ = try await upload(onProgress: { count, _ in counts.yield(count) }).result.get()
        counts.finish()
        let seen = await stream.reduce(into: []) { $0.append($1) }
        #expect(seen.max() == Int64(Self.content.count))
        let (part, chunk) = (Int(Self.rule.partByteCount), FileBody.chunkByteCount)
        let chunks = stride(from: 0, to: Self.content.count, by: part).reduce(0) {
            $0 + (min(part, Self.content.count - $1) + chunk - 1) / chunk
        }
        #expect(seen.count == chunks, "once for each chunk of each part")
    }

    @Test func `only files strictly above 90 MiB are cut, into parts of 10 MiB`() {
        let rule = MultipartRule()
        #expect(!rule.needsParts(94_371_840))
        #expect(rule.needsParts(94_371_841))
        let progress = MultipartProgress(
            uploadURL: "u", fileURL: "f", byteCount: 94_371_841, partByteCount: rule.partByteCount)
        #expect(progress.partCount == 10)
        #expect(progress.range(of: 1) == 0..<10_485_760)
        #expect(progress.range(of: 10) == 94_371_840..<94_371_841)
    }
}
