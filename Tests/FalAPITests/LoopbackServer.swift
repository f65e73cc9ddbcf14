import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A real HTTP server on loopback for the length of a closure. It answers as it is told, misbehaves on order, and
/// remembers every request.
struct LoopbackServer: Sendable {
    /// One request as it arrived.
    struct Received: Sendable {
        var method: String
        var path: String
        var query: String
        var headers: HTTPHeaders
        /// The client's port: the same for all that came over one connection.
        var port: Int?
        var body: [UInt8] = []
        /// False when the client went away before the end.
        var isWhole = false

        /// The query by name.
        var parameters: [String: String] {
            let items = URLComponents(string: "?" + query)?.queryItems ?? []
            return Dictionary(items.map { ($0.name, $0.value ?? "") }) { $1 }
        }

        var bodyText: String { String(decoding: body, as: UTF8.self) }
    }

    /// What to do with a request.
    enum Reaction: Sendable {
        case answer(Int, headers: [String: String] = [:], body: [UInt8] = [])
        /// Announces more bytes than it sends, then closes.
        case truncated(announced: Int, body: [UInt8])
        /// Closes without a word.
        case close
        /// Sends the head and some of the body, then nothing more.
        case stall(announced: Int, body: [UInt8])
        /// Takes the request and says nothing until the client leaves.
        case never

        static func json(_ status: Int, _ text: String, headers: [String: String] = [:]) -> Reaction {
            .answer(
                status, headers: ["Content-Type": "application/json"].merging(headers) { $1 }, body: Array(text.utf8))
        }
    }

    /// Every request so far, in order of arrival.
    actor Ledger {
        private(set) var received: [Received] = []

        func note(_ request: Received) -> Int {
            received.append(request)
            return received.count
        }
    }

    /// `http://127.0.0.1:PORT`
    let url: String
    let ledger = Ledger()

    var received: [Received] { get async { await ledger.received } }

    /// With `secured` it speaks TLS, with the certificate of `LoopbackTLS`. `react` gets each request, its number from 1, and the server's own URL.
    static func withRunning<R: Sendable>(
        secured: Bool = false,
        _ react: @escaping @Sendable (Received, Int, String) -> Reaction, _ body: (LoopbackServer) async throws -> R
    ) async throws -> R {
        // A connection is wrapped only by the task that serves it: one that comes in while the server ends is dropped
        // unwrapped, which the wrapper itself would not survive.
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if secured { try channel.pipeline.syncOperations.addHandler(LoopbackTLS.handler()) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return channel
                }
            }
        let server = LoopbackServer(
            url: "\(secured ? "https" : "http")://127.0.0.1:\(listener.channel.localAddress?.port ?? 0)")
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await listener.executeThenClose { connections in
                    await withDiscardingTaskGroup { handlers in
                        do {
                            for try await connection in connections {
                                handlers.addTask { await server.serve(connection, react) }
                            }
                        } catch {}
                        handlers.cancelAll()
                    }
                }
            }
            let result = try await body(server)
            group.cancelAll()
            return result
        }
    }

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    private func serve(
        _ channel: any Channel, _ react: @Sendable (Received, Int, String) -> Reaction
    ) async {
        let wrapped = try? await channel.eventLoop.submit { try Connection(wrappingChannelSynchronously: channel) }
            .get()
        guard let wrapped else { return }
        // A client that goes away is part of the game.
        try? await wrapped.executeThenClose { inbound, outbound in
            try await channel.setOption(.autoRead, value: true).get()
            var current: Received?
            var isSilent = false
            do {
                for try await part in inbound {
                    switch part {
                    case .head(let head):
                        let target = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
                        current = Received(
                            method: head.method.rawValue, path: String(target[0]),
                            query: target.count > 1 ? String(target[1]) : "", headers: head.headers,
                            port: channel.remoteAddress?.port)
                    case .body(let chunk):
                        current?.body += chunk.readableBytesView
                    case .end:
                        guard var request = current, !isSilent else { continue }
                        current = nil
                        request.isWhole = true
                        let reaction = react(request, await ledger.note(request), url)
                        switch try await carryOut(reaction, on: request, to: outbound) {
                        case .goOn: break
                        case .close: return
                        case .keepSilent: isSilent = true
                        }
                    }
                }
            } catch {}
            if let current { _ = await ledger.note(current) }
        }
    }

    private enum Manner { case goOn, close, keepSilent }

    private func carryOut(
        _ reaction: Reaction, on request: Received, to outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws -> Manner {
        switch reaction {
        case .answer(let status, let headers, let body):
            try await head(status, headers, announced: body.count, to: outbound)
            if request.method != "HEAD" { try await send(body, to: outbound) }
            try await outbound.write(.end(nil))
            return .goOn
        case .truncated(let announced, let body), .stall(let announced, let body):
            try await head(200, [:], announced: announced, to: outbound)
            try await send(body, to: outbound)
            if case .truncated = reaction { return .close }
            return .keepSilent
        case .close: return .close
        case .never: return .keepSilent
        }
    }

    private func head(
        _ status: Int, _ headers: [String: String], announced: Int,
        to outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        var fields = HTTPHeaders(headers.map { ($0.key, $0.value) })
        // A HEAD answer announces the length of what a GET would bring, which its script sets itself.
        if !fields.contains(name: "Content-Length"), status != 204 {
            fields.add(name: "Content-Length", value: String(announced))
        }
        try await outbound.write(.head(.init(version: .http1_1, status: .init(statusCode: status), headers: fields)))
    }

    private func send(_ body: [UInt8], to outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>) async throws
    {
        guard !body.isEmpty else { return }
        try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body))))
    }
}

/// A folder for the length of a closure.
func withTemporaryFolder<R>(_ body: (URL) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "falapi-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
