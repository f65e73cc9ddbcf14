package import AssetLibrary
import Foundation
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// The library on a local port. So far it accepts fal's webhooks; the gallery itself is yet to come.
///
/// It listens on loopback only; fal reaches it through a tunnel.
package struct GalleryServer: Sendable {
    private init() {}

    /// Runs the server for the length of `body`, which gets its address, and returns what `body` returns.
    ///
    /// `body` begins once the server accepts connections. When it ends, for whatever reason, the server stops: an open request
    /// is cut off after five seconds, downloads are cancelled, and records being written are finished. `port` 0 picks a
    /// free one. `report` is called once for each delivery, from several tasks. Errors: `GalleryError` when it
    /// cannot start, and what `body` throws. `logger` gets nothing above `debug` while all goes well.
    package static func withRunning<R: Sendable>(
        _ session: FalSession, port: Int = 0, logger: Logger, report: @escaping @Sendable (WebhookReport) -> Void,
        _ body: @Sendable (GalleryAddress) async throws -> R
    ) async throws -> R {
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        let (notices, noticed) = AsyncStream.makeStream(of: WebhookNotice.self)
        let underWay = RunsUnderWay()
        // Hummingbird logs its start at `info`; whether to report that is up to our caller.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        let application = Application(
            responder: GalleryResponder(session: session, notices: noticed, underWay: underWay, report: report),
            // Connections idle for half a minute are closed.
            server: .http1(configuration: .init(idleTimeout: .seconds(30))),
            configuration: ApplicationConfiguration(
                address: .hostname(GalleryAddress.host, port: port), serverName: "atelier"),
            onServerRunning: { channel in
                portFound.yield(channel.localAddress?.port ?? port)
                portFound.finish()
            },
            logger: quiet)
        let desk = WebhookDesk(session: session, notices: notices, underWay: underWay, report: report)
        var setup = ServiceGroupConfiguration(services: [desk, application], logger: quiet)
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
            throw await startError(of: serving.result, port)
        }
        let outcome: Result<R, any Error>
        do {
            outcome = .success(try await body(GalleryAddress(port: found)))
        } catch {
            outcome = .failure(error)
        }
        await group.triggerGracefulShutdown()
        // How the server ended no longer matters: the caller's result or error does.
        _ = await serving.result
        return try outcome.get()
    }

    private static func startError(of result: Result<Void, any Error>, _ port: Int) -> any Error {
        switch result {
        case .success:
            // The server ended before it began: the caller was cancelled.
            CancellationError()
        case .failure(let error as IOError) where error.errnoCode == EADDRINUSE:
            GalleryError.portInUse(port: port)
        case .failure(let error):
            GalleryError.cannotListen(port: port, reason: "\(error)")
        }
    }
}

/// The address of a running gallery, for programs on this machine.
package struct GalleryAddress: Sendable, Hashable {
    static let host = "127.0.0.1"

    /// The port it listens on.
    package let port: Int
    /// The base URL, without a trailing slash.
    package var url: String { "http://\(Self.host):\(port)" }
    /// The URL for fal's webhooks; `--webhook` takes the address of a tunnel to it.
    package var webhook: String { url + GalleryResponder.webhookPath }
}
