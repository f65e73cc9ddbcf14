#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Paths as text, without losing one.
///
/// To the system a path is bytes, and a name may hold any but zero and the slash. A path that is UTF-8 is that text. A byte that is no
/// part of UTF-8 stands as a character of a private-use range: U+10F880 to U+10F8FF for 0x80 to 0xFF. A real character of that range is
/// written the same way, byte by byte, so that every path has one text and its text leads back to it. Such texts are for this program's
/// own memory: people see `shown`, and files hold `percentEncoded` beside it.
package enum PathText {
    /// The text of a path.
    package static func text(of bytes: some Collection<UInt8>) -> String {
        if !bytes.contains(leadByte), let text = String(validating: bytes, as: UTF8.self) { return text }
        var scalars = String.UnicodeScalarView()
        var decoder = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        // What a parser has taken of a broken character is told by its length alone.
        var position = bytes.startIndex
        while true {
            switch decoder.parseScalar(from: &rest) {
            case .emptyInput: return String(scalars)
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                if isStandIn(scalar) {
                    for byte in encoded { scalars.append(standIn(byte)) }
                } else {
                    scalars.append(scalar)
                }
                position = bytes.index(position, offsetBy: encoded.count)
            case .error(let length):
                for _ in 0..<length {
                    scalars.append(standIn(bytes[position]))
                    position = bytes.index(after: position)
                }
            }
        }
    }

    /// The text of a path that ends with a zero byte.
    package static func text(of path: UnsafePointer<CChar>) -> String {
        var count = 0
        while path[count] != 0 { count += 1 }
        return UnsafeBufferPointer(start: path, count: count).withMemoryRebound(to: UInt8.self) { text(of: $0) }
    }

    /// The bytes of a path.
    package static func bytes(of text: String) -> [UInt8] {
        guard mayHoldStandIns(text) else { return Array(text.utf8) }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if isStandIn(scalar) {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value - base))
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return bytes
    }

    /// Hands the path to the system.
    static func withCString<R>(_ text: String, _ body: (UnsafePointer<CChar>) -> R) -> R {
        // To the system a path ends at a zero byte: what stands before it is another file.
        if holds(text, 0) { return "".withCString(body) }
        guard mayHoldStandIns(text) else { return text.withCString(body) }
        return (bytes(of: text) + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                guard let start = characters.baseAddress else { return text.withCString(body) }
                return body(start)
            }
        }
    }

    /// A path as people see it: U+FFFD for each byte that is not UTF-8.
    package static func shown(_ text: String) -> String {
        guard mayHoldStandIns(text) else { return text }
        return String(decoding: bytes(of: text), as: UTF8.self)
    }

    /// A path that is not UTF-8, in the characters of a URL (RFC 3986): `caf%E9.png`. Nil for one that is.
    package static func percentEncoded(_ text: String) -> String? {
        guard mayHoldStandIns(text) else { return nil }
        let bytes = bytes(of: text)
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        return bytes.map { byte in
            if plain.contains(byte) { return String(UnicodeScalar(byte)) }
            return "%" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    /// The text of a path that was percent-encoded; nil when it is not.
    package static func text(percentEncoded encoded: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(encoded.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                value != 0
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return text(of: bytes)
    }

    private static let base: UInt32 = 0x10_F800
    /// What every character of the range begins with in UTF-8, and few others do.
    private static let leadByte: UInt8 = 0xF4
    private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)

    /// Whether a text may hold characters that stand for bytes.
    package static func mayHoldStandIns(_ text: String) -> Bool { holds(text, leadByte) }

    /// Whether a byte is among those of a text. Each path that is opened is looked at, so by the system's own search.
    private static func holds(_ text: String, _ byte: UInt8) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, Int32(byte), bytes.count) != nil } ?? false
        } ?? text.utf8.contains(byte)
    }

    private static func isStandIn(_ scalar: Unicode.Scalar) -> Bool {
        (base + 0x80...base + 0xFF).contains(scalar.value)
    }

    private static func standIn(_ byte: UInt8) -> Unicode.Scalar {
        Unicode.Scalar(base + UInt32(byte)) ?? Unicode.Scalar(UInt8(ascii: "?"))
    }
}
