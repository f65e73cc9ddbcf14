/// A query as it was understood, and what of the text was not.
///
///     query = chain { chain }                     all of them
///     chain = item { "OR" item }                  one of them
///     item  = [ "-" ] ( "(" query ")" | phrase | field | word )
///     phrase = '"' words '"' [ "*" ]
///     word  = letters and digits [ "*" ]
///     field = name ":" [ blank ] ( value | '"' value '"' )
///
/// `OR` binds closer than what stands beside it: `mug red OR blue` is a mug that is red or blue. A bracket or quote without its
/// partner, an unknown field and a value that a field does not take are text.
public struct SearchReading: Hashable, Sendable {
    /// A piece of the text that looks like more than words and was read as words.
    public struct Remark: Hashable, Sendable {
        /// The piece.
        public let text: String
        /// Why; nil when no field has this name.
        public let reason: String?
    }

    /// The query.
    public private(set) var query: SearchQuery
    /// Whether the text says an order itself.
    public let saysOrder: Bool
    /// What was read as words, in order, each once.
    public private(set) var remarks: [Remark] = []

    /// Reads what a person typed. Never fails. Cost: the length of the text.
    public init(of text: String, clock: SearchClock = .utc) {
        var lexer = SearchLexer(text, clock)
        let tokens = lexer.tokens()
        var parser = SearchParser(tokens: tokens)
        let condition = parser.query(depth: 0)
        let isEmpty = condition.normalized == .everything
        query = SearchQuery(
            isEmpty && lexer.sawTextWithoutWords ? .nothing : condition, order: lexer.order ?? .newestFirst,
            limit: lexer.limit)
        saysOrder = lexer.order != nil
        var seen: Set<Remark> = []
        remarks = (lexer.remarks + parser.remarks).filter { seen.insert($0).inserted }
    }
}

/// Puts tokens together.
private struct SearchParser {
    var tokens: [SearchToken]
    var remarks: [SearchReading.Remark] = []
    private var position = 0
    private var termCount = 0

    init(tokens: [SearchToken]) { self.tokens = tokens }

    /// Everything up to the bracket that closes it, or to the end.
    mutating func query(depth: Int) -> SearchCondition {
        var parts: [SearchCondition] = []
        while position < tokens.count {
            if case .close = tokens[position] {
                position += 1
                // One that closes nothing is text without a letter.
                if depth > 0 { break }
                continue
            }
            if let chain = chain(depth: depth) { parts.append(chain) }
        }
        return .all(parts)
    }

    private mutating func chain(depth: Int) -> SearchCondition? {
        var alternatives: [SearchCondition] = []
        if let first = item(depth: depth) { alternatives.append(first) }
        while position < tokens.count, case .or(let word) = tokens[position] {
            position += 1
            // What has nothing on one side is a word.
            guard !alternatives.isEmpty, position < tokens.count, startsItem(tokens[position]) else {
                alternatives.append(contentsOf: term(.text([word])).map { [$0] } ?? [])
                if alternatives.count > 1 { return .all(alternatives) }
                continue
            }
            if let next = item(depth: depth) { alternatives.append(next) }
        }
        return alternatives.isEmpty ? nil : .any(alternatives)
    }

    private func startsItem(_ token: SearchToken) -> Bool {
        switch token {
        case .term, .open, .minus: true
        case .close, .or: false
        }
    }

    private mutating func item(depth: Int) -> SearchCondition? {
        guard position < tokens.count else { return nil }
        switch tokens[position] {
        case .close, .or: return nil
        case .term(let term):
            position += 1
            return self.term(term)
        case .minus:
            position += 1
            guard position < tokens.count, startsItem(tokens[position]) else { return nil }
            return item(depth: depth).map { .not($0) }
        case .open:
            position += 1
            // Too deep to be meant: the bracket is passed over.
            guard depth < SearchQuery.maximumDepth else { return nil }
            let group = query(depth: depth + 1)
            // Nothing but punctuation stood in it.
            return group.normalized == .everything ? nil : group
        }
    }

    private mutating func term(_ term: SearchTerm) -> SearchCondition? {
        termCount += 1
        guard termCount <= SearchQuery.maximumTermCount else {
            if termCount == SearchQuery.maximumTermCount + 1 {
                remarks.append(
                    .init(text: "…", reason: "only the first \(SearchQuery.maximumTermCount) terms are used"))
            }
            return nil
        }
        return .term(term)
    }
}
