import AssetLibrary
package import AssetModel
import Foundation

/// JSON in the making: slashes as they are, no white space; the keys of a value are sorted.
///
/// The same text as Foundation's encoder gives, which takes longer to write the facts of a picture than the inspector takes
/// to read them.
package struct JSONText {
    /// What was written so far, UTF-8.
    package private(set) var bytes: [UInt8]

    /// Goes on behind what is there.
    package init(after bytes: consuming [UInt8] = []) {
        self.bytes = bytes
    }

    /// A value as one line, without a line feed at its end.
    package static func line(_ value: JSONValue) -> String {
        var text = JSONText()
        text.append(value)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// Writes a value.
    package mutating func append(_ value: JSONValue) {
        switch value {
        case .null: append(plain: "null")
        case .bool(let flag): append(plain: flag ? "true" : "false")
        case .integer(let number): append(plain: String(number))
        case .unsigned(let number): append(plain: String(number))
        case .number(let number):
            // How doubles are written is Foundation's business; there are few of them.
            append(plain: (try? JSONEncoder().encode(number)).map { String(decoding: $0, as: UTF8.self) } ?? "null")
        case .string(let text): append(quoted: text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(element)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            append(members: members.sorted { $0.key < $1.key })
        }
    }

    /// An object from its members, in this order; their keys differ.
    package mutating func append(members: some Sequence<(key: String, value: JSONValue)>) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for member in members {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            append(quoted: member.key)
            bytes.append(UInt8(ascii: ":"))
            append(member.value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// A JSON string of bytes in base64, straight from them: a million of them need no texts in between.
    package mutating func append(base64 data: [UInt8]) {
        bytes.reserveCapacity(bytes.count + (data.count + 2) / 3 * 4 + 2)
        bytes.append(UInt8(ascii: "\""))
        var place = 0
        while place < data.count {
            let left = data.count - place
            let (first, second, third) = (
                data[place], left > 1 ? data[place + 1] : 0, left > 2 ? data[place + 2] : 0
            )
            bytes.append(Self.base64Digit(first >> 2))
            bytes.append(Self.base64Digit((first & 3) << 4 | second >> 4))
            bytes.append(left > 1 ? Self.base64Digit((second & 15) << 2 | third >> 6) : UInt8(ascii: "="))
            bytes.append(left > 2 ? Self.base64Digit(third & 63) : UInt8(ascii: "="))
            place += 3
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The character of six bits in base64.
    private static func base64Digit(_ bits: UInt8) -> UInt8 {
        switch bits {
        case 0..<26: UInt8(ascii: "A") + bits
        case 26..<52: UInt8(ascii: "a") + bits - 26
        case 52..<62: UInt8(ascii: "0") + bits - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    /// A member's name and the colon behind it, which needs no escaping.
    package mutating func append(key: StaticString, isFirst: Bool = false) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        append(plain: "\"\(key)\":")
    }

    /// Text of JSON itself.
    package mutating func append(mark: Character) { bytes.append(contentsOf: mark.utf8) }

    private mutating func append(plain text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        if FilePathText.mayDiffer(text) { text = FilePathText.shown(text) }
        text.withUTF8 { characters in
            // Most texts have nothing to escape, and are taken as a whole.
            var mustEscape = false
            for byte in characters { mustEscape = mustEscape || Self.mustBeEscaped(byte) }
            guard mustEscape else { return bytes.append(contentsOf: characters) }
            for byte in characters {
                switch byte {
                case UInt8(ascii: "\""): append(plain: "\\\"")
                case UInt8(ascii: "\\"): append(plain: "\\\\")
                case 0x08: append(plain: "\\b")
                case 0x09: append(plain: "\\t")
                case 0x0A: append(plain: "\\n")
                case 0x0C: append(plain: "\\f")
                case 0x0D: append(plain: "\\r")
                case 0..<0x20: append(plain: "\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
                default: bytes.append(byte)
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func mustBeEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
