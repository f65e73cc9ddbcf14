import AssetLibrary
import HTTPTypes

/// The API's own description.
extension GalleryAPI {
    static let documentRoutes: [Route] = []
}
