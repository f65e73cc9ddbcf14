import AssetModel

/// A query in words for people.
enum SearchText {
    /// Says on standard error what of a query was read as words though it looks like more.
    static func note(_ remarks: [SearchReading.Remark]) {
        guard !remarks.isEmpty else { return }
        let shown = remarks.prefix(5).map(text).joined(separator: "; ")
        Console.note("note: searched as text: \(shown)\(remarks.count > 5 ? "; …" : "")")
    }

    /// The query as a tree, one condition a line.
    static func explanation(_ query: SearchQuery, _ remarks: [SearchReading.Remark]) -> String {
        var lines = lines(query.condition)
        lines.append(words(query.order))
        if let limit = query.limit { lines.append("at most \(limit)") }
        lines += remarks.map { "as text: \(text($0))" }
        return lines.joined(separator: "\n")
    }

    /// The order in words.
    static func words(_ order: SearchQuery.Order) -> String {
        switch order {
        case .newestFirst: "newest first"
        case .oldestFirst: "oldest first"
        case .relevance: "best match first"
        case .bestFirst: "most stars first"
        case .worstFirst: "fewest stars first"
        case .seed: "lowest seed first"
        case .seedDescending: "highest seed first"
        case .largestFirst: "largest first"
        case .smallestFirst: "smallest first"
        case .random: "in random order"
        case .set: "in the set's order"
        }
    }

    private static func text(_ remark: SearchReading.Remark) -> String {
        let piece = Phrase.oneLine(remark.text, 40)
        return remark.reason.map { "\(piece) (\($0))" } ?? piece
    }

    private static func lines(_ condition: SearchCondition) -> [String] {
        switch condition {
        case .everything: ["everything"]
        case .nothing: ["nothing: there is no word in it"]
        case .term(let term): [words(term)]
        case .not(let inner): group("not", [inner])
        case .all(let conditions): group("all of", conditions)
        case .any(let conditions): group("any of", conditions)
        }
    }

    private static func group(_ name: String, _ conditions: [SearchCondition]) -> [String] {
        [name] + conditions.flatMap(lines).map { "  " + $0 }
    }

    private static func words(_ term: SearchTerm) -> String {
        switch term {
        case .text(let words, let isPrefix):
            let text = words.joined(separator: " ")
            if isPrefix { return words.count == 1 ? "a word that begins “\(text)”" : "the words “\(text)…” in a row" }
            return words.count == 1 ? "the word “\(text)”" : "the words “\(text)” in a row"
        case .substring(let piece, let endsWord):
            return endsWord ? "a word that ends with “\(piece)”" : "a word that contains “\(piece)”"
        case .note(let words): return "title or note contains “\(words.joined(separator: " "))”"
        case .parent(let id): return "made with the reference \(id)"
        case .child(let id): return "a reference of \(id)"
        case .ancestor(let id): return "made from \(id), directly or not"
        case .descendant(let id): return "\(id) was made from it, directly or not"
        case .like(let id, let distance): return "looks like \(id)" + (distance.map { ", within \($0) bits" } ?? "")
        case .pattern(let pattern): return "\"\(pattern.text)\""
        case .among(let assets): return "one of \(Phrase.count(assets.count, "image"))"
        case .rating(let bound): return "rated \(text(bound))"
        case .favourite(let isSet): return isSet ? "a favourite" : "not a favourite"
        case .trashed: return "in the trash"
        case .seed(let range):
            return range.lowerBound == range.upperBound
                ? "seed \(range.lowerBound)" : "seed from \(range.lowerBound) to \(range.upperBound)"
        case .size(let size): return "\(size) pixels"
        case .width(let bound): return "width \(text(bound)) pixels"
        case .height(let bound): return "height \(text(bound)) pixels"
        case .megapixels(let bound): return "\(text(bound)) megapixels"
        case .ratio(let width, let height): return "aspect ratio \(width):\(height), within 1 %"
        case .format(let format): return "a \(format.rawValue) file"
        case .kind(let kind): return kind == .generated ? "generated" : "imported"
        case .model(let name): return "model name contains “\(name)”"
        case .generator(let name): return "generator's name contains “\(name)”"
        case .tag(let name): return "tagged “\(name)”"
        case .set(let name): return "in the set @\(name)"
        case .created(let from, let until):
            return [from.map { "from \(Phrase.time($0)) on" }, until.map { "before \(Phrase.time($0))" }]
                .compactMap(\.self).joined(separator: " and ")
        case .reference(let id): return "made with the reference \(id)"
        case .path(let part): return "imported from a path that contains “\(part)”"
        case .has(let property): return "has a \(property.rawValue)"
        case .shape(let shape): return shape.rawValue
        case .drift(let kind):
            return kind.map { "its \($0.rawValue) differs from what was asked" } ?? "differs from what was asked"
        case .flagged(let isFlagged): return isFlagged ? "flagged as unsafe" : "checked and not flagged"
        }
    }

    private static func text(_ bound: SearchBound) -> String {
        switch bound {
        case .exactly(let number): Phrase.number(number)
        case .above(let number): "more than \(Phrase.number(number))"
        case .atLeast(let number): "at least \(Phrase.number(number))"
        case .below(let number): "less than \(Phrase.number(number))"
        case .atMost(let number): "at most \(Phrase.number(number))"
        case .between(let first, let last): "\(Phrase.number(first)) to \(Phrase.number(last))"
        }
    }
}
