/// JSON text cut into its values, in the order of the text, before any of them is made.
///
/// A library of a million runs has two million lines to read, and a general decoder spends most of its time on
/// dictionaries that are never used. This keeps offsets only. Grammar: RFC 8259; nothing may follow the value.
///
/// The bytes must outlive the tape: it is made and used inside one call.
final class JSONTape {
    /// What a value is.
    enum Kind: UInt8 {
        case null, yes, no, number, text, array, object
    }

    /// One value. The children of an array follow it; those of an object do so in pairs of key and value.
    struct Node {
        let kind: Kind
        /// Whether a text has escapes, or a number a fraction or an exponent.
        var isComplex = false
        /// Where it begins in the bytes: a text behind its quote.
        let start: Int
        /// Where it ends: a text before its quote.
        var end = 0
        /// The node that follows this one and everything in it.
        var next = 0
    }

    /// The depth of arrays and objects in each other beyond which a text is refused.
    static let maximumDepth = 64

    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var nodes: ContiguousArray<Node> = []
    private var offset = 0

    /// Reads one value; throws `JournalEntryError.malformed` for anything that is not exactly one.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JournalEntryError) {
        self.bytes = bytes
        nodes.reserveCapacity(64)
        try value(depth: 0)
        skipBlanks()
        guard offset == bytes.count else { throw .malformed }
    }

    /// The value of an object's key; nil when it has none. The first of several equal keys counts.
    func member(_ key: String, of object: Int) -> Int? {
        let end = nodes[object].next
        var index = object + 1
        while index < end {
            let node = nodes[index]
            if node.isComplex ? (try? text(index)) == key : equals(node, key) { return index + 1 }
            index = nodes[index + 1].next
        }
        return nil
    }

    /// A text as it reads; an error for bytes that are no UTF-8 and for escapes that stand for nothing.
    func text(_ index: Int) throws(JournalEntryError) -> String {
        let node = nodes[index]
        guard node.kind == .text else { throw .malformed }
        let slice = UnsafeBufferPointer(rebasing: bytes[node.start..<node.end])
        if !node.isComplex {
            guard let text = String(validating: slice, as: UTF8.self) else { throw .malformed }
            return text
        }
        guard let text = String(validating: try unescaped(slice), as: UTF8.self) else { throw .malformed }
        return text
    }

    /// A whole number; nil for a number with a fraction or an exponent, or beyond the type.
    func whole<Number: FixedWidthInteger>(_ index: Int, _: Number.Type = Number.self) -> Number? {
        let node = nodes[index]
        guard node.kind == .number, !node.isComplex else { return nil }
        var (value, position): (Number, Int) = (0, node.start)
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        while position < node.end {
            let digit = Number(bytes[position] - UInt8(ascii: "0"))
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !isTooLarge, !overflows else { return nil }
            value = sum
            position += 1
        }
        return value
    }

    /// Any number as a double.
    func double(_ index: Int) -> Double? {
        let node = nodes[index]
        guard node.kind == .number else { return nil }
        return Double(String(decoding: bytes[node.start..<node.end], as: UTF8.self))
    }

    /// The value as it is kept: numbers as `JSONValue` tells them apart.
    func value(at index: Int) throws(JournalEntryError) -> JSONValue {
        let node = nodes[index]
        switch node.kind {
        case .null: return .null
        case .yes: return .bool(true)
        case .no: return .bool(false)
        case .text: return .string(try text(index))
        case .number:
            if let whole = whole(index, Int64.self) { return .integer(whole) }
            if let whole = whole(index, UInt64.self) { return .unsigned(whole) }
            guard let double = double(index), double.isFinite else { throw .malformed }
            // 2.0 and 1e3 are whole numbers too.
            if let whole = Int64(exactly: double) { return .integer(whole) }
            return .number(double)
        case .array:
            var elements: [JSONValue] = []
            var child = index + 1
            while child < node.next {
                elements.append(try value(at: child))
                child = nodes[child].next
            }
            return .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            var child = index + 1
            while child < node.next {
                let key = try text(child)
                if members[key] == nil { members[key] = try value(at: child + 1) }
                child = nodes[child + 1].next
            }
            return .object(members)
        }
    }

    // MARK: - Reading

    private func value(depth: Int) throws(JournalEntryError) {
        skipBlanks()
        guard offset < bytes.count, depth < Self.maximumDepth else { throw .malformed }
        switch bytes[offset] {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "{"): try members(depth: depth)
        case UInt8(ascii: "["): try elements(depth: depth)
        case UInt8(ascii: "t"): try word("true", .yes)
        case UInt8(ascii: "f"): try word("false", .no)
        case UInt8(ascii: "n"): try word("null", .null)
        default: try number()
        }
    }

    private func members(depth: Int) throws(JournalEntryError) {
        let index = begin(.object)
        skipBlanks()
        if take(UInt8(ascii: "}")) { return close(index) }
        while true {
            skipBlanks()
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { throw .malformed }
            try string()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw .malformed }
            try value(depth: depth + 1)
            skipBlanks()
            if take(UInt8(ascii: "}")) { return close(index) }
            guard take(UInt8(ascii: ",")) else { throw .malformed }
        }
    }

    private func elements(depth: Int) throws(JournalEntryError) {
        let index = begin(.array)
        skipBlanks()
        if take(UInt8(ascii: "]")) { return close(index) }
        while true {
            try value(depth: depth + 1)
            skipBlanks()
            if take(UInt8(ascii: "]")) { return close(index) }
            guard take(UInt8(ascii: ",")) else { throw .malformed }
        }
    }

    private func begin(_ kind: Kind) -> Int {
        nodes.append(Node(kind: kind, start: offset))
        offset += 1
        return nodes.count - 1
    }

    private func close(_ index: Int) {
        nodes[index].end = offset
        nodes[index].next = nodes.count
    }

    private func string() throws(JournalEntryError) {
        offset += 1
        var node = Node(kind: .text, start: offset)
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                node.end = offset
                node.next = nodes.count + 1
                nodes.append(node)
                offset += 1
                return
            case UInt8(ascii: "\\"):
                node.isComplex = true
                offset += 2
            case 0..<0x20: throw .malformed
            default: offset += 1
            }
        }
        throw .malformed
    }

    private func number() throws(JournalEntryError) {
        var node = Node(kind: .number, start: offset)
        _ = take(UInt8(ascii: "-"))
        let first = offset
        guard digits() else { throw .malformed }
        if bytes[first] == UInt8(ascii: "0"), offset - first > 1 { throw .malformed }
        if take(UInt8(ascii: ".")) {
            node.isComplex = true
            guard digits() else { throw .malformed }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            node.isComplex = true
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            guard digits() else { throw .malformed }
        }
        node.end = offset
        node.next = nodes.count + 1
        nodes.append(node)
    }

    private func digits() -> Bool {
        let start = offset
        while offset < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[offset] { offset += 1 }
        return offset > start
    }

    private func word(_ word: StaticString, _ kind: Kind) throws(JournalEntryError) {
        let length = word.utf8CodeUnitCount
        guard offset + length <= bytes.count else { throw .malformed }
        for index in 0..<length where bytes[offset + index] != word.utf8Start[index] { throw .malformed }
        nodes.append(Node(kind: kind, start: offset, end: offset + length, next: nodes.count + 1))
        offset += length
    }

    private func take(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    private func skipBlanks() {
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): offset += 1
            default: return
            }
        }
    }

    private func equals(_ node: Node, _ key: String) -> Bool {
        guard node.end - node.start == key.utf8.count else { return false }
        return bytes[node.start..<node.end].elementsEqual(key.utf8)
    }

    private func unescaped(_ raw: UnsafeBufferPointer<UInt8>) throws(JournalEntryError) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(raw.count)
        var index = 0
        while index < raw.count {
            guard raw[index] == UInt8(ascii: "\\") else {
                text.append(raw[index])
                index += 1
                continue
            }
            guard index + 1 < raw.count else { throw .malformed }
            index += 2
            switch raw[index - 1] {
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(raw[index - 1])
            case UInt8(ascii: "u"):
                var code = try Self.hexadecimal(raw, at: index)
                index += 4
                // A character beyond the first 65,536 is written as two halves (RFC 8259, section 7).
                if 0xD800..<0xDC00 ~= code, index + 6 <= raw.count, raw[index] == UInt8(ascii: "\\"),
                    raw[index + 1] == UInt8(ascii: "u")
                {
                    let low = try Self.hexadecimal(raw, at: index + 2)
                    guard 0xDC00..<0xE000 ~= low else { throw .malformed }
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                    index += 6
                }
                guard let scalar = Unicode.Scalar(code) else { throw .malformed }
                text.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            default: throw .malformed
            }
        }
        return text
    }

    private static func hexadecimal(
        _ raw: UnsafeBufferPointer<UInt8>, at index: Int
    ) throws(JournalEntryError) -> UInt32 {
        guard index + 4 <= raw.count else { throw .malformed }
        var value: UInt32 = 0
        for byte in raw[index..<index + 4] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: throw .malformed
            }
        }
        return value
    }
}
