import AssetModel
import Foundation
internal import GRDB

/// A search's condition as SQL over `searchItem`, the narrow row that each answer has.
///
/// Words become one expression of the full-text index as far as they stand together, since joining its answers is what costs. All else
/// is asked of the candidate alone, by keys.
struct SearchSQL {
    private let db: Database
    /// What stands for the question marks, in order.
    var arguments = StatementArguments()

    init(_ db: Database) { self.db = db }

    /// The condition; `1` for everything.
    mutating func sql(_ condition: SearchCondition) throws -> String {
        switch condition {
        case .everything: return "1"
        case .nothing: return "0"
        case .term(let term): return try sql(term)
        // What is unknown, such as the seed of a photo, is not what was excluded.
        case .not(let inner): return "(\(try sql(inner))) IS NOT TRUE"
        case .any(let conditions):
            if let match = Self.match(condition) { return try matching(match) }
            return "(" + (try conditions.map { try sql($0) }).joined(separator: " OR ") + ")"
        case .all(let conditions):
            let (text, rest) = Self.split(conditions)
            var parts: [String] = []
            if let text { parts.append(try matching(text)) }
            for part in rest { parts.append(try sql(part)) }
            return "(" + parts.joined(separator: " AND ") + ")"
        }
    }

    // MARK: - Words

    /// Many matches are not listed: each item is asked about by itself, and most of them hold.
    private mutating func matching(_ expression: String) throws -> String {
        let count = try Int.fetchOne(
            db.cachedStatement(
                sql: "SELECT count(*) FROM (SELECT 1 FROM searchIndex WHERE searchIndex MATCH ? LIMIT 20001)"),
            arguments: [expression])
        if count ?? 0 > 20_000 { return probing(expression) }
        arguments += [expression]
        return "searchItem.id IN (SELECT rowid FROM searchIndex WHERE searchIndex MATCH ?)"
    }

    /// Whether the index has this item among its matches.
    mutating func probing(_ expression: String) -> String {
        arguments += [expression]
        return "EXISTS (SELECT 1 FROM searchIndex WHERE searchIndex MATCH ? AND rowid = searchItem.id)"
    }

    /// What of conditions that must all hold the full-text index can answer at once, and the rest.
    static func split(_ conditions: [SearchCondition]) -> (text: String?, rest: [SearchCondition]) {
        let wanted = conditions.compactMap(match)
        guard !wanted.isEmpty else { return (nil, conditions) }
        var text = wanted.joined(separator: " AND ")
        var rest: [SearchCondition] = []
        for condition in conditions where match(condition) == nil {
            // The index can take away only from something.
            if case .not(let inner) = condition, let unwanted = match(inner) {
                text = "(\(text)) NOT \(unwanted)"
            } else {
                rest.append(condition)
            }
        }
        return (text, rest)
    }

    /// A condition as an expression of FTS5; nil when it asks for more than words.
    static func match(_ condition: SearchCondition) -> String? {
        switch condition {
        case .term(.text(let words, let isPrefix)):
            // Quoted, none of its operators can be spelled.
            return "\"" + words.joined(separator: " ") + "\"" + (isPrefix ? " *" : "")
        case .term(.note(let words)): return "notes : \"" + words.joined(separator: " ") + "\""
        case .term, .not, .everything, .nothing: return nil
        case .any(let conditions):
            let parts = conditions.compactMap(match)
            return parts.count == conditions.count ? "(" + parts.joined(separator: " OR ") + ")" : nil
        case .all(let conditions):
            let (text, rest) = split(conditions)
            return rest.isEmpty ? text.map { "(\($0))" } : nil
        }
    }

    // MARK: - Terms

