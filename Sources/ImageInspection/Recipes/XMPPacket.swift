import AssetModel

/// Reads the properties of an XMP packet that say something about a picture's making: those of known names, and those of any
/// name whose value has the form of a recipe.
///
/// Not an XML parser: it knows elements, attributes, the five named entities, character references, comments and CDATA,
/// which is all that XMP (ISO 16684-1) uses. No entity can be declared, nothing is fetched, and depth is bounded, so
/// the tricks of XML lead nowhere. Prefixes are ignored: writers choose them freely.
struct XMPPacket {
    private static let wanted: Set = [
        "description", "title", "CreatorTool", "UserComment", "ImageDescription", "DigImageGUID", "DigitalSourceType",
        "AIPromptInformation", "HasExtendedXMP", "subject", "Headline", "Instructions", "Caption", "caption", "Comment",
        "comment", "parameters", "Parameters", "prompt", "Prompt", "workflow", "Workflow", "Software", "Seed", "seed",
    ]
    private static let maximumDepth = 32
    private static let maximumCount = 64

    private let bytes: [UInt8]
    private var position = 0
    /// Names of the open elements, without prefix.
    private var path: [String] = []
    private var text: [UInt8] = []
    private var found: [(name: String, text: String)] = []

    /// Keeps the wanted properties, each once; gives the identifier of extended XMP if the packet names one.
    @discardableResult
    static func collect(
        _ bytes: [UInt8], at place: EmbeddedText.Place, into collector: inout EmbeddedTextCollector
    ) -> String? {
        var packet = XMPPacket(bytes: bytes)
        packet.read()
        var identifier: String?
        for property in packet.found {
            if property.name == "HasExtendedXMP" {
                identifier = property.text
            } else {
                collector.keep(property.text, as: property.name, .xmp, at: place)
            }
        }
        return identifier
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func read() {
        while position < bytes.count {
            if bytes[position] != UInt8(ascii: "<") {
                let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
                if isWanted { text.append(contentsOf: Self.unescaped(bytes[position..<end])) }
                position = end
            } else if starts(with: "<!--") {
                skip(past: "-->")
            } else if starts(with: "<![CDATA[") {
                let start = position + 9
                skip(past: "]]>")
                if isWanted, start <= position - 3 { text.append(contentsOf: bytes[start..<position - 3]) }
            } else if starts(with: "<?") {
                skip(past: "?>")
            } else if starts(with: "<!") {
                skip(past: ">")
            } else if starts(with: "</") {
                skip(past: ">")
                close()
            } else {
                guard open() else { return }
            }
        }
    }

    /// The property whose text may come now: directly in it, or in an item of a list in it.
    private var property: String? {
        guard let index = path.firstIndex(of: "Description"), index + 1 < path.count else { return nil }
        let inner = path[(index + 2)...]
        guard inner.isEmpty || inner.count == 2 && inner.last == "li" else { return nil }
        return path[index + 1]
    }

    private var isWanted: Bool { property != nil }

    private mutating func keep(_ name: String, _ value: [UInt8]) {
        guard Self.wanted.contains(name) || Self.looksTelling(value), found.count < Self.maximumCount else { return }
        let value = TextDecoding.narrow(value[...])
        guard !value.isBlank else { return }
        if let place = found.firstIndex(where: { $0.name == name }) {
            // Keywords are a list of short texts; of any other list the first counts, which is the usual language.
            if name == "subject" { found[place].text += ", \(value)" }
            return
        }
        found.append((name, value))
    }

    /// Whether a property of any name has the form of a recipe: JSON, or settings with steps.
    private static func looksTelling(_ value: [UInt8]) -> Bool {
        let first = value.first { $0 > 0x20 }
        return value.count >= 24
            && (first == UInt8(ascii: "{")
                || String(decoding: value, as: UTF8.self)[...].firstRange(ofBytes: "teps:") != nil)
    }

    private mutating func close() {
        if let property { keep(property, text) }
        text = []
        path = path.dropLast()
    }

    /// Reads a start tag with its attributes; false when it is broken.
    private mutating func open() -> Bool {
        position += 1
        let name = localName()
        guard !name.isEmpty, path.count < Self.maximumDepth else { return false }
        text = []
        path.append(name)
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ">"):
                position += 1
                return true
            case UInt8(ascii: "/"):
                position += 1
                guard position < bytes.count, bytes[position] == UInt8(ascii: ">") else { return false }
                position += 1
                path = path.dropLast()
                return true
            case 0x09, 0x0A, 0x0D, 0x20: position += 1
            default: guard attribute(of: name) else { return false }
            }
        }
        return false
    }

    /// Name, equals sign, value in quotes. Attributes of a description are properties in short form.
    private mutating func attribute(of element: String) -> Bool {
        let name = localName()
        while position < bytes.count, [0x09, 0x0A, 0x0D, 0x20].contains(bytes[position]) { position += 1 }
        guard !name.isEmpty, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "=") else { return false }
        position += 1
        while position < bytes.count, [0x09, 0x0A, 0x0D, 0x20].contains(bytes[position]) { position += 1 }
        guard position < bytes.count, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[position]) else {
            return false
        }
        let quote = bytes[position]
        guard let end = bytes[(position + 1)...].firstIndex(of: quote) else { return false }
        if element == "Description", path.count(where: { $0 == "Description" }) == 1 {
            keep(name, Self.unescaped(bytes[(position + 1)..<end]))
        }
        position = end + 1
        return true
    }

    /// The name at the position, without its prefix.
    private mutating func localName() -> String {
        var start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ":"): start = position + 1
            case 0x09, 0x0A, 0x0D, 0x20, UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "<"):
                return String(decoding: bytes[start..<position], as: UTF8.self)
            default: break
            }
            position += 1
        }
        return ""
    }

    private func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    }

    private mutating func skip(past end: StaticString) {
        while position < bytes.count {
            if starts(with: end) {
                position += end.utf8CodeUnitCount
                return
            }
            position += 1
        }
    }

    /// Replaces named entities and character references; anything else stays.
    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "&")) else { return Array(bytes) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "&"),
                let end = bytes[index...].prefix(12).firstIndex(of: UInt8(ascii: ";")),
                let scalar = entity(String(decoding: bytes[(index + 1)..<end], as: UTF8.self))
            {
                result.append(contentsOf: Array(String(scalar).utf8))
                index = end + 1
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    private static func entity(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.first == "#" else { return nil }
            let digits = name.dropFirst()
            let value =
                digits.first == "x" || digits.first == "X"
                ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
            return value.flatMap { Unicode.Scalar($0) }
        }
    }
}
