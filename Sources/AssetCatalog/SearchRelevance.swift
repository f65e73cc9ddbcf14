import AssetModel
internal import GRDB
import GRDBSQLite

/// The order of relevance, for a bounded number of candidates: scoring every match of a frequent word takes a second at a million rows,
/// and no one reads past the first pages.
///
/// Candidates are the newest `window` matches, and the newest `share` matches of each word that is rare among those of an `OR`, so that a
/// rare word is never crowded out by a frequent one. A candidate's score is the sum over the words of the query of
/// *weight × hits ∕ (hits + 1)*: the weight is *log₂(1 + 2²⁰ ∕ n)*, n in how many rows the word stands, counted up to 20,000; a hit in a name,
/// tag or title counts twice, one in further text a quarter, and one among the first words of a prompt a little more. The length of a text
/// does not matter, since the index does not keep it. Among equals the newest is first. Behind the candidates come all other
/// answers, newest first.
struct SearchRelevance {
    /// How many matches are scored.
    static let window = 3000
    /// How many of each rare word.
    static let share = 500
    /// Where counting ends.
    static let countBound = 20_000

    private let plan: SearchPlan
    private let text: String?
    private let phrases: [String]
    /// Words that need not stand in every match.
    private let alternatives: [String]

    init(_ plan: SearchPlan, _ condition: SearchCondition) {
        self.plan = plan
        let conditions: [SearchCondition] = if case .all(let parts) = condition { parts } else { [condition] }
        text = SearchSQL.split(conditions).text
        let isRequired = Set(conditions.compactMap { if case .term(let term) = $0 { term } else { nil } })
        let terms = text == nil ? [] : Self.terms(of: .all(conditions.filter { SearchSQL.match($0) != nil }))
        phrases = terms.compactMap { SearchSQL.match(.term($0)) }
        alternatives = terms.filter { !isRequired.contains($0) }.compactMap { SearchSQL.match(.term($0)) }
    }

    /// The terms that add to a score, in the order in which the index numbers them.
    private static func terms(of condition: SearchCondition) -> [SearchTerm] {
        switch condition {
        case .term(let term): [term]
        case .all(let parts):
            parts.filter { !$0.isNegative }.flatMap(terms) + parts.filter(\.isNegative).flatMap(\.terms)
        case .any(let parts): parts.flatMap(terms)
        case .not(let inner): inner.terms
        }
    }

    func page(_ limit: Int, _ cursor: SearchCursor?) throws -> [SearchPages.Place] {
        guard text != nil else {
            return try plan.items(isNewestFirst: true, behind: cursor?.item, limit: limit).map { .init(item: $0) }
        }
        // Later pages see the candidates of the first, whatever came in since.
        let newest = cursor?.context ?? .max
        let scored = try candidates(upTo: newest)
        let context = cursor?.context ?? scored.items.map(\.item).max() ?? 0
        var places: [SearchPages.Place] = []
        if cursor == nil || cursor?.key != nil {
            places = scored.items.drop { place in
                guard let cursor, let key = cursor.key else { return false }
                return (place.key ?? 0, place.item) >= (key, cursor.item)
            }.prefix(limit).map { .init(item: $0.item, key: $0.key, context: context) }
        }
        guard places.count < limit, let end = scored.end else { return places }
        let known = Set(scored.items.map(\.item))
        var last = cursor?.key == nil ? cursor?.item ?? end : end
        while places.count < limit {
            let rest = try plan.items(isNewestFirst: true, behind: last, limit: limit - places.count)
            guard let oldest = rest.last else { break }
            places += rest.filter { !known.contains($0) }.map { .init(item: $0, context: context) }
            last = oldest
        }
        return places
    }

    /// Every answer in the order of the pages, with further columns of its narrow row; says what the cursors carry on. The candidates are
    /// scored as for one page, all others go by newest first: no more is sorted than for a page, whatever the number of answers.
    func walk(_ columns: String, limit: Int?, _ body: (SQLRow, _ key: Int64?) throws -> Void) throws -> Int64? {
        guard text != nil else {
            try plan.walk(columns, isNewestFirst: true, limit: limit) { try body($0, nil) }
            return nil
        }
        let scored = try candidates(upTo: .max)
        let context = scored.items.map(\.item).max() ?? 0
        let sql = SQL(db: plan.db)
        let one = try plan.db.cachedStatement(sql: "SELECT id\(columns) FROM searchItem WHERE id = ?")
        for place in scored.items.prefix(limit ?? .max) {
            one.arguments = [place.item]
            try sql.forEach(one) { try body($0, place.key) }
        }
        let left = limit.map { $0 - scored.items.count } ?? .max
        guard left > 0, let end = scored.end, end > .min else { return context }
        let known = Set(scored.items.map(\.item))
        // Those of the candidates that lie behind the window are passed over, so as many more are walked through.
        let bound = left == .max ? nil : left + known.count
        var count = 0
        try plan.walk(columns, isNewestFirst: true, within: .min...(end - 1), limit: bound) { row in
            guard count < left, !known.contains(row.plainInteger(0)) else { return }
            count += 1
            try body(row, nil)
        }
        return context
    }

