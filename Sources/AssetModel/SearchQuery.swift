/// What to look for: terms that must all hold, and how many answers to give.
///
/// Every text is a query. What is no known field is words, and what is no word is left out, so that a pasted prompt
/// such as `(cat:1.2), a: b` never is an error.
public struct SearchQuery: Hashable, Sendable {
    /// One condition.
    public enum Term: Hashable, Sendable {
        /// A word, or several that must follow each other: a phrase.
        case words(String)
        /// The seed that made a picture.
        case seed(UInt64)
        /// Membership of a set, by name.
        case set(String)
        /// A tag, whatever its case.
        case tag(String)
        /// References or generated pictures only.
        case kind(AssetKind)
        /// Pictures of runs whose answer differs in this way from what was asked for; nil means in any way.
        case drift(Drift.Kind?)
        /// Pictures that fal's safety checker flagged, or looked at and did not flag.
        case flagged(Bool)
        /// Asked for something that nothing can have, such as words without a letter: no answer.
        case nothing
    }

    /// How many conditions a typed query can have; those beyond are left out.
    public static let maximumTermCount = 100

    /// The conditions; none means everything.
    public let terms: [Term]

    /// A query of these conditions, all of which must hold.
    public init(terms: [Term]) {
        self.terms = terms
    }

    /// Reads what a person typed.
    public init(parsing text: String) {
        var terms: [Term] = []
        var wordsWithoutLetters = false
        for token in Self.tokens(of: text) {
            if !token.isQuoted, let field = Self.field(token.text) {
                terms.append(field)
            } else if token.text.unicodeScalars.contains(where: Self.isSearchable) {
                terms.append(.words(token.text))
            } else {
                wordsWithoutLetters = true
            }
        }
        if terms.isEmpty, wordsWithoutLetters { terms = [.nothing] }
        // Saying a thing twice adds nothing, and a pasted page must not become more conditions than a database takes.
        var seen: Set<Term> = []
        self.terms = Array(terms.filter { seen.insert($0).inserted }.prefix(Self.maximumTermCount))
    }

    private static func field(_ token: String) -> Term? {
        if token.first == "@", let name = Label.normalized(String(token.dropFirst())) { return .set(name) }
        guard let colon = token.firstIndex(of: ":") else { return nil }
        var value = String(token[token.index(after: colon)...])
        if value.count >= 2, value.first == "\"", value.last == "\"" { value = String(value.dropFirst().dropLast()) }
        switch token[..<colon].lowercased() {
        case "seed": return UInt64(value).map(Term.seed)
        case "kind": return AssetKind(rawValue: value.lowercased()).map(Term.kind)
        case "drift":
            return value.lowercased() == "any" ? .drift(nil) : Drift.Kind(rawValue: value.lowercased()).map(Term.drift)
        case "nsfw":
            switch value.lowercased() {
            case "true", "yes", "1": return .flagged(true)
            case "false", "no", "0": return .flagged(false)
            default: return nil
            }
        case "tag": return Label.normalized(value).map(Term.tag)
        case "set": return Label.normalized(value.first == "@" ? String(value.dropFirst()) : value).map(Term.set)
        default: return nil
        }
    }

    /// Splits at white space; a double quote opens a phrase up to the next one, or to the end.
    private static func tokens(of text: String) -> [(text: String, isQuoted: Bool)] {
        var tokens: [(String, Bool)] = []
        var current = ""
        var isQuoting = false
        var startedWithQuote = false
        func finish() {
            if !current.isEmpty { tokens.append((current, startedWithQuote)) }
            (current, startedWithQuote) = ("", false)
        }
        for character in text {
            switch character {
            case "\"" where isQuoting:
                isQuoting = false
                if startedWithQuote { finish() } else { current.append(character) }
            case "\"" where current.isEmpty:
                (isQuoting, startedWithQuote) = (true, true)
            case "\"" where current.last == ":":
                isQuoting = true
                current.append(character)
            case let character where character.isWhitespace && !isQuoting:
                finish()
            default:
                current.append(character)
            }
        }
        finish()
        return tokens
    }

    /// Letters, digits and what combines with them: what the index keeps.
    private static func isSearchable(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
}

/// One answer of a search: an imported picture, or one output of a generation.
public struct SearchHit: Hashable, Sendable {
    /// What it is.
    public let kind: AssetKind
    /// The asset.
    public let asset: ContentDigest
    /// Its measured facts.
    public let facts: ImageFacts
    /// The name of the file that it was first imported from; nil when it never was.
    public let name: String?
    /// The generation that made it; nil for a reference.
    public let generation: Run.ID?
    /// The prompt that made it: of a reference, the one that another generator wrote into it; nil when unknown.
    public let prompt: String?
    /// The seed that made it; nil when unknown.
    public let seed: UInt64?
    /// The model that made it; nil when unknown.
    public let model: String?
    /// The program that made a reference, such as `ComfyUI`, as its recipe says; nil for our own, and without a recipe.
    public let generator: String?
    /// A description in a reference's file that is no recipe; nil when there is none.
    public let note: String?
    /// When it was imported or made.
    public let createdAt: Timestamp
    /// Its tags, sorted.
    public let tags: [String]
    /// Its place in the order of time: hand it back as `before` to get the next page.
    public let position: Int64

    package init(
        kind: AssetKind, asset: ContentDigest, facts: ImageFacts, name: String?, generation: Run.ID?,
        prompt: String?, seed: UInt64?, model: String?, generator: String? = nil, note: String? = nil,
        createdAt: Timestamp, tags: [String], position: Int64
    ) {
        self.kind = kind
        self.asset = asset
        self.facts = facts
        self.name = name
        self.generation = generation
        self.prompt = prompt
        self.seed = seed
        self.model = model
        self.generator = generator
        self.note = note
        self.createdAt = createdAt
        self.tags = tags
        self.position = position
    }

    /// What people and scripts call it: the generation's id, or the digest of a reference.
    public var id: String { generation?.text ?? asset.hex }
}
