import AssetLibrary
import HTTPTypes
import NIOCore

/// The API's own description.
extension GalleryAPI {
    static let documentRoutes: [Route] = [
        Route(.get, "openapi.json") { _, _ throws(LibraryError) in
            .bytes(ByteBuffer(bytes: document), mediaType: "application/json")
        }
    ]

    /// OpenAPI 3.1, JSON. A test compares it with the routes and with their answers.
    static var document: [UInt8] { PackageResources.openapi_json }
}
