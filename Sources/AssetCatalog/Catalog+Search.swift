package import AssetModel
import Foundation
internal import GRDB

extension Catalog {
    /// What a query finds, in its order: at most `limit` answers, those behind an earlier answer's cursor.
    ///
    /// Words and phrases ignore case and accents. Cost: what the index touches; the candidates are narrow rows, and
    /// facts are fetched for the answers only.
    package func search(
        _ query: SearchQuery, limit: Int = 50, after cursor: SearchCursor? = nil
    ) async throws(CatalogError) -> [SearchHit] {
        try await read { db in
            var condition = SearchSQL(db)
            var matching = try condition.sql(SearchVocabulary(db: db).resolved(query.condition))
            var arguments = condition.arguments
            // What is in the trash is found only by those who ask for it.
            if !query.condition.terms.contains(.trashed) { matching += " AND searchItem.isTrashed = 0" }
            let (direction, isPast) = query.order == .newestFirst ? ("DESC", "<") : ("ASC", ">")
            if let cursor {
                matching += " AND searchItem.id \(isPast) ?"
                arguments += [cursor.item]
            }
            arguments += [min(limit, query.limit ?? limit)]
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT searchItem.id AS place, searchItem.asset AS assetRow, searchItem.seed,
                           searchItem.createdAt, searchItem.rating, searchItem.position, searchItem.isFavourite,
                           generation.name, generation.outputCount, assetText.names, recipe.generator,
                           CASE WHEN generation.id IS NULL THEN recipe.prompt ELSE generation.prompt END AS prompt,
                           coalesce(word.text, recipe.model) AS model,
                           coalesce((SELECT value FROM register WHERE field = 'note' AND register.asset = searchItem.asset
                                     AND register.generation = 0 AND namedSet = 0),
                                    CASE WHEN generation.id IS NULL THEN asset.note END) AS note,
                           (SELECT value FROM register WHERE field = 'title' AND register.asset = searchItem.asset
                            AND register.generation = 0 AND namedSet = 0) AS title,
                           \(CatalogRows.factColumns)
                    FROM (SELECT * FROM searchItem WHERE \(matching) ORDER BY searchItem.id \(direction) LIMIT ?)
                          AS searchItem
                    JOIN asset ON asset.id = searchItem.asset
                    JOIN blob ON blob.id = searchItem.asset
                    LEFT JOIN assetText ON assetText.asset = searchItem.asset
                    LEFT JOIN generation ON generation.id = searchItem.generation
                    LEFT JOIN word ON word.id = generation.model
                    LEFT JOIN recipe ON recipe.asset = searchItem.asset AND searchItem.generation IS NULL
                    ORDER BY searchItem.id \(direction)
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
                    tags: try Self.tags(of: row["assetRow"], db),
                    cursor: SearchCursor(order: query.order, item: row["place"]),
                    image: (row["position"] as Int?).map { $0 + 1 }, imageCount: row["outputCount"],
                    title: row["title"], rating: row["rating"], isFavourite: row["isFavourite"])
            }
        }
    }
}

extension String {
    /// Whether two names of a set or tag are the same to a person: folded as words are in a search, signs and blanks as they are.
    func isSameLabel(as other: String) -> Bool { WordCutter.folded(self) == WordCutter.folded(other) }
}
