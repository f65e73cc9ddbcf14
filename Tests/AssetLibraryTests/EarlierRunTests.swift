import AssetModel
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// The same request is the same recipe.
struct EarlierRunTests {
    private static func request(_ library: Library, seed: UInt64? = 7) async throws -> RunRequest {
        var request = RunRequest(model: EditModels.defaultForEdits, prompt: "put the mug on märble")
        request.references = try await library.pictures(named: [Fixtures.path("images/demo/mug.png")])
        request.seed = seed
        return request
    }

    @Test func `a finished run answers the same request, and plan says so`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library)
            #expect(try await library.earlierRun(of: request, on: session.remote) == nil)
            let first = try await session.run(try await session.plan(request))
            #expect(try await library.earlierRun(of: request, on: session.remote) == .finished(first.run))
            let warnings = try await session.plan(request).warnings
            #expect(warnings.contains { $0.description.contains(first.run.id.text) })
            request.imageCount = 1
            request.steps = 50
            #expect(try await library.earlierRun(of: request, on: session.remote) == .finished(first.run))
            request.steps = 49
            #expect(try await library.earlierRun(of: request, on: session.remote) == nil)
        }
    }

    @Test func `a seed that the model drew is found by asking for it`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library, seed: nil)
            let first = try await session.run(try await session.plan(request))
            #expect(try await library.earlierRun(of: request, on: session.remote) == nil)
            request.seed = first.run.seed
            #expect(try await library.earlierRun(of: request, on: session.remote) == .finished(first.run))
            _ = try await library.rebuild()
            #expect(try await library.earlierRun(of: request, on: session.remote) == .finished(first.run))
        }
    }

    @Test func `pictures of another service, and pictures whose bytes are gone, are none of ours`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            try await SandboxServer.withRunning(logger: TestLibrary.logger) { address in
                let remote = try Remote.server(at: address.url, key: "one:key")
                try await TestLibrary.withSession(at: root, remote) { library, session in
                    _ = try await session.run(try await library.plan(try await Self.request(library)))
                }
                let sameServer = try Remote.server(at: address.url, key: "two:key")
                try await TestLibrary.withSession(at: root, sameServer) { library, session in
                    let earlier = try await library.earlierRun(of: try await Self.request(library), on: session.remote)
                    guard case .finished(let run)? = earlier, let output = run.outputs.first else {
                        Issue.record("another key's picture of the same server was not found")
                        return
                    }
                    let path = library.path(of: output.asset, output.facts.format)
                    try FileManager.default.moveItem(atPath: path, toPath: folder + "/away")
                    #expect(
                        try await library.earlierRun(of: try await Self.request(library), on: session.remote) == nil)
                    try FileManager.default.moveItem(atPath: folder + "/away", toPath: path)
                }
                let other = try Remote.fal(key: "one:key")
                try await TestLibrary.withSession(at: root, other) { library, session in
                    let earlier = try await library.earlierRun(of: try await Self.request(library), on: session.remote)
                    #expect(earlier == nil)
                }
            }
            try await TestLibrary.expectSound(root)
        }
    }

    @Test func `plans of one recipe and seed, made before any of them ran, are paid for once`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let request = try await Self.request(library)
            let plan = try await session.plan(request)
            let (paid, refused) = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        do throws(LibraryError) {
                            _ = try await session.run(plan)
                            return nil
                        } catch { return error.code }
                    }
                }
                var (paid, refused) = (0, [String]())
                for await code in group {
                    if let code { refused.append(code) } else { paid += 1 }
                }
                return (paid, refused)
            }
            #expect(paid == 1 && refused == Array(repeating: "run_begun", count: 5), "\(refused)")
            #expect(try await library.runs(limit: 10).count == 1)
            // Who knows of the run and asks all the same pays again.
            _ = try await session.run(try await session.plan(request))
            #expect(try await library.runs(limit: 10).count == 2)
        }
    }

    @Test func `a request key begins one run, with or without a seed, also in a process that planned before`()
        async throws
    {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library, seed: nil)
            request.filing = Run.Filing(key: "press 1")
            let plan = try await session.plan(request)
            let first = try await session.run(plan)
            await #expect(throws: LibraryError.self) { try await session.run(plan) }
            #expect(try await library.run(askedAs: "press 1")?.id == first.run.id)
            #expect(try await library.run(askedAs: "press 2") == nil)
            #expect(try await library.runs(limit: 10).count == 1)
        }
    }

    @Test func `what was sent goes before what never was, and another account's plan is not ours`() async throws {
        try await TestLibrary.withSandbox { library, session, address in
            let request = try await Self.request(library)
            _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
            let plan = try await session.plan(request)
            let other = try Remote.server(at: address.url, key: "other:key")
            func write(_ remote: Remote) async throws -> Run.ID {
                let id = session.records("test").newID()
                try await library.history.record("test", try plan.facts(id, remote.host))
                return id
            }
            _ = try await write(other)
            #expect(try await library.earlierRun(of: request, on: session.remote) == nil)
            let remote = session.remote
            let (first, second) = (try await write(remote), try await write(remote))
            func unfinished() async throws -> Run.ID? {
                guard case .unfinished(let run)? = try await library.earlierRun(of: request, on: session.remote) else {
                    return nil
                }
                return run.id
            }
            #expect(try await unfinished() == first)
            try await library.history.record("test", [.sending(.init(generation: second, urls: ["u"]))])
            #expect(try await unfinished() == second)
        }
    }

    @Test func `a catalog of another version is folded again when the library is opened`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let request = try await Self.request(library)
            let first = try await session.run(try await session.plan(request))
            for sql in [
                "UPDATE fold SET version = '0-older'", "DROP TABLE generationFile", "DELETE FROM generationOutput",
            ] {
                try SQLite.execute(sql, in: library.root + "/catalog.sqlite")
            }
            try await TestLibrary.withSession(at: library.root, session.remote) { again, session in
                let earlier = try await again.earlierRun(of: request, on: session.remote)
                #expect(earlier == .finished(first.run))
            }
        }
    }
}
