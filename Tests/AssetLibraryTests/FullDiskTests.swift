import AssetModel
import FalSandbox
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AssetLibrary

/// What is said about a run while the disk fills up is what is written down about it.
struct FullDiskTests {
    /// How many bytes the disk has left, as the test says.
    final class Disk: Sendable {
        private let left = Mutex<Int64>(1 << 40)

        func fill(leaving bytes: Int64) { left.withLock { $0 = bytes } }
        var available: Int64 { left.withLock { $0 } }

        /// The live environment with this disk.
        var environment: Library.Environment {
            var environment = Library.Environment.live
            environment.availableBytes = { _ in self.available }
            return environment
        }
    }

    private static func with(
        _ body: @Sendable (Library, FalSession, Disk, RunRequest) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            let disk = Disk()
            let environment = disk.environment
            try await SandboxServer.withRunning(SandboxConfiguration(), logger: TestLibrary.logger) { address in
                let remote = try Remote.server(at: address.url, key: Remote.sandboxKey)
                try await TestLibrary.withSession(at: root, remote, environment: environment) { library, session in
                    var request = RunRequest(model: EditModels.defaultForText, prompt: "a mug")
                    request.seed = 7
                    try await body(library, session, disk, request)
                }
            }
            try await TestLibrary.expectSound(root)
        }
    }

    @Test func `without room nothing is planned, and nothing of it is in the journal`() async throws {
        try await Self.with { library, session, disk, request in
            disk.fill(leaving: 1_000_000)
            let plan = try await session.plan(request)
            let error = await #expect(throws: LibraryError.self) { try await session.run(plan) }
            #expect(error?.code == "store.disk_full" && error?.run == nil)
            #expect(try await library.runs(limit: 1).isEmpty)
            _ = try await library.rebuild()
            #expect(try await library.runs(limit: 1).isEmpty)
        }
    }

    @Test func `a run that finds no room before its submit stays planned, and is sent later`() async throws {
        try await Self.with { library, session, disk, request in
            let plan = try await session.plan(request)
            let id = try #require(try await session.runner("test").recordPlans([plan]).first)
            disk.fill(leaving: 1_000_000)
            let error = await #expect(throws: LibraryError.self) { try await session.finish(id) }
            #expect(error?.code == "store.disk_full")
            #expect(try await library.run(id)?.state == .planned)
            _ = try await library.rebuild()
            #expect(try await library.run(id)?.state == .planned)
            disk.fill(leaving: 1 << 40)
            #expect(try await session.finish(id).run.state == .finished)
        }
    }

    @Test func `a run whose end finds no room stays open, says so, and ends later`() async throws {
        try await Self.with { library, session, disk, request in
            let plan = try await session.plan(request)
            let error = await #expect(throws: LibraryError.self) {
                try await session.run(plan) { if case .downloading = $0 { disk.fill(leaving: 100_000) } }
            }
            #expect(
                error?.code == "store.disk_full" && error?.message.contains("stays open") == true,
                "\(error?.message ?? "")")
            let open = try #require(try await library.unfinishedRuns().first)
            #expect(open.state == .submitted && error?.run == open.id && error?.remedy == .resume(open.id))
            _ = try await library.rebuild()
            #expect(try await library.run(open.id)?.state == .submitted)
            disk.fill(leaving: 1 << 40)
            #expect(try await session.finish(open.id).run.outputs.count == 1)
        }
    }
}
