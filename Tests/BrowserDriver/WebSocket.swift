internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOWebSocket

/// A WebSocket to a server on this machine that takes and gives texts.
final class WebSocket: Sendable {
    /// Frames of a server are refused when larger: a picture of a large window is some megabytes of base64.
    private static let largestFrame = 1 << 27

    private let channel: any Channel

    private init(_ channel: any Channel) { self.channel = channel }

    /// Connects to `ws://HOST:PORT/PATH`. The closures are called in order, on the connection's own thread.
    static func open(
        _ address: String, onText: @escaping @Sendable (String) -> Void, onEnd: @escaping @Sendable () -> Void
    ) async throws -> WebSocket {
        guard let match = address.wholeMatch(of: /ws:\/\/([^:\/]+):([0-9]+)(\/.*)/), let port = Int(match.2) else {
            throw BrowserError("\(address) is no address of a WebSocket")
        }
        let (host, path) = (String(match.1), String(match.3))
        let upgraded = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrader = NIOTypedWebSocketClientUpgrader<(any Channel)?>(
                        maxFrameSize: Self.largestFrame,
                        upgradePipelineHandler: { channel, _ in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHandlers([
                                    NIOWebSocketFrameAggregator(
                                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1 << 16,
                                        maxAccumulatedFrameSize: Self.largestFrame),
                                    TextHandler(onText: onText, onEnd: onEnd),
                                ])
                                return channel
                            }
                        })
                    // Without an Origin: browsers take that for a program, and refuse pages.
                    let head = HTTPRequestHead(
                        version: .http1_1, method: .GET, uri: path, headers: ["Host": "\(host):\(port)"])
                    let configuration = NIOTypedHTTPClientUpgradeConfiguration<(any Channel)?>(
                        upgradeRequestHead: head, upgraders: [upgrader],
                        notUpgradingCompletionHandler: { $0.eventLoop.makeSucceededFuture(nil) })
                    return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                        configuration: .init(upgradeConfiguration: configuration))
                }
            }
        guard let channel = try await upgraded.get() else { throw BrowserError("\(address) speaks no WebSocket") }
        return WebSocket(channel)
    }

    /// Sends a text. An error shows as the end of the connection.
    func send(_ text: String) {
        let buffer = channel.allocator.buffer(string: text)
        channel.writeAndFlush(
            WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: buffer), promise: nil)
    }

    /// Calls a closure after a time, on the connection's thread.
    func after(_ seconds: Int64, _ body: @escaping @Sendable () -> Void) {
        channel.eventLoop.scheduleTask(in: .seconds(seconds), body)
    }

    /// Ends the connection.
    func close() async { try? await channel.close() }
}

/// Gives the texts of a connection and answers its pings.
private final class TextHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let onText: @Sendable (String) -> Void
    private let onEnd: @Sendable () -> Void

    init(onText: @escaping @Sendable (String) -> Void, onEnd: @escaping @Sendable () -> Void) {
        (self.onText, self.onEnd) = (onText, onEnd)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text: onText(String(buffer: frame.unmaskedData))
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .connectionClose: context.close(promise: nil)
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) { onEnd() }
}
