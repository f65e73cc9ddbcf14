import AssetModel
internal import GRDB

/// How the answers of a query are reached: by the words, newest first, as the full-text index has them; by a short list that an index
/// gives; or by walking through all items. Each visits as few rows as can be known beforehand, and asks the rest of the condition of
/// the narrow row of each.
struct SearchPlan {
    /// What leads to the items.
    private enum Driver {
        /// The full-text index, in the order of time.
        case words
        /// A list that is short.
        case list(SQLPiece)
        /// Every item.
        case walk
    }

    /// Up to how many listed items the index is asked about each: 20 to 70 µs for one. More are looked up in the list while the index is
    /// read, a tenth of a microsecond a match.
    private static let probes = 200

    let db: Database
    private let driver: Driver
    /// What the full-text index is asked; nil when no words must stand in every answer.
    private var text: String?
    /// What is left to ask of each item's narrow row; nil when nothing is.
    private let check: SQLPiece?
    /// Ids that are listed, and between which ids they all lie.
    private let listed: SQLPiece?
    private let range: ClosedRange<Int64>
    /// How much is in the trash that must not be shown.
    private let trash: Trash

    private enum Trash { case empty, small, large }

    /// Looks at what the condition holds for, as far as that is cheap.
    init(_ condition: SearchCondition, _ db: Database) throws {
        self.db = db
        let conditions: [SearchCondition]
        switch condition {
        case .all(let parts): conditions = parts
        default: conditions = [condition]
        }
        let (text, rest) = SearchSQL.split(conditions)
        self.text = text
        range = try Self.range(of: rest, db)
        var sql = SearchSQL(db)
        let list = rest.isEmpty ? nil : try SearchCandidates.listing(.all(rest), db)
        let checks = try rest.map { try sql.sql($0) }
        // What is in the trash is found only by those who ask for it; without any, nothing needs to be asked.
        if !condition.terms.contains(.trashed) {
            let count = try Int.fetchOne(
                db.cachedStatement(
                    sql:
                        "SELECT count(*) FROM (SELECT 1 FROM searchItem WHERE isTrashed = 1 LIMIT \(SearchCandidates.bound))"
                ))
            trash = (count ?? 0) == 0 ? .empty : (count ?? 0) < SearchCandidates.bound ? .small : .large
        } else {
            trash = .empty
        }
        switch (text, list) {
        case (_?, let list?) where list.count > Self.probes: (driver, listed) = (.words, list.items)
        case (_, let list?): (driver, listed) = (.list(list.items), nil)
        case (_?, nil): (driver, listed) = (.words, nil)
        case (nil, nil): (driver, listed) = (.walk, nil)
        }
        check = checks.isEmpty ? nil : SQLPiece(sql: checks.joined(separator: " AND "), arguments: sql.arguments)
    }

    /// The same with one more thing that the full-text index must find.
    func narrowed(by expression: String) -> SearchPlan {
        var plan = self
        plan.text = text.map { "(\($0)) AND \(expression)" }
        return plan
    }

    /// Selects ids and further columns; `narrow` when what follows asks the narrow row, `searchItem`. Ends within its WHERE.
    func selection(_ columns: String = "", narrow: Bool = false, within bounds: ClosedRange<Int64>? = nil) -> SQLPiece {
        let range = bounds.map { $0.clamped(to: self.range) } ?? self.range
        var piece = SQLPiece(sql: "SELECT \(idColumn) AS id\(columns) FROM ")
        switch driver {
        case .words:
            let needsRow = narrow || check != nil
            piece =
                piece + "searchIndex" + (needsRow ? " CROSS JOIN searchItem ON searchItem.id = searchIndex.rowid" : "")
                + " WHERE 1"
            if let listed { piece = piece + " AND +searchIndex.rowid IN (" + listed + ")" }
        case .list(let items):
            piece =
                piece + "searchItem"
                + (text == nil ? "" : " CROSS JOIN searchIndex ON searchIndex.rowid = searchItem.id")
                + " WHERE searchItem.id IN (" + items + ")"
        case .walk: piece = piece + "searchItem WHERE 1"
        }
        if let text { piece = piece + SQLPiece(sql: " AND searchIndex MATCH ?", arguments: [text]) }
        // A bound that bounds nothing would still be compared.
        if range.lowerBound > 0 {
            piece = piece + SQLPiece(sql: " AND \(idColumn) >= ?", arguments: [range.lowerBound])
        }
        if range.upperBound < .max {
            piece = piece + SQLPiece(sql: " AND \(idColumn) <= ?", arguments: [range.upperBound])
        }
        switch trash {
        case .empty: break
        case .small: piece = piece + " AND +\(idColumn) NOT IN (SELECT id FROM searchItem WHERE isTrashed = 1)"
        case .large:
            piece =
                piece
                + " AND NOT EXISTS (SELECT 1 FROM searchItem AS item WHERE item.id = \(idColumn) AND item.isTrashed = 1)"
        }
        if let check { piece = piece + " AND " + check }
        return piece
    }

