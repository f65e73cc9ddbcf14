extension JSONValue {
    /// Reads JSON text; `JournalEntryError.malformed` for anything else.
    package init(parsing text: String) throws(JournalEntryError) {
        var text = text
        var result: Result<JSONValue, JournalEntryError> = .failure(.malformed)
        text.withUTF8 { bytes in
            do throws(JournalEntryError) { result = .success(try JSONTape(bytes).value(at: 0)) } catch {
                result = .failure(error)
            }
        }
        self = try result.get()
    }

    /// The value as JSON on one line, keys sorted by their bytes: equal values have equal texts.
    package var canonicalText: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .integer(let number): bytes += "\(number)".utf8
        case .unsigned(let number): bytes += "\(number)".utf8
        case .number(let number): bytes += Self.text(number).utf8
        case .string(let text): Self.append(text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (index, member) in sorted.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.append(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// A number as a journal line has it: 3.0 is written as 3, and read as the integer that it then is.
    private static func text(_ number: Double) -> String {
        // JSON has no word for what is no number; nothing that reads JSON makes one.
        guard number.isFinite else { return "null" }
        if let whole = Int64(exactly: number) { return "\(whole)" }
        if let whole = UInt64(exactly: number) { return "\(whole)" }
        return "\(number)"
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes += "\\n".utf8
            case 0..<0x20:
                bytes += "\\u00".utf8
                bytes += [byte >> 4, byte & 15].map { $0 < 10 ? UInt8(ascii: "0") + $0 : UInt8(ascii: "a") + $0 - 10 }
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
