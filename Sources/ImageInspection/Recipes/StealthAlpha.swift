import AssetModel

/// The text that NovelAI, and an extension of AUTOMATIC1111, hide in the lowest bits of the alpha channel.
///
/// Bits run down the columns, from the left; the highest bit of a byte comes first. A name of fifteen letters, the number
/// of bits as 32 bits, then the text: UTF-8 behind `stealth_pnginfo`, gzip behind `stealth_pngcomp`.
struct StealthAlpha {
    private let alpha: [UInt8]
    private let width: Int
    private let height: Int
    private var position = 0

    /// The hidden text, or nil when there is none, or one beyond the limits.
    static func text(in alpha: [UInt8], width: Int, height: Int, limits: RecipeLimits) -> (text: String, bytes: Int)? {
        guard width > 0, height > 0, width <= alpha.count, height <= alpha.count / width else { return nil }
        var reader = StealthAlpha(alpha: alpha, width: width, height: height)
        guard let name = reader.bytes(15) else { return nil }
        let isPacked: Bool
        switch String(decoding: name, as: UTF8.self) {
        case "stealth_pnginfo": isPacked = false
        case "stealth_pngcomp": isPacked = true
        default: return nil
        }
        guard let length = reader.bytes(4) else { return nil }
        let bits = length.reduce(0) { $0 << 8 | Int($1) }
        guard bits > 0, bits % 8 == 0, bits / 8 <= limits.maximumTextLength, let stored = reader.bytes(bits / 8) else {
            return nil
        }
        guard isPacked else {
            return String(validating: stored, as: UTF8.self).map { ($0, reader.position / 8) }
        }
        guard case .bytes(let bytes) = Inflation.inflate(stored[...], .gzip, limit: limits.maximumTextLength) else {
            return nil
        }
        return String(validating: bytes, as: UTF8.self).map { ($0, reader.position / 8) }
    }

    /// How both names begin: eight letters, one bit a pixel.
    static let beginning = Array("stealth_".utf8)

    private init(alpha: [UInt8], width: Int, height: Int) {
        self.alpha = alpha
        self.width = width
        self.height = height
    }

    /// The next bytes; nil, and no memory taken, when the picture has too few pixels for them.
    private mutating func bytes(_ count: Int) -> [UInt8]? {
        guard count <= (width * height - position) / 8 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for _ in 0..<count {
            var byte: UInt8 = 0
            for _ in 0..<8 {
                byte = byte << 1 | alpha[position % height * width + position / height] & 1
                position += 1
            }
            bytes.append(byte)
        }
        return bytes
    }
}

extension RecipeReader {
    /// How many pixels of the first column tell whether a text may be hidden in the alpha channel of a picture that is at
    /// least so high.
    package static let hiddenBeginningLength = StealthAlpha.beginning.count * 8

    /// Whether the alpha of a picture's first column, top down, begins as a hidden text does. Then, and only then, is it worth
    /// decoding the whole picture for `read(alpha:width:height:)`.
    package static func mayHideText(firstColumn alpha: [UInt8]) -> Bool {
        guard alpha.count >= hiddenBeginningLength else { return false }
        return StealthAlpha.beginning.enumerated().allSatisfy { index, letter in
            letter == alpha[index * 8..<index * 8 + 8].reduce(0) { $0 << 1 | $1 & 1 }
        }
    }
}