    private var idColumn: String { if case .words = driver { "searchIndex.rowid" } else { "searchItem.id" } }

    /// The newest matches of the words up to an item, each with what `relevance` makes of it.
    func ranked(_ weights: [Double], upTo newest: Int64, limit: Int) -> SQLPiece {
        let marks = weights.map { _ in ", ?" }.joined()
        var piece = selection(", relevance(searchIndex\(marks)) AS score", within: Int64.min...newest)
        // The weights stand first in the text.
        piece.arguments = StatementArguments(weights) + piece.arguments
        return piece + SQLPiece(sql: " ORDER BY \(idColumn) DESC LIMIT ?", arguments: [limit])
    }

    /// Ids in the order of time, the newest or the oldest first, behind an item.
    func items(isNewestFirst: Bool, behind item: Int64?, limit: Int, and more: SQLPiece? = nil) throws -> [Int64] {
        guard limit > 0 else { return [] }
        var bounds = Int64.min...Int64.max
        if let item {
            guard item > .min, item < .max else { return [] }
            bounds = isNewestFirst ? .min...(item - 1) : (item + 1)...(.max)
        }
        guard bounds.overlaps(range) else { return [] }
        var piece = selection(narrow: more != nil, within: bounds)
        if let more { piece = piece + " AND " + more }
        piece =
            piece
            + SQLPiece(sql: " ORDER BY \(idColumn) \(isNewestFirst ? "DESC" : "ASC") LIMIT ?", arguments: [limit])
        return try integers(piece)
    }

    /// Every answer with further columns of its narrow row, the newest or the oldest first, of a range of ids.
    func walk(
        _ columns: String, isNewestFirst: Bool, within bounds: ClosedRange<Int64> = .min ... .max, limit: Int? = nil,
        _ body: (SQLRow) throws -> Void
    ) throws {
        guard bounds.overlaps(range) else { return }
        var piece = selection(columns, narrow: true, within: bounds)
        piece = piece + " ORDER BY \(idColumn) \(isNewestFirst ? "DESC" : "ASC")"
        if let limit { piece = piece + SQLPiece(sql: " LIMIT ?", arguments: [limit]) }
        try rows(piece, body)
    }

    /// How many there are.
    func count() throws -> Int {
        let piece = "SELECT count(*) FROM (" + selection() + ")"
        return Int(try integers(piece).first ?? 0)
    }

    /// The first column of each row.
    func integers(_ piece: SQLPiece) throws -> [Int64] {
        var numbers: [Int64] = []
        try rows(piece) { numbers.append($0.integer(0) ?? 0) }
        return numbers
    }

    /// Each row of a piece.
    func rows(_ piece: SQLPiece, _ body: (SQLRow) throws -> Void) throws {
        let statement = try db.cachedStatement(sql: piece.sql)
        statement.arguments = piece.arguments
        try SQL(db: db).forEach(statement, body)
    }

    // MARK: - Time

    /// Between which ids everything lies that was made or imported when the conditions say. An item's id is its time, except where a
    /// machine's clock stood wrong: those have an index of their own.
    private static func range(of conditions: [SearchCondition], _ db: Database) throws -> ClosedRange<Int64> {
        var (lower, upper) = (Int64(0), Int64.max)
        for case .term(.created(let from, let until)) in conditions {
            let (first, last) = (from?.milliseconds ?? .min, until?.milliseconds ?? .max)
            var (low, high) = (CatalogWriter.firstItem(at: first), CatalogWriter.lastItem(at: last))
            let strays = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT min(id) AS low, max(id) AS high FROM searchItem
                        WHERE abs(createdAt - 1577836800000 - (id >> 22)) > 1000 AND createdAt >= ? AND createdAt < ?
                        """), arguments: [first, last])
            low = min(low, strays?["low"] ?? low)
            high = max(high, strays?["high"] ?? high)
            (lower, upper) = (max(lower, low), min(upper, high))
        }
        return lower...max(lower, upper)
    }
}
