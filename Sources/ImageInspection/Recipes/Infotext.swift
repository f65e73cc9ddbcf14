import AssetModel

/// The text form that AUTOMATIC1111 made common, as one grammar for all who write it: a prompt, optionally a negative
/// prompt behind `Negative prompt:`, and settings, `name: value` with commas between.
///
/// Mostly these are three lines; some programs write two, or one. Whichever setting comes first, and in whatever case,
/// settings are those with a number of steps among them. Lines behind them belong to extensions. Longer than most files
/// here because it is a parser.
struct Infotext {
    /// Without line breaks at the end, otherwise as written. Empty when there is none.
    let prompt: String
    /// The same for what was to be avoided.
    let negativePrompt: String
    /// Every setting, in the order of the text; a name can be there twice.
    let settings: [Recipe.Setting]
    /// The first of each name, in lower case: what follows may be lists of other models with the same words in them.
    private let places: [String: Int]
    /// The names of the settings, in lower case.
    private let names: [String]

    /// Extensions append lines of their own behind the settings, at most this many are looked through.
    private static let longestTail = 64
    private static let maximumCount = 1000
    /// How many places in a line are tried as the beginning of its settings.
    private static let maximumTries = 16
    private static let steps = Array("steps:".utf8)
    private static let mark = Array("negative prompt:".utf8)
    /// Names of which at least one must stand beside the steps, or a line that happens to have them is no settings line.
    private static let telling = ["seed", "sampler", "cfg scale"]
    /// Names that can begin the settings behind a prompt on the same line.
    private static let usual: Set = [
        "steps", "sampler", "schedule type", "scheduler", "cfg scale", "distilled cfg scale", "guidance",
        "guidance scale",
        "seed", "size", "width", "height", "model hash", "model", "vae", "vae hash", "clip skip", "denoising strength",
        "version", "app", "pipeline", "backend", "operations", "rng", "eta", "ensd", "batch size", "variation seed",
    ]

