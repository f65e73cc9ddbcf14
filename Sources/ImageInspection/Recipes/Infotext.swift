import AssetModel

/// The text form that AUTOMATIC1111 made common: the prompt, optionally a negative prompt behind `Negative prompt:`, and a
/// last line of settings that begins with `Steps:`.
struct Infotext {
    let prompt: String
    let negativePrompt: String
    private let settings: [String: String]

    /// Keys of which at least one must stand beside the steps, or a line that happens to begin so is no settings line.
    private static let telling: Set = ["Seed", "Sampler", "CFG scale"]
    /// Extensions append lines of their own behind the settings, at most this many are looked through.
    private static let longestTail = 64

    /// Reads a text; nil when none of its last lines is a line of settings.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        var end = bytes.count
        for _ in 0..<Self.longestTail where end > 0 {
            let start = (bytes[..<end].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
            if let settings = Self.settings(in: bytes[start..<end]) {
                let head = String(decoding: bytes[..<max(0, start - 1)], as: UTF8.self)
                (prompt, negativePrompt) = Self.prompts(in: start == 0 ? "" : head)
                self.settings = settings
                return
            }
            end = start - 1
        }
        return nil
    }

    subscript(key: String) -> String? { settings[key] }

    /// Splits at the first line that begins with the mark.
    private static func prompts(in head: String) -> (String, String) {
        let mark = "Negative prompt:"
        var negative = ""
        var prompt = head[...]
        if head.hasPrefix(mark) {
            negative = String(head.dropFirst(mark.count))
            prompt = ""
        } else if let range = head[...].firstRange(ofBytes: "\n\(mark)") {
            negative = String(head[range.upperBound...])
            prompt = head[..<range.lowerBound]
        }
        if negative.hasPrefix(" ") { negative.removeFirst() }
        return (trimmed(prompt), trimmed(negative[...]))
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let last = text.last, last.isNewline { text.removeLast() }
        return String(text)
    }

    /// The settings in a line, or nil when it is not such a line.
    private static func settings(in line: ArraySlice<UInt8>) -> [String: String]? {
        let line = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let start = Array("Steps: ".utf8)
        guard line.starts(with: start), let digit = line.dropFirst(start.count).first, 0x30...0x39 ~= digit else {
            return nil
        }
        var settings: [String: String] = [:]
        var rest = line
        while !rest.isEmpty, settings.count < 1000 {
            guard let (key, value) = pair(&rest) else { continue }
            // The first counts: what follows may be lists of other models with the same words in them.
            if settings[key] == nil { settings[key] = value }
        }
        guard settings.count >= 3, settings["Steps"].flatMap({ Int($0) }) != nil,
            !telling.isDisjoint(with: settings.keys)
        else { return nil }
        return settings
    }

    /// Takes `key: value` and the comma behind it; nil when what stands there is no pair, and it is skipped.
    private static func pair(_ rest: inout ArraySlice<UInt8>) -> (String, String)? {
        rest = rest.drop { $0 == 0x20 || $0 == 0x0D }
        guard let colon = rest.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ",") }),
            rest[colon] == UInt8(ascii: ":"), colon > rest.startIndex
        else {
            let comma = rest.firstIndex(of: UInt8(ascii: ","))
            rest = comma.map { rest[($0 + 1)...] } ?? []
            return nil
        }
        let key = String(decoding: rest[..<colon], as: UTF8.self)
        rest = rest[(colon + 1)...].drop { $0 == 0x20 }
        var value = ""
        if rest.first == UInt8(ascii: "\"") {
            value = quoted(&rest)
        }
        let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
        if value.isEmpty {
            value = String(decoding: rest[..<end], as: UTF8.self)
            while let last = value.last, last.isWhitespace { value.removeLast() }
        }
        rest = rest[min(end + 1, rest.endIndex)...]
        return (key, value)
    }

    /// Takes a value in quotes, in which commas are letters. Empty, and nothing taken, when the quote does not end.
    private static func quoted(_ rest: inout ArraySlice<UInt8>) -> String {
        var index = rest.startIndex + 1
        var value: [UInt8] = []
        while index < rest.endIndex {
            switch rest[index] {
            case UInt8(ascii: "\""):
                rest = rest[(index + 1)...]
                return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\") where index + 1 < rest.endIndex:
                let next = rest[index + 1]
                value.append(next == UInt8(ascii: "n") ? 0x0A : next == UInt8(ascii: "t") ? 0x09 : next)
                index += 2
            default:
                value.append(rest[index])
                index += 1
            }
        }
        return ""
    }

    /// The settings as a recipe of a generator.
    func recipe(_ generator: String, _ certainty: Recipe.Certainty) -> Recipe {
        Recipe(
            generator: generator, certainty: certainty, prompt: prompt.orNil, negativePrompt: negativePrompt.orNil,
            seed: self["Seed"].flatMap { UInt64($0) },
            steps: self["Steps"].flatMap { Int($0) }.flatMap { 1...100_000 ~= $0 ? $0 : nil },
            guidance: (self["CFG scale"] ?? self["Guidance Scale"]).flatMap { Double($0) }
                .flatMap { $0.isFinite ? $0 : nil },
            sampler: self["Sampler"]?.orNil, model: self["Model"]?.orNil,
            size: self["Size"].flatMap { PixelSize(parsing: $0) })
    }
}

extension Substring {
    /// Where a text stands byte for byte. The library's own search asks for every character what it is equal to, which takes
    /// longer than all else that is done with a prompt.
    func firstRange(ofBytes needle: String) -> Range<Index>? {
        let needle = Array(needle.utf8)
        guard let first = needle.first else { return nil }
        var rest = utf8[...]
        while let start = rest.firstIndex(of: first) {
            if utf8[start...].starts(with: needle) {
                return start..<utf8.index(start, offsetBy: needle.count)
            }
            rest = rest[utf8.index(after: start)...]
        }
        return nil
    }
}
