/// A query as a person would type it: reading the text gives the same query.
extension SearchQuery: CustomStringConvertible {
    /// The text; dates as moments in UTC.
    public var description: String {
        var parts = condition == .everything ? [] : [condition.text]
        if order != .newestFirst { parts.append("sort:\(order.rawValue)") }
        if let limit { parts.append("limit:\(limit)") }
        return parts.joined(separator: " ")
    }
}

extension SearchCondition {
    /// The condition as text, with the brackets that it needs.
    var text: String {
        switch self {
        case .term(let term): term.text
        case .nothing: "\"\""
        case .all(let conditions): conditions.map(\.text).joined(separator: " ")
        case .any(let conditions): conditions.map(\.textOfAlternative).joined(separator: " OR ")
        case .not(let condition):
            if case .term(let term) = condition { "-" + term.text } else { "-(" + condition.text + ")" }
        }
    }

    private var textOfAlternative: String { if case .all = self { "(" + text + ")" } else { text } }
}

extension SearchTerm {
    /// The term as text.
    var text: String {
        switch self {
        case .text(let words, let isPrefix):
            let isPlain = words.count == 1 && words[0] != "OR" && words[0] != "AND"
            return (isPlain ? words[0] : "\"" + words.joined(separator: " ") + "\"") + (isPrefix ? "*" : "")
        case .substring(let piece, let endsWord): return "*" + piece + (endsWord ? "" : "*")
        case .note(let words):
            return "note:" + (words.count == 1 ? words[0] : "\"" + words.joined(separator: " ") + "\"")
        case .parent(let id): return "parent:\(id)"
        case .child(let id): return "child:\(id)"
        case .ancestor(let id): return "ancestor:\(id)"
        case .descendant(let id): return "descendant:\(id)"
        case .like(let id, let distance): return "like:\(Self.quoted(id + (distance.map { "~\($0)" } ?? "")))"
        // What nothing typed means: it takes the place of a term that was looked up.
        case .among, .pattern: return "\"\""
        case .rating(let bound): return "rating:\(bound.description)"
        case .favourite(let isSet): return isSet ? "is:favourite" : "fav:false"
        case .trashed: return "is:trashed"
        case .seed(let range):
            return range.lowerBound == range.upperBound
                ? "seed:\(range.lowerBound)" : "seed:\(range.lowerBound)..\(range.upperBound)"
        case .size(let size): return "size:\(size)"
        case .width(let bound): return "width:\(bound.description)"
        case .height(let bound): return "height:\(bound.description)"
        case .ratio(let width, let height): return "ratio:\(width):\(height)"
        case .megapixels(let bound): return "mp:\(bound.description)"
        case .format(let format): return "format:\(format.rawValue)"
        case .kind(let kind): return "kind:\(kind.rawValue)"
        case .model(let name): return "model:\(Self.quoted(name))"
        case .generator(let name): return "generator:\(Self.quoted(name))"
        case .tag(let name): return "tag:\(Self.quoted(name))"
        case .set(let name): return "set:\(Self.quoted(name))"
        case .created(let from?, nil): return "after:\(from)"
        case .created(nil, let until?): return "before:\(until)"
        case .created(let from, let until):
            return "date:\(from?.description ?? "")..\(until?.description ?? "")"
        case .reference(let id): return "ref:\(id)"
        case .path(let part): return "path:\(Self.quoted(part))"
        case .has(let property): return "has:\(property.rawValue)"
        case .shape(let shape): return "is:\(shape.rawValue)"
        case .drift(let kind): return "drift:\(kind?.rawValue ?? "any")"
        case .flagged(let isFlagged): return "nsfw:\(isFlagged)"
        }
    }

    /// A value, in quotes unless it is plainly one word.
    private static func quoted(_ value: String) -> String {
        let isPlain = value.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "0123456789-_./".unicodeScalars.contains($0)
        }
        return isPlain ? value : "\"" + value + "\""
    }
}
