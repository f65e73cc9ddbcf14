import Foundation
import Hummingbird
import HummingbirdTLS
package import Logging
import NIOCore
import ServiceLifecycle

/// A local server that speaks fal's protocol from the other side, for tests and for people without a key.
///
/// It listens on this machine only, answers with test cards that cannot be mistaken for work, and forgets everything
/// when it stops. It fetches nothing from anywhere; the only requests it ever makes are webhooks that were asked
/// for, and only to addresses on this machine.
package struct SandboxServer: Sendable {
    private init() {}

    /// Runs a sandbox for the length of `body`, which gets its address, and returns what `body` returns.
    ///
    /// `body` begins once the server accepts connections. When it ends, by return, error or cancellation, the server shuts
    /// down and its files are removed. Idle connections do not delay that; an open request is cut off after two
    /// seconds. Errors: `SandboxError` when it cannot start,
    /// and whatever `body` throws. `logger` gets nothing above `debug` while all goes well.
    package static func withRunning<R: Sendable>(
        _ configuration: SandboxConfiguration = SandboxConfiguration(), logger: Logger,
        _ body: @Sendable (SandboxAddress) async throws -> R
    ) async throws -> R {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let state = try SandboxState(
            folder: folder, lifetime: configuration.lifetime, script: configuration.script, log: configuration.log)
        let (requests, queue) = AsyncStream.makeStream(of: String.self)
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        let (finished, courierBag) = AsyncStream.makeStream(of: SandboxJob.self)
        let painter = CardPainter(state: state)
        let signer = try configuration.webhookSeed.map { try WebhookSigner(seed: $0) } ?? WebhookSigner()
        let certificate = configuration.tls ? try makeCertificate(in: folder) : nil
        // Hummingbird logs its start at `info`; whether to report that is up to our caller.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        let application = Application(
            responder: SandboxResponder(
                state: state, painter: painter, configuration: configuration, signer: signer, queue: queue),
            server: try certificate.map { try .tls(tlsConfiguration: $0.certificate.serverConfiguration) } ?? .http1(),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "fal-sandbox"),
            onServerRunning: { channel in
                portFound.yield(channel.localAddress?.port ?? configuration.port)
                portFound.finish()
            },
            logger: quiet)
        var setup = ServiceGroupConfiguration(
            services: [
                WebhookCourier(signer: signer, finished: finished, logger: quiet),
                SandboxWorker(state: state, painter: painter, requests: requests, finished: courierBag), application,
            ], logger: quiet)
        setup.maximumGracefulShutdownDuration = .seconds(2)
        let group = ServiceGroup(configuration: setup)

        // Not a child task: a child would be cancelled with its parent, but a cancelled caller must get the same orderly
        // shutdown as one that returns. It never outlives this function.
        let serving = Task {
            defer { portFound.finish() }
            try await group.run()
        }
        var port: Int?
        for await found in ports { port = found }
        guard let port else {
            await group.triggerGracefulShutdown()
            throw await startError(of: serving.result, configuration)
        }

        let outcome: Result<R, any Error>
        do {
            let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
            let scheme = configuration.tls ? "https" : "http"
            let address = SandboxAddress(
                url: "\(scheme)://\(host):\(port)", port: port, certificate: certificate?.path)
            outcome = .success(try await body(address))
        } catch {
            outcome = .failure(error)
        }
        await group.triggerGracefulShutdown()
        // How the server ended no longer matters: the caller's result or error does.
        _ = await serving.result
        return try outcome.get()
    }

    private static func makeFolder() throws(SandboxError) -> String {
        let parent = FileManager.default.temporaryDirectory
        let folder = parent.appending(path: "fal-sandbox-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .noTemporaryFolder(path: parent.path(percentEncoded: false))
        }
        return folder.path(percentEncoded: false)
    }

    /// A certificate, and the file for clients that are to trust it.
    private static func makeCertificate(
        in folder: String
    ) throws(SandboxError) -> (certificate: SandboxCertificate, path: String) {
        let path = folder + "/certificate.pem"
        do {
            let certificate = try SandboxCertificate()
            try Data(certificate.pem.utf8).write(to: URL(filePath: path))
            return (certificate, path)
        } catch {
            throw .noCertificate(reason: "\(error)")
        }
    }

    private static func startError(
        of result: Result<Void, any Error>, _ configuration: SandboxConfiguration
    ) -> any Error {
        let (host, port) = (configuration.host, configuration.port)
        switch result {
        case .success:
            // The server ended before it began: the caller was cancelled.
            return CancellationError()
        case .failure(let error as IOError) where error.errnoCode == EADDRINUSE:
            return SandboxError.portInUse(host: host, port: port)
        case .failure(let error):
            return SandboxError.cannotListen(host: host, port: port, reason: "\(error)")
        }
    }
}
