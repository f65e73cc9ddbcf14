package import AssetLibrary
import AssetModel
package import FalSandbox
import Foundation
package import Logging
package import Testing

/// Libraries for tests: real folders, real SQLite, and where asked for a real sandbox on loopback.
package enum TestLibrary {
    /// Says nothing below errors.
    package static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return logger
    }()

    /// A new library in a temporary folder; afterwards it must be sound.
    package static func with<R: Sendable>(
        environment: Library.Environment = .live, _ body: (Library) async throws -> R
    ) async throws -> R {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root, environment: environment)
            let result = try await Library.withLibrary(at: root, environment: environment, logger: logger, body)
            try await expectSound(root)
            return result
        }
    }

    /// A new library, and a session with a sandbox of its own; afterwards the library must be sound.
    package static func withSandbox<R: Sendable>(
        _ configuration: SandboxConfiguration = SandboxConfiguration(),
        _ body: @Sendable (Library, FalSession, SandboxAddress) async throws -> R
    ) async throws -> R {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            return try await SandboxServer.withRunning(configuration, logger: logger) { address in
                let remote = try Remote.server(at: address.url, key: Remote.sandboxKey)
                let result = try await Library.withLibrary(at: root, logger: logger) { library in
                    try await library.withSession(remote) { session in try await body(library, session, address) }
                }
                try await expectSound(root)
                return result
            }
        }
    }

    /// Opens a library and a session with a remote.
    package static func withSession<R: Sendable>(
        at root: String, _ remote: Remote, environment: Library.Environment = .live,
        _ body: (Library, FalSession) async throws -> R
    ) async throws -> R {
        try await Library.withLibrary(at: root, environment: environment, logger: logger) { library in
            try await library.withSession(remote) { session in try await body(library, session) }
        }
    }

    /// The promise that every end-to-end test ends with: bytes are what their names say, the catalog is what the journal
    /// says, and a rebuilt catalog gives the same answers. `afterKill` allows blobs without an asset: an import that died
    /// between the two leaves one, and importing again completes it.
    package static func expectSound(
        _ root: String, afterKill: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await Library.withLibrary(at: root, logger: logger) { library in
            let before = try await library.search(SearchQuery(), limit: 10_000)
            var problems: [String] = []
            let summary = try await library.verify(onProblem: { problems.append($0.description) })
            #expect(problems.isEmpty, "\(problems)", sourceLocation: sourceLocation)
            #expect(afterKill || summary.orphanCount == 0, "blobs without an asset", sourceLocation: sourceLocation)
            _ = try await library.rebuild()
            let after = try await library.search(SearchQuery(), limit: 10_000)
            #expect(before == after, "a rebuilt catalog answers differently", sourceLocation: sourceLocation)
            let again = try await library.verify(onProblem: { problems.append($0.description) })
            #expect(again.problemCount == 0, "\(problems)", sourceLocation: sourceLocation)
        }
    }

    /// A clock that moves one second at each look, from 2026-01-01, and numbers that count up: tests repeat exactly.
    package static func fixedEnvironment() -> Library.Environment {
        let ticks = Ticks()
        return Library.Environment(
            now: { Timestamp(milliseconds: 1_767_225_600_000 + Int64(ticks.next()) * 1000) },
            random: { ticks.next() &* 0x9E37_79B9_7F4A_7C15 })
    }
}
