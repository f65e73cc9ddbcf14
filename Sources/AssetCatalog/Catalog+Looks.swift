package import AssetModel
import Foundation
internal import GRDB

/// What finding lookalikes asks of the catalog.
extension Catalog {
    /// How many pictures the library has, each once. Cost: one pass over a narrow index.
    package func pictureCount() async throws(CatalogError) -> Int {
        try await read { db in try Int.fetchOne(db, sql: "SELECT count(DISTINCT asset) FROM searchItem") ?? 0 }
    }

    /// Every picture, each once, in the order in which the catalog heard of them.
    package func pictures() async throws(CatalogError) -> [ContentDigest] {
        try await read { db in
            try Self.digests(db, "SELECT digest FROM blob WHERE id IN (SELECT asset FROM searchItem) ORDER BY id")
        }
    }

    /// Every picture that a condition finds, each once; nothing from the trash, unless it asks for it.
    package func pictures(matching condition: SearchCondition) async throws(CatalogError) -> [ContentDigest] {
        try await read { db in
            var builder = SearchSQL(db)
            var matching = try builder.sql(SearchVocabulary(db: db, isWhole: true).resolved(condition))
            if !condition.terms.contains(.trashed) { matching += " AND searchItem.isTrashed = 0" }
            return try Self.digests(
                db,
                "SELECT digest FROM blob WHERE id IN (SELECT asset FROM searchItem WHERE \(matching)) ORDER BY id",
                builder.arguments)
        }
    }

    /// Those of some pictures that are not in the trash.
    package func untrashed(_ assets: [ContentDigest]) async throws(CatalogError) -> Set<ContentDigest> {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT 1 FROM searchItem JOIN blob ON blob.id = searchItem.asset
                    WHERE blob.digest = ? AND searchItem.isTrashed = 0 LIMIT 1
                    """)
            return try Set(assets.filter { try Int.fetchOne(statement, arguments: [Data($0.bytes)]) != nil })
        }
    }

    private static func digests(
        _ db: Database, _ sql: String, _ arguments: StatementArguments = StatementArguments()
    ) throws -> [ContentDigest] {
        var digests: [ContentDigest] = []
        let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
        while let row = try rows.next() {
            let digest = try row.withUnsafeData(atIndex: 0) { data in
                try data.map { try ContentDigest(bytes: $0) }
            }
            if let digest { digests.append(digest) }
        }
        return digests
    }
}
