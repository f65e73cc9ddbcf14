import ArgumentParser
import AssetLibrary
import FalSandbox
import Foundation
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
}
