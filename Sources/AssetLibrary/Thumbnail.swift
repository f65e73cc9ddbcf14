public import AssetModel

/// A picture made smaller for the eye, as a file that every browser shows.
public struct Thumbnail: Hashable, Sendable {
    /// `image/jpeg`; `image/webp` for a picture with alpha; or the original's own type.
    public let mediaType: String
    /// The file.
    public let bytes: [UInt8]
    /// Whether a part of the picture is missing, because its file ends too early.
    public let isPartial: Bool
    /// Whether the picture has several frames, of which this shows one.
    public let isAnimated: Bool

    /// The sides that can be asked for, in pixels: of the longer side, and no picture is enlarged.
    public static let sides = [256, 512, 2048]

    /// Whether the original itself is what to show at a size: browsers show its format, and it is no larger. Browsers turn
    /// a JPEG by its Exif and an AVIF by its properties, and no other format.
    public static func isOriginal(_ facts: ImageFacts, side: Int) -> Bool {
        side >= 2048 && browserFormats.contains(facts.format)
            && (facts.orientation == .upright || [.jpeg, .avif].contains(facts.format))
            && max(facts.storedSize.width, facts.storedSize.height) <= side
    }

    /// Formats that Chromium, Firefox and Safari show.
    public static let browserFormats: Set<ImageFormat> = [.png, .jpeg, .webp, .gif, .avif]
}

/// What is shown of a picture beside the picture itself: what stands in its place until it is there.
public struct Appearance: Hashable, Sendable {
    /// 27 bytes, described in `placeholder.mjs` of the page and in `Placeholder`; nil when there is a problem.
    public let placeholder: [UInt8]?
    /// One to three main colours, the one of most pixels first; none when there is a problem.
    public let colours: [PlainColour]
    /// Whether it has several frames, of which thumbnails show one.
    public let isAnimated: Bool
    /// Whether a part of the picture is missing, because its file ends too early.
    public let isPartial: Bool
    /// Why there is nothing to see.
    public let problem: Problem?

    /// Why there is nothing to see of a picture.
    public enum Problem: String, Hashable, Sendable, CaseIterable {
        /// Its bytes are not in the library.
        case missingBlob = "missing_blob"
        /// Its bytes contradict themselves.
        case damaged
        /// It is of a kind that is not decoded.
        case unsupported
        /// Decoding it would need too much memory.
        case tooManyPixels = "too_many_pixels"
    }
}

/// What came of making thumbnails.
public struct ThumbnailSummary: Hashable, Sendable {
    /// How many pictures got theirs now.
    public internal(set) var madeCount = 0
    /// How many were looked at earlier.
    public internal(set) var knownCount = 0
    /// Those that have none, and why.
    public internal(set) var failures: [ContentDigest: Appearance.Problem] = [:]
}
