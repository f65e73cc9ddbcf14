import AssetModel
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// Stopping runs, and fal's three answers.
struct CancelTests {
    private static func with(
        _ fault: String, _ body: @escaping @Sendable (Library, FalSession, Run.ID) async throws -> Void
    ) async throws {
        let script = try SandboxScript(parsing: [fault])
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script)) { library, session, _ in
            var request = RunRequest(model: EditModels.defaultForText, prompt: "mug")
            request.seed = 1
            let plan = try await session.plan(request)
            let (progress, reports) = AsyncStream.makeStream(of: RunProgress.self)
            let running = Task { try await session.run(plan) { reports.yield($0) } }
            for await step in progress {
                if case .submitted = step { break }
                if case .downloading = step { break }
            }
            if fault.hasPrefix("status") { running.cancel() }
            _ = try? await running.value
            try await body(library, session, try #require(try await library.unfinishedRuns().first?.id))
        }
    }

    @Test func `a request that waits is taken out of the queue`() async throws {
        try await Self.with("status:slow:100") { library, session, id in
            guard case .stopped(let run) = try await session.cancel(id) else {
                Issue.record("it was not stopped")
                return
            }
            #expect(run.state == .cancelled)
            let error = await #expect(throws: LibraryError.self) { try await session.cancel(id) }
            #expect(error?.code == "already_ended")
        }
    }

    @Test func `a request that had completed is paid for, so its pictures come`() async throws {
        // Its only picture could not be fetched at first, so the run is still open here.
        try await Self.with("output:withheld") { library, session, id in
            guard case .completed(let edit) = try await session.cancel(id) else {
                Issue.record("its pictures were not collected")
                return
            }
            #expect(edit.run.state == .finished && edit.run.outputs.count == 1)
        }
    }

    @Test func `a request that fal does not know is told and left as it is`() async throws {
        try await Self.with("status:slow:100") { library, session, id in
            let known = try #require(try await library.run(id)?.request)
            let lost = RemoteRequest(
                id: "00000000", statusURL: known.statusURL, responseURL: known.responseURL,
                cancelURL: known.cancelURL.replacing(known.id, with: "00000000"))
            try await library.history.record("test", [.submitted(.init(generation: id, request: lost))])
            guard case .notFound(let run) = try await session.cancel(id) else {
                Issue.record("it was found")
                return
            }
            #expect(run.state == .submitted)
        }
    }

    @Test func `what was perhaps sent cannot be stopped, and is told as unknown`() async throws {
        let script = try SandboxScript(parsing: ["submit:timeout:after-accept"])
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script)) { library, session, _ in
            let plan = try await session.plan(RunRequest(model: EditModels.defaultForText, prompt: "mug"))
            let sent = await #expect(throws: LibraryError.self) { try await session.run(plan) }
            let id = try #require(sent?.run)
            let error = await #expect(throws: LibraryError.self) { try await session.cancel(id) }
            #expect(error?.category == .outcomeUnknown)
        }
    }
}
