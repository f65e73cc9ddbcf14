import AssetModel
import Foundation
internal import GRDB

/// A piece of SQL with what stands for its question marks.
struct SQLPiece {
    var sql: String
    var arguments = StatementArguments()

    static func + (left: Self, right: Self) -> Self {
        Self(sql: left.sql + right.sql, arguments: left.arguments + right.arguments)
    }

    static func + (left: Self, right: String) -> Self { Self(sql: left.sql + right, arguments: left.arguments) }

    static func + (left: String, right: Self) -> Self { Self(sql: left + right.sql, arguments: right.arguments) }

    /// Pieces with a text between them.
    static func joined(_ pieces: [SQLPiece], _ separator: String) -> SQLPiece {
        SQLPiece(
            sql: pieces.map(\.sql).joined(separator: separator),
            arguments: pieces.reduce(into: StatementArguments()) { $0 += $1.arguments })
    }
}

/// The few items among which everything is that a condition holds for, found through an index: what makes a rare condition cheap
/// beside a frequent word.
///
/// Each is counted up to a bound before it is used: a condition that holds for many things is cheaper asked of each candidate, one
/// that holds for few is cheaper listed. Counting costs the bound at most.
struct SearchCandidates {
    /// How many are worth a list. Beyond, walking from the newest finds a page sooner: one in 250 of a million holds.
    static let bound = 4000

    /// Selects `id`s of items.
    let items: SQLPiece
    /// How many rows the lists begin with.
    let count: Int

    /// Nil where no index lists them, or they are too many.
    static func listing(_ condition: SearchCondition, _ db: Database) throws -> SearchCandidates? {
        switch condition {
        case .nothing: return SearchCandidates(items: SQLPiece(sql: "SELECT 0 AS id WHERE 0"), count: 0)
        case .everything, .not: return nil
        case .term(let term):
            guard let list = try SearchList(term, db) else { return nil }
            let count = try list.count(upTo: bound + 1, db)
            return count > bound ? nil : SearchCandidates(items: list.items, count: count)
        case .all(let conditions):
            // Any of them will do, the shortest is best; the others are asked of what it lists.
            var best: SearchCandidates?
            for condition in conditions {
                guard let list = try listing(condition, db), list.count < best?.count ?? .max else { continue }
                best = list
                if list.count == 0 { break }
            }
            return best
        case .any(let conditions):
            var (lists, count) = ([SQLPiece](), 0)
            for condition in conditions {
                guard let list = try listing(condition, db) else { return nil }
                lists.append(list.items)
                count += list.count
            }
            return count > bound
                ? nil
                : SearchCandidates(
                    items: SQLPiece.joined(lists.map { "SELECT id FROM (" + $0 + ")" }, " UNION ALL "), count: count)
        }
    }
}

/// Where an index begins that leads to all items of one term.
private struct SearchList {
    /// What the rows of `rows` are.
    enum Kind { case items, assets, runs }

    let kind: Kind
    /// Selects one column, `id`.
    let rows: SQLPiece

    /// The items themselves.
    var items: SQLPiece {
        switch kind {
        case .items: rows
        case .assets: "SELECT searchItem.id AS id FROM searchItem WHERE searchItem.asset IN (" + rows + ")"
        case .runs:
            "SELECT item.id AS id FROM (" + rows
                + """
                ) AS run CROSS JOIN generationOutput AS made ON made.generation = run.id
                CROSS JOIN searchItem AS item ON item.asset = made.asset AND item.generation = made.generation
                """
        }
    }

    func count(upTo limit: Int, _ db: Database) throws -> Int {
        let piece = "SELECT count(*) FROM (" + rows + " LIMIT \(limit))"
        return try Int.fetchOne(db.cachedStatement(sql: piece.sql), arguments: piece.arguments) ?? 0
    }

