import AssetModel
import ImageRendering

/// A reference reduced to a few blocks of average colour, so that a card shows which picture it was given.
struct ReferenceColours: Hashable, Sendable {
    /// Blocks from left to right, 1 to 16.
    let columns: Int
    /// Blocks from top to bottom, 1 to 16.
    let rows: Int
    private let colours: [Colour]

    /// Averages the stored pixels as a model's usual reader gives them: alpha is dropped, so that colours hidden under it are seen, and
    /// 16-bit gray is white, since its values are cut off at 255 and nearly all are above. Formats that we cannot decode get colours
    /// made from their bytes.
    ///
    /// Truncated bytes and pictures above the reader's limit are errors, as for a real model.
    init(of bytes: [UInt8]) throws(RenderingError) {
        let bitmap: Bitmap
        do {
            bitmap = try ImageDecoder(pixelLimit: CopyRenderer.defaultPixelLimit, dropsAlpha: true)
                .decode(bytes, maximumSide: Self.longestSide)
        } catch RenderingError.unsupported {
            self.init(seed: Noise.digest(bytes))
            return
        }
        let isCutOff = Self.is16BitGray(bytes)
        let (columns, rows) = (bitmap.size.width, bitmap.size.height)
        self.init(
            columns: columns, rows: rows,
            colours: (0..<rows * columns).map { place in
                let pixel = bitmap[place % columns, place / columns]
                return isCutOff ? Colour(255, 255, 255) : Colour(pixel.red, pixel.green, pixel.blue)
            })
    }

    /// A PNG whose header says 16 bits and gray without alpha (PNG 1.2, 4.1.1: bytes 24 and 25).
    private static func is16BitGray(_ bytes: [UInt8]) -> Bool {
        bytes.count > 25 && bytes[0] == 0x89 && bytes[24] == 16 && bytes[25] == 0
    }

    /// Colours made from a number: a soft field around one hue.
    init(seed: UInt64) {
        let noise = Noise(seed: seed)
        let hue = Int(truncatingIfNeeded: noise.value(at: 1) % 1536)
        self.init(
            columns: 12, rows: 4,
            colours: (0..<48).map { place in
                let value = noise.value(at: UInt64(place + 2))
                return Colour(
                    hue: hue + place % 12 * 40 + Int(value % 90), saturation: 150 + Int(value >> 8 % 60),
                    brightness: 170 + Int(value >> 16 % 80))
            })
    }

    /// The colour of a block.
    subscript(column: Int, row: Int) -> Colour { colours[row * columns + column] }

    private static let longestSide = 16

    private init(columns: Int, rows: Int, colours: [Colour]) {
        self.columns = columns
        self.rows = rows
        self.colours = colours
    }
}

/// Numbers that look random and are always the same (splitmix64; Steele, Lea, Flood 2014).
struct Noise: Sendable {
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
    }

    /// The number at a place.
    func value(at place: UInt64) -> UInt64 {
        var mixed = seed &+ (place &+ 1) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A number made from bytes (FNV-1a, 64 bits); of a long text, from its first and last 64 KB and its length.
    static func digest(_ bytes: [UInt8]) -> UInt64 {
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(bytes.count)
        for byte in bytes.prefix(65_536) { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for byte in bytes.dropFirst(65_536).suffix(65_536) { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return digest
    }
}
