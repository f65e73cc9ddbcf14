/// A file that a model's answer names.
///
/// Where endpoints put their files is not told anywhere for all of them, so they are looked for: the elements of `images`, as
/// objects with a `url` or as plain addresses, then `image`, then every object in the answer whose `url` is an address,
/// objects by the order of their keys.
package struct AnswerFile: Hashable, Sendable {
    /// Where it is served, a `data:` URI, or `sha256:` and a digest once its bytes are in the store; nil when the answer leaves
    /// that out.
    package let url: String?
    /// What the answer says it is, such as `video/mp4`; nil when it does not.
    package let mediaType: String?
    /// What the answer calls it.
    package let fileName: String?
    /// How large the answer says its picture is, as `640x480`; nil when it does not say both sides.
    package let announcedSize: String?
    /// How many bytes the answer announces.
    package let announcedByteCount: Int?
    /// Whether it stands where pictures stand, or is said to be one: then it is a loss when it cannot be read as one.
    package let isPictureExpected: Bool

    init(_ value: JSONValue, amongPictures: Bool) {
        url = value.text ?? value["url"]?.text
        mediaType = value["content_type"]?.text?.lowercased()
        fileName = value["file_name"]?.text
        if let width = value["width"]?.int, let height = value["height"]?.int {
            announcedSize = "\(width)x\(height)"
        } else {
            announcedSize = nil
        }
        announcedByteCount = value["file_size"]?.int
        // A drawing of lines is an image to its media type, and to no reader of pixels.
        isPictureExpected =
            mediaType.map { $0.hasPrefix("image/") && !$0.hasPrefix("image/svg") } ?? amongPictures
    }
}

extension JSONValue {
    /// The files that this answer of a model names, in order.
    package var answerFiles: [AnswerFile] {
        var files = (self["images"]?.elements ?? []).map { AnswerFile($0, amongPictures: true) }
        if let image = self["image"] { image.collectFiles(amongPictures: true, &files) }
        if case .object(let members) = self {
            for (key, value) in members.sorted(by: { $0.key < $1.key }) where key != "image" {
                if key == "images", value.elements != nil { continue }
                value.collectFiles(amongPictures: false, &files)
            }
        }
        return files
    }

    private func collectFiles(amongPictures: Bool, _ files: inout [AnswerFile]) {
        switch self {
        case .object(let members):
            if let url = members["url"]?.text, Self.isAddress(url) {
                return files.append(AnswerFile(self, amongPictures: amongPictures))
            }
            for (_, value) in members.sorted(by: { $0.key < $1.key }) {
                value.collectFiles(amongPictures: amongPictures, &files)
            }
        case .array(let elements):
            for element in elements { element.collectFiles(amongPictures: amongPictures, &files) }
        default: break
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        ["https", "http", "data", "sha256"].contains { text.hasScheme($0) }
    }
}

extension JSONValue {
    /// What this answer of a model says about its pictures' safety, in order: whether each was flagged. Empty when it says nothing.
    package var safetyFlags: [Bool?] { (self["has_nsfw_concepts"]?.elements ?? []).map(\.flag) }
}