    /// The candidates, the best first, and the oldest of the window, behind which there are more; nil when there are none.
    private func candidates(upTo newest: Int64) throws -> (items: [SearchPages.Place], end: Int64?) {
        // SQLite passes 127 arguments at most; a match of that many words is as good as any other.
        let phrases = self.phrases.count > 100 ? [] : self.phrases
        let counts = try phrases.map(count)
        let weights = counts.map { Self.log2(1 + 1_048_576 / Double(max(1, $0))) }
        var scores = try scored(plan, newest, Self.window, weights)
        let end = scores.count < Self.window ? nil : scores.map(\.item).min()
        if end != nil {
            for phrase in alternatives {
                guard let index = phrases.firstIndex(of: phrase), counts[index] < Self.countBound else { continue }
                scores += try scored(plan.narrowed(by: phrase), newest, Self.share, weights)
            }
        }
        var seen: Set<Int64> = []
        let items = scores.filter { seen.insert($0.item).inserted }.sorted {
            ($0.key ?? 0, $0.item) > ($1.key ?? 0, $1.item)
        }
        return (items, end)
    }

    private func scored(
        _ plan: SearchPlan, _ newest: Int64, _ limit: Int, _ weights: [Double]
    ) throws -> [SearchPages.Place] {
        var places: [SearchPages.Place] = []
        try plan.rows(plan.ranked(weights, upTo: newest, limit: limit)) { row in
            places.append(.init(item: row.integer(0) ?? 0, key: row.integer(1)))
        }
        return places
    }

    private func count(_ phrase: String) throws -> Int {
        Int(
            try plan.integers(
                SQLPiece(
                    sql:
                        "SELECT count(*) FROM (SELECT 1 FROM searchIndex WHERE searchIndex MATCH ? LIMIT \(Self.countBound))",
                    arguments: [phrase])
            ).first ?? 0)
    }

    private static func log2(_ value: Double) -> Double {
        // The logarithm without Foundation: the exponent, and the rest on a straight line, exact to a tenth.
        Double(value.exponent) + (value.significand - 1)
    }

    // MARK: - The function

    /// What a hit in a column counts.
    private static let columnWeights = [1.0, 2.0, 2.0, 0.25, 2.0]

    /// Makes `relevance(searchIndex, weight, …)` known to a connection.
    static func register(_ db: Database) throws {
        guard let handle = db.sqliteConnection else { return }
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &statement, nil) == SQLITE_OK else { return }
        defer { sqlite3_finalize(statement) }
        var api: UnsafeMutablePointer<fts5_api>?
        withUnsafeMutablePointer(to: &api) { pointer in
            sqlite3_bind_pointer(statement, 1, pointer, "fts5_api_ptr", nil)
            sqlite3_step(statement)
        }
        guard let api else { return }
        _ = api.pointee.xCreateFunction(api, "relevance", nil, score, nil)
    }

    private static let score: fts5_extension_function = { api, row, context, count, values in
        guard let api, let values else { return }
        var hits = [Double](repeating: 0, count: Int(count))
        var instances: Int32 = 0
        guard api.pointee.xInstCount(row, &instances) == SQLITE_OK else { return sqlite3_result_int64(context, 0) }
        for instance in 0..<instances {
            var (phrase, column, offset): (Int32, Int32, Int32) = (0, 0, 0)
            guard api.pointee.xInst(row, instance, &phrase, &column, &offset) == SQLITE_OK, phrase < count else {
                continue
            }
            let weight = Int(column) < columnWeights.count ? columnWeights[Int(column)] : 1
            hits[Int(phrase)] += weight * (1 + 1 / Double(4 + offset))
        }
        var sum = 0.0
        for phrase in 0..<Int(count) {
            sum += sqlite3_value_double(values[phrase]) * hits[phrase] / (hits[phrase] + 1)
        }
        sqlite3_result_int64(context, Int64(sum * 1_000_000))
    }
}

extension SearchCondition {
    fileprivate var isNegative: Bool { if case .not = self { true } else { false } }
}
