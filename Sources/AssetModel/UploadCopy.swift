/// How the copy of a picture that is sent differs from the asset. Its text form names it, in the journal and on disk: words joined
/// by `+`, such as `upright`, `png`, `upright+1024x768`, `8bit`, `png+flat-ffffff`.
public struct UploadCopy: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Whether it was turned upright, because models ignore EXIF orientation.
    public let isTurned: Bool
    /// The format it was made into, because the endpoint cannot read the asset's own; nil when that stays.
    public let format: ImageFormat?
    /// The size it was shrunk to, upright; nil when it has the asset's own.
    public let size: PixelSize?
    /// Whether it was made 8 bits a channel although its format could hold more, because common readers turn 16-bit gray white. A
    /// copy in another format has 8 bits in any case.
    public let is8Bit: Bool
    /// The colour that its transparency was laid over, because the model ignores alpha; nil when there is none, or it stays.
    public let background: PlainColour?

    /// Nil when nothing would differ.
    public init?(
        isTurned: Bool, format: ImageFormat?, size: PixelSize?, is8Bit: Bool = false, background: PlainColour? = nil
    ) {
        guard isTurned || format != nil || size != nil || is8Bit || background != nil else { return nil }
        self.isTurned = isTurned
        self.format = format
        self.size = size
        self.is8Bit = is8Bit
        self.background = background
    }

    /// Reads the text form; nil for anything else.
    public init?(parsing text: some StringProtocol) {
        var (isTurned, format, size) = (false, ImageFormat?.none, PixelSize?.none)
        var (is8Bit, background) = (false, PlainColour?.none)
        for word in text.split(separator: "+", omittingEmptySubsequences: false) {
            let isEarly = !is8Bit && background == nil
            if word == "upright", !isTurned {
                isTurned = true
            } else if isEarly, format == nil, size == nil, let known = ImageFormat(rawValue: String(word)) {
                format = known
            } else if isEarly, size == nil, let sides = PixelSize(parsing: word) {
                size = sides
            } else if word == "8bit", isEarly {
                is8Bit = true
            } else if background == nil, word.hasPrefix("flat-"), let colour = PlainColour(hex: word.dropFirst(5)) {
                background = colour
            } else {
                return nil
            }
        }
        self.init(isTurned: isTurned, format: format, size: size, is8Bit: is8Bit, background: background)
    }

    /// The text form.
    public var description: String {
        [
            isTurned ? "upright" : nil, format?.rawValue, size?.description, is8Bit ? "8bit" : nil,
            background.map { "flat-\($0.hex)" },
        ]
        .compactMap(\.self).joined(separator: "+")
    }

    /// What was done to the asset, for people: `turned upright`, `converted to 8-bit PNG`, `transparency flattened on white`. With the
    /// asset's facts also what follows from its format and depth.
    public func changes(of facts: ImageFacts? = nil) -> [String] {
        let isConverted = facts.map { format(of: $0) != $0.format } ?? (format != nil)
        let isReduced = is8Bit || facts.map { $0.bitDepth > 8 } == true && isConverted
        return [
            isTurned ? "turned upright" : nil,
            isConverted || isReduced
                ? "converted to \(isReduced ? "8-bit " : "")\((format ?? .png).rawValue.uppercased())" : nil,
            background.map { "transparency flattened on \($0)" }, size.map { "shrunk to \($0)" },
        ]
        .compactMap(\.self)
    }

    /// Why the copy is sent instead of the asset, for people: `turned upright, converted to PNG`.
    public var reasons: String { changes().joined(separator: ", ") }

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
