import Foundation

/// A line of progress, as wide as there is room: bar, done of total, rate, time left, what it is at. What matters least is
/// left out first.
enum ProgressText {
    /// What is counted.
    enum Unit: Sendable {
        /// Nothing: only the time that has passed is told.
        case none
        /// Things of this name.
        case things(String)
        /// Bytes.
        case bytes
    }

    /// How far the work is.
    struct Work: Sendable {
        /// What is being done: `importing`.
        var title: String
        var unit: Unit
        var done = 0.0
        /// Nil while it is not known.
        var total: Double?
        /// Things that are not among `done` yet, in parts: half a file is 0.5.
        var begun = 0.0
        /// What it is at.
        var current: String?

        /// What is done with what is begun, never more than all.
        var amount: Double { min(done + begun, total ?? .infinity) }
    }

    /// `width` columns at most; nil means as long as it is, without a bar.
    static func line(
        _ work: Work, rate: Double?, elapsed: Duration, width: Int?, hasColour: Bool
    ) -> String {
        let counted = count(work)
        var parts = [work.title]
        if let counted { parts.append(counted) }
        var extra: [String] = []
        if let rate, let speed = speed(rate, work.unit) { extra.append(speed) }
        if let rate, rate > 0, let total = work.total, total > work.amount {
            extra.append(clock((total - work.amount) / rate) + " left")
        } else if counted == nil {
            extra.append(clock(elapsed / .seconds(1)))
        }
        let current = work.current.map { Phrase.printable($0.replacing("\n", with: " ").replacing("\t", with: " ")) }
        guard let width else { return (parts + extra + (current.map { [$0] } ?? [])).joined(separator: "  ") }

        var room = width - columns(parts.joined(separator: "  "))
        guard room >= 0 else { return fitted(parts.joined(separator: "  "), width, keepsEnd: false) }
        for piece in extra where columns(piece) + 2 <= room {
            parts.append(piece)
            room -= columns(piece) + 2
        }
        if let total = work.total, total > 0, room >= 14 {
            let length = min(24, room - 4)
            parts.insert(bar(work.amount / total, length, hasColour), at: 1)
            room -= length + 4
        }
        if let current, !current.isEmpty, room >= 14 { parts.append(fitted(current, room - 2, keepsEnd: true)) }
        return parts.joined(separator: "  ")
    }

    private static func bar(_ share: Double, _ length: Int, _ hasColour: Bool) -> String {
        let filled = Int((max(0, min(1, share)) * Double(length)).rounded(.down))
        let head =
            filled > 0 && filled < length
            ? String(repeating: "=", count: filled - 1) + ">" : String(repeating: "=", count: filled)
        let drawn = hasColour && filled > 0 ? "\u{1B}[36m\(head)\u{1B}[0m" : head
        return "[\(drawn)\(String(repeating: " ", count: length - filled))]"
    }

    private static func count(_ work: Work) -> String? {
        func text(_ number: Double) -> String {
            if case .bytes = work.unit { return Phrase.bytes(Int64(number)) }
            return grouped(Int(number))
        }
        let name: String
        switch work.unit {
        case .none: return nil
        case .bytes: name = ""
        case .things(let thing): name = " " + ((work.total ?? work.done) == 1 ? thing : thing + "s")
        }
        guard let total = work.total else { return text(work.done) + name }
        return "\(text(min(work.done, total))) of \(text(total))\(name)"
    }

    private static func speed(_ rate: Double, _ unit: Unit) -> String? {
        switch unit {
        case .none: nil
        case .bytes: "\(Phrase.bytes(Int64(rate)))/s"
        case .things: rate >= 10 ? "\(grouped(Int(rate)))/s" : rate >= 0.1 ? "\(Phrase.decimal(rate, 1))/s" : nil
        }
    }

    /// `1,234,567`.
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0, digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// `0:07`, `12:30`, `1:02:03`.
    static func clock(_ seconds: Double) -> String {
        guard seconds < 360_000 else { return "days" }
        let total = Int(seconds.rounded(.up))
        let tail = String(format: "%02d", total % 60)
        return total < 3600
            ? "\(total / 60):\(tail)" : "\(total / 3600):\(String(format: "%02d", total / 60 % 60)):\(tail)"
    }

    // MARK: - Columns

    /// A text of at most `width` columns; what is cut off is marked, at the beginning when the end tells more, as in a path.
    static func fitted(_ text: String, _ width: Int, keepsEnd: Bool) -> String {
        guard columns(text) > width else { return text }
        guard width > 1 else { return "" }
        var kept: [Character] = []
        var room = width - 1
        for character in keepsEnd ? AnyCollection(text.reversed()) : AnyCollection(text) {
            room -= columns(character)
            if room < 0 { break }
            kept.append(character)
        }
        return keepsEnd ? "…" + String(kept.reversed()) : String(kept) + "…"
    }

    /// How many columns a text takes on a terminal.
    static func columns(_ text: String) -> Int { text.reduce(0) { $0 + columns($1) } }

    private static func columns(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        // Fast for what nearly every path is made of.
        if first.isASCII { return 1 }
        if character.unicodeScalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return isWide(first) ? 2 : 1
        }
    }

    /// East Asian wide characters and emoji.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F000...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
