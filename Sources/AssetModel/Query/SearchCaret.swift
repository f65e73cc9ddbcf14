/// What a person is typing at a place of a query's text: what could be completed there, and which part of the text would be replaced.
package struct SearchCaret: Hashable, Sendable {
    /// What was begun.
    package enum Begun: Hashable, Sendable {
        /// Nothing, or a word that may become a field's name.
        case word(String)
        /// The name behind an `@`.
        case set(String)
        /// The value of a field, which has this name.
        case value(field: String, String)
    }

    package let begun: Begun
    /// What would be replaced, in UTF-16 units.
    package let start: Int
    package let length: Int

    /// Looks at a text; nil where nothing can be completed, as within a phrase. `caret` counts UTF-16 units; beyond the end it is the end.
    package init?(in text: String, at caret: Int, _ spans: [SearchSpan]) {
        let caret = max(0, min(caret, text.utf16.count))
        guard let span = spans.first(where: { $0.start < caret && caret <= $0.end && $0.kind != .operator }) else {
            // Before something that touches the caret a new word would become one with it.
            if spans.contains(where: { $0.start == caret && $0.kind != .operator }) { return nil }
            (begun, start, length) = (.word(""), caret, 0)
            return
        }
        if span.kind == .phrase { return nil }
        (start, length) = (span.start, span.length)
        let typed = text.piece(span.start, caret)
        if typed.first == "@" {
            begun = .set(typed.dropFirst().withoutQuotes)
        } else if let colon = typed.unicodeScalars.firstIndex(of: ":"),
            let field = SearchField(rawValue: typed[..<colon].lowercased())
        {
            let value = typed[typed.unicodeScalars.index(after: colon)...].withoutQuotes
            begun = .value(field: field.rawValue, String(value.drop(while: \.isWhitespace)))
        } else {
            begun = .word(typed)
        }
    }
}

/// Something that can be typed in a search box, at the caret.
public struct SearchSuggestion: Hashable, Sendable {
    /// What is offered.
    public enum Kind: String, Hashable, Sendable {
        /// A field's name with its colon.
        case field
        /// A field with a value that the language has.
        case value
        /// A tag, a set, a model, a word of the library's texts.
        case tag, set, model, word
    }

    /// What stands in the text afterwards in place of what is replaced.
    public let text: String
    /// Where the replaced part begins, and how long it is, in UTF-16 units.
    public let start: Int, length: Int
    /// What it is.
    public let kind: Kind
    /// What it means, in a few words; nil when it says so itself.
    public let detail: String?
    /// How many pictures have it; nil when that is not known at once.
    public let count: Int?

    package init(text: String, replacing caret: SearchCaret, kind: Kind, detail: String? = nil, count: Int? = nil) {
        self.text = text
        (start, length) = (caret.start, caret.length)
        self.kind = kind
        self.detail = detail
        self.count = count
    }
}
