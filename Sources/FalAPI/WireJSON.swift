import Foundation

/// Writing the few JSON values we send.
enum WireJSON {
    /// Keys in order and slashes as they are, so that equal values are equal bytes.
    static func bytes(_ value: some Encodable) -> [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try? Array(encoder.encode(value))
    }

    /// JSON as text in which every character outside ASCII is written as `\u` escapes, fit for a header.
    static func asciiText(_ json: [UInt8]) -> String {
        String(decoding: json, as: UTF8.self).utf16.reduce(into: "") { text, unit in
            if unit < 0x80, let scalar = Unicode.Scalar(unit) {
                text.unicodeScalars.append(scalar)
            } else {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }
}