    private mutating func sql(_ term: SearchTerm) throws -> String {
        switch term {
        case .text: return try matching(Self.match(.term(term)) ?? "\"\"")
        // Not answered yet.
        case .substring(let piece, let endsWord):
            // Looked up before, as a rule.
            let words = WordCutter.words(in: piece)
            return try sql(.pattern(WordPattern(words: words, isOpenAtStart: true, isOpenAtEnd: !endsWord)))
        case .pattern(let pattern):
            arguments += [pattern.text]
            return SearchVocabulary.holding
        case .like: return "0"
        case .parent(let id), .reference(let id): return made(with: id)
        case .child(let id): return reference(of: id)
        case .ancestor(let id): return descended(from: id)
        case .descendant(let id): return origin(of: id)
        case .among(let assets):
            let rows = try Self.rows(of: assets, db)
            arguments += rows.arguments
            return "searchItem.asset IN (\(rows.sql))"
        case .note: return try matching(Self.match(.term(term)) ?? "\"\"")
        case .rating(let bound): return compare("searchItem.rating", bound)
        case .favourite(let isSet): return "searchItem.isFavourite = \(isSet ? 1 : 0)"
        case .trashed: return "searchItem.isTrashed = 1"
        case .seed(let range): return seeds(range)
        case .size(let size):
            arguments += [size.width, size.height]
            return "(searchItem.width = ? AND searchItem.height = ?)"
        case .width(let bound): return compare("searchItem.width", bound)
        case .height(let bound): return compare("searchItem.height", bound)
        case .megapixels(let bound): return compare("searchItem.width * searchItem.height", bound, unit: 1_000_000)
        case .ratio(let width, let height):
            arguments += [Double(width) / Double(height) * 0.99, Double(width) / Double(height) * 1.01]
            return "CAST(searchItem.width AS REAL) / searchItem.height BETWEEN ? AND ?"
        case .format(let format):
            arguments += [format.rawValue]
            return "searchItem.format = ?"
        case .shape(let shape): return Self.condition(shape)
        case .kind(let kind): return "searchItem.generation IS \(kind == .generated ? "NOT " : "")NULL"
        case .model(let name): return try model(name)
        case .generator(let name):
            arguments += [name]
            return
                "EXISTS (SELECT 1 FROM recipe WHERE recipe.asset = searchItem.asset AND searchItem.generation IS NULL "
                + "AND instr(lower(recipe.generator), lower(?)))"
        case .tag(let name):
            let tags = try Self.tags(named: name, db)
            arguments += StatementArguments(tags)
            return "EXISTS (SELECT 1 FROM assetTag WHERE assetTag.asset = searchItem.asset "
                + "AND tag IN (\(Self.marks(tags.count))) AND isPresent = 1)"
        case .set(let name):
            arguments += [try Catalog.setRow(named: name, db)?["id"] as Int64?]
            return
                "EXISTS (SELECT 1 FROM setMember WHERE setMember.namedSet = ? AND setMember.asset = searchItem.asset)"
        case .created(let from, let until):
            arguments += [from?.milliseconds ?? .min, until?.milliseconds ?? .max]
            return "(searchItem.createdAt >= ? AND searchItem.createdAt < ?)"
        case .path(let part):
            arguments += [part]
            return "EXISTS (SELECT 1 FROM origin WHERE origin.asset = searchItem.asset "
                + "AND instr(lower(origin.path), lower(?)))"
        case .has(let property): return Self.condition(property)
        case .drift(let kind):
            if let kind { arguments += [kind.rawValue] }
            // Drift of one picture is found by that picture, drift of a run by all of its pictures.
            return """
                EXISTS (SELECT 1 FROM generationDrift AS drift WHERE drift.generation = searchItem.generation
                        AND (drift.position IS NULL OR drift.position = searchItem.position
                             OR drift.kind IN ('unreadable', 'missing'))\(kind == nil ? "" : " AND drift.kind = ?"))
                """
        case .flagged(let isFlagged):
            arguments += [isFlagged]
            return """
                EXISTS (SELECT 1 FROM generationOutput AS made WHERE made.generation = searchItem.generation
                        AND made.position = searchItem.position AND made.isFlagged = ?)
                """
        }
    }

    private static func asset(_ condition: String) -> String {
        "EXISTS (SELECT 1 FROM asset WHERE asset.id = searchItem.asset AND \(condition))"
    }

    /// Compares a whole number that is shown in some unit.
    mutating func compare(_ value: String, _ bound: SearchBound, unit: Double = 1) -> String {
        func between(_ first: Double, _ last: Double) -> String {
            arguments += [first * unit, last * unit]
            return "\(value) BETWEEN ? AND ?"
        }
        func beside(_ sign: String, _ number: Double) -> String {
            arguments += [number * unit]
            return "\(value) \(sign) ?"
        }
        switch bound {
        // What is shown is rounded, so `mp:4.2` means what is shown as 4.2.
        case .exactly(let number): return between(number - 0.05, number + 0.05)
        case .above(let number): return beside(">", number)
        case .atLeast(let number): return beside(">=", number)
        case .below(let number): return beside("<", number)
        case .atMost(let number): return beside("<=", number)
        case .between(let first, let last): return between(first, last)
        }
    }

    /// Also a further seed of an imported picture's recipe, such as that of a second pass.
    private mutating func seeds(_ range: ClosedRange<UInt64>) -> String {
        let own = compare("searchItem.seed", range)
        let further = compare("recipeSeed.seed", range)
        return """
            (\(own) OR searchItem.generation IS NULL AND EXISTS (
                SELECT 1 FROM recipeSeed WHERE recipeSeed.asset = searchItem.asset AND \(further)))
            """
    }

    /// A column holds the same 64 bits, signed: from 2^63 on a seed is a negative number there.
    mutating func compare(_ column: String, _ range: ClosedRange<UInt64>) -> String {
        let (lower, upper) = (Int64(bitPattern: range.lowerBound), Int64(bitPattern: range.upperBound))
        if lower == upper {
            arguments += [lower]
            return "\(column) = ?"
        }
        arguments += [lower, upper]
        if (lower < 0) == (upper < 0) { return "\(column) BETWEEN ? AND ?" }
        return "(\(column) >= ? OR \(column) BETWEEN -9223372036854775808 AND ?)"
    }

