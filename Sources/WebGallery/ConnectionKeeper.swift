import AssetModel
import HTTPTypes
import Hummingbird
import LibraryJSON
package import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Keeps one connection within its bounds: how many there may be, how long a request may take to arrive, and how long a client may take
/// nothing of its answer. What the HTTP parser before it refuses is answered with a sentence.
final class ConnectionKeeper: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: GalleryLimits
    private let register: ConnectionRegister
    /// Whether the head of a request has the token.
    private let holdsToken: @Sendable (HTTPRequest, Int) -> Bool
    private var isStranger = true
    /// How many requests have begun to arrive and are not answered to their end.
    private var unanswered = 0
    /// Whether nothing that still arrives is read.
    private var isClosing = false
    /// Closes the connection when a request does not arrive in time, or its answer is not taken.
    private var arriving: Scheduled<Void>?
    private var stuck: Scheduled<Void>?

    init(
        _ limits: GalleryLimits, _ register: ConnectionRegister,
        holdsToken: @escaping @Sendable (HTTPRequest, Int) -> Bool
    ) {
        self.limits = limits
        self.register = register
        self.holdsToken = holdsToken
    }

    func channelActive(context: ChannelHandlerContext) {
        register.open(context.channel)?.close(promise: nil)
        expect(limits.headerTime, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        register.close(context.channel)
        arriving?.cancel()
        stuck?.cancel()
        context.fireChannelInactive()
    }

    /// A client that sends no more has closed its connection, or only says that it asks nothing else: that is the same to us. A moment is
    /// enough for the answers to those who wait; what takes longer and is given up by a page is ended.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            let (register, channel) = (register, context.channel)
            context.eventLoop.scheduleTask(in: limits.leavingTime) { register.leave(channel, ifLong: true) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            unanswered += 1
            if isStranger, holdsToken(head, context.channel.localAddress?.port ?? 0) {
                isStranger = false
                guard register.recognize(context.channel) else {
                    unanswered = 0
                    return refuse(
                        .serviceUnavailable, "too_many_connections", "too many connections are open", context)
                }
            }
            let length = head.headerFields[.contentLength].flatMap { Int64($0) } ?? 0
            expect(limits.bodyTime(byteCount: length), context)
        case .body: break
        case .end: arriving?.cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            unanswered -= 1
            // The next request has as long as the first.
            if !isClosing { expect(limits.keepAliveTime, context) }
        }
        context.write(data, promise: promise)
    }

    /// The parser stops at a request that it refuses, and tells it once more of each further piece.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isClosing else { return }
        // The sentence would be taken for the answer to the request before, which is still to come: the server ends the connection behind that.
        guard unanswered == 0 else { return context.fireErrorCaught(error) }
        switch error {
        case HTTPParserError.headerOverflow:
            let bounds = "\(limits.headerByteCount / 1024) KB and \(limits.headerFieldCount) fields"
            refuse(
                .requestHeaderFieldsTooLarge, "header_too_large",
                "the address of this page or a header is too long: together they may have \(bounds)", context)
        case is HTTPParserError: refuse(.badRequest, "bad_request", "this is not a request in HTTP", context)
        default: context.fireErrorCaught(error)
        }
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

    /// Says why a request is not read, and closes: a second later, since a connection that is closed while its client still sends loses
    /// the answer.
    private func refuse(
        _ status: HTTPResponse.Status, _ code: String, _ sentence: String, _ context: ChannelHandlerContext
    ) {
        isClosing = true
        let body = ByteBuffer(string: JSONText.line(.object(["error": .object(.error(code, sentence))])))
        let head = HTTPResponse(
            status: status,
            headerFields: [
                .contentType: "application/json", .contentLength: String(body.readableBytes),
                .connection: "close", .retryAfter: "1", .xContentTypeOptions: "nosniff",
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
        expect(.seconds(1), context)
    }
}

/// The bounds of what clients may ask of the server. Tests set their own.
package struct GalleryLimits: Sendable {
    /// How many connections with the token may be open; more are answered with 503. A page holds up to seven.
    package var connectionCount = 64
    /// How many connections may be open that have not presented the token; another one closes the oldest of them.
    package var strangerCount = 32
    /// How long the first request of a connection may take to begin, and its header to arrive.
    package var headerTime = TimeAmount.seconds(10)
    /// How long an open connection may wait for its next request.
    package var keepAliveTime = TimeAmount.seconds(30)
    /// How long a client may take nothing of an answer that waits for it.
    package var stuckTime = TimeAmount.seconds(30)
    /// How long a long request goes on for a client that sends no more.
    package var leavingTime = TimeAmount.milliseconds(50)
    /// How long a body may take beside what its length allows at 64 KB a second.
    package var bodyTime = TimeAmount.seconds(30)
    /// The longest header, the address and all fields together: room for a search of several thousand Japanese letters, nine bytes each.
    package var headerByteCount = 64 * 1024
    /// The most fields of a header.
    package var headerFieldCount = 100

    package init() {}

    func bodyTime(byteCount: Int64) -> TimeAmount {
        bodyTime + .seconds(max(0, min(byteCount, 1 << 30)) / 65_536)
    }
}
