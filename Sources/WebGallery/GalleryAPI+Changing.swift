import AssetLibrary
import AssetModel
import LibraryJSON

/// What all routes share that change something.
extension GalleryAPI {
    /// What a change came to.
    struct Change {
        let message: String
        let changed: Int
        let more: JSONObject

        init(_ message: String, changed: Int, more: JSONObject = [:]) {
            self.message = message
            self.changed = changed
            self.more = more
        }
    }

    /// Makes a change, and answers `action message changed`: the id that undoes it, null when nothing changed, and the sentence for people.
    func changing(
        _ more: JSONObject = [:], _ change: () async throws(LibraryError) -> Change
    ) async throws(LibraryError) -> GalleryAnswer {
        let (outcome, actions) = try await library.noting(change)
        let isNothing = actions.isEmpty
        return .json(
            more.adding(outcome.more).adding([
                "action": JSONValue(actions.last?.text),
                "actions": JSONValue(actions.map(\.text)),
                "message": JSONValue(isNothing ? "Nothing to change" : outcome.message),
                "changed": JSONValue(isNothing ? 0 : outcome.changed),
            ]))
    }

    /// The pictures that a body names by `ids` or `query`, each once; never none. Errors: an id that names nothing, an empty query, which
    /// would mean everything.
    func chosen(_ body: JSONValue, ids key: String = "ids") async throws(LibraryError) -> [ContentDigest] {
        if let text = try body.optionalText("query") {
            guard body[key] == nil || key == "query" else {
                throw LibraryError(.invalidInput, code: "bad_body", "give one of \(key) and query")
            }
            let reading = library.reading(of: text)
            guard reading.query.condition != .everything || reading.query.limit != nil else {
                throw LibraryError(
                    .invalidInput, code: "empty_query", "the query is empty, which would mean everything")
            }
            try library.checkNamesNoFile(reading.query)
            let found = try await library.pictures(foundBy: reading.query)
            guard !found.isEmpty else {
                throw LibraryError(.notFound, code: "nothing_selected", "the query finds nothing")
            }
            return found
        }
        let ids = try body.texts(key).map(Self.word)
        guard !ids.isEmpty else {
            throw LibraryError(.invalidInput, code: "nothing_selected", "no pictures were named")
        }
        return try await library.pictures(ids: ids)
    }
}

extension JSONValue {
    /// A member that must be a text.
    func requiredText(_ key: String) throws(LibraryError) -> String {
        guard let text = self[key]?.text else {
            throw LibraryError(.invalidInput, code: "bad_body", "\(key) must be a text")
        }
        return text
    }

    /// A member that is a text, absent or null.
    func optionalText(_ key: String) throws(LibraryError) -> String? {
        guard let value = self[key], value != .null else { return nil }
        guard let text = value.text else {
            throw LibraryError(.invalidInput, code: "bad_body", "\(key) must be a text")
        }
        return text
    }

    /// A member that is true or false; false when it is absent or null.
    func optionalFlag(_ key: String) throws(LibraryError) -> Bool {
        guard let value = self[key], value != .null else { return false }
        guard let flag = value.flag else {
            throw LibraryError(.invalidInput, code: "bad_body", "\(key) must be true or false")
        }
        return flag
    }

    /// A member that is a list of texts or a single one; empty when it is absent or null.
    func texts(_ key: String) throws(LibraryError) -> [String] {
        guard let value = self[key], value != .null else { return [] }
        if let text = value.text { return [text] }
        let texts = value.elements?.compactMap(\.text)
        guard let texts, texts.count == value.elements?.count else {
            throw LibraryError(.invalidInput, code: "bad_body", "\(key) must be a list of texts")
        }
        return texts
    }
}

/// Counts and names in sentences for people.
enum Words {
    static func pictures(_ count: Int) -> String { count == 1 ? "1 picture" : "\(grouped(count)) pictures" }
    static func runs(_ count: Int) -> String { count == 1 ? "1 run" : "\(grouped(count)) runs" }

    /// `3 sets`; nil for none.
    static func counted(_ count: Int, _ noun: String) -> String? {
        count == 0 ? nil : count == 1 ? "1 \(noun)" : "\(grouped(count)) \(noun)s"
    }

    /// `“white”, “mug”`.
    static func list(_ names: [String]) -> String {
        let named = names.prefix(3).map { "“\(shortened($0))”" }.joined(separator: ", ")
        return names.count > 3 ? "\(named) and \(grouped(names.count - 3)) more" : named
    }

    /// What an action did, as it stands behind “Undid”.
    static func deed(_ action: CuratingAction) -> String {
        let names = action.details.map { $0.first == "@" ? String($0.dropFirst()) : $0 }.joined(separator: ", ")
        let deed: String? =
            switch action.verb {
            case "tag add": "tagging \(names)"
            case "tag remove", "tag delete": "removing the tag \(names)"
            case "tag rename", "tag merge": "renaming the tag \(names)"
            case "set add": "adding to \(names)"
            case "set remove": "removing from \(names)"
            case "set create": "creating the set \(names)"
            case "set delete": "deleting the set \(names)"
            case "set rename": "renaming the set \(names)"
            case "set move", "set sort": "reordering \(names)"
            case "set edit": "changing the search of \(names)"
            case "rate": "rating"
            case "favourite": "adding to favourites"
            case "favourite remove": "removing from favourites"
            case "trash": "moving to the trash"
            case "restore": "restoring"
            case "title": "changing the title"
            case "note": "changing the note"
            default: nil
            }
        return deed ?? action.words
    }

    static func shortened(_ text: String) -> String { text.count > 80 ? text.prefix(79) + "…" : text }

    /// `1,000,000`.
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(abs(number)))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }
}
