package import AssetModel
import Foundation
internal import GRDB

extension Catalog {
    /// What a query finds, in its order: at most `limit` answers, those behind an earlier answer's cursor. A random order begins with
    /// `randomSeed`, which its cursors carry on.
    ///
    /// Words and phrases ignore case and accents. Cost: what the index touches; the candidates are narrow rows, and
    /// facts are fetched for the answers only.
    package func search(
        _ query: SearchQuery, limit: Int = 50, after cursor: SearchCursor? = nil, randomSeed: UInt64 = 0
    ) async throws(CatalogError) -> [SearchHit] {
        try await read { db in
            let pages = try SearchPages(query.condition, db, randomSeed: randomSeed)
            let places = try pages.page(query.order, limit: min(limit, query.limit ?? limit), after: cursor)
            let statement = try db.cachedStatement(sql: SearchHitRow.query)
            let sql = SQL(db: db)
            return try places.map { place in
                statement.arguments = [place.item]
                var hit: SearchHit?
                let cursor = SearchCursor(
                    order: query.order, key: place.key, item: place.item, context: place.context)
                try sql.forEach(statement) { hit = try SearchHitRow.hit($0, cursor, db) }
                guard let hit else { throw CatalogError.damaged("an answer without a row") }
                return hit
            }
        }
    }

    /// How many answers a query has, whatever its limit. Nil when counting takes longer than `patience`, as it can for very frequent
    /// words; without one it takes as long as it takes.
    package func count(
        _ query: SearchQuery, within patience: Duration? = nil
    ) async throws(CatalogError) -> Int? {
        try await read { db in
            try Deadline.run(patience, on: db) {
                try SearchPlan(SearchVocabulary(db: db, isWhole: true).resolved(query.condition), db).count()
            }
        }
    }
}

/// One answer in full, by its item.
private enum SearchHitRow {
    static let query = """
        SELECT searchItem.asset AS assetRow, searchItem.seed, searchItem.createdAt, searchItem.rating, searchItem.position,
               searchItem.isFavourite, generation.name, generation.outputCount, assetText.names,
               recipe.generator,
               CASE WHEN generation.id IS NULL THEN recipe.prompt ELSE generation.prompt END AS prompt,
               coalesce(word.text, recipe.model) AS model,
               coalesce((SELECT value FROM register WHERE field = 'note' AND register.asset = searchItem.asset
                         AND register.generation = 0 AND namedSet = 0),
                        CASE WHEN generation.id IS NULL THEN asset.note END) AS note,
               (SELECT value FROM register WHERE field = 'title' AND register.asset = searchItem.asset
                AND register.generation = 0 AND namedSet = 0) AS title,
               \(CatalogRows.factColumns)
        FROM searchItem
        JOIN asset ON asset.id = searchItem.asset
        JOIN blob ON blob.id = searchItem.asset
        LEFT JOIN assetText ON assetText.asset = searchItem.asset
        LEFT JOIN generation ON generation.id = searchItem.generation
        LEFT JOIN word ON word.id = generation.model
        LEFT JOIN recipe ON recipe.asset = searchItem.asset AND searchItem.generation IS NULL
        WHERE searchItem.id = ?
        """

    /// Columns are read by number: looking each up by its name took longer than SQLite takes to find the row.
    static func hit(_ row: SQLRow, _ cursor: SearchCursor, _ db: Database) throws -> SearchHit {
        SearchHit(
            kind: row.isNull(6) ? .reference : .generated, asset: try CatalogRows.digest(row, 14),
            facts: try CatalogRows.facts(row, from: 15),
            name: row.text(8)?.split(separator: "\n").first.map(String.init),
            generation: row.text(6).flatMap(Run.ID.init(parsing:)), prompt: row.text(10),
            seed: CatalogRows.seed(row.integer(1)), model: row.text(11), generator: row.text(9), note: row.text(12),
            createdAt: Timestamp(milliseconds: row.integer(2) ?? 0),
            tags: try SQL(db: db).rows(
                "SELECT tag FROM assetTag WHERE asset = ? AND isPresent = 1 ORDER BY tag", row.integer(0)
            ) { $0.text(0) ?? "" }, cursor: cursor, image: row.integer(4).map { Int($0) + 1 },
            imageCount: row.integer(7).map { Int($0) }, title: row.text(13), rating: Int(row.integer(3) ?? 0),
            isFavourite: row.integer(5) == 1)
    }
}

extension String {
    /// Whether two names of a set or tag are the same to a person: folded as words are in a search, signs and blanks as they are.
    package func isSameLabel(as other: String) -> Bool { WordCutter.folded(self) == WordCutter.folded(other) }
}
