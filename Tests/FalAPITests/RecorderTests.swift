import Foundation
import NIOHTTP1
import Testing

@testable import FalAPI

/// Whole uploads and submits beside the recordings of fal's own clients: the same calls in the same order, header by
/// header, and none that the recordings do not have.
@Suite struct RecorderTests {
    /// Headers that the transport always sends, or that follow from the body; the recordings name them for their own client.
    private static let ofTransport: Set = ["host", "user-agent", "content-length"]

    /// Plays the transcripts in turn and compares every request with its own.
    private func record<R: Sendable>(
        _ names: [String], _ call: (FalTransport, String, String) async throws -> R
    ) async throws -> R {
        let transcripts = try names.map(Transcript.named)
        return try await withTemporaryFolder { folder in
            let file = folder.appending(path: "picture")
            try Data("123456789".utf8).write(to: file)
            return try await LoopbackServer.withRunning { _, number, base in
                guard number <= transcripts.count else { return .close }
                return (try? transcripts[number - 1].reaction(base: base)) ?? .close
            } _: { server in
                let result = try await withTransport(to: server.url) { try await call($0, server.url, file.path) }
                let received = await server.received
                #expect(received.count == names.count)
                for (transcript, request) in zip(transcripts, received) {
                    try transcript.compare(request)
                    let extra = request.headers.map { $0.name.lowercased() }.filter { name in
                        !Self.ofTransport.contains(name)
                            && !transcript.headers.keys.contains { $0.lowercased() == name }
                    }
                    #expect(extra.isEmpty, "\(transcript.name) has no \(extra)")
                    #expect(request.headers["User-Agent"] == ["atelier"])
                }
                return result
            }
        }
    }

    private func upload(
        _ transport: FalTransport, _ path: String, rule: MultipartRule = MultipartRule(),
        options: UploadOptions = UploadOptions()
    ) async throws -> RemoteFile {
        try await FalStorage(transport, multipart: rule).upload(
            fileAt: path, byteCount: 9, mediaType: "image/png", fileName: "a.png", options: options)
    }

    @Test func `an upload in one piece is the recorded one`() async throws {
        let file = try await record(["initiate", "put", "head"]) { try await upload($0, $2) }
        #expect(file.url.hasSuffix("/files/b/0a1b2c3d/Zx9_a.png"))
    }

    @Test func `an upload with lifetime and access says so under both names`() async throws {
        _ = try await record(["initiate-lifecycle", "put", "head"]) {
            try await upload($0, $2, options: .publicLink(lifetime: .seconds(604_800)))
        }
    }

    @Test func `an upload in parts is the recorded one`() async throws {
        let rule = MultipartRule(largestSingle: 8, partByteCount: 100, width: 1)
        let file = try await record(["initiate-multipart", "part", "complete", "head"]) {
            try await upload($0, $2, rule: rule)
        }
        #expect(file.byteCount == 9)
    }

    @Test func `an upload past a storage that is down is the recorded one`() async throws {
        let file = try await record(["initiate-down", "token", "direct", "head"]) { try await upload($0, $2) }
        #expect(file.url.hasSuffix("/files/b/0a1b2c3d/Zx9_a.png"))
    }

    @Test func `a link to a private file is asked for as documented`() async throws {
        let url = try await record(["token", "sign"]) { transport, base, _ in
            try await FalStorage(transport).signedURL(for: base + "/files/b/0a1b2c3d/Zx9_a.png", seconds: 3600)
        }
        #expect(url.hasSuffix("?token=t1"))
    }

    @Test func `a submit with every recorded option has every recorded header`() async throws {
        let options = SubmitOptions(
            priority: .low, runnerHint: "lora", startTimeoutSeconds: 30,
            outputs: ObjectLifecycle(lifetime: .seconds(3600)), webhook: "https://e.x/h?a=1&b=2", isKept: false)
        _ = try await record(["submit-options"]) { transport, _, _ in
            try await FalQueue(transport).submit(
                Array(#"{"prompt":"p","reference_image_urls":["u"]}"#.utf8), to: "fal-ai/hidream-o1-image/edit",
                options: options)
        }
    }

    @Test func `a whole run is submit, looks, result, and nothing else`() async throws {
        let body =
            #"{"prompt":"put the mug on marble","reference_image_urls":["https://v3b.fal.media/files/b/0a1b2c3d/mug.png"],"image_size":{"width":2048,"height":2048},"num_images":1,"seed":7,"output_format":"png"}"#
        let result = try await record(["submit", "status-queued", "status-running", "status-completed", "result"]) {
            transport, _, _ in
            let queue = FalQueue(transport, polling: PollSchedule(first: .zero, growth: 1, longest: .zero))
            let request = try await queue.submit(Array(body.utf8), to: "fal-ai/hidream-o1-image/edit")
            try await queue.waitUntilCompleted(request)
            return try await queue.result(of: request)
        }
        #expect(LooseJSON(parsing: result.bytes)?["seed"]?.integer == 7)
    }

    @Test(arguments: ["cancel-requested", "cancel-completed", "cancel-unknown"])
    func `a cancel is the recorded one`(name: String) async throws {
        _ = try await record([name]) { transport, base, _ in
            let url = base + "/fal-ai/hidream-o1-image/requests/11111111-2222-3333-4444-555555555555"
            return try await FalQueue(transport).cancel(
                QueuedRequest(requestID: "r", statusURL: url, responseURL: url, cancelURL: url + "/cancel"))
        }
    }
}
