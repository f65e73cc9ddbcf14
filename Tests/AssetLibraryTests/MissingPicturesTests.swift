import AssetModel
import FalSandbox
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// A run that fal has finished was paid for: whatever its files' server answers, the run stays open until its pictures are here or a
/// person gives them up.
struct MissingPicturesTests {
    private static func with(
        _ faults: String..., count: Int = 1, sync: Bool = false,
        _ body: @Sendable (Library, FalSession, RunRequest, RequestLog) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            let configuration = SandboxConfiguration(log: log, script: try SandboxScript(parsing: faults))
            try await TestLibrary.withSandbox(configuration) { library, session, _ in
                var request = RunRequest(model: EditModels.defaultForText, prompt: "a mug")
                (request.seed, request.imageCount, request.syncMode) = (7, count, sync)
                try await body(library, session, request, RequestLog(path: log))
            }
        }
    }

    /// A sandbox's log, read when it is asked for.
    struct RequestLog: Sendable {
        let path: String

        var submitCount: Int {
            get throws {
                try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                    .count { $0.contains("\"POST\"") && !$0.contains("/storage/") }
            }
        }
    }

    private static func failure(_ session: FalSession, _ request: RunRequest) async throws -> LibraryError {
        let plan = try await session.plan(request)
        return try #require(await #expect(throws: LibraryError.self) { try await session.run(plan) })
    }

    private static func resume(_ session: FalSession) async throws -> [ResumeOutcome] {
        var outcomes: [ResumeOutcome] = []
        try await session.resumeUnfinished { outcomes.append($0) }
        return outcomes
    }

    @Test(arguments: [
        "file:401:1", "file:403:1", "file:410:1", "file:html:2", "file:empty:2", "file:baduri:1",
    ])
    func `a refused fetch leaves the run open, with its answer, and resume completes it without paying`(fault: String)
        async throws
    {
        try await Self.with(fault) { library, session, request, log in
            let error = try await Self.failure(session, request)
            #expect(error.code == "outputs_missing" && error.category == .unavailable, "\(error)")
            let open = try #require(try await library.unfinishedRuns().first)
            #expect(error.run == open.id && error.remedy == .fetchOrDiscard(open.id))
            #expect(open.state == .submitted)
            #expect(try await library.response(of: open.id)?["images"]?.elements?.count == 1)
            guard case .unfinished(open) = try await session.plan(request).earlierRun else {
                Issue.record("the same request would be paid for again")
                return
            }
            guard case .finished(let finished)? = try await Self.resume(session).first else {
                Issue.record("the pictures did not come")
                return
            }
            #expect(finished.run.outputs.count == 1 && finished.differences.isEmpty)
            #expect(try log.submitCount == 1)
            #expect(try await library.unfinishedRuns().isEmpty)
        }
    }

    @Test(arguments: ["file:403", "file:html", "file:empty", "file:baduri", "file:404", "output:gone"])
    func `as long as the pictures do not come, the run stays open, and only a person closes it`(fault: String)
        async throws
    {
        try await Self.with(fault) { library, session, request, log in
            _ = try await Self.failure(session, request)
            for _ in 0..<2 {
                guard case .failed(let run, let error)? = try await Self.resume(session).first else {
                    Issue.record("a run without pictures ended")
                    return
                }
                #expect(run.state == .submitted && error.code == "outputs_missing", "\(error)")
            }
            #expect(try log.submitCount == 1)
            let id = try #require(try await library.unfinishedRuns().first?.id)
            try await library.discard(id)
            #expect(try await library.run(id)?.state == .failed)
            #expect(try await session.plan(request).earlierRun == nil)
        }
    }

    @Test func `what arrived stays while another picture is gone`() async throws {
        try await Self.with("output:gone", count: 2) { library, session, request, _ in
            let error = try await Self.failure(session, request)
            #expect(error.isPartial && error.message.contains("1 of 2 pictures arrived"), "\(error)")
            #expect(error.message.contains("picture 2"))
            let before = try #require(try await library.unfinishedRuns().first)
            _ = try await Self.resume(session)
            let after = try #require(try await library.unfinishedRuns().first)
            #expect(before.outputs.count == 1 && after.outputs == before.outputs)
        }
    }

    @Test func `a fresh answer names other URLs, and what had arrived is not fetched again`() async throws {
        // The first answer's pictures are data URIs that cannot be decoded, the second's are served.
        try await Self.with("file:baduri:1", "file:403:1", count: 2) { library, session, request, log in
            _ = try await Self.failure(session, request)
            #expect(try await library.unfinishedRuns().first?.outputs.isEmpty == true)
            // One of the two is refused now; the third look has both.
            _ = try await Self.resume(session)
            #expect(try await library.unfinishedRuns().first?.outputs.count == 1)
            guard case .finished(let finished)? = try await Self.resume(session).first else {
                Issue.record("the pictures did not come")
                return
            }
            #expect(finished.run.outputs.count == 2 && finished.differences.isEmpty)
            #expect(try log.submitCount == 1)
        }
    }

    @Test func `when fal gives no answer any more, the one that came before must do`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            // The first sandbox withholds a picture; the answer is kept.
            try await SandboxServer.withRunning(
                SandboxConfiguration(script: try SandboxScript(parsing: ["output:withheld"])),
                logger: TestLibrary.logger
            ) { address in
                let remote = try Remote.server(at: address.url, key: Remote.sandboxKey)
                try await TestLibrary.withSession(at: root, remote) { library, session in
                    var request = RunRequest(model: EditModels.defaultForText, prompt: "a mug")
                    (request.seed, request.imageCount) = (7, 2)
                    _ = try await Self.failure(session, request)
                    let run = try #require(try await library.unfinishedRuns().first)
                    let lost = RemoteRequest(
                        id: "lost", statusURL: address.url + "/fal-ai/hidream-o1-image/requests/lost/status",
                        responseURL: address.url + "/fal-ai/hidream-o1-image/requests/lost",
                        cancelURL: address.url + "/fal-ai/hidream-o1-image/requests/lost/cancel")
                    try await library.history.record("test", [.submitted(.init(generation: run.id, request: lost))])
                    guard case .finished(let finished)? = try await Self.resume(session).first else {
                        Issue.record("the answer that was kept was not used")
                        return
                    }
                    #expect(finished.run.outputs.count == 2)
                }
            }
            try await TestLibrary.expectSound(root)
        }
    }

    @Test(arguments: [
        "lines", "percent", "urlsafe", "unpadded", "capitals", "plain",
    ])
    func `pictures inside the answer come in every form of a data URI`(form: String) async throws {
        try await Self.with("file:datauri:\(form)") { library, session, request, _ in
            let finished = try await session.run(try await session.plan(request))
            let output = try #require(finished.run.outputs.first)
            #expect(output.url == nil && finished.differences.isEmpty)
            let response = try #require(try await library.response(of: finished.run.id))
            #expect(response["images"]?.elements?.first?["url"]?.text == "sha256:\(output.asset.hex)")
        }
    }

    @Test func `a URL with a blank and a letter beyond ASCII is fetched`() async throws {
        try await Self.with("file:blankurl") { _, session, request, _ in
            let finished = try await session.run(try await session.plan(request))
            #expect(finished.run.outputs.first?.url?.contains("a bl\u{E4}nk") == true && finished.differences.isEmpty)
        }
    }

    @Test func `noise that says it is a picture is kept, and ends the run`() async throws {
        try await Self.with("file:garbage") { library, session, request, _ in
            let error = try await Self.failure(session, request)
            #expect(error.code == "no_pictures")
            let run = try #require(try await library.runs(limit: 1).first)
            #expect(run.state == .failed && run.drift.contains { $0.kind == .unreadable && $0.kept != nil })
        }
    }
}
