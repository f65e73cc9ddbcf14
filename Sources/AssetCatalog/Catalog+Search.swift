package import AssetModel
import Foundation
internal import GRDB

extension Catalog {
    /// What a query finds, newest first: at most `limit` answers older than `before`.
    ///
    /// Words and phrases ignore case and accents. Cost: what the index touches; the candidates are narrow rows, and
    /// facts are fetched for the answers only.
    package func search(
        _ query: SearchQuery, limit: Int = 50, before: Int64? = nil
    ) async throws(CatalogError) -> [SearchHit] {
        try await read { db in
            var (conditions, arguments) = try Self.conditions(query, db)
            if let before {
                conditions.append("searchItem.id < ?")
                arguments += [before]
            }
            arguments += [limit]
            let matching = conditions.isEmpty ? "1" : conditions.joined(separator: " AND ")
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT searchItem.id AS place, searchItem.asset AS assetRow, searchItem.seed,
                           searchItem.createdAt, generation.name, assetText.names, recipe.generator,
                           CASE WHEN generation.id IS NULL THEN recipe.prompt ELSE generation.prompt END AS prompt,
                           coalesce(word.text, recipe.model) AS model,
                           CASE WHEN generation.id IS NULL THEN asset.note END AS note,
                           \(CatalogRows.factColumns)
                    FROM (SELECT * FROM searchItem WHERE \(matching) ORDER BY searchItem.id DESC LIMIT ?) AS searchItem
                    JOIN asset ON asset.id = searchItem.asset
                    JOIN blob ON blob.id = searchItem.asset
                    LEFT JOIN assetText ON assetText.asset = searchItem.asset
                    LEFT JOIN generation ON generation.id = searchItem.generation
                    LEFT JOIN word ON word.id = generation.model
                    LEFT JOIN recipe ON recipe.asset = searchItem.asset AND searchItem.generation IS NULL
                    ORDER BY searchItem.id DESC
                    """, arguments: arguments)
            return try rows.map { row in
                SearchHit(
                    kind: row["name"] == nil ? .reference : .generated, asset: try CatalogRows.digest(row),
                    facts: try CatalogRows.facts(row),
                    name: (row["names"] as String?)?.split(separator: "\n").first.map(String.init),
                    generation: (row["name"] as String?).flatMap(Run.ID.init(parsing:)), prompt: row["prompt"],
                    seed: CatalogRows.seed(row["seed"]), model: row["model"], generator: row["generator"],
                    note: row["note"],
                    createdAt: Timestamp(milliseconds: row["createdAt"]),
                    tags: try Self.tags(of: row["assetRow"], db), position: row["place"])
            }
        }
    }

    private static func conditions(_ query: SearchQuery, _ db: Database) throws -> ([String], StatementArguments) {
        var conditions: [String] = []
        var arguments = StatementArguments()
        // Quoted, every text is a phrase of its own words to FTS5, and none of its operators can be spelled.
        let phrases = query.terms.compactMap { term -> String? in
            guard case .words(let text) = term else { return nil }
            return "\"" + text.replacing("\"", with: " ").replacing("\0", with: " ") + "\""
        }
        if !phrases.isEmpty {
            conditions.append("searchItem.id IN (SELECT rowid FROM searchIndex WHERE searchIndex MATCH ?)")
            arguments += [phrases.joined(separator: " AND ")]
        }
        for term in query.terms {
            switch term {
            case .words: break
            case .nothing: conditions.append("0")
            case .seed(let seed):
                // Also a further seed of an imported picture's recipe, such as that of a second pass.
                conditions.append(
                    """
                    searchItem.id IN (
                        SELECT id FROM searchItem WHERE seed = ?
                        UNION SELECT item.id FROM recipeSeed JOIN searchItem AS item ON item.asset = recipeSeed.asset
                        WHERE recipeSeed.seed = ? AND item.generation IS NULL)
                    """)
                arguments += [CatalogRows.column(seed), CatalogRows.column(seed)]
            case .kind(let kind):
                conditions.append("searchItem.generation IS \(kind == .generated ? "NOT " : "")NULL")
            case .drift(let kind):
                // Drift of one picture is found by that picture, drift of a run by all of its pictures.
                conditions.append(
                    """
                    EXISTS (SELECT 1 FROM generationDrift AS drift WHERE drift.generation = searchItem.generation
                            AND (drift.position IS NULL OR drift.position = searchItem.position
                                 OR drift.kind IN ('unreadable', 'missing'))\(kind == nil ? "" : " AND drift.kind = ?"))
                    """)
                if let kind { arguments += [kind.rawValue] }
            case .flagged(let isFlagged):
                conditions.append(
                    """
                    EXISTS (SELECT 1 FROM generationOutput AS made WHERE made.generation = searchItem.generation
                            AND made.position = searchItem.position AND made.isFlagged = ?)
                    """)
                arguments += [isFlagged]
            case .tag(let tag):
                // SQLite compares only ASCII whatever the case; there are few tags, so the others are compared here.
                let tags = try String.fetchAll(db, sql: "SELECT DISTINCT tag FROM assetTag WHERE isPresent = 1")
                let meant = tags.filter { $0.isSameLabel(as: tag) }
                let marks = meant.map { _ in "?" }.joined(separator: ", ")
                conditions.append(
                    "searchItem.asset IN (SELECT asset FROM assetTag WHERE tag IN (\(marks)) AND isPresent = 1)")
                arguments += StatementArguments(meant)
            case .set(let name):
                conditions.append(
                    "searchItem.asset IN (SELECT asset FROM setMember WHERE namedSet = ?)")
                arguments += [try Self.setRow(named: name, db)?["id"] as Int64?]
            }
        }
        return (conditions, arguments)
    }
}

extension String {
    /// Whether two names of a set or tag are the same to a person: case and accents aside.
    func isSameLabel(as other: String) -> Bool {
        compare(other, options: [.caseInsensitive, .diacriticInsensitive]) == .orderedSame
    }
}
