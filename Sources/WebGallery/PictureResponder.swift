import AssetLibrary
import AssetModel
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Serves pictures, by digest and nothing else: `/blobs/DIGEST` is the original, `/thumbnails/DIGEST/256` a small one.
///
/// Bytes under a digest never change, so a browser keeps them. They come as images or not at all, whatever they hold. Files are
/// read in pieces as the client takes them.
struct PictureResponder: Sendable {
    let library: Library

    /// The formats that browsers show; the others are sent as a file, and a preview is shown.
    private static let shown: Set<ImageFormat> = [.png, .jpeg, .webp, .gif, .avif, .bmp]
    /// The sides of thumbnails.
    private static let sides: Set<Int> = [256, 512, 2048]
    private static let files = FileIO()

    func respond(
        to request: Request, kind: Substring, parts: [Substring], context: GalleryResponder.Context
    ) async -> GalleryAnswer {
        guard request.method == .get || request.method == .head else {
            var answer = GalleryAnswer.error(405, "method_not_allowed", "pictures can only be read")
            answer.headers[.allow] = "GET, HEAD"
            return answer
        }
        guard library.isThere else {
            return .error(503, "library_gone", "\(library.root): the library is no longer there")
        }
        guard let digest = parts.first.flatMap({ try? ContentDigest(parsing: $0) }),
            parts.count == (kind == "blobs" ? 1 : 2)
        else {
            return .error(404, "no_such_picture", "a picture is named by the 64 digits of its digest")
        }
        do throws(LibraryError) {
            if kind == "blobs" { return try await blob(digest, request, context) }
            guard let side = Self.sides.first(where: { String($0) == parts[1] }) else {
                return .error(404, "no_such_size", "thumbnails have sides of 256, 512 and 2048 pixels")
            }
            return try await thumbnail(digest, side, request, context)
        } catch {
            return Self.answer(error)
        }
    }

    private static func answer(_ error: LibraryError) -> GalleryAnswer {
        switch error.code {
        case "missing_blob": .error(410, error.code, error.message)
        case "damaged", "unsupported", "too_many_pixels": .error(422, error.code, error.message)
        default: .error(error)
        }
    }

    /// The original; also a film or drawing that a run made and that is no picture, as a file.
    private func blob(
        _ digest: ContentDigest, _ request: Request, _ context: GalleryResponder.Context
    ) async throws(LibraryError) -> GalleryAnswer {
        guard let asset = try await library.asset(digest) else {
            return .error(404, "no_such_picture", "the library has no such picture")
        }
        return await original(asset, request, context)
    }

    private func original(
        _ asset: Asset, _ request: Request, _ context: GalleryResponder.Context
    ) async -> GalleryAnswer {
        let path = library.path(of: asset)
        guard let count = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int else {
            return .error(
                410, "missing_blob", "the file of this picture is missing; put it back from a backup: \(path)")
        }
        guard Int64(count) == asset.facts.byteCount else {
            return .error(
                422, "damaged", "the file of this picture is damaged; put it back from a backup: \(path)")
        }
        let tag = "\"\(asset.id.hex)\""
        var answer = GalleryAnswer(
            status: 200, headers: [.contentType: asset.facts.format.mediaType], body: ResponseBody())
        Self.keep(&answer, tag)
        answer.headers[.acceptRanges] = "bytes"
        if !Self.shown.contains(asset.facts.format) {
            answer.headers[.contentDisposition] =
                "attachment; filename=\"\(asset.id.short).\(asset.facts.format.fileExtension)\""
        }
        if Self.isKnown(tag, request) {
            answer.status = 304
            return answer
        }
        let ifRange = HTTPField.Name("If-Range").flatMap { request.headers[$0] }
        let wanted = ifRange == nil || ifRange == tag ? request.headers[.range] : nil
        do {
            switch ByteRange(wanted, byteCount: count) {
            case .whole:
                answer.body = try await Self.files.loadFile(path: path, context: context)
            case .part(let range):
                answer.status = 206
                answer.headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound)/\(count)"
                answer.body = try await Self.files.loadFile(path: path, range: range, context: context)
            case .outside:
                answer = .error(416, "bad_range", "the picture has \(count) bytes")
                answer.headers[.contentRange] = "bytes */\(count)"
            }
        } catch {
            return .error(410, "missing_blob", "the file of this picture cannot be read: \(path)")
        }
        return answer
    }

    private func thumbnail(
        _ digest: ContentDigest, _ side: Int, _ request: Request, _ context: GalleryResponder.Context
    ) async throws(LibraryError) -> GalleryAnswer {
        let tag = "\"\(digest.hex)-\(side)\""
        if Self.isKnown(tag, request) {
            var answer = GalleryAnswer(status: 304, body: ResponseBody())
            Self.keep(&answer, tag)
            return answer
        }
        guard let asset = try await library.asset(digest) else {
            return .error(404, "no_such_picture", "the library has no such picture")
        }
        if Thumbnail.isOriginal(asset.facts, side: side) { return await original(asset, request, context) }
        let thumbnail = try await library.thumbnail(of: digest, side: side)
        var answer = GalleryAnswer.bytes(ByteBuffer(bytes: thumbnail.bytes), mediaType: thumbnail.mediaType)
        Self.keep(&answer, tag)
        return answer
    }

    /// What is under a digest is the same for ever.
    private static func keep(_ answer: inout GalleryAnswer, _ tag: String) {
        answer.headers[.cacheControl] = "private, max-age=31536000, immutable"
        answer.headers[.eTag] = tag
    }

    private static func isKnown(_ tag: String, _ request: Request) -> Bool {
        guard let known = request.headers[.ifNoneMatch] else { return false }
        return known == "*" || known.split(separator: ",").contains { $0.drop { $0 == " " }.hasSuffix(tag) }
    }
}
