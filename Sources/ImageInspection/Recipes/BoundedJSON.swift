import AssetModel

/// Reads JSON that strangers wrote: bounded in depth and number of values, and forgiving where generators are known to
/// break the rules.
///
/// Foundation's decoder is not used: it refuses the `NaN` that Python writes, and with it whole ComfyUI graphs, and it
/// has no bound on values. Longer than most files here because it is a parser.
struct BoundedJSON {
    private let bytes: [UInt8]
    private let limits: RecipeLimits
    private var position = 0
    private var valuesLeft: Int

    /// The whole text as a value; nil when it is not JSON or exceeds the limits.
    ///
    /// Only objects and arrays count, since any number is JSON too. `NaN` and `Infinity` become null. Of a key that
    /// repeats, the last counts.
    static func value(of text: some StringProtocol, limits: RecipeLimits) -> JSONValue? {
        var valuesLeft = limits.maximumValueCount
        return value(of: text, limits: limits, valuesLeft: &valuesLeft)
    }

    /// The same for several texts that share one number of values.
    static func value(
        of text: some StringProtocol, limits: RecipeLimits, valuesLeft: inout Int
    ) -> JSONValue? {
        // Before anything is copied: most texts are not JSON.
        guard let first = text.utf8.first(where: { !isSpace($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        else { return nil }
        var bytes = Array(text.utf8)
        // Some EXIF writers leave zeros behind.
        while let last = bytes.last, last == 0 || isSpace(last) { bytes.removeLast() }
        var reader = BoundedJSON(bytes: bytes, limits: limits, valuesLeft: valuesLeft)
        defer { valuesLeft = reader.valuesLeft }
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        return reader.position == reader.bytes.count ? value : nil
    }

    private init(bytes: [UInt8], limits: RecipeLimits, valuesLeft: Int) {
        self.bytes = bytes
        self.limits = limits
        self.valuesLeft = valuesLeft
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func take(word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        let matches = word.withUTF8Buffer { bytes[position..<position + count].elementsEqual($0) }
        if matches { position += count }
        return matches
    }

    private mutating func value(depth: Int) -> JSONValue? {
        guard valuesLeft > 0, depth <= limits.maximumDepth else { return nil }
        valuesLeft -= 1
        skipSpace()
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string().map(JSONValue.string)
        case UInt8(ascii: "t"): return take(word: "true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return take(word: "false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return take(word: "null") ? .null : nil
        case UInt8(ascii: "N"): return take(word: "NaN") ? .null : nil
        case UInt8(ascii: "I"): return take(word: "Infinity") ? .null : nil
        default: return take(word: "-Infinity") ? .null : number()
        }
    }

    private mutating func object(depth: Int) -> JSONValue? {
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\""), let key = string() else { return nil }
            skipSpace()
            guard take(":"), let value = value(depth: depth + 1) else { return nil }
            members[key] = value
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
        }
    }

    private mutating func array(depth: Int) -> JSONValue? {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return .array(elements) }
        while true {
            guard let value = value(depth: depth + 1) else { return nil }
            elements.append(value)
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { return nil }
        }
    }

    private mutating func number() -> JSONValue? {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
            default:
                let text = String(decoding: bytes[start..<position], as: UTF8.self)
                return Self.number(text)
            }
        }
        return nil
    }

    private static func number(_ text: String) -> JSONValue? {
        guard text.utf8.count <= 400, text.utf8.first != UInt8(ascii: "+") else { return nil }
        if let value = Int64(text) { return .integer(value) }
        if let value = UInt64(text) { return .unsigned(value) }
        return Double(text).flatMap { $0.isFinite ? .number($0) : .null }
    }

    private mutating func string() -> String? {
        position += 1
        var text: [UInt8] = []
        var start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                text.append(contentsOf: bytes[start..<position])
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text.append(contentsOf: bytes[start..<position])
                position += 1
                guard position < bytes.count, let scalar = escaped() else { return nil }
                text.append(contentsOf: Array(String(scalar).utf8))
                start = position
            default:
                position += 1
            }
        }
        return nil
    }

    /// The scalar behind a backslash; half a surrogate pair becomes the replacement character.
    private mutating func escaped() -> Unicode.Scalar? {
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard let unit = fourDigits() else { return nil }
            guard 0xD800...0xDBFF ~= unit else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
            let mark = position
            if take("\\"), take("u"), let low = fourDigits(), 0xDC00...0xDFFF ~= low {
                return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
            }
            position = mark
            return "\u{FFFD}"
        default: return nil
        }
    }

    private mutating func fourDigits() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}
