package import AssetModel
import Foundation
internal import GRDB

/// Looking up assets and sets.
extension Catalog {
    /// One asset; nil when the library has none of this digest.
    package func asset(_ id: ContentDigest) async throws(CatalogError) -> Asset? {
        try await assets([id])[id]
    }

    /// Several assets at once; those that are unknown are left out.
    package func assets(_ ids: [ContentDigest]) async throws(CatalogError) -> [ContentDigest: Asset] {
        try await read { db in
            var assets: [ContentDigest: Asset] = [:]
            for id in Set(ids) {
                let columns = "asset.id, asset.addedAt, asset.note, asset.unread, \(CatalogRows.factColumns)"
                let statement = try db.cachedStatement(
                    sql: """
                        SELECT \(columns) FROM asset JOIN blob ON blob.id = asset.id
                        WHERE blob.digest = ? AND asset.addedAt IS NOT NULL
                        """)
                guard let row = try Row.fetchOne(statement, arguments: [Data(id.bytes)]) else { continue }
                let rowID: Int64 = row["id"]
                let recipe = try Row.fetchOne(
                    db.cachedStatement(sql: "SELECT * FROM recipe WHERE asset = ?"), arguments: [rowID])
                let seeds = try Int64.fetchAll(
                    db.cachedStatement(sql: "SELECT seed FROM recipeSeed WHERE asset = ? ORDER BY place"),
                    arguments: [rowID])
                assets[id] = Asset(
                    id: id, facts: try CatalogRows.facts(row),
                    recipe: try recipe.map {
                        try CatalogRows.recipe($0, otherSeeds: seeds.compactMap { CatalogRows.seed($0) })
                    },
                    recipeRule: recipe?["rule"], caption: row["note"], unread: row["unread"],
                    origins: try Self.origins(of: rowID, db),
                    tags: try Self.tags(of: rowID, db), sets: try Self.sets(of: rowID, db),
                    addedAt: Timestamp(milliseconds: row["addedAt"]), marks: try Marks.read(asset: rowID, db))
            }
            return assets
        }
    }

