import HTTPTypes
import Hummingbird
package import NIOCore
import NIOHTTPTypes
import Synchronization

/// Keeps one connection within its bounds: how many there may be, how long a request may take to arrive, and how long a client may take
/// nothing of its answer.
///
/// It stands behind the HTTP parser, which has bounds of its own (`GalleryLimits.headers`).
final class ConnectionKeeper: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: GalleryLimits
    private let count: ConnectionCount
    private var isCounted = false
    /// Closes the connection when a request does not arrive in time, or its answer is not taken.
    private var arriving: Scheduled<Void>?
    private var stuck: Scheduled<Void>?

    init(_ limits: GalleryLimits, _ count: ConnectionCount) {
        self.limits = limits
        self.count = count
    }

    func channelActive(context: ChannelHandlerContext) {
        isCounted = true
        if count.add() > limits.connectionCount {
            refuse(context)
            return
        }
        expect(limits.headerTime, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isCounted { count.remove() }
        isCounted = false
        arriving?.cancel()
        stuck?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let length = head.headerFields[.contentLength].flatMap { Int64($0) } ?? 0
            expect(limits.bodyTime(byteCount: length), context)
        case .body: break
        case .end: arriving?.cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // The next request has as long as the first.
        if case .end = unwrapOutboundIn(data) { expect(limits.keepAliveTime, context) }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stuck?.cancel()
        if !context.channel.isWritable { stuck = closing(limits.stuckTime, context) }
        context.fireChannelWritabilityChanged()
    }

    private func expect(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        arriving?.cancel()
        arriving = closing(time, context)
    }

    private func closing(_ time: TimeAmount, _ context: ChannelHandlerContext) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }

    /// One connection too many is told so and closed.
    private func refuse(_ context: ChannelHandlerContext) {
        let sentence = ByteBuffer(string: "Too many connections\n")
        let head = HTTPResponse(
            status: .serviceUnavailable,
            headerFields: [
                .contentType: "text/plain; charset=utf-8", .contentLength: String(sentence.readableBytes),
                .connection: "close", .retryAfter: "1", .xContentTypeOptions: "nosniff",
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(sentence)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }
}

/// How many connections are open.
final class ConnectionCount: Sendable {
    private let open = Mutex(0)

    /// Counts one more; says how many there are with it.
    func add() -> Int {
        open.withLock {
            $0 += 1
            return $0
        }
    }

    func remove() { open.withLock { $0 -= 1 } }
}

/// The bounds of what clients may ask of the server. Tests set their own.
package struct GalleryLimits: Sendable {
    /// How many connections may be open; more are answered with 503. A page holds up to seven.
    package var connectionCount = 64
    /// How long the first request of a connection may take to begin, and its header to arrive.
    package var headerTime = TimeAmount.seconds(10)
    /// How long an open connection may wait for its next request.
    package var keepAliveTime = TimeAmount.seconds(30)
    /// How long a client may take nothing of an answer that waits for it.
    package var stuckTime = TimeAmount.seconds(30)
    /// How long a body may take beside what its length allows at 64 KB a second.
    package var bodyTime = TimeAmount.seconds(30)
    /// The longest header, all its fields together.
    package var headerByteCount = 16 * 1024
    /// The most fields of a header.
    package var headerFieldCount = 100

    package init() {}

    func bodyTime(byteCount: Int64) -> TimeAmount {
        bodyTime + .seconds(max(0, min(byteCount, 1 << 30)) / 65_536)
    }
}
