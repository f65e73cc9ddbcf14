import AssetModel
import FalSandbox
import Foundation
import Logging
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ServerTests {
    @Test func `the result of the body is returned, and its error thrown`() async throws {
        struct Odd: Error {}
        let port = try await SandboxCaller.with { caller in
            try #require(Int(caller.base.split(separator: ":").last ?? ""))
        }
        #expect(port > 0)
        await #expect(throws: Odd.self) {
            try await SandboxCaller.with { _ in throw Odd() }
        }
    }

    @Test func `a port in use is one sentence`() async throws {
        try await SandboxCaller.with { caller in
            let port = try #require(Int(caller.base.split(separator: ":").last ?? ""))
            let error = await #expect(throws: SandboxError.self) {
                try await SandboxCaller.with(SandboxConfiguration(port: port)) { _ in }
            }
            #expect(error == .portInUse(host: "127.0.0.1", port: port))
            #expect(error?.description == "port \(port) on 127.0.0.1 is already in use")
        }
    }

    @Test func `a stopped sandbox leaves its port free and open connections do not delay it`() async throws {
        // The shared client keeps its connections open after every answer.
        let port = try await SandboxCaller.with { caller in
            for _ in 0..<3 { _ = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]) }
            return try #require(Int(caller.base.split(separator: ":").last ?? ""))
        }
        try await SandboxCaller.with(SandboxConfiguration(port: port)) { caller in
            let answer = try await caller.send(.POST, "/run/" + Endpoint.create, json: ["prompt": "p"])
            #expect(answer.status == 200)
        }
    }

    @Test func `a cancelled sandbox ends in good order`() async throws {
        let (started, signal) = AsyncStream.makeStream(of: Void.self)
        let recorder = LogRecorder()
        let task = Task {
            try await SandboxServer.withRunning(logger: recorder.logger) { address in
                _ = try await SandboxCaller(base: address.url).send(
                    .POST, "/" + Endpoint.create, json: ["prompt": "p", "num_images": .integer(4)])
                signal.finish()
                // Ends when the task is cancelled.
                for await _ in AsyncStream<Void>.makeStream().stream {}
                try Task.checkCancellation()
            }
        }
        for await _ in started {}
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // The server's own words about a connection that was being accepted in that moment.
        #expect(await recorder.loud().filter { !$0.contains("Waiting on child channel") } == [])
    }

    @Test func `nothing is logged above debug while all goes well`() async throws {
        let recorder = LogRecorder()
        try await SandboxServer.withRunning(logger: recorder.logger) { address in
            let caller = SandboxCaller(base: address.url)
            _ = try await caller.complete(Endpoint.create, ["prompt": "p", "image_size": "square"])
            _ = try await caller.send(.GET, "/nothing")
        }
        #expect(await recorder.loud() == [])
    }

    @Test func `a missing, malformed or wrong key is 401`() async throws {
        try await SandboxCaller.with { caller in
            for path in ["/" + Endpoint.create, "/run/" + Endpoint.create, "/storage/upload/initiate"] {
                let missing = try await caller.withoutKey.send(.POST, path, json: ["prompt": "p"])
                #expect(missing.status == 401)
                #expect(try missing.json == ["detail": "Authorization header is required"])
                for key in ["Key nocolon", "Key a:", "Bearer a:b", "a:b"] {
                    let answer = try await SandboxCaller(base: caller.base, key: key).send(
                        .POST, path, json: ["prompt": "p"])
                    #expect(answer.status == 401)
                    #expect(try answer.json["detail"]?.text != nil)
                }
            }
        }
        try await SandboxCaller.with(SandboxConfiguration(acceptedKey: "kid:ksecret")) { caller in
            #expect(try await caller.send(.POST, "/run/" + Endpoint.create, json: ["prompt": "p"]).status == 200)
            let other = SandboxCaller(base: caller.base, key: "Key kid:other")
            let answer = try await other.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
            #expect(answer.status == 401)
            #expect(try answer.json == ["detail": "Invalid API key"])
        }
    }
}

/// A logger whose lines can be read afterwards.
struct LogRecorder {
    let logger: Logger
    private let lines: AsyncStream<String>
    private let end: AsyncStream<String>.Continuation

    init() {
        let (lines, end) = AsyncStream.makeStream(of: String.self)
        (self.lines, self.end) = (lines, end)
        logger = Logger(label: "recorder") { _ in Handler(sink: end) }
    }

    /// What was said above `debug`. Can be asked once.
    func loud() async -> [String] {
        end.finish()
        var result: [String] = []
        for await line in lines { result.append(line) }
        return result
    }

    private struct Handler: LogHandler {
        let sink: AsyncStream<String>.Continuation
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            if event.level > .debug { sink.yield("\(event.level) \(event.message)") }
        }
    }
}
