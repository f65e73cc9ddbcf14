import AssetModel

extension ComfyUIWalk {
    /// The text at an input, as the nodes before it make it; nil when it cannot be known, and then nothing is sure.
    mutating func text(_ input: ComfyUIGraph.Input?, depth: Int = 0) -> String? {
        switch arrival(input) {
        case .value(let value)?: return Self.plain(value)
        case .link(let output)?:
            if let known = texts[output] {
                if !known.isSure { isSure = false }
                return known.text
            }
            guard depth < 64, let node = node(output.node) else {
                isSure = false
                return nil
            }
            // A circle meets this while it is being made.
            texts[output] = (nil, false)
            let wasSure = isSure
            isSure = !node.isGuessed
            let text = made(by: node, slot: output.slot, depth: depth)
            if text == nil { isSure = false }
            texts[output] = (text, isSure)
            if !wasSure { isSure = false }
            return text
        case nil: return nil
        }
    }

    private static func plain(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .unsigned(let number): String(number)
        // A node that shows texts keeps a list of them, also in one more list; an editor wraps lists.
        case .array(let elements): elements.count == 1 ? plain(elements[0]) : nil
        case .object: (value["content"] ?? value["__value__"] ?? value["value"]).flatMap(plain)
        default: nil
        }
    }

    private mutating func made(by node: ComfyUIGraph.Node, slot: Int, depth: Int) -> String? {
        switch ComfyUIKinds.texts[node.kind] {
        case .slots(let names)?:
            return names.indices.contains(slot) ? hand([names[slot]], of: node, depth: depth) : nil
        case .hands(let names)?:
            return hand(names, of: node, depth: depth)
        case .joins(let parts, let separator, let keepsEmpty)?:
            return join(node, parts, separator: separator, keepsEmpty: keepsEmpty, depth: depth)
        case .replaces(let name, let pairs)?:
            guard var text = self.text(node.inputs[name], depth: depth + 1) else { return nil }
            for (find, by) in pairs {
                guard let find = self.text(node.inputs[find], depth: depth + 1), !find.isEmpty else { continue }
                let by = self.text(node.inputs[by], depth: depth + 1) ?? ""
                text = replacing(find, by: by, in: text)
            }
            return text
        case .trims?:
            guard let text = text(node.inputs["string"], depth: depth + 1) else { return nil }
            let mode = node.value("mode")?.text
            var rest = text[...]
            if mode != "Right" { rest = rest.drop { $0.isWhitespace } }
            if mode != "Left" { while rest.last?.isWhitespace == true { rest.removeLast() } }
            return String(rest)
        case .cases?:
            guard let text = text(node.inputs["string"], depth: depth + 1) else { return nil }
            switch node.value("mode")?.text {
            case "UPPERCASE": return text.uppercased()
            case "lowercase": return text.lowercased()
            default:
                isSure = false
                return text
            }
        case .function?: return function(node, depth: depth)
        case .shows(let names)?:
            if let text = hand(names, of: node, depth: depth), isSure { return text }
            // What it showed when it ran before, which may not be what this picture was made with.
            isSure = false
            let shown = ["text_0", "text", "preview"].lazy.compactMap { node.value($0) }.compactMap(Self.plain).first
            return shown?.orNil ?? hand(names, of: node, depth: depth)
        case nil:
            return guess(node, slot: slot, depth: depth)
        }
    }

    private mutating func hand(_ names: [String], of node: ComfyUIGraph.Node, depth: Int) -> String? {
        for name in names where node.inputs[name] != nil {
            if let text = text(node.inputs[name], depth: depth + 1) { return text }
        }
        return nil
    }

    /// A node of a kind that is not known.
    private mutating func guess(_ node: ComfyUIGraph.Node, slot: Int, depth: Int) -> String? {
        isSure = false
        if ComfyUIKinds.writes(node.kind) { return nil }
        if ComfyUIKinds.joins(node.kind) {
            let names = node.inputs.keys.filter {
                !["delimiter", "separator", "clean_whitespace", "mode"].contains($0)
            }
            let separator = ["delimiter", "separator"].first { node.inputs[$0] != nil }
            return join(
                node, .named(names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }.prefix(32).map(\.self)),
                separator: separator ?? "", keepsEmpty: false, depth: depth)
        }
        // A node that makes both sides of a prompt has the one to avoid second.
        if slot > 0, let text = hand(ComfyUIKinds.likelyAvoided, of: node, depth: depth) { return text }
        if let text = hand(ComfyUIKinds.likelyTexts, of: node, depth: depth) { return text }
        return hand(Array(node.links.prefix(8)), of: node, depth: depth)
    }

    private mutating func join(
        _ node: ComfyUIGraph.Node, _ parts: ComfyUIKinds.Parts, separator name: String, keepsEmpty: Bool, depth: Int
    ) -> String? {
        var names =
            switch parts {
            case .named(let names): names
            case .beginning(let prefix): Self.numbered(prefix, in: node)
            }
        if let count = node.value("inputcount")?.int { names = Array(names.prefix(max(0, count))) }
        var separator = text(node.inputs[name], depth: depth + 1) ?? (keepsEmpty ? "" : ", ")
        if node.kind.hasSuffix("(JPS)") { separator = ComfyUIKinds.separators[separator] ?? "" }
        if separator == "\\n" { separator = "\n" }
        let trims = node.value("clean_whitespace")?.text == "true"
        var texts: [String] = []
        for name in names {
            guard let input = node.inputs[name] else { continue }
            if case .value(let value) = input, value.text == nil { continue }
            guard var text = self.text(input, depth: depth + 1) else {
                isSure = false
                continue
            }
            if trims { text = Self.trimmed(text) }
            if keepsEmpty || !text.isEmpty { texts.append(text) }
        }
        guard !texts.isEmpty else { return nil }
        return taken(texts.reduce(0) { $0 + $1.utf8.count + separator.utf8.count })
            ? texts.joined(separator: separator) : nil
    }

    /// The string function of Custom-Scripts, which tidies the commas of what it joins.
    private mutating func function(_ node: ComfyUIGraph.Node, depth: Int) -> String? {
        let isTidy = node.value("tidy_tags")?.text == "yes"
        let texts = ["text_a", "text_b", "text_c"].map { self.text(node.inputs[$0], depth: depth + 1) ?? "" }
        var text: String
        if node.value("action")?.text == "replace" {
            // A pattern between slashes is not carried out.
            if texts[1].hasPrefix("/"), texts[1].hasSuffix("/") { isSure = false }
            text = texts[1].isEmpty ? texts[0] : replacing(texts[1], by: texts[2], in: texts[0])
        } else {
            guard taken(texts.reduce(4) { $0 + $1.utf8.count }) else { return nil }
            text = texts.filter { !$0.isEmpty }.joined(separator: isTidy ? ", " : "")
        }
        if isTidy {
            for (find, by) in [("  ", " "), (" ,", ","), (",,", ","), (",,", ",")] {
                text = replacing(find, by: by, in: text)
            }
        }
        return text
    }

    /// A text with every occurrence of another one replaced, from the left. When that would cost too much, the text as it
    /// is, and nothing is sure.
    private mutating func replacing(_ find: String, by: String, in text: String) -> String {
        let (source, find, by) = (Array(text.utf8), Array(find.utf8), Array(by.utf8))
        guard !find.isEmpty, source.count >= find.count else { return text }
        let (cost, overflows) = source.count.multipliedReportingOverflow(by: find.count)
        guard !overflows, cost <= 8 << 20 else {
            isSure = false
            return text
        }
        var result: [UInt8] = []
        var position = 0
        while position < source.count {
            if source.count - position >= find.count, source[position..<position + find.count].elementsEqual(find) {
                guard taken(by.count) else { return text }
                result += by
                position += find.count
            } else {
                result.append(source[position])
                position += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Takes bytes from the account of texts.
    private mutating func taken(_ count: Int) -> Bool {
        textBytesLeft -= count
        if textBytesLeft < 0 { isSure = false }
        return textBytesLeft >= 0
    }

    static func trimmed(_ text: String) -> String {
        var rest = text[...].drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

extension String {
    /// Nil instead of a text of blanks alone.
    var orNilWhenBlank: String? { allSatisfy(\.isWhitespace) ? nil : self }
}