    /// For each prefix the digests that begin with its hexadecimal digits, ascending, at most `limit`; nothing for an
    /// empty one. One look for all.
    package func digests(
        startingWith prefixes: [String], limit: Int
    ) async throws(CatalogError) -> [[ContentDigest]] {
        let ranges = prefixes.map(Self.range(ofPrefix:))
        return try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT blob.digest FROM blob JOIN asset ON asset.id = blob.id
                    WHERE blob.digest BETWEEN ? AND ? AND asset.addedAt IS NOT NULL ORDER BY blob.digest LIMIT ?
                    """)
            return try ranges.map { range in
                guard let range else { return [] }
                return try Row.fetchAll(
                    statement, arguments: [Data(range.lowest.bytes), Data(range.highest.bytes), limit]
                ).map { try CatalogRows.digest($0) }
            }
        }
    }

    /// The first and the last digest with a prefix; nil when it is none.
    static func range(ofPrefix prefix: String) -> (lowest: ContentDigest, highest: ContentDigest)? {
        let padding = ContentDigest.byteCount * 2 - prefix.count
        guard padding >= 0, !prefix.isEmpty,
            let lowest = try? ContentDigest(parsing: prefix + String(repeating: "0", count: padding)),
            let highest = try? ContentDigest(parsing: prefix + String(repeating: "f", count: padding))
        else { return nil }
        return (lowest, highest)
    }

    /// Every blob that a fact names, ascending by digest: what the store must hold, the originals of assets and what runs made
    /// beside pictures.
    package func blobs() async throws(CatalogError) -> [(digest: ContentDigest, fileExtension: String)] {
        try await read { db in
            try SQL(db: db).rows(
                "SELECT digest, fileExtension FROM blob WHERE fileExtension IS NOT NULL ORDER BY digest"
            ) { (try CatalogRows.digest($0, 0), $0.text(1) ?? "") }
        }
    }

    /// The paths under which each of some assets was seen; nothing for those that the library does not know.
    package func knownPaths(of ids: [ContentDigest]) async throws(CatalogError) -> [ContentDigest: Set<String>] {
        try await read { db in try Self.knownPaths(of: ids, db) }
    }

    static func knownPaths(of ids: [ContentDigest], _ db: Database) throws -> [ContentDigest: Set<String>] {
        var known: [ContentDigest: Set<String>] = [:]
        let asset = try db.cachedStatement(
            sql: """
                SELECT asset.id FROM asset JOIN blob ON blob.id = asset.id
                WHERE blob.digest = ? AND asset.addedAt IS NOT NULL
                """)
        let origin = try db.cachedStatement(sql: "SELECT coalesce(encodedPath, path) FROM origin WHERE asset = ?")
        for id in ids where known[id] == nil {
            guard let row = try Int64.fetchOne(asset, arguments: [Data(id.bytes)]) else { continue }
            known[id] = try Set(String.fetchAll(origin, arguments: [row]))
        }
        return known
    }

    /// Every tag in use and on how many assets outside the trash, by name.
    package func tags() async throws(CatalogError) -> [(tag: String, count: Int)] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT tag, count(*) AS count FROM assetTag JOIN asset ON asset.id = assetTag.asset
                    WHERE isPresent = 1 AND addedAt IS NOT NULL
                          AND NOT EXISTS (SELECT 1 FROM register WHERE field = 'trashed'
                              AND register.asset = assetTag.asset AND generation = 0 AND namedSet = 0
                              AND value IS NOT NULL)
                    GROUP BY tag ORDER BY tag
                    """
            ).map { ($0["tag"], $0["count"]) }
        }
    }

    /// Counts and sums over the whole library.
    package func statistics() async throws(CatalogError) -> LibraryStatistics {
        try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT (SELECT coalesce(sum(assets), 0) FROM assetTally) AS assets,
                           (SELECT coalesce(sum(byteCount), 0) FROM assetTally) AS bytes,
                           (SELECT count(*) FROM searchItem WHERE generation IS NULL) AS refs,
                           (SELECT count(*) FROM searchItem) - (SELECT count(*) FROM searchItem WHERE generation IS NULL) AS outputs,
                           (SELECT count(*) FROM generation WHERE plannedBy IS NOT NULL) AS generations,
                           (SELECT count(*) FROM generation
                            WHERE state IN ('planned', 'sending', 'submitted') AND plannedBy IS NOT NULL) AS open,
                           (SELECT count(*) FROM upload WHERE entry IS NOT NULL AND (lostBy IS NULL OR lostBy < entry))
                               AS uploads,
                           (SELECT count(*) FROM namedSet WHERE name IS NOT NULL) AS sets,
                           (SELECT count(DISTINCT tag) FROM assetTag WHERE isPresent = 1) AS tags
                    """)
            let formats = try Row.fetchAll(
                db, sql: "SELECT format, assets AS count FROM assetTally WHERE format <> ''")
            return LibraryStatistics(
                assetCount: row?["assets"] ?? 0, byteCount: row?["bytes"] ?? 0, referenceCount: row?["refs"] ?? 0,
                outputCount: row?["outputs"] ?? 0, generationCount: row?["generations"] ?? 0,
                unfinishedCount: row?["open"] ?? 0, uploadCount: row?["uploads"] ?? 0, setCount: row?["sets"] ?? 0,
                tagCount: row?["tags"] ?? 0,
                formats: Dictionary(uniqueKeysWithValues: formats.map { ($0["format"] as String, $0["count"] as Int) }))
        }
    }

    private static func origins(of asset: Int64, _ db: Database) throws -> [Origin] {
        let imports = try SQL(db: db).rows("SELECT entry, path, at FROM origin WHERE asset = ?", asset) { row in
            (
                row.entry(0),
                Origin.imported(path: row.text(1) ?? "", at: Timestamp(milliseconds: row.integer(2) ?? 0))
            )
        }
        let runs = try SQL(db: db).rows(
            """
            SELECT CASE WHEN state = 'finished' THEN stateBy ELSE generationArrival.entry END, name, position,
                   CASE WHEN state = 'finished' THEN coalesce(requestedAt, changedAt) ELSE generationArrival.at END
            FROM generationOutput JOIN generation ON generation.id = generationOutput.generation
            LEFT JOIN generationArrival ON generationArrival.generation = generation.id
            WHERE generationOutput.asset = ? AND plannedBy IS NOT NULL ORDER BY position
            """, asset
        ) { row in
            guard let id = row.text(1).flatMap(Run.ID.init(parsing:)) else {
                throw CatalogError.damaged("an output of no run")
            }
            let at = Timestamp(milliseconds: row.integer(3) ?? 0)
            return (row.entry(0), Origin.generated(by: id, position: Int(row.integer(2) ?? 0), at: at))
        }
        return (imports + runs).sorted { ($0.0 ?? .zero) < ($1.0 ?? .zero) }.map(\.1)
    }

    static func tags(of asset: Int64, _ db: Database) throws -> [String] {
        try String.fetchAll(
            db.cachedStatement(sql: "SELECT tag FROM assetTag WHERE asset = ? AND isPresent = 1 ORDER BY tag"),
            arguments: [asset])
    }

    private static func sets(of asset: Int64, _ db: Database) throws -> [String] {
        try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT namedSet.name FROM setMember JOIN namedSet ON namedSet.id = setMember.namedSet
                    WHERE setMember.asset = ? AND namedSet.name IS NOT NULL
                          AND NOT EXISTS (SELECT 1 FROM register WHERE field = 'query' AND register.asset = 0
                                          AND generation = 0 AND register.namedSet = namedSet.id AND value IS NOT NULL)
                    ORDER BY 1
                    """), arguments: [asset])
    }
}
