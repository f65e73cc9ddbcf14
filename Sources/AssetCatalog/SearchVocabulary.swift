import AssetModel
internal import GRDB

/// What words there are: by them, `mug*`, `*ramic*` and `*ramic` become the words that fit, each of which the full-text index
/// answers at once.
///
/// A prefix index of FTS5 (`prefix = '2 3'`) and a second index of all triples of letters answer the same, but each holds every place of
/// every word again: they would double the catalog. There are a thousand times fewer words than places, so looking through all of them
/// is cheap (a twentieth of a microsecond each).
///
/// Where enough words fit that joining their answers costs more than reading the texts of the newest items until a page is full, the
/// texts are read: what fits many words stands in many texts.
struct SearchVocabulary {
    let db: Database
    /// Whether all answers are wanted, as for counting them or for the best of them: then no text is read as long as the index can
    /// answer, whatever it joins.
    var isWhole = false

    /// What one more word costs the full-text index, in units of reading the text of one item, and how many items a page has.
    private static let (wordCost, pageSize) = (2, 50)
    /// How many phrases stand for one with an open end.
    private static let phraseCount = 64

    /// The condition with the words that fit in place of what leaves some open.
    func resolved(_ condition: SearchCondition) throws -> SearchCondition {
        try replacing(condition).normalized
    }

    private func replacing(_ condition: SearchCondition) throws -> SearchCondition {
        switch condition {
        case .all(let conditions): .all(try conditions.map(replacing))
        case .any(let conditions): .any(try conditions.map(replacing))
        case .not(let inner): .not(try replacing(inner))
        case .term(.text(_, isPrefix: true)) where isWhole: condition
        case .term(.text(let words, isPrefix: true)): try fitting(words, isOpenAtStart: false, isOpenAtEnd: true)
        case .term(.substring(let piece, let endsWord)):
            try fitting([piece], isOpenAtStart: true, isOpenAtEnd: !endsWord)
        case .term: condition
        }
    }

    private func fitting(_ typed: [String], isOpenAtStart: Bool, isOpenAtEnd: Bool) throws -> SearchCondition {
        let words = typed.flatMap { WordCutter.words(in: $0) }
        guard let first = words.first, let last = words.last else { return .nothing }
        let pattern = WordPattern(words: words, isOpenAtStart: isOpenAtStart, isOpenAtEnd: isOpenAtEnd)
        if words.count == 1 {
            let found = try find(
                first, isOpenAtStart: isOpenAtStart, isOpenAtEnd: isOpenAtEnd, limit: isWhole ? Self.phraseCount : .max)
            return found.map { .any($0.map { .term(.text([$0])) }) } ?? .term(.pattern(pattern))
        }
        let limit = Self.phraseCount
        let firsts = isOpenAtStart ? try find(first, isOpenAtStart: true, isOpenAtEnd: false, limit: limit) : [first]
        let lasts = isOpenAtEnd ? try find(last, isOpenAtStart: false, isOpenAtEnd: true, limit: limit) : [last]
        if let firsts, let lasts, firsts.count * lasts.count <= limit {
            let middle = words.dropFirst().dropLast()
            return .any(
                firsts.flatMap { first in lasts.map { last in .term(.text([first] + middle + [last])) } })
        }
        // The words that are known whole lead to the texts.
        let whole = words.dropFirst(isOpenAtStart ? 1 : 0).dropLast(isOpenAtEnd ? 1 : 0)
        return .all((whole.isEmpty ? [] : [.term(.text(Array(whole)))]) + [.term(.pattern(pattern))])
    }

    /// The words that fit; nil when they are more than `limit`, or when reading texts costs less.
    private func find(_ piece: String, isOpenAtStart: Bool, isOpenAtEnd: Bool, limit: Int) throws -> [String]? {
        let condition =
            switch (isOpenAtStart, isOpenAtEnd) {
            case (true, true): "text <> '' AND instr(text, ?1) > 0"
            case (true, false): "substr(text, -length(?1)) = ?1"
            case (false, true): "text >= ?1 AND text < ?1 || char(1114111)"
            case (false, false): "text = ?1"
            }
        let statement = try db.cachedStatement(sql: "SELECT text, itemCount FROM searchWord WHERE \(condition)")
        statement.arguments = [piece]
        let itemCount = try SQL(db: db).integer("SELECT itemCount FROM searchWord WHERE text = ''") ?? 0
        var (words, places) = ([String](), 0)
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() {
            words.append(row[0])
            places += row[1]
            // Each further word makes this more true.
            let isReadingCheaper = words.count * Self.wordCost * places > Self.pageSize * Int(itemCount)
            if words.count > limit || words.count > 8 && isReadingCheaper && !isWhole { return nil }
        }
        return words
    }
}

/// Words in texts, as SQL.
extension SearchVocabulary {
    /// Lets a connection ask whether texts have the words of a pattern: `holdsWords(pattern, text, …)`.
    static func register(_ db: Database) {
        db.add(
            function: DatabaseFunction("holdsWords", argumentCount: nil, pure: true) { values in
                guard let pattern = values.first.flatMap({ String.fromDatabaseValue($0) }).map(WordPattern.init) else {
                    return false
                }
                return values.dropFirst().contains { value in
                    String.fromDatabaseValue(value).map { !$0.isEmpty && pattern.isFound(in: $0) } ?? false
                }
            })
    }

    /// The condition that the texts of an item have the words of a pattern, which stands for the question mark.
    static let holding = """
        EXISTS (SELECT 1 FROM searchText WHERE searchText.id = searchItem.id
                AND holdsWords(?, prompt, names, tags, more, notes))
        """
}
