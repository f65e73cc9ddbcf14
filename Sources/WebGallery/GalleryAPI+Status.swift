import AssetLibrary
import AssetModel
import Foundation
import HTTPTypes
import LibraryJSON

/// What the library is, what it holds, and what can be done through this gallery.
extension GalleryAPI {
    static let statusRoutes: [Route] = [
        Route(.get, "status") { api, _ throws(LibraryError) in try await api.status() },
        Route(.get, "stats") { api, _ throws(LibraryError) in
            .json(try await api.library.statistics().json(of: api.library))
        },
        Route(.get, "models") { api, _ throws(LibraryError) in
            .json(["models": JSONValue(EditModels.all.map(\.json))])
        },
    ]

    private func status() async throws(LibraryError) -> GalleryAnswer {
        return .json([
            "name": JSONValue((library.root as NSString).lastPathComponent), "root": JSONValue(library.root),
            "version": JSONValue(gallery.version), "read_only": JSONValue(readOnlyReason != nil),
            "read_only_reason": JSONValue(readOnlyReason), "position": JSONValue(try await library.position().text),
            "fal": .object([
                "available": JSONValue(gallery.fal != nil), "host": JSONValue(gallery.fal?.remote.service),
                "is_sandbox": JSONValue(gallery.fal.map { !$0.remote.isFal } ?? false),
                "problem": JSONValue(gallery.fal == nil ? "no key: set FAL_KEY and start Atelier again" : nil),
            ]),
            "sandbox": .object(["available": JSONValue(sandbox != nil)]),
            "counts": .object(try await library.counts().json),
        ])
    }

    /// Why nothing may be changed; nil when it may.
    var readOnlyReason: String? {
        gallery.isReadOnly ? "this gallery was started read-only" : library.obstacleToWriting
    }
}
