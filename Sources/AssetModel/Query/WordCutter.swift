/// Cuts text into the words that the index has, in the form in which it has them.
///
/// Case, accents, width, ligatures, digits of other scripts and Arabic's forms and vowel points are folded away; `ß` is `ss`. In
/// scripts without spaces between words (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese) each character with its marks is a word, so
/// that any part of a text is found as a phrase; so is each emoji, whatever its skin tone. Hangul and kana are taken
/// apart, so that a file name of a Mac, which has them in pieces, is found by what a keyboard types.
///
/// A query is cut by the same code (`SearchWords` finds where words may part, FTS5 asks for the rest), so both always agree.
package enum WordCutter {
    /// The longest word in bytes; what is beyond is not looked at. No one types it, and FTS5 would cut it off somewhere else.
    package static let longestWord = 1000

    /// Calls `body` with each word and the bytes of the text that it stands for, until that says false. Bytes that are no UTF-8
    /// part words. Cost: one pass; ASCII needs no table.
    package static func cut(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>, Range<Int>) -> Bool
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longestWord + 8) { buffer in
            var word = Word(buffer: buffer)
            var position = 0
            var table: WordFolding?
            while position < text.count {
                let byte = text[position]
                if byte < 0x80 {
                    let folded = asciiFolds[Int(byte)]
                    if folded == 0 {
                        if word.count > 0, !word.finish(body) { return }
                        position += 1
                        continue
                    }
                    if word.count > 0, word.isClosed, !word.finish(body) { return }
                    if word.count == 0 { word.begin(.letter, at: position) }
                    // Most of what is ever read.
                    word.append(folded)
                    position += 1
                    while position < text.count {
                        let folded = text[position] < 0x80 ? asciiFolds[Int(text[position])] : 0
                        if folded == 0 { break }
                        word.append(folded)
                        position += 1
                    }
                    word.end = position
                    word.last = UInt32(folded)
                    continue
                }
                let (scalar, length) = decode(text, position)
                let folding = table ?? .shared
                table = folding
                if let target = folding.target(scalar) {
                    for part in target {
                        if !word.take(part, folding.kind(part), position..<position + length, body) { return }
                    }
                } else if 0xAC00...0xD7A3 ~= scalar {
                    // A syllable of Hangul, numbered by its first consonant, its vowel, and the consonant that ends it.
                    let (index, place) = (scalar - 0xAC00, position..<position + length)
                    if !word.take(0x1100 + index / 588, .single, place, body) { return }
                    if !word.take(0x1161 + index % 588 / 28, .vowel, place, body) { return }
                    if index % 28 > 0, !word.take(0x11A7 + index % 28, .tail, place, body) { return }
                } else if !word.take(scalar, folding.kind(scalar), position..<position + length, body) {
                    return
                }
                position += length
            }
            if word.count > 0 { _ = word.finish(body) }
        }
    }

    /// The words of a text, in order.
    package static func words(in text: String) -> [String] {
        var (words, text) = ([String](), text)
        text.withUTF8 { bytes in
            cut(bytes) { word, _ in
                words.append(String(decoding: word, as: UTF8.self))
                return true
            }
        }
        return words
    }

    /// A text in which every letter is folded as in words, and all else is as it was: for comparing names.
    package static func folded(_ text: String) -> String {
        var folded = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let value = scalar.value
            for part in WordFolding.shared.target(value) ?? [value] {
                let isShortI = part == 0x306 && folded.last?.value == 0x438
                guard WordFolding.shared.kind(part) != .ignored || isShortI else { continue }
                if let scalar = Unicode.Scalar(part) { folded.append(scalar) }
            }
        }
        return String(folded)
    }

    /// A small letter or digit for each byte of ASCII that is one in any case; 0 for the others.
    private static let asciiFolds: InlineArray<128, UInt8> = InlineArray { index in
        switch UInt8(index) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): UInt8(index)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt8(index) + 32
        default: 0
        }
    }

    /// The scalar that begins at a byte beyond ASCII, and how many bytes it has; a byte that is no UTF-8 stands alone.
    private static func decode(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> (scalar: UInt32, length: Int) {
        let first = text[position]
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first <= 0xF4, position + length <= text.count else { return (0xFFFD, 1) }
        var scalar = UInt32(first) & (0x7F >> UInt32(length))
        for index in position + 1..<position + length {
            guard text[index] & 0xC0 == 0x80 else { return (0xFFFD, 1) }
            scalar = scalar << 6 | UInt32(text[index] & 0x3F)
        }
        let isSound =
            length == 2 || length == 3 && scalar >= 0x800 && scalar >> 11 != 0x1B
            || length == 4 && 0x10000...0x10FFFF ~= scalar
        return isSound ? (scalar, length) : (0xFFFD, 1)
    }
}

