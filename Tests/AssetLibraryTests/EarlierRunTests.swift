import AssetModel
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// The same wish is the same recipe.
struct EarlierRunTests {
    private static func request(_ library: Library, seed: UInt64? = 7) async throws -> EditRequest {
        var request = EditRequest(model: EditModels.defaultForEdits, prompt: "put the mug on märble")
        request.references = try await library.pictures(named: [Fixtures.path("images/demo/mug.png")])
        request.seed = seed
        return request
    }

    @Test func `a finished run answers the same wish, and plan says so`() async throws {
        try await TestLibrary.withSandbox { library, _ in
            var request = try await Self.request(library)
            #expect(try await library.earlierRun(of: request) == nil)
            let first = try await library.run(try await library.plan(request))
            #expect(try await library.earlierRun(of: request) == .finished(first.generation))
            let warnings = try await library.plan(request).warnings
            #expect(warnings.contains { $0.contains(first.generation.id.text) })
            request.imageCount = 1
            request.steps = 50
            #expect(try await library.earlierRun(of: request) == .finished(first.generation))
            request.steps = 49
            #expect(try await library.earlierRun(of: request) == nil)
        }
    }

    @Test func `a seed that the model drew is found by asking for it`() async throws {
        try await TestLibrary.withSandbox { library, _ in
            var request = try await Self.request(library, seed: nil)
            let first = try await library.run(try await library.plan(request))
            #expect(try await library.earlierRun(of: request) == nil)
            request.seed = first.generation.seed
            #expect(try await library.earlierRun(of: request) == .finished(first.generation))
            _ = try await library.rebuild()
            #expect(try await library.earlierRun(of: request) == .finished(first.generation))
        }
    }

    @Test func `pictures of another service, and pictures whose bytes are gone, are none of ours`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            try await SandboxServer.withRunning(logger: TestLibrary.logger) { address in
                let remote = try Remote.server(at: address.url, key: "one:key")
                try await Library.withLibrary(at: root, remote: remote, logger: TestLibrary.logger) { library in
                    _ = try await library.run(try await library.plan(try await Self.request(library)))
                }
                let sameServer = try Remote.server(at: address.url, key: "two:key")
                try await Library.withLibrary(at: root, remote: sameServer, logger: TestLibrary.logger) { library in
                    let earlier = try await library.earlierRun(of: try await Self.request(library))
                    guard case .finished(let run)? = earlier, let output = run.outputs.first else {
                        Issue.record("another key's picture of the same server was not found")
                        return
                    }
                    let path = library.path(of: output.asset, output.facts.format)
                    try FileManager.default.moveItem(atPath: path, toPath: folder + "/away")
                    #expect(try await library.earlierRun(of: try await Self.request(library)) == nil)
                    try FileManager.default.moveItem(atPath: folder + "/away", toPath: path)
                }
                let other = try Remote.fal(key: "one:key")
                try await Library.withLibrary(at: root, remote: other, logger: TestLibrary.logger) { library in
                    let earlier = try await library.earlierRun(of: try await Self.request(library))
                    #expect(earlier == nil)
                }
            }
            try await TestLibrary.expectSound(root)
        }
    }

    @Test func `what was sent goes before what never was, and another account's plan is not ours`() async throws {
        try await TestLibrary.withSandbox { library, address in
            let request = try await Self.request(library)
            _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
            let plan = try await library.plan(request)
            let other = try Remote.server(at: address.url, key: "other:key")
            func write(_ remote: Remote) async throws -> Run.ID {
                let id = library.newName()
                try await library.history.record("test", try plan.intent.facts(id, remote))
                return id
            }
            _ = try await write(other)
            #expect(try await library.earlierRun(of: request) == nil)
            let remote = try #require(library.remote)
            let (first, second) = (try await write(remote), try await write(remote))
            func unfinished() async throws -> Run.ID? {
                guard case .unfinished(let run)? = try await library.earlierRun(of: request) else { return nil }
                return run.id
            }
            #expect(try await unfinished() == first)
            try await library.history.record("test", [.sending(.init(generation: second, urls: ["u"]))])
            #expect(try await unfinished() == second)
        }
    }

    @Test func `a catalog of another version is folded again when the library is opened`() async throws {
        try await TestLibrary.withSandbox { library, _ in
            let request = try await Self.request(library)
            let first = try await library.run(try await library.plan(request))
            for sql in [
                "UPDATE fold SET version = '0-older'", "DROP TABLE generationFile", "DELETE FROM generationOutput",
            ] {
                try SQLite.execute(sql, in: library.root + "/catalog.sqlite")
            }
            try await Library.withLibrary(at: library.root, remote: library.remote, logger: TestLibrary.logger) {
                again in
                let earlier = try await again.earlierRun(of: request)
                #expect(earlier == .finished(first.generation))
            }
        }
    }
}
