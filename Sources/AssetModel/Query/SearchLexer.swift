/// A piece of a query.
enum SearchToken: Hashable {
    case term(SearchTerm)
    case open, close, minus
    /// `OR`, as it was typed.
    case or(String)
}

/// Takes a query's text apart. A state machine over its characters.
struct SearchLexer {
    private let characters: [Character]
    private let clock: SearchClock
    private var position = 0
    /// Brackets that are open here.
    private var depth = 0
    private(set) var remarks: [SearchReading.Remark] = []
    private(set) var order: SearchQuery.Order?
    private(set) var limit: Int?
    /// Whether something stood there that is no term, such as `!!!`.
    private(set) var sawTextWithoutWords = false
    /// Every piece that is no blank, in order: what it was read as, and its scalars.
    private(set) var pieces: [(kind: SearchSpan.Kind, range: Range<Int>)] = []

    init(_ text: String, _ clock: SearchClock) {
        // One scalar each: a quote with an accent on it is a quote, and the accent belongs to what follows.
        characters = text.unicodeScalars.map(Character.init)
        self.clock = clock
    }

    mutating func tokens() -> [SearchToken] {
        var tokens: [SearchToken] = []
        while let character = peek {
            switch character {
            case _ where character.isWhitespace: position += 1
            case "(":
                note(.operator, 1)
                depth += 1
                tokens.append(.open)
                sawTextWithoutWords = true
            case ")":
                note(depth > 0 ? .operator : .text, 1)
                depth = max(0, depth - 1)
                tokens.append(.close)
                sawTextWithoutWords = true
            case "-" where startsNegation:
                note(.operator, 1)
                tokens.append(.minus)
            case "\"":
                let start = position
                position += 1
                let words = SearchWords.words(in: quoted())
                let isPrefix = peek == "*" && !words.isEmpty
                if isPrefix { position += 1 }
                pieces.append((words.isEmpty ? .text : .phrase, start..<position))
                append(words, isPrefix, to: &tokens)
            default: appendWord(to: &tokens)
            }
        }
        return tokens
    }

    /// Passes over some characters, which are a piece.
    private mutating func note(_ kind: SearchSpan.Kind, _ count: Int) {
        pieces.append((kind, position..<position + count))
        position += count
    }

    private var peek: Character? { position < characters.count ? characters[position] : nil }

    /// A dash before something, and no second one: `--ar 16:9` comes out of prompts.
    private var startsNegation: Bool {
        guard position + 1 < characters.count else { return false }
        let next = characters[position + 1]
        return !next.isWhitespace && next != "-" && next != ")"
    }

    /// Up to the next quote, which is passed over, or to the end.
    private mutating func quoted() -> String {
        let start = position
        while peek != nil, peek != "\"" { position += 1 }
        let text = String(characters[start..<position])
        position += 1
        position = min(position, characters.count)
        return text
    }

    private mutating func append(_ words: [String], _ isPrefix: Bool, to tokens: inout [SearchToken]) {
        guard !words.isEmpty else {
            sawTextWithoutWords = true
            return
        }
        tokens.append(.term(.text(words, isPrefix: isPrefix)))
    }

    // MARK: - Words and fields

    private mutating func appendWord(to tokens: inout [SearchToken]) {
        let start = position
        let word = bareWord()
        if word == "OR" {
            pieces.append((.operator, start..<position))
            return tokens.append(.or(word))
        }
        // Lucene and GitHub have it; side by side means the same.
        if word == "AND", !tokens.isEmpty, peek != nil { return pieces.append((.operator, start..<position)) }
        if word.first == "@", let name = Label.normalized(word.dropFirst().withoutQuotes) {
            pieces.append((.field, start..<position))
            return tokens.append(.term(.set(name)))
        }
        var kind = SearchSpan.Kind.word
        if let colon = word.unicodeScalars.firstIndex(of: ":"),
            let field = SearchField(rawValue: word[..<colon].lowercased())
        {
            if appendField(field, String(word[word.unicodeScalars.index(after: colon)...]), from: start, to: &tokens) {
                return pieces.append((.field, start..<position))
            }
            if remarks.last?.reason != nil { kind = .text }
        } else if let colon = word.unicodeScalars.firstIndex(of: ":"), colon > word.startIndex, word.last != ":",
            word[..<colon].allSatisfy({ $0.isLetter })
        {
            remarks.append(.init(text: word, reason: nil))
            kind = .unknown
        }
        position = start
        let text = bareWord()
        if kind == .word, SearchWords.words(in: text).isEmpty { kind = .text }
        pieces.append((kind, start..<position))
        if let piece = Self.substring(text) { return tokens.append(.term(piece)) }
        let isPrefix = text.count > 1 && text.last == "*" && text.dropLast().last.map { !$0.isWhitespace } == true
        append(SearchWords.words(in: text), isPrefix && endsInWord(text.dropLast()), to: &tokens)
    }

    /// `*ramic*` and `*ramic`; nil for anything else, such as two stars and no letter.
    private static func substring(_ text: String) -> SearchTerm? {
        guard text.first == "*", text.count > 1 else { return nil }
        let endsWord = text.last != "*"
        let piece = endsWord ? text.dropFirst() : text.dropFirst().dropLast()
        guard SearchWords.words(in: piece) == [String(piece)] else { return nil }
        return .substring(String(piece), endsWord: endsWord)
    }

    private func endsInWord(_ text: Substring) -> Bool {
        guard let last = text.unicodeScalars.last else { return false }
        return SearchWords.isPartOfWord(last)
    }

    /// Up to a blank, or to a bracket that closes one opened before. A quote behind a colon opens a value with blanks.
    private mutating func bareWord() -> String {
        let start = position
        var balance = 0
        while let character = peek, !character.isWhitespace {
            if character == "(" { balance += 1 }
            if character == ")" {
                if balance == 0, depth > 0 || position == start { break }
                balance -= 1
            }
            position += 1
            if character == "\"" {
                // `tag:"off white"`, `@"off white"`
                guard position - 2 >= start, ":@".contains(characters[position - 2]),
                    characters[position - 2] == ":" || position - 2 == start
                else { continue }
                _ = quoted()
                break
            }
        }
        return String(characters[start..<position])
    }

    /// Whether a field with this value is one; else nothing has changed but the remarks.
    private mutating func appendField(
        _ field: SearchField, _ typed: String, from start: Int, to tokens: inout [SearchToken]
    ) -> Bool {
        var value = typed
        if value.isEmpty {
            // `seed: 107`, as people copy it.
            let end = position
            while peek?.isWhitespace == true { position += 1 }
            if peek == "\"" {
                position += 1
                value = quoted()
            } else {
                value = peek == nil ? "" : bareWord()
            }
            if value.isEmpty || value == "OR" {
                position = end
                return false
            }
        }
        let scalars = value.unicodeScalars
        if scalars.count >= 2, scalars.first == "\"", scalars.last == "\"" {
            value = String(String.UnicodeScalarView(scalars.dropFirst().dropLast()))
        }
        switch field.meaning(of: value, clock) {
        case .term(let term): tokens.append(.term(term))
        case .order(let order): self.order = order
        case .limit(let limit): self.limit = limit
        case .text(let reason):
            remarks.append(.init(text: String(characters[start..<position]), reason: reason))
            return false
        }
        return true
    }
}

extension StringProtocol {
    /// The text without double quotes, also where an accent stands on one.
    package var withoutQuotes: String {
        String(String.UnicodeScalarView(unicodeScalars.filter { $0 != "\"" }))
    }
}
