import Foundation

/// Bytes to text, for the encodings that pictures carry. Never fails: at worst each byte is a letter of Latin-1.
enum TextDecoding {
    /// UTF-8 when the bytes are that, else Latin-1; what stands behind a first zero at the end is padding.
    ///
    /// PNG's `tEXt` is Latin-1 by the standard and often UTF-8 in practice; so is EXIF's ASCII.
    static func narrow(_ bytes: ArraySlice<UInt8>) -> String {
        var bytes = bytes
        while bytes.last == 0 { bytes = bytes.dropLast() }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        return String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.lazy.map { Unicode.Scalar($0) }))
    }

    /// EXIF's `UserComment`: eight bytes that name the encoding, then the text (EXIF 2.32, 4.6.5, table 9).
    ///
    /// `isLittle` is the byte order of the EXIF block. A comment without the eight bytes is taken as narrow text: some
    /// writers leave them out. The label is not believed against the bytes: what says ASCII may be UTF-16, and the other way.
    static func userComment(_ bytes: [UInt8], isLittle: Bool) -> String {
        guard bytes.count >= 8 else { return narrow(bytes[...]) }
        let body = bytes[8...]
        // Some writers end the label with a blank instead of zeros.
        switch Array(bytes[..<8]).map({ $0 == 0x20 ? 0 : $0 }) {
        case Array("ASCII\0\0\0".utf8): return undefined(body, isLittle: isLittle)
        case Array("UNICODE\0".utf8): return wide(body, isLittle: isLittle)
        case Array("JIS\0\0\0\0\0".utf8): return japanese(body)
        case Array(repeating: 0, count: 8): return undefined(body, isLittle: isLittle)
        default: return undefined(bytes[...], isLittle: isLittle)
        }
    }

    /// UTF-16 in the order that the text itself shows: by its mark, else by which order makes more usual letters, else in the
    /// order of the EXIF block. The block's order alone is often wrong.
    static func wide(_ bytes: ArraySlice<UInt8>, isLittle: Bool) -> String {
        var bytes = bytes
        if bytes.starts(with: [0xFF, 0xFE]) { return utf16(bytes.dropFirst(2), isLittle: true) }
        if bytes.starts(with: [0xFE, 0xFF]) { return utf16(bytes.dropFirst(2), isLittle: false) }
        if isNarrow(bytes) { return narrow(bytes) }
        if bytes.count & 1 == 1 { bytes = bytes.dropLast() }
        let sample = bytes.prefix(2048)
        let (little, big) = (usualCount(sample, isLittle: true), usualCount(sample, isLittle: false))
        return utf16(bytes, isLittle: little == big ? isLittle : little > big)
    }

    /// How many units are letters of the scripts that most texts are written in, when read in an order; a letter of Latin counts
    /// twice, because the other order makes of it a letter that is hardly ever used.
    private static func usualCount(_ bytes: ArraySlice<UInt8>, isLittle: Bool) -> Int {
        stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).reduce(0) { count, index in
            let (low, high) = isLittle ? (bytes[index], bytes[index + 1]) : (bytes[index + 1], bytes[index])
            switch UInt16(high) << 8 | UInt16(low) {
            case 0x0A, 0x0D, 0x20...0x7E: return count + 2
            case 0xA1...0x06FF, 0x0E00...0x0E7F, 0x2010...0x2044, 0x3001...0x30FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3,
                0xD800...0xDFFF, 0xFF01...0xFF5E:
                return count + 1
            default: return count
            }
        }
    }

    /// Whether bytes that should be UTF-16 are not: some writers say UNICODE and mean UTF-8, or pad ASCII with zeros.
    ///
    /// UTF-16 has zeros among its bytes as soon as it holds a letter of Latin, a blank or a line break. Without any it is
    /// taken for what it says only if it makes no sense as UTF-8, nor, by most of its bytes, as Latin-1, or if every second
    /// byte is that of Japanese syllables.
    private static func isNarrow(_ bytes: ArraySlice<UInt8>) -> Bool {
        var bytes = bytes
        while bytes.last == 0 { bytes = bytes.dropLast() }
        guard !bytes.isEmpty, !bytes.contains(0) else { return false }
        let halves = [0, 1].map { half in
            stride(from: bytes.startIndex + half, to: bytes.endIndex, by: 2).allSatisfy { bytes[$0] == 0x30 }
        }
        if halves.contains(true) { return false }
        let printable = bytes.count { 0x20...0x7E ~= $0 || 0x09...0x0D ~= $0 }
        return String(validating: bytes, as: UTF8.self) != nil || printable * 4 >= bytes.count * 3
    }

    /// UTF-16 of a known order; zeros at the end are padding.
    static func utf16(_ bytes: ArraySlice<UInt8>, isLittle: Bool) -> String {
        if let text = ascii(bytes, isLittle: isLittle) { return text }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            let pair = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(isLittle ? pair.1 << 8 | pair.0 : pair.0 << 8 | pair.1)
            index += 2
        }
        while units.last == 0 { units.removeLast() }
        return String(decoding: units, as: UTF16.self)
    }

    /// UTF-16 whose letters are all ASCII, zeros at the end aside; nil for any other. Most prompts
    /// are, and decoding them unit by unit took a fifth of the time of reading a picture's texts.
    private static func ascii(_ bytes: ArraySlice<UInt8>, isLittle: Bool) -> String? {
        bytes.withUnsafeBufferPointer { bytes in
            let count = bytes.count / 2
            let (low, high) = isLittle ? (0, 1) : (1, 0)
            var union: UInt8 = 0
            for index in 0..<count { union |= bytes[2 * index + high] | (bytes[2 * index + low] & 0x80) }
            guard union == 0 else { return nil }
            return String(unsafeUninitializedCapacity: count) { letters in
                var length = count
                while length > 0, bytes[2 * (length - 1) + low] == 0 { length -= 1 }
                for index in 0..<length { letters[index] = bytes[2 * index + low] }
                return length
            }
        }
    }

    /// JIS X 0208: with escape sequences as in mail, or Shift JIS as some cameras write.
    private static func japanese(_ bytes: ArraySlice<UInt8>) -> String {
        var bytes = bytes
        while bytes.last == 0 { bytes = bytes.dropLast() }
        if let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0x1B) { return text }
        for encoding in [String.Encoding.iso2022JP, .shiftJIS, .japaneseEUC] {
            if let text = String(bytes: bytes, encoding: encoding), !text.isEmpty { return text }
        }
        return narrow(bytes)
    }

    private static func undefined(_ bytes: ArraySlice<UInt8>, isLittle: Bool) -> String {
        var bytes = bytes
        // Padding; one zero may belong to the last letter.
        while bytes.last == 0, bytes.dropLast().last == 0, bytes.count > 2 { bytes = bytes.dropLast() }
        let zeros = bytes.count { $0 == 0 }
        return zeros * 4 > bytes.count ? wide(bytes, isLittle: isLittle) : narrow(bytes)
    }
}