    private mutating func model(_ name: String) throws -> String {
        let words = try Self.models(named: name, db)
        arguments += StatementArguments(words)
        arguments += [name]
        return """
            (searchItem.model IN (\(Self.marks(words.count)))
             OR searchItem.generation IS NULL AND EXISTS (SELECT 1 FROM recipe WHERE recipe.asset = searchItem.asset
                     AND instr(lower(recipe.model), lower(?))))
            """
    }

    /// The tags that are the same to a person. SQLite compares only ASCII whatever the case; there are few tags, so they are
    /// compared here, one step through the index for each.
    static func tags(named name: String, _ db: Database) throws -> [String] {
        try String.fetchAll(
            db.cachedStatement(
                sql: """
                    WITH RECURSIVE known (tag) AS (
                        SELECT min(tag) FROM assetTag WHERE isPresent = 1
                        UNION ALL
                        SELECT (SELECT min(tag) FROM assetTag WHERE isPresent = 1 AND assetTag.tag > known.tag) FROM known
                        WHERE known.tag IS NOT NULL)
                    SELECT tag FROM known WHERE tag IS NOT NULL
                    """)
        ).filter { $0.isSameLabel(as: name) }
    }

    /// The rows of `word` that are models with this in their names. Models are few, and each has one row for all its runs.
    static func models(named name: String, _ db: Database) throws -> [Int64] {
        try Row.fetchAll(db.cachedStatement(sql: "SELECT id, text FROM word")).filter {
            ($0["text"] as String).range(of: name, options: .caseInsensitive) != nil
        }.map { $0["id"] as Int64 }
    }

    /// A digest that begins with some digits.
    static func digest(_ digits: String, filledWith digit: Character) -> Data {
        let full = Array((digits + String(repeating: digit, count: max(0, 64 - digits.count))).utf8)
        return Data(
            stride(from: 0, to: 64, by: 2).map {
                UInt8(String(decoding: full[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
            })
    }

    private static func condition(_ shape: SearchTerm.Shape) -> String {
        switch shape {
        case .portrait: "searchItem.height > searchItem.width"
        case .landscape: "searchItem.width > searchItem.height"
        case .square: "searchItem.width = searchItem.height"
        case .animated: asset("frameCount > 1")
        case .transparent: asset("hasAlpha = 1")
        }
    }

    private static func condition(_ property: SearchTerm.Property) -> String {
        switch property {
        case .recipe:
            "(searchItem.generation IS NOT NULL OR EXISTS (SELECT 1 FROM recipe WHERE recipe.asset = searchItem.asset))"
        case .prompt:
            """
            (EXISTS (SELECT 1 FROM generation WHERE generation.id = searchItem.generation AND prompt <> '')
             OR searchItem.generation IS NULL
                AND EXISTS (SELECT 1 FROM recipe WHERE recipe.asset = searchItem.asset AND prompt <> ''))
            """
        case .seed: "searchItem.seed IS NOT NULL"
        case .note:
            """
            (EXISTS (SELECT 1 FROM asset WHERE asset.id = searchItem.asset AND note <> '') OR \(said("note")))
            """
        case .title: said("title")
        case .rating: "searchItem.rating > 0"
        case .tag: "EXISTS (SELECT 1 FROM assetTag WHERE assetTag.asset = searchItem.asset AND isPresent = 1)"
        case .set:
            """
            EXISTS (SELECT 1 FROM setMember JOIN namedSet ON namedSet.id = setMember.namedSet
                    WHERE setMember.asset = searchItem.asset AND namedSet.name IS NOT NULL)
            """
        }
    }

    /// Whether a person has filled in a field, of the picture or of its run.
    private static func said(_ field: String) -> String {
        """
        (EXISTS (SELECT 1 FROM register WHERE field = '\(field)' AND register.asset = searchItem.asset
                 AND register.generation = 0 AND namedSet = 0 AND value IS NOT NULL)
         OR EXISTS (SELECT 1 FROM register WHERE field = '\(field)' AND register.asset = 0
                    AND register.generation = searchItem.generation AND namedSet = 0 AND value IS NOT NULL))
        """
    }

    /// The rows of some assets, as one text: a statement takes 32,766 values, and a smart set may hold more.
    static func rows(of assets: [ContentDigest], _ db: Database) throws -> SQLPiece {
        let statement = try db.cachedStatement(sql: "SELECT id FROM blob WHERE digest = ?")
        let rows = try assets.compactMap { try Int64.fetchOne(statement, arguments: [Data($0.bytes)]) }
        return SQLPiece(
            sql: "SELECT value FROM json_each(?)",
            arguments: ["[" + rows.map(String.init).joined(separator: ",") + "]"])
    }

    static func marks(_ count: Int) -> String {
        Array(repeating: "?", count: count).joined(separator: ", ")
    }
}
