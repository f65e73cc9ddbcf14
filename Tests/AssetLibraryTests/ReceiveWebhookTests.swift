import AssetModel
import FalAPI
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary
@testable import FalSandbox

/// A webhook of fal as a call of the library; `ServeTests` has the same through a server.
struct ReceiveWebhookTests {
    private static let seed = [UInt8](0..<32)

    private static func sandbox(_ folder: String) throws -> SandboxConfiguration {
        // Slow, so that a run is still waiting when its caller leaves.
        var configuration = SandboxConfiguration(
            log: folder + "/log.jsonl", script: try SandboxScript(parsing: ["status:slow:3"]))
        configuration.webhookSeed = seed
        return configuration
    }

    /// A run that was submitted and then left by its caller.
    private static func leftRun(_ library: Library, _ session: FalSession) async throws -> Run {
        var request = RunRequest(model: EditModels.defaultForText, prompt: "mug")
        request.outputFormat = .jpeg
        let plan = try await session.plan(request)
        let (progress, reports) = AsyncStream.makeStream(of: RunProgress.self)
        let running = Task { try await session.run(plan) { reports.yield($0) } }
        for await step in progress {
            if case .submitted = step { break }
        }
        running.cancel()
        _ = await running.result
        let left = try #require(try await library.unfinishedRuns().first)
        #expect(left.state == .submitted)
        return left
    }

    private static func receive(
        _ request: String?, _ session: FalSession, seed: [UInt8] = seed
    ) async throws -> WebhookOutcome {
        let body = Data(#"{"request_id":"\#(request ?? "")","status":"OK","payload":null}"#.utf8)
        let headers = try WebhookSigner(seed: seed).headers(
            requestID: "r", userID: "u", timestamp: Int64(Date().timeIntervalSince1970), body: body)
        return try await session.receiveWebhook(headers: headers, body: Array(body))
    }

    private static func keyRequests(_ folder: String) throws -> Int {
        try String(contentsOfFile: folder + "/log.jsonl", encoding: .utf8).split(separator: "\n")
            .count { $0.contains("jwks.json") }
    }

    @Test func `a webhook brings its run in, and comes again in vain`() async throws {
        try await TemporaryFolder.with { folder in
            try await TestLibrary.withSandbox(Self.sandbox(folder)) { library, session, _ in
                let run = try await Self.leftRun(library, session)
                guard case .finished(let edit) = try await Self.receive(run.request?.id, session) else {
                    Issue.record("the run was not brought in")
                    return
                }
                #expect(edit.run.id == run.id && edit.run.outputs.count == 1)
                #expect(try await Self.receive(run.request?.id, session) == .alreadyEnded(edit.run))
                #expect(try await Self.receive("no-such", session) == .unknownRequest(id: "no-such"))
                #expect(try Self.keyRequests(folder) == 1)
            }
        }
    }

    @Test func `the same webhook several times at once still makes one run of it`() async throws {
        try await TemporaryFolder.with { folder in
            try await TestLibrary.withSandbox(Self.sandbox(folder)) { library, session, _ in
                let run = try await Self.leftRun(library, session)
                try await withThrowingTaskGroup(of: WebhookOutcome.self) { group in
                    for _ in 0..<3 { group.addTask { try await Self.receive(run.request?.id, session) } }
                    for try await outcome in group {
                        switch outcome {
                        case .finished(let edit): #expect(edit.run.id == run.id)
                        case .alreadyEnded(let generation): #expect(generation.id == run.id)
                        default: Issue.record("\(outcome)")
                        }
                    }
                }
                #expect(try await library.search(SearchQuery(), limit: 10).count == 1)
            }
        }
    }

    @Test func `fal's new key is asked for, but not at every wrong signature`() async throws {
        try await TemporaryFolder.with { folder in
            try await TestLibrary.withSandbox(Self.sandbox(folder)) { library, session, _ in
                let run = try await Self.leftRun(library, session)
                let jwks = try JSONEncoder().encode(try WebhookSigner(seed: Self.seed.reversed()).publicKeys)
                func keep(since seconds: Int64) async throws {
                    let then = Int64(Date().timeIntervalSince1970) - seconds
                    await session.keyring.keep(try #require(WebhookKeys(jwks: Array(jwks), fetchedAt: then)))
                }
                try await keep(since: 0)
                let error = await #expect(throws: LibraryError.self) {
                    _ = try await Self.receive(run.request?.id, session)
                }
                #expect(error?.code == "webhook.wrong_signature" && error?.category == .refused)
                #expect(try Self.keyRequests(folder) == 0)

                try await keep(since: 600)
                guard case .finished = try await Self.receive(run.request?.id, session) else {
                    Issue.record("the new key was not believed")
                    return
                }
                #expect(try Self.keyRequests(folder) == 1)
            }
        }
    }

    @Test func `another account's run is left alone`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            try await SandboxServer.withRunning(Self.sandbox(folder), logger: TestLibrary.logger) { sandbox in
                let one = try Remote.server(at: sandbox.url, key: "one:key")
                let run = try await TestLibrary.withSession(at: root, one) { try await Self.leftRun($0, $1) }
                let two = try Remote.server(at: sandbox.url, key: "two:key")
                try await TestLibrary.withSession(at: root, two) { library, session in
                    let outcome = try await Self.receive(run.request?.id, session)
                    #expect(outcome == .elsewhere(run))
                }
            }
            try await TestLibrary.expectSound(root)
        }
    }

    @Test func `keys that cannot be had are no verdict on a webhook`() async throws {
        try await TestLibrary.with { keyless in
            let error = await #expect(throws: LibraryError.self) { try await keyless.withSession(nil) { _ in } }
            #expect(error?.category == .credential && error?.remedy == .setKey)
            // Nothing listens on port 1.
            let remote = try Remote.server(at: "http://127.0.0.1:1", key: Remote.sandboxKey)
            try await TestLibrary.withSession(at: keyless.root, remote) { library, session in
                let error = await #expect(throws: LibraryError.self) { _ = try await Self.receive("r", session) }
                #expect(error?.category == .unavailable)
                // What has not even the form of a webhook is known without them.
                let stranger = await #expect(throws: LibraryError.self) {
                    _ = try await session.receiveWebhook(headers: [], body: Array("{}".utf8))
                }
                #expect(stranger?.code == "webhook.incomplete_headers" && stranger?.category == .invalidInput)
            }
        }
    }
}
