/// How the copy of a picture that is sent differs from the asset. Its text form names it, in the journal and on disk: words joined
/// by `+`, such as `upright`, `png`, `upright+1024x768`.
public struct UploadCopy: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Whether it was turned upright, because models ignore EXIF orientation.
    public let isTurned: Bool
    /// The format it was made into, because the endpoint cannot read the asset's own; nil when that stays.
    public let format: ImageFormat?
    /// The size it was shrunk to, upright; nil when it has the asset's own.
    public let size: PixelSize?

    /// Nil when nothing would differ.
    public init?(isTurned: Bool, format: ImageFormat?, size: PixelSize?) {
        guard isTurned || format != nil || size != nil else { return nil }
        self.isTurned = isTurned
        self.format = format
        self.size = size
    }

    /// Reads the text form; nil for anything else.
    public init?(parsing text: some StringProtocol) {
        var (isTurned, format, size) = (false, ImageFormat?.none, PixelSize?.none)
        for word in text.split(separator: "+", omittingEmptySubsequences: false) {
            if word == "upright", !isTurned {
                isTurned = true
            } else if format == nil, size == nil, let known = ImageFormat(rawValue: String(word)) {
                format = known
            } else if size == nil, let sides = PixelSize(parsing: word) {
                size = sides
            } else {
                return nil
            }
        }
        self.init(isTurned: isTurned, format: format, size: size)
    }

    /// The text form.
    public var description: String {
        [isTurned ? "upright" : nil, format?.rawValue, size?.description].compactMap(\.self).joined(separator: "+")
    }

    /// Why the copy is sent instead of the asset, for people: `turned upright, converted to PNG`.
    public var reasons: String {
        [
            isTurned ? "turned upright" : nil, format.map { "converted to \($0.rawValue.uppercased())" },
            size.map { "shrunk to \($0)" },
        ]
        .compactMap(\.self).joined(separator: ", ")
    }

    /// The size of the copy of a picture, in pixels.
    public func size(of facts: ImageFacts) -> PixelSize { size ?? facts.displaySize }

    /// The format of the copy of a picture: its own where that is JPEG, else PNG.
    public func format(of facts: ImageFacts) -> ImageFormat { format ?? (facts.format == .jpeg ? .jpeg : .png) }

    /// Reads a single string; anything that is no text form is a decoding error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let copy = UploadCopy(parsing: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a copy's name: \(text)")
        }
        self = copy
    }

    /// Writes a single string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension UploadLifetime: Codable {
    /// Reads a single string.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let lifetime = UploadLifetime(parsing: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a lifetime: \(text)")
        }
        self = lifetime
    }

    /// Writes a single string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
