/// A file inside a URL, such as `data:image/png;base64,…` (RFC 2397), read as leniently as browsers do (WHATWG Fetch, "data: URLs").
///
/// Read are: the scheme and the type in any case, blanks and line breaks anywhere in base64, percent-encoding in either form, the URL-safe
/// alphabet, base64 without its padding, and text without `;base64`. A fragment (from `#`) is not part of the file.
package struct DataURI: Hashable, Sendable {
    /// The type in lower case, without parameters; nil when the URI leaves it out.
    package let mediaType: String?
    /// The file.
    package let bytes: [UInt8]

    /// Whether a text is meant as one, whatever follows the scheme.
    package static func isOne(_ text: String) -> Bool { text.hasScheme("data") }

    /// Nil for a text that is no data URI: without a comma, or whose base64 has a letter of no alphabet, padding in its middle,
    /// or a letter too few.
    package init?(parsing text: String) {
        guard Self.isOne(text) else { return nil }
        let all = Array(text.utf8)
        guard let colon = all.firstIndex(of: UInt8(ascii: ":")), let comma = all.firstIndex(of: UInt8(ascii: ","))
        else { return nil }
        let end = all[comma...].firstIndex(of: UInt8(ascii: "#")) ?? all.endIndex
        let parts = String(decoding: all[(colon + 1)..<comma], as: UTF8.self)
            .split(separator: ";", omittingEmptySubsequences: false).map { Self.trimmed($0).lowercased() }
        mediaType = parts.first.flatMap { $0.isEmpty ? nil : $0 }
        let decoded = Self.withoutPercents(all[(comma + 1)..<end])
        if parts.dropFirst().contains("base64") {
            guard let bytes = Self.base64(decoded) else { return nil }
            self.bytes = bytes
        } else {
            bytes = decoded
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.unicodeScalars.first, first.value <= 0x20 { text.unicodeScalars.removeFirst() }
        while let last = text.unicodeScalars.last, last.value <= 0x20 { text.unicodeScalars.removeLast() }
        return text
    }

    /// Tabs and line breaks go, as in every URL; `%` with two hexadecimal digits is a byte, any other `%` stays as it is.
    private static func withoutPercents(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            switch byte {
            case 0x09, 0x0A, 0x0D: continue
            case UInt8(ascii: "%"):
                if index + 1 < text.endIndex, let high = hex(text[index]), let low = hex(text[index + 1]) {
                    bytes.append(high << 4 | low)
                    index += 2
                } else {
                    bytes.append(byte)
                }
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Base64 of either alphabet (RFC 4648, sections 4 and 5), blanks passed over, padding optional.
    private static func base64(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var (pending, bitCount, letterCount, padCount): (UInt32, Int, Int, Int) = (0, 0, 0, 0)
        for byte in text {
            if byte == 0x20 || 0x09...0x0D ~= byte { continue }
            if byte == UInt8(ascii: "=") {
                padCount += 1
                continue
            }
            guard padCount == 0, let value = value(byte) else { return nil }
            letterCount += 1
            pending = pending << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(bitCount)))
            }
        }
        // One letter of four holds no whole byte: something is missing.
        return letterCount % 4 != 1 && padCount <= 2 ? bytes : nil
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}

extension String {
    /// Whether it begins with this scheme, given in lower case, and a colon; blanks in front and case do not count.
    package func hasScheme(_ scheme: String) -> Bool {
        var rest = self[...].utf8.drop { $0 <= 0x20 }
        for byte in scheme.utf8 {
            guard let next = rest.popFirst(), next | 0x20 == byte else { return false }
        }
        return rest.first == UInt8(ascii: ":")
    }
}
