import ArgumentParser
import AssetLibrary
import AssetModel
import FalSandbox
import Foundation
import LibraryJSON
import WebGallery

/// A gallery with all that it can be given: the person's account, and a sandbox to try things in.
enum GalleryStage {
    /// Opens the sessions for the length of `body`.
    ///
    /// Beside fal, and where there is no key, a sandbox of this process draws test cards; a server that stands in for fal is one already.
    static func with(
        _ library: Library, _ remote: Remote?, isReadOnly: Bool,
        _ body: @Sendable (Gallery) async throws -> Void
    ) async throws {
        let version = Atelier.configuration.version
        guard remote?.isFal ?? true, !isReadOnly else {
            guard let remote else {
                return try await body(Gallery(library: library, fal: nil, isReadOnly: isReadOnly, version: version))
            }
            return try await library.withSession(remote) { fal in
                try await body(Gallery(library: library, fal: fal, isReadOnly: isReadOnly, version: version))
            }
        }
        try await SandboxServer.withRunning(logger: Console.logger) { address in
            let sandbox = try Remote.ephemeralSandbox(at: address.url, name: UUID().uuidString.lowercased())
            try await library.withSession(sandbox) { sandbox in
                guard let remote else {
                    return try await body(
                        Gallery(library: library, fal: nil, sandbox: sandbox, version: version))
                }
                try await library.withSession(remote) { fal in
                    try await body(Gallery(library: library, fal: fal, sandbox: sandbox, version: version))
                }
            }
        }
    }

    /// Serves until interrupted: says where, and opens the browser if it is to.
    ///
    /// Without a port it is one that stays the library's, so that a browser finds what it keeps for this gallery; the next free one where that is
    /// taken, as by a second gallery of the library.
    static func serve(
        _ gallery: Gallery, on host: String?, port: Int?, opening isOpened: Bool, _ output: Output,
        report: @escaping @Sendable (WebhookReport) -> Void
    ) async throws {
        let ports = port.map { [$0] } ?? ports(of: gallery.library) + [0]
        for (index, port) in ports.enumerated() {
            let place = host.map { GalleryPlace(host: $0, port: port) } ?? GalleryPlace(port: port)
            do {
                return try await GalleryServer.withRunning(
                    gallery, at: place, logger: Console.logger, report: report
                ) { address in
                    try output.summary(
                        [
                            "url": JSONValue(address.url), "port": JSONValue(address.port),
                            "webhook": JSONValue(address.webhook), "gallery": JSONValue(address.entrance),
                            "galleries": JSONValue(address.entrances),
                        ],
                        "the gallery runs until you press Ctrl-C, at " + address.entrances.joined(separator: "\n  or "))
                    if !place.isLoopback {
                        Console.note("whoever has this address can change the library; the connection is not encrypted")
                    }
                    if isOpened { Browser.open(address.entrance) }
                    while true { try await Task.sleep(for: .seconds(3600)) }
                }
            } catch GalleryError.inUse where index < ports.count - 1 {
                continue
            } catch let error as GalleryError {
                throw LibraryError(
                    error.isUsage ? .invalidInput : .conflict, code: "serve.\(error.code)", error.description)
            }
        }
    }

    /// Twenty ports that the system gives to no one by itself, the same ones for a library wherever it lies.
    private static func ports(of library: Library) -> [Int] {
        var sum: UInt32 = 2_166_136_261
        for byte in library.name.utf8 { sum = (sum ^ UInt32(byte)) &* 16_777_619 }
        let first = 20_000 + Int(sum % 12_000)
        return (0..<20).map { first + $0 }
    }
}
