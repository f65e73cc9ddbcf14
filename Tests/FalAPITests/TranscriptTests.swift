import Foundation
import NIOHTTP1
import Testing

@testable import FalAPI

/// The client produces the requests of `fixtures/fal` and understands their answers.
@Suite struct TranscriptTests {
    private static let id = "11111111-2222-3333-4444-555555555555"
    private static let application = "/fal-ai/hidream-o1-image"

    /// Plays one answer, lets the client make its call, and compares the request that arrived.
    private func play<R: Sendable>(
        _ name: String, key: String = sampleKey, _ call: (FalTransport, String) async throws -> R
    ) async throws -> R {
        let transcript = try Transcript.named(name)
        return try await LoopbackServer.withRunning { _, _, base in
            (try? transcript.reaction(base: base)) ?? .close
        } _: { server in
            let outcome: Result<R, any Error>
            do {
                outcome = .success(try await withTransport(to: server.url, key: key) { try await call($0, server.url) })
            } catch {
                outcome = .failure(error)
            }
            try await transcript.compare(#require(server.received.first))
            return try outcome.get()
        }
    }

    private func request(_ base: String) -> QueuedRequest {
        let url = base + Self.application + "/requests/" + Self.id
        return QueuedRequest(
            requestID: Self.id, statusURL: url + "/status", responseURL: url, cancelURL: url + "/cancel")
    }

    private func input(_ name: String) throws -> [UInt8] {
        let file = try Transcript.named(name)
        guard case .object(let members)? = file.body else { return [] }
        // The input goes over the wire byte for byte, so any spelling of the same JSON will do.
        let object = try members.mapValues {
            try JSONSerialization.jsonObject(with: Self.data($0), options: .fragmentsAllowed)
        }
        return try Array(JSONSerialization.data(withJSONObject: object))
    }

    private static func data(_ value: LooseJSON) throws -> Data {
        switch value {
        case .string(let text): try JSONEncoder().encode(text)
        case .array(let values):
            try Data("[".utf8) + values.map(data).joined(separator: Data(",".utf8)) + Data("]".utf8)
        case .object(let members):
            try Data("{".utf8)
                + members.map { try JSONEncoder().encode($0.key) + Data(":".utf8) + data($0.value) }
                .joined(separator: Data(",".utf8)) + Data("}".utf8)
        default: Data((value.text ?? "null").utf8)
        }
    }

    @Test func `every transcript has a test here or in the recorder tests`() throws {
        let covered: Set = [
            "cancel-completed", "cancel-requested", "cancel-unknown", "complete", "direct", "download", "head",
            "head-gone", "initiate", "initiate-down", "initiate-lifecycle", "initiate-multipart",
            "initiate-non-ascii-name", "initiate-unauthorized", "part", "put", "result", "result-early",
            "result-failed", "result-rejected", "sign", "status-completed", "status-failed", "status-queued",
            "status-running", "status-unknown", "submit", "submit-forbidden", "submit-missing-prompt",
            "submit-options", "submit-throttled", "submit-unauthorized", "submit-validation", "token",
        ]
        #expect(try Set(Transcript.allNames) == covered)
    }

    @Test func `an accepted submit gives the request id and the three URLs as they were`() async throws {
        let body = try input("submit")
        let (queued, base) = try await play("submit") { transport, base in
            (try await FalQueue(transport).submit(body, to: "fal-ai/hidream-o1-image/edit"), base)
        }
        #expect(queued == request(base))
    }

    @Test(arguments: [
        (
            "submit-unauthorized", "kid:wrong", "unauthorized",
            "fal did not accept the key (HTTP 401): Cannot access application: the key is not valid"
        ),
        (
            "submit-forbidden", sampleKey, "forbidden",
            "the key is not allowed to do this (HTTP 403): The account is locked for lack of balance (fal request \(id))"
        ),
        (
            "submit-validation", sampleKey, "rejected",
            "the request was refused (HTTP 422): num_images: must be at most 4; guidance_scale: must be at most 20 (fal request \(id))"
        ),
        (
            "submit-missing-prompt", sampleKey, "rejected",
            "the request was refused (HTTP 422): prompt: is required (fal request \(id))"
        ),
        (
            "submit-throttled", sampleKey, "throttled",
            "fal is busy (HTTP 429), retry after 1 s: Too many concurrent requests (fal request \(id))"
        ),
    ])
    func `a refused submit becomes one sentence`(name: String, key: String, code: String, sentence: String) async throws
    {
        let body = try input(name)
        let error = await falError {
            _ = try await play(name, key: key) { transport, _ in
                try await FalQueue(transport).submit(body, to: "fal-ai/hidream-o1-image/edit")
            }
        }
        #expect(error?.code == code)
        #expect(error?.description == sentence)
    }

    @Test(arguments: [
        ("status-queued", QueueStatus(state: .inQueue(position: 2))),
        (
            "status-running",
            QueueStatus(
                state: .inProgress,
                logs: [LogLine(message: "loading references", timestamp: "2026-01-02T03:04:05.100000", level: "INFO")])
        ),
        (
            "status-completed",
            QueueStatus(
                state: .completed,
                logs: [
                    LogLine(message: "loading references", timestamp: "2026-01-02T03:04:05.100000", level: "INFO"),
                    LogLine(message: "step 28 of 50", timestamp: "2026-01-02T03:04:09.200000", level: "INFO"),
                ], inferenceSeconds: 4.25)
        ),
        (
            "status-failed",
            QueueStatus(
                state: .completed,
                logs: [LogLine(message: "loading references", timestamp: "2026-01-02T03:04:05.100000", level: "INFO")],
                error: "Runner disconnected", errorType: "runner_disconnected")
        ),
    ])
    func `a status is read with position, logs and time`(name: String, expected: QueueStatus) async throws {
        let status = try await play(name) { transport, base in
            try await FalQueue(transport).status(of: request(base), logs: true)
        }
        #expect(status == expected)
    }

    @Test func `an unknown request is refused with 404`() async throws {
        let error = await falError {
            _ = try await play("status-unknown") { try await FalQueue($0).status(of: request($1), logs: true) }
        }
        #expect(error == .rejected(status: 404, detail: "NOT_FOUND", type: nil, requestID: nil))
    }

    @Test func `a result is handed over byte for byte`() async throws {
        let bytes = try await play("result") { try await FalQueue($0).result(of: request($1)).bytes }
        #expect(LooseJSON(parsing: bytes)?["seed"]?.integer == 7)
    }

    @Test(arguments: [
        (
            "result-early",
            FalError.rejected(status: 400, detail: "Request is still in progress", type: nil, requestID: id)
        ),
        (
            "result-rejected",
            .rejected(
                status: 422,
                detail: "prompt: The content could not be processed because it was flagged by a content checker",
                type: "content_policy_violation", requestID: id)
        ),
        ("result-failed", .failed(detail: "Runner disconnected", type: "runner_disconnected", requestID: id)),
    ])
    func `a result that is none says why`(name: String, expected: FalError) async throws {
        let error = await falError { _ = try await play(name) { try await FalQueue($0).result(of: request($1)) } }
        #expect(error == expected)
    }

    @Test(arguments: [
        ("cancel-requested", CancelAnswer.requested), ("cancel-completed", .alreadyCompleted),
        ("cancel-unknown", .notFound),
    ])
    func `all three answers to a cancel are understood`(name: String, expected: CancelAnswer) async throws {
        #expect(try await play(name) { try await FalQueue($0).cancel(request($1)) } == expected)
    }

    @Test func `a file that is served is told from one that is gone`() async throws {
        let path = "/files/b/0a1b2c3d/Zx9_a.png"
        #expect(try await play("head") { try await $0.probe($1 + path) } == .served(byteCount: 9))
        #expect(try await play("head-gone") { try await $0.probe($1 + path) } == .gone(status: 404))
    }

    @Test func `a download carries no key`() async throws {
        let file = try await play("download") { transport, base in
            try await transport.download(base + "/files/b/0a1b2c3d/out_0.png", start: {}, write: { _ in })
        }
        #expect(file.mediaType == "image/png")
    }

    @Test(arguments: [
        ("initiate", "a.png", UploadOptions()), ("initiate-non-ascii-name", "каша é.png", UploadOptions()),
        ("initiate-lifecycle", "a.png", UploadOptions(expiresAfterSeconds: 604_800, access: .allow)),
    ])
    func `an upload is announced as recorded, and the bytes follow without the key`(
        name: String, fileName: String, options: UploadOptions
    ) async throws {
        let announced = try Transcript.named(name)
        let put = try Transcript.named("put")
        let head = try Transcript.named("head")
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "picture")
            try Data("123456789".utf8).write(to: file)
            try await LoopbackServer.withRunning { _, number, base in
                (try? [announced, put, head][number - 1].reaction(base: base)) ?? .close
            } _: { server in
                let stored = try await withTransport(to: server.url) { transport in
                    try await FalStorage(transport).upload(
                        fileAt: file.path, byteCount: 9, mediaType: "image/png", fileName: fileName, options: options)
                }
                #expect(stored.byteCount == 9)
                #expect(stored.url.hasPrefix(server.url + "/files/b/0a1b2c3d/Zx9_"))
                let received = await server.received
                try #require(received.count == 3)
                try announced.compare(received[0])
                try put.compare(received[1])
                #expect(received[1].bodyText == "123456789")
                #expect(received[1].headers["Content-Length"] == ["9"])
                #expect(received[2].method == "HEAD")
                #expect(!received[2].headers.contains(name: "Authorization"))
            }
        }
    }

    @Test func `a storage that does not know the key says so`() async throws {
        let transcript = try Transcript.named("initiate-unauthorized")
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "picture")
            try Data("123456789".utf8).write(to: file)
            let error = await falError {
                _ = try await LoopbackServer.withRunning { _, _, base in
                    (try? transcript.reaction(base: base)) ?? .close
                } _: { server in
                    try await withTransport(to: server.url) { transport in
                        try await FalStorage(transport).upload(
                            fileAt: file.path, byteCount: 9, mediaType: "image/png", fileName: "a.png")
                    }
                }
            }
            #expect(error == .unauthorized(detail: "Authorization header is required", requestID: nil))
        }
    }
}
