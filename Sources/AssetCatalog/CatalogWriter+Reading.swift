package import AssetModel
import Foundation
internal import GRDB

/// What an action looks at before it decides, under the lock.
extension CatalogWriter {
    /// Those of some assets that the library knows, in their order.
    package func known(_ assets: [ContentDigest]) throws(CatalogError) -> [ContentDigest] {
        try translating {
            let statement = try db.cachedStatement(
                sql: """
                    SELECT 1 FROM asset JOIN blob ON blob.id = asset.id
                    WHERE blob.digest = ? AND asset.addedAt IS NOT NULL
                    """)
            return try assets.filter { try Bool.fetchOne(statement, arguments: [Data($0.bytes)]) == true }
        }
    }

    /// The assets among some that have a tag, whatever its case.
    package func assets(_ assets: [ContentDigest], tagged tag: String) throws(CatalogError) -> Set<ContentDigest> {
        try translating {
            let statement = try db.cachedStatement(
                sql: """
                    SELECT 1 FROM assetTag JOIN blob ON blob.id = assetTag.asset
                    WHERE blob.digest = ? AND tag = ? AND isPresent = 1
                    """)
            return try Set(
                assets.filter { try Bool.fetchOne(statement, arguments: [Data($0.bytes), tag]) == true })
        }
    }

    /// Every asset that has a tag, whatever its case, with the tag as it is written there; by digest.
    package func assets(
        tagged tag: String
    ) throws(CatalogError) -> [(asset: ContentDigest, spelling: String)] {
        try translating {
            try sql.rows(
                """
                SELECT blob.digest, assetTag.tag FROM assetTag JOIN blob ON blob.id = assetTag.asset
                JOIN asset ON asset.id = assetTag.asset
                WHERE assetTag.tag = ? AND isPresent = 1 AND addedAt IS NOT NULL ORDER BY blob.digest
                """, tag
            ) { (try CatalogRows.digest($0, 0), $0.text(1) ?? tag) }
        }
    }

    /// The runs of a recipe, newest first, in any state.
    package func generations(of recipe: RecipeIdentity) throws(CatalogError) -> [Run] {
        try translating { try Catalog.runs(of: recipe, db) }
    }

    /// The replica that planned a run; nil when there is no such run.
    package func replica(ofPlan id: Run.ID) throws(CatalogError) -> String? {
        try translating { try Catalog.replica(ofPlan: id, db) }
    }

    /// The newest run that was planned under a key of whoever asked for it; nil when there is none among the newest thousand.
    package func generation(askedAs key: String) throws(CatalogError) -> Run.ID? {
        try translating { try Catalog.name(askedAs: key, db) }
    }

    /// The paths under which each of some assets was seen; nothing for those that the library does not know.
    package func knownPaths(of ids: [ContentDigest]) throws(CatalogError) -> [ContentDigest: Set<String>] {
        try translating { try Catalog.knownPaths(of: ids, db) }
    }
}
