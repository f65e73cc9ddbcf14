import AssetCatalog
public import AssetModel
public import Foundation

/// What a search box shows while a person types: the text as it is understood, and what could be typed at the caret.
public struct SearchBox: Hashable, Sendable {
    /// The query, and what was read as words.
    public let reading: SearchReading
    /// The pieces of the text.
    public let spans: [SearchSpan]
    /// What could stand at the caret, the best first, at most `SearchBox.limit`.
    public let suggestions: [SearchSuggestion]

    /// How many suggestions there are at most.
    public static let limit = 12
}

extension Library {
    /// Reads a search box. `caret` is counted in UTF-16 units, as browsers do; nil for the end of the text.
    ///
    /// Cost: a few tallies, whatever the size of the library; a thousandth of a second for each ten thousand tags and sets.
    public func searchBox(
        _ text: String, caret: Int? = nil, timeZone: TimeZone = .current
    ) async throws(LibraryError) -> SearchBox {
        let clock = SetFinder.clock(history, timeZone)
        let spans = SearchReading.spans(of: text, clock: clock)
        let suggestions: [SearchSuggestion]
        if let caret = SearchCaret(in: text, at: caret ?? text.utf16.count, spans) {
            suggestions = try await inLibraryWords { try await SearchSuggester(history.catalog, caret).suggestions() }
        } else {
            suggestions = []
        }
        return SearchBox(reading: SearchReading(of: text, clock: clock), spans: spans, suggestions: suggestions)
    }
}

/// Finds what could stand at the caret.
private struct SearchSuggester {
    private let catalog: Catalog
    private let caret: SearchCaret

    init(_ catalog: Catalog, _ caret: SearchCaret) {
        self.catalog = catalog
        self.caret = caret
    }

    func suggestions() async throws -> [SearchSuggestion] {
        switch caret.begun {
        case .word(let typed): try await anything(typed)
        case .set(let typed): Array(try await sets(typed, sign: "@").prefix(SearchBox.limit))
        case .value(let field, let typed): Array(try await values(of: field, typed).prefix(SearchBox.limit))
        }
    }

    // MARK: - Kinds

    /// Names of fields, and what has a name that begins so: a few of each kind, and more where others have none.
    private func anything(_ typed: String) async throws -> [SearchSuggestion] {
        let fields = QueryWords.explained.filter { $0.field.hasPrefix(typed.lowercased()) }.map {
            SearchSuggestion(text: $0.field + ":", replacing: caret, kind: .field, detail: $0.words)
        }
        guard !typed.isEmpty else { return Array(fields.prefix(SearchBox.limit)) }
        let kinds = [
            (fields, 3), (try await tags(typed), 3), (try await sets(typed, sign: "@"), 2),
            (try await models(typed), 1), (try await words(typed), SearchBox.limit),
        ]
        var spare = SearchBox.limit - kinds.reduce(0) { $0 + min($1.0.count, $1.1) }
        var suggestions: [SearchSuggestion] = []
        for (found, share) in kinds {
            let count = min(found.count, share + max(0, spare))
            spare -= max(0, count - share)
            suggestions += found.prefix(count)
        }
        return Array(suggestions.prefix(SearchBox.limit))
    }

    private func tags(_ typed: String) async throws -> [SearchSuggestion] {
        try await catalog.tagCounts().filter { $0.tag.startsLikeLabel(typed) }.map {
            SearchSuggestion(text: "tag:" + Self.quoted($0.tag), replacing: caret, kind: .tag, count: $0.count)
        }
    }

    private func sets(_ typed: String, sign: String) async throws -> [SearchSuggestion] {
        try await catalog.setCounts().filter { $0.name.startsLikeLabel(typed) }
            .sorted { ($0.count ?? .max, $1.name) > ($1.count ?? .max, $0.name) }.map {
                SearchSuggestion(
                    text: sign + Self.quoted($0.name), replacing: caret, kind: .set,
                    detail: $0.count == nil ? "smart set" : nil, count: $0.count)
            }
    }

    /// A model is found by any part of its name, so also by the part behind a slash.
    private func models(_ typed: String) async throws -> [SearchSuggestion] {
        try await catalog.modelCounts().filter { model in
            typed.isEmpty || model.name.startsLikeLabel(typed)
                || model.name.split(separator: "/").contains { String($0).startsLikeLabel(typed) }
        }.map {
            SearchSuggestion(text: "model:" + Self.quoted($0.name), replacing: caret, kind: .model, count: $0.count)
        }
    }

    private func words(_ typed: String) async throws -> [SearchSuggestion] {
        guard let piece = typed.asOneWord, piece.unicodeScalars.count >= 2 else { return [] }
        return try await catalog.words(startingWith: piece, limit: SearchBox.limit + 1)
            .filter { $0.name != piece }
            .map { SearchSuggestion(text: $0.name, replacing: caret, kind: .word, count: $0.count) }
    }

    // MARK: - Values

    private func values(of field: String, _ typed: String) async throws -> [SearchSuggestion] {
        switch QueryWords.thing(of: field) {
        case .tag: return try await tags(typed)
        case .set: return try await sets(typed.first == "@" ? String(typed.dropFirst()) : typed, sign: "set:")
        case .model: return try await models(typed)
        case .generator:
            return try await catalog.recentGenerators().filter { $0.startsLikeLabel(typed) }.map {
                SearchSuggestion(text: "generator:" + Self.quoted($0), replacing: caret, kind: .value)
            }
        case .id: return []
        case nil: break
        }
        let counts = field == "format" ? try await catalog.formatCounts() : []
        let values = QueryWords.values(of: field).filter { $0.hasPrefix(typed.lowercased()) }
        return values.map { value in
            SearchSuggestion(
                text: "\(field):\(value)", replacing: caret, kind: .value, detail: QueryWords.words(of: field, value),
                count: counts.first { $0.name == value }?.count)
        }.enumerated().sorted { ($1.element.count ?? 0, $0.offset) < ($0.element.count ?? 0, $1.offset) }.map(\.element)
    }

    /// A name as a query has it. A quote in a name cannot be typed, and the name is found without it.
    private static func quoted(_ name: String) -> String {
        let bare = name.withoutQuotes
        return bare.contains { $0.isWhitespace || "()".contains($0) } ? "\"\(bare)\"" : bare
    }
}
