/// The names that can stand before a colon.
enum SearchField: String, CaseIterable {
    case seed, size, width, height, ratio, mp, format, kind, model, generator, tag, set, date, after, before, ref, path,
        has
    case `is`, drift, nsfw, note, title, rating, fav, parent, child, ancestor, descendant, like, sort, limit

    /// What a field with a value means.
    enum Meaning {
        case term(SearchTerm)
        case order(SearchQuery.Order)
        case limit(Int)
        /// It is no value of this field, and why.
        case text(String)
    }

    func meaning(of value: String, _ clock: SearchClock) -> Meaning {
        let word = value.lowercased()
        switch self {
        case .seed: return Self.seed(word)
        case .size:
            guard let size = PixelSize(parsing: word.replacing("×", with: "x")) else {
                return .text("use size:2048x1536")
            }
            return .term(.size(size))
        case .width, .height, .mp:
            guard let bound = SearchBound(parsing: word) else {
                return .text("use a number or a range, such as \(rawValue):>=2 or \(rawValue):1..4")
            }
            return .term(self == .width ? .width(bound) : self == .height ? .height(bound) : .megapixels(bound))
        case .ratio:
            let sides = word.split(whereSeparator: { ":x/".contains($0) }).map { Int($0) }
            guard sides.count == 2, let width = sides[0], let height = sides[1], (1...10_000).contains(width),
                (1...10_000).contains(height)
            else { return .text("use ratio:16:9") }
            return .term(.ratio(width: width, height: height))
        case .format:
            let named = word == "jpg" ? "jpeg" : word == "tif" ? "tiff" : word == "heif" ? "heic" : word
            return Self.choice(ImageFormat(rawValue: named).map(SearchTerm.format), ImageFormat.allCases)
        case .kind: return Self.choice(AssetKind(rawValue: word).map(SearchTerm.kind), AssetKind.allCases)
        case .has:
            return Self.choice(SearchTerm.Property(rawValue: word).map(SearchTerm.has), SearchTerm.Property.allCases)
        case .is:
            switch word {
            case "favourite", "favorite", "fav": return .term(.favourite(true))
            case "trashed", "trash": return .term(.trashed)
            default: break
            }
            return Self.choice(
                SearchTerm.Shape(rawValue: word).map(SearchTerm.shape), SearchTerm.Shape.allCases, "favourite",
                "trashed")
        case .note, .title:
            let words = SearchWords.words(in: value)
            return words.isEmpty ? .text("there is no word in it") : .term(.note(words))
        case .rating:
            guard let bound = SearchBound(parsing: word) else {
                return .text("use a number from 0 to 5 or a range, such as rating:>=4")
            }
            return .term(.rating(bound))
        case .parent, .child, .ancestor, .descendant:
            guard let id = Self.id(word) else { return .text("use the id of an image or a run") }
            switch self {
            case .parent: return .term(.parent(id))
            case .child: return .term(.child(id))
            case .ancestor: return .term(.ancestor(id))
            default: return .term(.descendant(id))
            }
        case .like: return Self.like(value)
        case .drift:
            if word == "any" { return .term(.drift(nil)) }
            return Self.choice(Drift.Kind(rawValue: word).map(SearchTerm.drift), Drift.Kind.allCases, "any")
        case .nsfw, .fav:
            switch word {
            case "true", "yes", "1": return .term(self == .nsfw ? .flagged(true) : .favourite(true))
            case "false", "no", "0": return .term(self == .nsfw ? .flagged(false) : .favourite(false))
            default: return .text("use \(rawValue):true or \(rawValue):false")
            }
        case .tag: return Label.normalized(value).map { .term(.tag($0)) } ?? .text("no tag has this name")
        case .set:
            let name = value.first == "@" ? String(value.dropFirst()) : value
            return Label.normalized(name).map { .term(.set($0)) } ?? .text("no set has this name")
        case .model, .generator, .path:
            let part = value.withoutQuotes
            guard part.contains(where: { !$0.isWhitespace }) else { return .text("it is empty") }
            return .term(self == .model ? .model(part) : self == .path ? .path(part) : .generator(part))
        case .ref:
            guard let id = Self.id(word) else { return .text("use the id of an image or a run") }
            return .term(.reference(id))
        case .date, .after, .before: return date(value, clock)
        case .sort:
            guard let order = SearchQuery.Order(rawValue: word) else {
                return .text("use " + SearchQuery.Order.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return .order(order)
        case .limit:
            guard let limit = Int(word), limit >= 1 else { return .text("use a number of at least 1") }
            return .limit(limit)
        }
    }

    /// The id of an asset, a run or one picture of a run (`RUN/3`), or the beginning of one; nil for anything else.
    private static func id(_ word: String) -> String? {
        let id = word.hasPrefix("sha256:") ? String(word.dropFirst(7)) : word
        if Run.ID.looksLikePrefix(id) { return id }
        if let (run, _) = Run.ID.splitPicture(id) { return run.isEmpty ? nil : id }
        return !id.isEmpty && id.count <= 64 && id.allSatisfy { $0.isASCII && $0.isHexDigit } ? id : nil
    }

    /// `ID`, `ID~8`, or a path in place of the id.
    private static func like(_ value: String) -> Meaning {
        let text = value.withoutQuotes
        guard text.contains(where: { !$0.isWhitespace }) else { return .text("use like:ID or like:ID~8") }
        guard let tilde = text.lastIndex(of: "~"), tilde > text.startIndex else {
            return .term(.like(text, distance: nil))
        }
        let digits = text[text.index(after: tilde)...]
        guard digits.count <= 3, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let distance = Int(digits) else {
            return .text("use like:ID~8: a number of bits behind the ~")
        }
        return .term(.like(String(text[..<tilde]), distance: distance))
    }

    private static func seed(_ value: String) -> Meaning {
        func number(_ text: some StringProtocol) -> UInt64? { text.allSatisfy(\.isWholeNumber) ? UInt64(text) : nil }
        if let seed = number(value) { return .term(.seed(seed...seed)) }
        if let range = value.firstRange(of: "..") {
            let (first, last) = (value[..<range.lowerBound], value[range.upperBound...])
            let lower = first.isEmpty ? 0 : number(first)
            let upper = last.isEmpty ? .max : number(last)
            if let lower, let upper, lower <= upper { return .term(.seed(lower...upper)) }
        }
        let isTooLong = !value.isEmpty && value.allSatisfy { $0.isASCII && $0.isNumber }
        return .text(isTooLong ? "a seed has at most 64 bits" : "use a whole number, or a range such as seed:1..20")
    }

    private func date(_ value: String, _ clock: SearchClock) -> Meaning {
        if self == .date, let range = value.firstRange(of: "..") {
            let (first, last) = (value[..<range.lowerBound], value[range.upperBound...])
            let from = first.isEmpty ? nil : clock.period(String(first))
            let until = last.isEmpty ? nil : clock.period(String(last))
            guard (from != nil) == !first.isEmpty, (until != nil) == !last.isEmpty, from != nil || until != nil else {
                return .text(SearchClock.refusal)
            }
            return .term(.created(from: from?.start, until: until.map { $0.end ?? $0.start }))
        }
        guard let period = clock.period(value) else { return .text(SearchClock.refusal) }
        switch self {
        case .after: return .term(.created(from: period.start, until: nil))
        case .before: return .term(.created(from: nil, until: period.start))
        default:
            // A moment has no length, and something is asked for.
            let end = period.end == period.start ? Timestamp(milliseconds: period.start.milliseconds + 1) : period.end
            return .term(.created(from: period.start, until: end))
        }
    }

    private static func choice<Choice: RawRepresentable<String>>(
        _ term: SearchTerm?, _ choices: [Choice], _ more: String...
    ) -> Meaning {
        term.map(Meaning.term) ?? .text("use " + (choices.map(\.rawValue) + more).joined(separator: ", "))
    }
}
