/// A piece of a query's text and what it was read as, for whoever colours it.
public struct SearchSpan: Hashable, Sendable {
    /// What a piece is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A field with its value, or `@set`.
        case field
        /// A word, or the beginning of one.
        case word
        /// Words in quotes.
        case phrase
        /// `OR`, `AND`, a bracket, and the dash that excludes.
        case `operator`
        /// What looks like more than words and was read as words: a value that a field does not take, a bracket too many, signs.
        case text
        /// A name before a colon that no field has; read as words too.
        case unknown
    }

    /// What it is.
    public let kind: Kind
    /// Where it begins, in UTF-16 units.
    public let start: Int
    /// How long it is, in UTF-16 units.
    public let length: Int

    package init(kind: Kind, start: Int, length: Int) {
        self.kind = kind
        self.start = start
        self.length = length
    }

    /// The first unit behind it.
    public var end: Int { start + length }
}

extension SearchReading {
    /// The pieces of a text in order, as the same reading sees them; blanks between them are none. Cost: the length of the text.
    public static func spans(of text: String, clock: SearchClock = .utc) -> [SearchSpan] {
        var lexer = SearchLexer(text, clock)
        _ = lexer.tokens()
        var units = [0]
        for scalar in text.unicodeScalars { units.append((units.last ?? 0) + (scalar.value > 0xFFFF ? 2 : 1)) }
        var spans = lexer.pieces.map { piece in
            SearchSpan(
                kind: piece.kind, start: units[piece.range.lowerBound],
                length: units[piece.range.upperBound] - units[piece.range.lowerBound])
        }
        // An `OR` joins only what stands on both sides of it.
        for place in spans.indices where spans[place].kind == .operator && spans[place].length == 2 {
            let hasLeft = place > 0 && Self.endsItem(spans[place - 1], text)
            let hasRight = place + 1 < spans.count && Self.startsItem(spans[place + 1], text)
            if !hasLeft || !hasRight {
                spans[place] = SearchSpan(kind: .word, start: spans[place].start, length: spans[place].length)
            }
        }
        return spans
    }

    private static func endsItem(_ span: SearchSpan, _ text: String) -> Bool {
        span.kind != .operator || span.text(in: text) == ")"
    }

    private static func startsItem(_ span: SearchSpan, _ text: String) -> Bool {
        span.kind != .operator || ["(", "-"].contains(span.text(in: text))
    }
}

extension SearchSpan {
    /// Its piece of the text that it was read from; empty for another text.
    package func text(in text: String) -> String { text.piece(start, end) }
}

extension String {
    /// What lies between two places counted in UTF-16 units; a place in the middle of a character is moved back to its beginning.
    package func piece(_ start: Int, _ end: Int) -> String {
        let units = utf16
        guard start >= 0, start <= end, end <= units.count else { return "" }
        let first = units.index(units.startIndex, offsetBy: start)
        let last = units.index(units.startIndex, offsetBy: end)
        return String(String.UnicodeScalarView(unicodeScalars[first..<last]))
    }
}
