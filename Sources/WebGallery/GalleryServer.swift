import AssetLibrary
import AssetModel
import Foundation
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// The gallery on a local port: the page, its API, pictures, and fal's webhooks.
///
/// It listens on loopback, unless it is told otherwise; fal reaches it through a tunnel.
package struct GalleryServer: Sendable {
    private init() {}

    /// Runs the server for the length of `body`, which gets its address, and returns what `body` returns.
    ///
    /// `body` begins once the server accepts connections. When it ends, for whatever reason, the server stops: an open request
    /// is cut off after five seconds, downloads are cancelled, and records being written are finished. `place` says where it listens. `report` is called once for each delivery of a webhook, from several tasks. Errors: `GalleryError` when it
    /// cannot start, and what `body` throws. `logger` gets nothing above `debug` while all goes well.
    package static func withRunning<R: Sendable>(
        _ gallery: Gallery, at place: GalleryPlace = GalleryPlace(), limits: GalleryLimits = GalleryLimits(),
        logger: Logger,
        report: @escaping @Sendable (WebhookReport) -> Void,
        _ body: @Sendable (GalleryAddress) async throws -> R
    ) async throws -> R {
        try place.check()
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        let (notices, noticed) = AsyncStream.makeStream(of: WebhookNotice.self)
        let (arrivals, arrived) = AsyncStream.makeStream(of: [ContentDigest].self)
        let underWay = RunsUnderWay()
        // Hummingbird logs its start at `info`; whether to report that is up to our caller.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        let token = Self.newToken()
        let names = place.names
        let webhooks = gallery.fal.map {
            WebhookResponder(session: $0, notices: noticed, underWay: underWay, report: report)
        }
        let (hub, connections) = (EventHub(), ConnectionRegister(limits))
        let gate = GalleryGate(token: token, names: names)
        let runs = RunDesk(hub: hub)
        let application = Application(
            responder: GalleryResponder(
                gate: gate,
                api: GalleryAPI(gallery: gallery, desk: runs, hub: hub),
                pictures: PictureResponder(library: gallery.library),
                webhooks: webhooks, connections: connections),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        ConnectionKeeper(limits, connections, holdsToken: gate.holdsToken)
                    ],
                    idleTimeout: limits.keepAliveTime,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.headerByteCount, maxHeaderListSize: limits.headerByteCount,
                        maxHeaderFieldCount: limits.headerFieldCount))),
            configuration: ApplicationConfiguration(
                address: .hostname(place.host, port: place.port), serverName: "atelier"),
            onServerRunning: { channel in
                portFound.yield(channel.localAddress?.port ?? place.port)
                portFound.finish()
            },
            logger: quiet)
        let desk = gallery.fal.map {
            WebhookDesk(session: $0, notices: notices, underWay: underWay, report: report)
        }
        let services: [any Service] =
            (desk.map { [$0] } ?? [])
            + (gallery.library.obstacleToWriting == nil
                ? [ThumbnailKeeper(library: gallery.library, arrivals: arrivals)] : [])
            + [ChangeWatcher(library: gallery.library, hub: hub, arrivals: arrived), runs, application]
        var setup = ServiceGroupConfiguration(services: services, logger: quiet)
        setup.maximumGracefulShutdownDuration = .seconds(5)
        let group = ServiceGroup(configuration: setup)

        // Not a child task: a child would be cancelled with its parent, but a cancelled caller must get the same orderly
        // shutdown as one that returns. It never outlives this function.
        let serving = Task {
            defer { portFound.finish() }
            try await group.run()
        }
        var found: Int?
        for await port in ports { found = port }
        guard let found else {
            await group.triggerGracefulShutdown()
            throw await startError(of: serving.result, place)
        }
        let outcome: Result<R, any Error>
        do {
            outcome = .success(try await body(GalleryAddress(hosts: place.shownHosts, port: found, token: token)))
        } catch {
            outcome = .failure(error)
        }
        await group.triggerGracefulShutdown()
        // How the server ended no longer matters: the caller's result or error does.
        _ = await serving.result
        return try outcome.get()
    }

    /// 256 bits from the system's generator, as base64url.
    private static func newToken() -> String {
        let bytes = (0..<4).flatMap { _ in withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { Array($0) } }
        return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
            "=", with: "")
    }

    private static func startError(of result: Result<Void, any Error>, _ place: GalleryPlace) -> any Error {
        switch result {
        case .success:
            // The server ended before it began: the caller was cancelled.
            CancellationError()
        case .failure(let error): GalleryError(error, place)
        }
    }
}
