/// The id of a model's endpoint, such as `fal-ai/hidream-o1-image/edit`, and the application it belongs to.
struct EndpointID: Sendable, Hashable {
    /// The full id as it stands in a submit URL.
    let path: String
    /// What stands in status, result and cancel URLs: the first two segments, or three behind a namespace. `/edit` is not
    /// part of it (protocol facts, section 3.1, "the sub-path rule").
    let application: String

    /// Accepts segments of letters, digits, `-`, `_` and `.`, joined by slashes; an old id `123456-name` is `123456/name`.
    init(_ text: String) throws(FalError) {
        var segments = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if segments.count == 1, let dash = text.firstIndex(of: "-"), dash != text.startIndex,
            text[..<dash].utf8.allSatisfy({ 0x30...0x39 ~= $0 })
        {
            segments = [String(text[..<dash]), String(text[text.index(after: dash)...])]
        }
        guard segments.count >= 2, segments.allSatisfy(Self.isPathSegment) else { throw .malformedEndpoint(text) }
        path = segments.joined(separator: "/")
        application = segments.prefix(["workflows", "comfy"].contains(segments[0]) ? 3 : 2).joined(separator: "/")
    }

    /// Whether a text can be one segment of a path without escaping, and does not move about in it.
    static func isPathSegment(_ text: String) -> Bool {
        !text.isEmpty && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
