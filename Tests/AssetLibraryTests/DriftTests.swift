import AssetModel
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// What comes is told truthfully when it is not what was asked for.
struct DriftTests {
    private static func run(
        _ fault: String, count: Int = 1, sync: Bool = false,
        _ body: @Sendable (Library, FalSession, Result<FinishedRun, LibraryError>) async throws -> Void
    ) async throws {
        let script = try SandboxScript(parsing: [fault])
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script)) { library, session, _ in
            var request = RunRequest(model: EditModels.defaultForText, prompt: "a mug")
            request.seed = 7
            request.imageCount = count
            request.syncMode = sync
            let plan = try await session.plan(request)
            let outcome: Result<FinishedRun, LibraryError>
            do throws(LibraryError) { outcome = .success(try await session.run(plan)) } catch {
                outcome = .failure(error)
            }
            try await body(library, session, outcome)
        }
    }

    @Test(arguments: [
        ("size", Drift(.size, position: 0, asked: "2048x2048", got: "1024x1024")),
        ("seed", Drift(.seed, asked: "7", got: "8")),
        ("nosize", Drift(.unmeasured, position: 0, got: "2048x2048")),
    ])
    func `it is recorded, said, found, and there again after a rebuild`(fault: String, expected: Drift) async throws {
        try await Self.run("output:\(fault)") { library, session, outcome in
            let finished = try outcome.get()
            #expect(finished.run.drift == [expected])
            #expect(finished.differences == [expected.description])
            for query in ["drift:\(expected.kind.rawValue)", "drift:any", "mug drift:\(expected.kind.rawValue)"] {
                #expect(try await library.search(SearchQuery(parsing: query)).count == 1, "\(query)")
            }
            #expect(try await library.search(SearchQuery(parsing: "drift:format")).isEmpty)
            _ = try await library.rebuild()
            #expect(try await library.run(finished.run.id)?.drift == [expected])
        }
    }

    @Test func `an output larger than announced is kept, and both numbers are told`() async throws {
        try await Self.run("output:bytes") { _, _, outcome in
            let finished = try outcome.get()
            let bytes = try #require(finished.run.outputs.first?.facts.byteCount)
            #expect(finished.run.drift == [Drift(.bytes, position: 0, asked: "\(bytes - 1)", got: "\(bytes)")])
        }
    }

    @Test func `fewer pictures than asked are kept, and the number is told`() async throws {
        try await Self.run("output:short", count: 2) { library, session, outcome in
            let finished = try outcome.get()
            #expect(finished.run.outputs.count == 1)
            #expect(finished.differences == ["asked for 2 images, got 1"])
            #expect(try await library.search(SearchQuery(parsing: "drift:count")).count == 1)
        }
    }

    @Test func `a flagged picture is found by nsfw, and others by its contrary`() async throws {
        try await Self.run("output:nsfw") { library, session, outcome in
            let finished = try outcome.get()
            #expect(finished.differences.first?.contains("flagged") == true)
            #expect(try await library.search(SearchQuery(parsing: "nsfw:true")).count == 1)
            #expect(try await library.search(SearchQuery(parsing: "nsfw:false")).isEmpty)
        }
    }

    @Test func `an output that is no picture is kept as it came, beside the one that is`() async throws {
        try await Self.run("output:unreadable", count: 2) { library, session, outcome in
            let finished = try outcome.get()
            #expect(finished.run.outputs.count == 1)
            let drift = try #require(finished.run.drift.first { $0.kind == .unreadable })
            #expect(drift.position == 1)
            let kept = try #require(drift.kept)
            let path = "\(library.root)/blobs/\(kept.hex.prefix(2))/\(kept.hex).\(KeptFileName.fallback)"
            #expect(try String(contentsOfFile: path, encoding: .utf8).contains("not an image"))
            #expect(try await library.search(SearchQuery(parsing: "drift:unreadable")).count == 1)
        }
    }

    @Test func `a run of which nothing can be read fails, and what came is kept`() async throws {
        try await Self.run("output:unreadable") { library, session, outcome in
            let error = #expect(throws: LibraryError.self) { _ = try outcome.get() }
            #expect(error?.code == "no_pictures")
            let run = try #require(try await library.runs(limit: 1).first)
            #expect(run.state == .failed && run.drift.contains { $0.kind == .unreadable && $0.kept != nil })
            #expect(try await library.response(of: run.id) != nil)
        }
    }

    @Test func `what arrived is kept while another output is withheld, and resume completes it`() async throws {
        try await Self.run("output:withheld", count: 2) { library, session, outcome in
            guard case .failure(let error) = outcome else {
                Issue.record("a picture that was withheld came all the same")
                return
            }
            #expect(error.code == "outputs_missing")
            let open = try #require(try await library.unfinishedRuns().first)
            #expect(open.state == .submitted && open.outputs.count == 1)
            #expect(try await library.search(SearchQuery(parsing: "mug")).count == 1)
            var outcomes: [ResumeOutcome] = []
            try await session.resumeUnfinished { outcomes.append($0) }
            guard case .finished(let finished)? = outcomes.first else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(finished.run.outputs.count == 2 && finished.run.outputs.first == open.outputs.first)
            #expect(finished.differences.isEmpty)
            #expect(try await library.search(SearchQuery(parsing: "mug")).count == 2)
        }
    }

    @Test func `pictures inside the answer are measured against what it says of them`() async throws {
        try await Self.run("output:bytes", sync: true) { _, _, outcome in
            let finished = try outcome.get()
            #expect(finished.run.drift.map(\.kind) == [.bytes])
        }
    }
}
