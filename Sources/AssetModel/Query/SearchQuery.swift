/// What to look for: a condition, the order of the answers, and how many of them.
///
/// Every text is a query, so that a pasted prompt such as `(cat:1.2), a: b` is never an error: what is no known field is words, and
/// what has no letter or digit is left out. The grammar, with examples, is the article *Search*.
public struct SearchQuery: Hashable, Sendable {
    /// The order of the answers.
    public enum Order: String, Hashable, Sendable, CaseIterable {
        /// By the time they were imported or made, the latest first.
        case newestFirst = "-created"
        /// The earliest first.
        case oldestFirst = "created"
        /// Those that match best first.
        case relevance
        /// The most stars first, then the latest.
        case bestFirst = "-rating"
        /// The fewest stars first, then the latest.
        case worstFirst = "rating"
        /// By seed, the lowest first; those without one last.
        case seed
        /// By seed, the highest first; those without one last.
        case seedDescending = "-seed"
        /// By pixels, the largest first.
        case largestFirst = "-size"
        /// By pixels, the smallest first.
        case smallestFirst = "size"
        /// In an order that has nothing to do with them.
        case random
        /// In the order of the set that all of them must be in; without one, as `newestFirst`.
        case set
    }

    /// What the answers must be.
    public var condition: SearchCondition
    /// Their order.
    public var order: Order
    /// How many at most; nil when nothing is said.
    public var limit: Int?

    /// How many terms a query can have; those beyond are left out.
    public static let maximumTermCount = 100
    /// How deep groups can lie in each other; those beyond are read as if they had no brackets.
    public static let maximumDepth = 32

    /// A query; without arguments, everything, newest first.
    public init(_ condition: SearchCondition = .everything, order: Order = .newestFirst, limit: Int? = nil) {
        self.condition = condition.normalized
        self.order = order
        self.limit = limit
    }

    /// Reads what a person typed, without a clock: dates are in UTC, and those that count from today are words.
    public init(parsing text: String) {
        self = SearchReading(of: text).query
    }

    /// Looks for all words of a text and for nothing else, whatever they look like.
    public init(literally text: String) {
        let words = SearchWords.words(in: text)
        let terms = words.prefix(Self.maximumTermCount).map { SearchCondition.term(.text([$0])) }
        let isBlank = text.allSatisfy(\.isWhitespace)
        self.init(terms.isEmpty && !isBlank ? .nothing : .all(Array(terms)))
    }
}

/// A condition: a term, or other conditions joined.
public indirect enum SearchCondition: Hashable, Sendable {
    /// One thing that must hold.
    case term(SearchTerm)
    /// Each of these must hold; of none, everything.
    case all([SearchCondition])
    /// One of these must hold; of none, nothing.
    case any([SearchCondition])
    /// This must not hold.
    case not(SearchCondition)

    /// What holds for everything.
    public static let everything = SearchCondition.all([])
    /// What holds for nothing.
    public static let nothing = SearchCondition.any([])

    /// The same condition in its simplest form: no group of one, no group in a group of its kind, nothing said twice.
    public var normalized: SearchCondition {
        switch self {
        case .term: return self
        case .not(let condition):
            switch condition.normalized {
            case .not(let inner): return inner
            case .everything: return .nothing
            case .nothing: return .everything
            case let inner: return .not(inner)
            }
        case .all(let conditions):
            var parts: [SearchCondition] = []
            for part in conditions.map(\.normalized) {
                if part == .nothing { return .nothing }
                if case .all(let inner) = part { parts += inner } else { parts.append(part) }
            }
            parts = parts.uniqued()
            return parts.count == 1 ? parts[0] : .all(parts)
        case .any(let conditions):
            var parts: [SearchCondition] = []
            for part in conditions.map(\.normalized) {
                if part == .everything { return .everything }
                if case .any(let inner) = part { parts += inner } else { parts.append(part) }
            }
            parts = parts.uniqued()
            return parts.count == 1 ? parts[0] : .any(parts)
        }
    }

    /// Every term in it, in order.
    public var terms: [SearchTerm] {
        switch self {
        case .term(let term): [term]
        case .all(let conditions), .any(let conditions): conditions.flatMap(\.terms)
        case .not(let condition): condition.terms
        }
    }
}

extension Array where Element: Hashable {
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