/// The word that is being put together.
private struct Word {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    /// Bytes so far; 0 when there is no word.
    private(set) var count = 0
    /// Where it begins and ends in the text.
    private var start = 0
    var end = 0
    private var kind = WordKind.letter
    /// The last scalar.
    var last: UInt32 = 0

    init(buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    /// Whether a letter that follows begins another word.
    var isClosed: Bool { kind != .letter }

    mutating func begin(_ kind: WordKind, at position: Int) {
        (self.kind, start, last) = (kind, position, 0)
    }

    mutating func append(_ byte: UInt8) {
        guard count < WordCutter.longestWord else { return }
        buffer[count] = byte
        count += 1
    }

    /// Hands it over.
    mutating func finish(_ body: (UnsafeBufferPointer<UInt8>, Range<Int>) -> Bool) -> Bool {
        defer { count = 0 }
        return body(UnsafeBufferPointer(rebasing: buffer[..<count]), start..<end)
    }

    /// Takes the next folded scalar; false when `body` wants no more.
    mutating func take(
        _ scalar: UInt32, _ kind: WordKind, _ place: Range<Int>,
        _ body: (UnsafeBufferPointer<UInt8>, Range<Int>) -> Bool
    ) -> Bool {
        switch kind {
        case .separator: return count == 0 || finish(body)
        case .ignored:
            // The short i of Cyrillic is a letter of its own, also in two pieces.
            guard count > 0 else { return true }
            if scalar == 0x306, last == 0x438 { append(scalar) }
            end = place.upperBound
            return true
        case .mark:
            guard count > 0, self.kind != .symbol else { return true }
        case .letter:
            if count > 0, self.kind != .letter, !finish(body) { return false }
            if count == 0 { begin(.letter, at: place.lowerBound) }
        case .vowel where count > 0 && (0x1100...0x115F ~= last || 0xA960...0xA97C ~= last): break
        case .tail where count > 0 && (0x1161...0x11A7 ~= last || 0xD7B0...0xD7C6 ~= last): break
        case .single, .symbol, .vowel, .tail:
            if count > 0, !finish(body) { return false }
            begin(kind, at: place.lowerBound)
        }
        append(scalar)
        end = place.upperBound
        return true
    }

    private mutating func append(_ scalar: UInt32) {
        last = scalar
        // Whole or not at all.
        guard count + 4 <= WordCutter.longestWord else { return }
        switch scalar {
        case ..<0x80: append(UInt8(scalar))
        case ..<0x800:
            append(UInt8(0xC0 | scalar >> 6))
            append(UInt8(0x80 | scalar & 0x3F))
        case ..<0x10000:
            append(UInt8(0xE0 | scalar >> 12))
            append(UInt8(0x80 | scalar >> 6 & 0x3F))
            append(UInt8(0x80 | scalar & 0x3F))
        default:
            append(UInt8(0xF0 | scalar >> 18))
            append(UInt8(0x80 | scalar >> 12 & 0x3F))
            append(UInt8(0x80 | scalar >> 6 & 0x3F))
            append(UInt8(0x80 | scalar & 0x3F))
        }
    }
}
