/// The SHA-256 of some bytes: 32 bytes, and the only name a blob has.
///
/// Its text form is 64 lowercase hexadecimal digits. Digests sort as their text does.
public struct ContentDigest: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The digest as four big-endian words, so that comparing and hashing touch no heap memory. Not a SIMD vector: its
    /// alignment of 32 bytes is more than the frames of asynchronous functions are given, and they overflow.
    private let words: Words

    /// How many bytes a digest has.
    public static let byteCount = 32

    /// Makes a digest from its 32 bytes; any other count is `DigestError.wrongLength`.
    public init(bytes: some Collection<UInt8>) throws(DigestError) {
        guard bytes.count == Self.byteCount else { throw .wrongLength(bytes.count) }
        var words = Words()
        for (index, byte) in bytes.enumerated() {
            words[index / 8] = words[index / 8] << 8 | UInt64(byte)
        }
        self.words = words
    }

    /// Reads the text form: 64 hexadecimal digits in either case, with or without the prefix `sha256:`.
    public init(parsing text: some StringProtocol) throws(DigestError) {
        let digits = text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]
        guard digits.utf8.count == Self.byteCount * 2 else { throw .notADigest(String(text)) }
        var words = Words()
        for (index, character) in digits.utf8.enumerated() {
            guard let value = Self.value(ofHexDigit: character) else { throw .notADigest(String(text)) }
            words[index / 16] = words[index / 16] << 4 | UInt64(value)
        }
        self.words = words
    }

    /// The 32 bytes, first byte first.
    public var bytes: [UInt8] {
        (0..<Self.byteCount).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(8 * (7 - $0 % 8))) }
    }

    /// Calls `body` with the 32 bytes, without any heap memory.
    package func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        var bigEndian = (words[0].bigEndian, words[1].bigEndian, words[2].bigEndian, words[3].bigEndian)
        return withUnsafeBytes(of: &bigEndian, body)
    }

    /// 64 lowercase hexadecimal digits.
    public var hex: String {
        String(unsafeUninitializedCapacity: Self.byteCount * 2) { buffer in
            let digits: StaticString = "0123456789abcdef"
            for index in 0..<Self.byteCount * 2 {
                let nibble = words[index / 16] >> UInt64(4 * (15 - index % 16)) & 0xF
                buffer[index] = digits.utf8Start[Int(nibble)]
            }
            return Self.byteCount * 2
        }
    }

    /// The first 12 digits of `hex`: enough for people to tell assets apart, never an identity.
    public var short: String { String(hex.prefix(12)) }

    /// The same as `hex`.
    public var description: String { hex }

    /// Sorts by bytes, which is also the order of the text form.
    public static func < (left: Self, right: Self) -> Bool {
        for index in 0..<4 where left.words[index] != right.words[index] {
            return left.words[index] < right.words[index]
        }
        return false
    }

    /// Reads the text form from a single JSON string.
    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the text form as a single JSON string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }

    private struct Words: Hashable {
        private var first: UInt64 = 0
        private var second: UInt64 = 0
        private var third: UInt64 = 0
        private var fourth: UInt64 = 0

        subscript(index: Int) -> UInt64 {
            get {
                switch index {
                case 0: first
                case 1: second
                case 2: third
                default: fourth
                }
            }
            set {
                switch index {
                case 0: first = newValue
                case 1: second = newValue
                case 2: third = newValue
                default: fourth = newValue
                }
            }
        }
    }

    private static func value(ofHexDigit character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// What can be wrong with something that should be a digest.
public enum DigestError: Error, Hashable, Sendable {
    /// A digest has 32 bytes; this many were given.
    case wrongLength(Int)
    /// The text is not 64 hexadecimal digits.
    case notADigest(String)
}
