/// What the bytes say about a picture. Never what a file name or a server claims.
public struct ImageFacts: Hashable, Sendable, Codable {
    /// The format, recognised by content.
    public let format: ImageFormat
    /// Width and height as encoded, before any rotation.
    public let storedSize: PixelSize
    /// How a viewer must turn the stored pixels; `upright` when nothing is said.
    public let orientation: Orientation
    /// Whether the file declares transparency: an alpha channel, or a transparent colour.
    public let hasAlpha: Bool
    /// Bits of the widest channel as encoded: 1 to 16 in most pictures, up to 64 in TIFF, 32 in JPEG XL; for indexed
    /// pictures, of the index.
    public let bitDepth: Int
    /// Channels as encoded: 1 gray or an index, 3 colour, 4 CMYK, and one more for alpha that is stored beside them
    /// (a transparent colour is not). Nil in facts that were recorded before channels were counted.
    public let channels: Int?
    /// The name of the embedded ICC profile, such as `Display P3`; nil when there is none or it has no name.
    public let colorProfile: String?
    /// Frames or pages, at least 1; more than 1 means an animation or a sequence.
    public let frameCount: Int
    /// The length of the whole file in bytes.
    public let byteCount: Int64

    /// Takes measured values as they are; only an inspector should call it.
    package init(
        format: ImageFormat, storedSize: PixelSize, orientation: Orientation, hasAlpha: Bool, bitDepth: Int,
        channels: Int? = nil, colorProfile: String? = nil, frameCount: Int, byteCount: Int64
    ) {
        self.format = format
        self.storedSize = storedSize
        self.orientation = orientation
        self.hasAlpha = hasAlpha
        self.bitDepth = bitDepth
        self.channels = channels
        self.colorProfile = colorProfile
        self.frameCount = frameCount
        self.byteCount = byteCount
    }

    /// The size as seen: `storedSize`, turned by `orientation`.
    public var displaySize: PixelSize { orientation.swapsSides ? storedSize.transposed : storedSize }

    private enum CodingKeys: String, CodingKey {
        case format, orientation, channels
        case storedSize = "size"
        case hasAlpha = "has_alpha"
        case bitDepth = "bit_depth"
        case colorProfile = "color_profile"
        case frameCount = "frame_count"
        case byteCount = "byte_count"
    }
}

/// A picture format that Atelier knows by name.
public enum ImageFormat: String, Hashable, Sendable, Codable, CaseIterable {
    case png, jpeg, webp, gif, avif, heic, tiff, bmp, jxl

    /// The extension of a blob of this format, without the dot.
    public var fileExtension: String { self == .jpeg ? "jpg" : rawValue }

    /// The registered media type, as HTTP wants it.
    public var mediaType: String { "image/\(rawValue)" }
}

/// Width and height in pixels, both at least 1. Written `2048x1536`.
public struct PixelSize: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Pixels from left to right.
    public let width: Int
    /// Pixels from top to bottom.
    public let height: Int

    /// The largest side any format can declare, 2³¹ − 1.
    public static let maximumSide = Int(Int32.max)

    /// Makes a size, or nil when a side is below 1 or above `maximumSide`.
    public init?(width: Int, height: Int) {
        guard 1...Self.maximumSide ~= width, 1...Self.maximumSide ~= height else { return nil }
        self.width = width
        self.height = height
    }

    /// Reads `2048x1536`; nil for anything else.
    public init?(parsing text: some StringProtocol) {
        let sides = text.split(separator: "x", omittingEmptySubsequences: false)
        guard sides.count == 2, let width = Int(sides[0]), let height = Int(sides[1]) else { return nil }
        self.init(width: width, height: height)
    }

    /// Width times height; cannot overflow.
    public var pixelCount: Int { width * height }

    /// Millions of pixels, as fal prices them.
    public var megapixels: Double { Double(pixelCount) / 1_000_000 }

    /// The size of the picture turned by a quarter.
    public var transposed: PixelSize { Self(uncheckedWidth: height, height: width) }

    /// `2048x1536`.
    public var description: String { "\(width)x\(height)" }

    /// Reads the text form; anything else is a decoding error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let size = PixelSize(parsing: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a pixel size: \(text)")
        }
        self = size
    }

    /// Writes the text form as a single JSON string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    private init(uncheckedWidth width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// The eight values of the EXIF orientation tag (EXIF 2.32, tag 0x0112).
///
/// Each case says what a viewer does to the stored pixels so that they are seen upright.
public enum Orientation: Int, Hashable, Sendable, Codable, CaseIterable {
    case upright = 1
    case mirrored = 2
    case rotated180 = 3
    case mirroredRotated180 = 4
    case mirroredRotated270 = 5
    case rotated90 = 6
    case mirroredRotated90 = 7
    case rotated270 = 8

    /// Whether turning exchanges width and height.
    public var swapsSides: Bool { rawValue >= 5 }
}
