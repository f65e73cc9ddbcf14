import AssetModel
import AssetStore

/// What came in place of an output, and what to make of it when it cannot be read as a picture.
///
/// A server that stumbles often says so with status 200: an empty file, or a page that explains itself. Those are fetches that failed
/// and can succeed later, so they never end a run. Other bytes are what fal made, whatever they are: they are kept.
struct FetchedBytes: Sendable {
    let blob: StagedBlob
    /// The type that the server or the data URI claims; nil when it claims none.
    let mediaType: String?
    /// The first bytes, at most `headLength`.
    let head: [UInt8]

    static let headLength = 512

    /// Why these bytes are no answer to the request for a file; nil when they may be what fal made.
    func failure(of file: AnswerFile) -> String? {
        if blob.byteCount == 0, file.announcedByteCount != 0 { return "its URL answered with an empty file" }
        if isPage, file.isPictureExpected || !Self.pageExtensions.contains(file.fileExtension) {
            return "its URL answered with a page (\(mediaType ?? "HTML")) in its place"
        }
        if file.isPictureExpected {
            if let mediaType, Self.isText(mediaType) {
                return "its URL answered with a text (\(mediaType)) in its place"
            }
            if let announced = file.announcedByteCount, blob.byteCount < Int64(announced) {
                return "its URL answered with \(blob.byteCount) of \(announced) bytes"
            }
        }
        return nil
    }

    /// Files that may be what a page looks like; the last is the extension of a file of which nothing is known.
    private static let pageExtensions: Set<String> = [
        "html", "htm", "xhtml", "xml", "svg", "md", "txt", KeptFileName.fallback,
    ]

    private static func isText(_ mediaType: String) -> Bool {
        mediaType.hasPrefix("text/") || mediaType.hasSuffix("json") || mediaType.hasSuffix("/xml")
            || mediaType == "application/xhtml+xml"
    }

    /// Whether it begins as HTML, or as the XML in which storages word their errors.
    private var isPage: Bool {
        let text = String(decoding: head, as: UTF8.self).lowercased().drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        return ["<!doctype html", "<html", "<head", "<body", "<error"].contains { text.hasPrefix($0) }
            || text.hasPrefix("<?xml") && text.contains("<error")
    }
}