    /// Reads a text; nil when none of its last lines has settings.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard Self.nextSteps(in: bytes[...]) != nil else { return nil }
        var end = bytes.count
        for _ in 0..<Self.longestTail where end > 0 {
            let start = (bytes[..<end].lastIndex(of: 0x0A) ?? -1) + 1
            if let found = Self.settings(in: bytes[start..<end], isFirst: start == 0) {
                let isTail = found.start > start
                let head = bytes[..<(isTail ? found.start : max(0, start - 1))]
                (prompt, negativePrompt) = Self.prompts(in: head, isTail: isTail)
                settings = found.pairs + Self.tail(bytes[min(end + 1, bytes.count)...])
                names = settings.map { $0.name.lowercased() }
                places = Dictionary(zip(names, settings.indices)) { first, _ in first }
                return
            }
            end = start - 1
        }
        return nil
    }

    /// The value of a setting, whatever the case of its name.
    subscript(name: String) -> String? { value(name.lowercased()) }

    /// The value of a setting whose name is in lower case already.
    private func value(_ name: String) -> String? { places[name].map { settings[$0].value } }

    // MARK: Settings

    /// The settings of a line and where they begin, or nil when it has none.
    private static func settings(
        in line: ArraySlice<UInt8>, isFirst: Bool
    ) -> (start: Int, pairs: [Recipe.Setting])? {
        guard var position = nextSteps(in: line) else { return nil }
        let whole = pairs(in: line)
        if let place = whole.pairs.prefix(whole.unbroken).firstIndex(where: { $0.name.isSameKeyword(as: "steps") }),
            whole.pairs[...place].allSatisfy({ isName($0.name) }),
            place == 0 || !isFirst || usual.contains(whole.pairs[0].name.lowercased()),
            areSettings(whole.pairs, least: 3)
        {
            return (line.startIndex, whole.pairs)
        }
        for _ in 0..<maximumTries {
            let start = beginning(before: position, in: line)
            let found = pairs(in: line[start...])
            // Behind other words, more of what settings have must be there.
            if found.unbroken > 0, areSettings(found.pairs, least: 4),
                found.pairs.contains(where: { $0.name.isSameKeyword(as: "seed") })
            {
                return (start, found.pairs)
            }
            guard let next = nextSteps(in: line[(position + 1)...]) else { return nil }
            position = next
        }
        return nil
    }

    private static func areSettings(_ pairs: [Recipe.Setting], least: Int) -> Bool {
        guard pairs.count >= least,
            pairs.contains(where: { pair in telling.contains { pair.name.isSameKeyword(as: $0) } })
        else {
            return false
        }
        let steps = pairs.first { $0.name.isSameKeyword(as: "steps") }
        return steps.flatMap { whole($0.value) } != nil
    }

    /// Where `steps:` stands as a word of its own; a capital letter begins one too.
    private static func nextSteps(in bytes: ArraySlice<UInt8>) -> Int? {
        var rest = bytes
        while let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            let start = colon - 5
            if start >= bytes.startIndex, matches(steps, at: start, in: bytes), isWordStart(start, in: bytes) {
                return start
            }
            rest = rest[(colon + 1)...]
        }
        return nil
    }

    private static func matches(_ lower: [UInt8], at start: Int, in bytes: ArraySlice<UInt8>) -> Bool {
        guard start + lower.count <= bytes.endIndex else { return false }
        for (index, letter) in lower.enumerated() {
            let byte = bytes[start + index]
            guard byte == letter || (0x41...0x5A ~= byte && byte | 0x20 == letter) else { return false }
        }
        return true
    }

    private static func isWordStart(_ start: Int, in bytes: ArraySlice<UInt8>) -> Bool {
        guard start > bytes.startIndex else { return true }
        let before = bytes[start - 1]
        let isLetter = 0x61...0x7A ~= before | 0x20 || 0x30...0x39 ~= before
        return !isLetter || 0x41...0x5A ~= bytes[start] && !(0x41...0x5A ~= before)
    }

    /// Where the settings begin of which the steps stand at a position: before them may be others of the usual names.
    private static func beginning(before steps: Int, in line: ArraySlice<UInt8>) -> Int {
        var start = steps
        for _ in 0..<usual.count {
            let before = trimmed(line[..<start])
            guard before.last == UInt8(ascii: ",") else { return start }
            let segment = before.dropLast()
            let from = (segment.lastIndex(of: UInt8(ascii: ",")) ?? segment.startIndex - 1) + 1
            guard let colon = segment[from...].lastIndex(of: UInt8(ascii: ":")) else { return start }
            // A name has up to three words, and all of the segment before it belongs to the words in front.
            var name = colon
            var found: Int?
            for _ in 0..<3 {
                let end = trimmed(segment[from..<name]).endIndex
                guard end > from else { break }
                name = (segment[from..<end].lastIndex(of: 0x20) ?? from - 1) + 1
                if usual.contains(String(decoding: segment[name..<colon], as: UTF8.self).lowercased()) { found = name }
            }
            guard let found else { return start }
            start = found
            if !trimmed(segment[from..<found]).isEmpty { return start }
        }
        return start
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let last = bytes.last, last == 0x20 || last == 0x0D || last == 0x09 || last == 0x0A { bytes.removeLast() }
        return bytes
    }

    /// A few words of letters, digits and the like.
    private static func isName(_ name: String) -> Bool {
        guard name.utf8.count <= 40, name.first?.isLetter == true, name.lowercased() != "negative prompt" else {
            return false
        }
        return name.allSatisfy { $0.isLetter || $0.isNumber || " -_/+#".contains($0) }
            && name.count(where: { $0 == " " }) < 5
    }

    /// All pairs in a line, and how many stand before the first thing that is none.
    private static func pairs(in line: ArraySlice<UInt8>) -> (pairs: [Recipe.Setting], unbroken: Int) {
        var found: [Recipe.Setting] = []
        var unbroken: Int?
        var rest = line
        var looks = 0
        // What may be looked through for the ends of brackets, so that many that never end cost no more than one.
        var budget = 2 * line.count
        while !rest.isEmpty, looks < maximumCount {
            looks += 1
            if let (name, value) = pair(&rest, &budget) {
                found.append(Recipe.Setting(name: name, value: value))
            } else if unbroken == nil {
                unbroken = found.count
            }
        }
        return (found, unbroken ?? found.count)
    }

    /// Takes `key: value` and the comma behind it; nil when what stands there is no pair, and it is skipped.
    private static func pair(_ rest: inout ArraySlice<UInt8>, _ budget: inout Int) -> (String, String)? {
        rest = rest.drop { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
        guard let colon = rest.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ",") }),
            rest[colon] == UInt8(ascii: ":"), colon > rest.startIndex
        else {
            let comma = rest.firstIndex(of: UInt8(ascii: ","))
            rest = comma.map { rest[($0 + 1)...] } ?? []
            return nil
        }
        let key = String(decoding: trimmed(rest[..<colon]), as: UTF8.self)
        rest = rest[(colon + 1)...].drop { $0 == 0x20 }
        var value = ""
        if rest.first == UInt8(ascii: "\"") {
            value = quoted(&rest)
        } else if rest.first == UInt8(ascii: "{") || rest.first == UInt8(ascii: "[") {
            value = bracketed(&rest, &budget)
        }
        let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
        if value.isEmpty { value = String(decoding: trimmed(rest[..<end]), as: UTF8.self) }
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

    /// Takes a list or an object of JSON, in which commas are letters. Empty, and nothing taken, when it does not end or more
    /// follows before the next comma.
    private static func bracketed(_ rest: inout ArraySlice<UInt8>, _ budget: inout Int) -> String {
        var depth = 0
        var isQuoted = false
        var index = rest.startIndex
        while index < rest.endIndex, budget > 0 {
            budget -= 1
            switch rest[index] {
            case UInt8(ascii: "\\") where isQuoted: index += 1
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "{") where !isQuoted, UInt8(ascii: "[") where !isQuoted: depth += 1
            case UInt8(ascii: "}") where !isQuoted, UInt8(ascii: "]") where !isQuoted:
                depth -= 1
                guard depth == 0 else { break }
                let after = rest[(index + 1)...].first { $0 != 0x20 && $0 != 0x0D }
                guard after == nil || after == UInt8(ascii: ",") else { return "" }
                defer { rest = rest[(index + 1)...] }
                return String(decoding: rest[...index], as: UTF8.self)
            default: break
            }
            index += 1
        }
        return ""
    }

    /// Lines behind the settings: more of them, or of an extension, each a name, a colon and anything.
    private static func tail(_ bytes: ArraySlice<UInt8>) -> [Recipe.Setting] {
        bytes.split(separator: 0x0A).prefix(longestTail).flatMap { line -> [Recipe.Setting] in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return [] }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            guard isName(name) else { return [] }
            if usual.contains(name.lowercased()) { return pairs(in: line).pairs }
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            return [Recipe.Setting(name: name, value: String(decoding: trimmed(value), as: UTF8.self))]
        }
    }

    // MARK: Prompts

    /// Splits at the first line that begins with the mark, else at the mark inside a line. `isTail` says that the settings
    /// stood on the same line: then what joins the parts is no part of them.
    private static func prompts(in head: ArraySlice<UInt8>, isTail: Bool) -> (String, String) {
        var at: Int?
        var inside: Int?
        var rest = head
        while at == nil, let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            let start = colon + 1 - mark.count
            if start >= head.startIndex, matches(mark, at: start, in: head) {
                if start == head.startIndex || head[start - 1] == 0x0A {
                    at = start
                } else if inside == nil, isWordStart(start, in: head), isTail || head[start] == UInt8(ascii: "N") {
                    inside = start
                }
            }
            rest = rest[(colon + 1)...]
        }
        guard let split = at ?? inside else { return (text(head, isJoined: isTail), "") }
        var (prompt, negative) = (head[..<split], head[(split + mark.count)...])
        if negative.first == 0x20 { negative.removeFirst() }
        if isTail, at == nil {
            (prompt, negative) = (unjoined(prompt), unjoined(negative))
            // Both joined by a full stop: that is the joint's, and of neither text.
            if prompt.last == UInt8(ascii: "."), negative.last == UInt8(ascii: ".") {
                prompt.removeLast()
                negative.removeLast()
            }
        }
        return (text(prompt, isJoined: at == nil), text(negative, isJoined: isTail))
    }

    private static func text(_ bytes: ArraySlice<UInt8>, isJoined: Bool) -> String {
        var bytes = isJoined ? unjoined(bytes) : bytes
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Without the blanks, the comma or the escaped line break that lead on to the next part.
    private static func unjoined(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = trimmed(bytes)
        if bytes.last == UInt8(ascii: ",") || bytes.last == UInt8(ascii: ";") { bytes = trimmed(bytes.dropLast()) }
        while bytes.suffix(2).elementsEqual("\\n".utf8) { bytes = trimmed(bytes.dropLast(2)) }
        return bytes
    }

    // MARK: Meaning

    /// A whole number, with a fraction of zeros or none; one with a fraction sign counts only below 2⁵³.
    private static func whole(_ text: String) -> UInt64? {
        if let number = UInt64(text) { return number }
        guard let number = Double(text), 0..<9_007_199_254_740_992 ~= number else { return nil }
        return UInt64(exactly: number)
    }

    private func decimal(_ name: String) -> Double? {
        value(name).flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
    }

    /// The settings as a recipe of a generator.
    ///
    /// A distilled model has a guidance of its own: it counts where there is one and, in Forge's words, the scale is 1 and
    /// does nothing. Further seeds and prompts are those of settings whose names end so.
    func recipe(_ generator: String, _ certainty: Recipe.Certainty) -> Recipe {
        var recipe = Recipe(
            generator: generator, certainty: certainty, prompt: prompt.orNil, negativePrompt: negativePrompt.orNil)
        var used: Set<String> = []
        func take<Value>(_ names: [String], _ value: (String) -> Value?) -> Value? {
            for name in names {
                guard let found = value(name) else { continue }
                used.insert(name)
                return found
            }
            return nil
        }
        recipe.seed = take(["seed"]) { value($0).flatMap(Self.whole) }
        recipe.steps = take(["steps"]) { name in
            value(name).flatMap(Self.whole).flatMap { 1...100_000 ~= $0 ? Int($0) : nil }
        }
        let isDistilled = decimal("cfg scale") == 1 || value("cfg scale") == nil
        let scales = ["guidance"] + (isDistilled ? ["distilled cfg scale"] : []) + ["cfg scale", "guidance scale"]
        recipe.guidance = take(scales, decimal)
        recipe.sampler = take(["sampler"]) { value($0)?.orNil }
        recipe.model = take(["model"]) { value($0)?.orNil }
        recipe.size = take(["size"]) {
            value($0).flatMap { PixelSize(parsing: $0.lowercased().filter { !$0.isWhitespace }) }
        }
        for (index, setting) in settings.enumerated() {
            let name = names[index]
            if used.contains(name), places[name] == index { continue }
            recipe.settings.append(setting)
            if name.utf8.suffix(5).elementsEqual(" seed".utf8), let seed = UInt64(setting.value), seed != recipe.seed,
                !recipe.otherSeeds.contains(seed)
            {
                recipe.otherSeeds.append(seed)
            }
            if name.utf8.suffix(7).elementsEqual(" prompt".utf8), !name.contains("negative"), !setting.value.isBlank,
                setting.value != recipe.prompt,
                !recipe.otherPrompts.contains(setting.value)
            {
                recipe.otherPrompts.append(setting.value)
            }
        }
        return recipe
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
