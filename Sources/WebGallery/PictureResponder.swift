import AssetLibrary
import AssetModel
import HTTPTypes
import Hummingbird
import NIOCore

/// Serves pictures, by digest and nothing else: `/blobs/DIGEST` is the original, `/thumbnails/DIGEST/256` a small one.
///
/// Bytes under a digest never change, so a browser keeps them. They come as images or not at all, whatever they hold.
struct PictureResponder: Sendable {
    let library: Library

    /// The formats that browsers show; the others are sent as a file, and a preview is shown.
    private static let shown: Set<ImageFormat> = [.png, .jpeg, .webp, .gif, .avif, .bmp]

    func respond(to request: Request, parts: [Substring]) async -> GalleryAnswer {
        guard request.method == .get || request.method == .head else {
            return .error(405, "method_not_allowed", "pictures can only be read")
        }
        guard let digest = parts.first.flatMap({ try? ContentDigest(parsing: $0) }) else {
            return .error(404, "no_such_picture", "a picture is named by the 64 digits of its digest")
        }
        do throws(LibraryError) {
            guard let asset = try await library.asset(digest) else {
                return .error(404, "no_such_picture", "the library has no such picture")
            }
            return original(of: asset)
        } catch {
            return .error(error)
        }
    }

    private func original(of asset: Asset) -> GalleryAnswer {
        let path = library.path(of: asset)
        guard let bytes = FileBytes(path) else {
            return .error(410, "missing_blob", "the file of this picture is missing")
        }
        var answer = GalleryAnswer.bytes(ByteBuffer(bytes: bytes.bytes), mediaType: asset.facts.format.mediaType)
        answer.headers[.cacheControl] = "private, max-age=31536000, immutable"
        answer.headers[.eTag] = "\"\(asset.id.hex)\""
        if !Self.shown.contains(asset.facts.format) { answer.headers[.contentDisposition] = "attachment" }
        return answer
    }
}