    /// Nil for a term that no index lists.
    init?(_ term: SearchTerm, _ db: Database) throws {
        var sql = SearchSQL(db)
        switch term {
        case .text, .note:
            kind = .items
            rows = SQLPiece(
                sql: "SELECT rowid AS id FROM searchIndex WHERE searchIndex MATCH ?",
                arguments: [SearchSQL.match(.term(term)) ?? "\"\""])
        case .rating(let bound) where bound.isPositive:
            kind = .items
            let condition = sql.compare("searchItem.rating", bound)
            rows = SQLPiece(
                sql: "SELECT id FROM searchItem WHERE searchItem.rating > 0 AND \(condition)", arguments: sql.arguments)
        case .favourite(true):
            kind = .items
            rows = SQLPiece(sql: "SELECT id FROM searchItem WHERE isFavourite = 1")
        case .trashed:
            kind = .items
            rows = SQLPiece(sql: "SELECT id FROM searchItem WHERE isTrashed = 1")
        case .has(.rating):
            kind = .items
            rows = SQLPiece(sql: "SELECT id FROM searchItem WHERE rating > 0")
        case .among(let assets):
            kind = .assets
            rows = try SearchSQL.rows(of: assets, db)
        case .seed(let range):
            kind = .items
            let own = sql.compare("searchItem.seed", range)
            let further = sql.compare("recipeSeed.seed", range)
            rows = SQLPiece(
                sql: """
                    SELECT id FROM searchItem WHERE searchItem.seed IS NOT NULL AND \(own)
                    UNION ALL SELECT item.id FROM recipeSeed CROSS JOIN searchItem AS item ON item.asset = recipeSeed.asset
                    WHERE \(further) AND item.generation IS NULL
                    """, arguments: sql.arguments)
        case .size(let size):
            kind = .items
            rows = SQLPiece(
                sql: "SELECT id FROM searchItem WHERE width * height = ? AND width = ?",
                arguments: [size.width * size.height, size.width])
        case .megapixels(let bound):
            kind = .items
            let condition = sql.compare("width * height", bound, unit: 1_000_000)
            rows = SQLPiece(sql: "SELECT id FROM searchItem WHERE \(condition)", arguments: sql.arguments)
        case .kind(.reference):
            kind = .items
            rows = SQLPiece(sql: "SELECT id FROM searchItem WHERE generation IS NULL")
        case .model(let name):
            kind = .items
            let words = try SearchSQL.models(named: name, db)
            rows = SQLPiece(
                sql: """
                    SELECT id FROM searchItem WHERE model IN (\(SearchSQL.marks(words.count)))
                    UNION ALL SELECT item.id FROM recipe CROSS JOIN searchItem AS item ON item.asset = recipe.asset
                    WHERE instr(lower(recipe.model), lower(?)) AND item.generation IS NULL
                    """, arguments: StatementArguments(words) + [name])
        case .generator(let name):
            kind = .assets
            rows = SQLPiece(
                sql: "SELECT asset AS id FROM recipe WHERE instr(lower(generator), lower(?))", arguments: [name])
        case .tag(let name):
            kind = .assets
            let tags = try SearchSQL.tags(named: name, db)
            rows = SQLPiece(
                sql: "SELECT asset AS id FROM assetTag WHERE tag IN (\(SearchSQL.marks(tags.count))) AND isPresent = 1",
                arguments: StatementArguments(tags))
        case .has(.tag):
            kind = .assets
            rows = SQLPiece(sql: "SELECT asset AS id FROM assetTag WHERE isPresent = 1")
        case .set(let name):
            kind = .assets
            rows = SQLPiece(
                sql: "SELECT asset AS id FROM setMember WHERE namedSet = ?",
                arguments: [try Catalog.setRow(named: name, db)?["id"] as Int64?])
        case .has(.set):
            kind = .assets
            rows = SQLPiece(
                sql: """
                    SELECT asset AS id FROM namedSet CROSS JOIN setMember ON setMember.namedSet = namedSet.id
                    WHERE namedSet.name IS NOT NULL
                    """)
        case .path(let part):
            kind = .assets
            rows = SQLPiece(
                sql: "SELECT asset AS id FROM origin WHERE instr(lower(origin.path), lower(?))", arguments: [part])
        case .reference, .parent, .ancestor:
            kind = .runs
            let condition = try sql.sql(.term(term)).replacing("searchItem.generation", with: "generation.id")
            rows = SQLPiece(
                sql: "SELECT generation.id AS id FROM generation WHERE \(condition)", arguments: sql.arguments)
        case .child, .descendant:
            kind = .assets
            let condition = try sql.sql(.term(term)).replacing("searchItem.asset", with: "asset.id")
            rows = SQLPiece(sql: "SELECT asset.id AS id FROM asset WHERE \(condition)", arguments: sql.arguments)
        case .drift(let drift):
            kind = .runs
            rows = SQLPiece(
                sql: "SELECT generation AS id FROM generationDrift" + (drift == nil ? "" : " WHERE kind = ?"),
                arguments: drift.map { [$0.rawValue] } ?? [])
        default: return nil
        }
    }
}

extension SearchBound {
    /// Whether 0 is outside.
    fileprivate var isPositive: Bool {
        switch self {
        case .exactly(let number), .atLeast(let number), .between(let number, _): number > 0.05
        case .above(let number): number >= 0
        case .below, .atMost: false
        }
    }
}
