package import AssetModel
import Foundation
internal import GRDB

/// What can be told of an asset to put a set in order by.
package struct SetSortKeys: Hashable, Sendable {
    package let createdAt: Timestamp?
    package let name: String?
    package let pixelCount: Int64?
    package let seed: UInt64?
    package let rating: Int64?
}

/// Sets as they are stored. What a smart set's query finds is not known here.
extension Catalog {
    /// One set, case and accents aside; nil when there is none.
    package func contents(ofSet name: String) async throws(CatalogError) -> SetContents? {
        try await read { db in try Self.contents(ofSet: name, db) }
    }

    /// Every set, by name.
    package func setContents() async throws(CatalogError) -> [SetContents] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM namedSet WHERE name IS NOT NULL ORDER BY name").map {
                try Self.contents($0, db)
            }
        }
    }

    /// Every set's name, and the query of smart ones.
    package func setNames() async throws(CatalogError) -> [(name: String, query: String?)] {
        try await read { db in try Self.setNames(db) }
    }

    /// One set as people see it, a smart one without members; nil when there is none of this name.
    package func set(named name: String) async throws(CatalogError) -> NamedSet? {
        try await contents(ofSet: name)?.namedSet()
    }

    static func setNames(_ db: Database) throws -> [(name: String, query: String?)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT name, value FROM namedSet
                LEFT JOIN register ON register.field = 'query' AND register.asset = 0 AND register.generation = 0
                     AND register.namedSet = namedSet.id
                WHERE name IS NOT NULL ORDER BY name
                """
        ).map { ($0["name"], $0["value"]) }
    }

    static func contents(ofSet name: String, _ db: Database) throws -> SetContents? {
        try setRow(named: name, db).map { try contents($0, db) }
    }

    /// A set's row by its name, case and accents aside; the exact name goes first.
    static func setRow(named name: String, _ db: Database) throws -> Row? {
        let rows = try Row.fetchAll(db, sql: "SELECT * FROM namedSet WHERE name IS NOT NULL")
        return rows.first { $0["name"] == name } ?? rows.first { ($0["name"] as String).isSameLabel(as: name) }
    }

    private static func contents(_ row: Row, _ db: Database) throws -> SetContents {
        let set: Int64 = row["id"]
        let marks = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT field, value FROM register
                    WHERE field IN ('query', 'cover') AND asset = 0 AND generation = 0 AND namedSet = ?
                    """),
            arguments: [set])
        func mark(_ field: String) -> String? { marks.first { $0["field"] == field }?["value"] }
        let members = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT blob.digest, asset.addedAt IS NOT NULL AS isKnown, trash.value IS NOT NULL AS isTrashed,
                           role.value AS role
                    FROM setMember JOIN blob ON blob.id = setMember.asset JOIN asset ON asset.id = setMember.asset
                    LEFT JOIN register AS trash ON trash.field = 'trashed' AND trash.asset = setMember.asset
                         AND trash.generation = 0 AND trash.namedSet = 0
                    LEFT JOIN register AS role ON role.field = 'role' AND role.asset = setMember.asset
                         AND role.generation = 0 AND role.namedSet = setMember.namedSet
                    WHERE setMember.namedSet = ? ORDER BY setMember.entry, setMember.place
                    """), arguments: [set])
        return SetContents(
            name: row["name"], query: mark("query"), cover: mark("cover").flatMap { try? ContentDigest(parsing: $0) },
            members: try members.map {
                SetContents.Member(
                    asset: try CatalogRows.digest($0), isTrashed: $0["isTrashed"], isKnown: $0["isKnown"],
                    role: $0["role"])
            }, createdAt: Timestamp(milliseconds: row["createdAt"]))
    }
}

extension CatalogWriter {
    /// One set, case and accents aside; nil when there is none.
    package func contents(ofSet name: String) throws(CatalogError) -> SetContents? {
        try translating { try Catalog.contents(ofSet: name, db) }
    }

    /// Every set's name, and the query of smart ones.
    package func setNames() throws(CatalogError) -> [(name: String, query: String?)] {
        try translating { try Catalog.setNames(db) }
    }

    /// What sets are put in order by, of some assets.
    package func sortKeys(of assets: [ContentDigest]) throws(CatalogError) -> [ContentDigest: SetSortKeys] {
        try translating {
            let statement = try db.cachedStatement(
                sql: """
                    SELECT (SELECT min(createdAt) FROM searchItem WHERE searchItem.asset = asset.id) AS createdAt,
                           (SELECT seed FROM searchItem
                            WHERE searchItem.asset = asset.id AND seed IS NOT NULL ORDER BY searchItem.id LIMIT 1) AS seed,
                           (SELECT names FROM assetText WHERE assetText.asset = asset.id) AS names,
                           storedWidth * storedHeight AS pixels,
                           (SELECT value FROM register
                            WHERE register.field = 'rating' AND register.asset = asset.id
                                  AND register.generation = 0 AND register.namedSet = 0) AS rating
                    FROM asset JOIN blob ON blob.id = asset.id WHERE blob.digest = ?
                    """)
            var keys: [ContentDigest: SetSortKeys] = [:]
            for asset in assets {
                guard let row = try Row.fetchOne(statement, arguments: [Data(asset.bytes)]) else { continue }
                keys[asset] = SetSortKeys(
                    createdAt: (row["createdAt"] as Int64?).map(Timestamp.init(milliseconds:)),
                    name: (row["names"] as String?)?.split(separator: "\n").first.map(String.init),
                    pixelCount: row["pixels"], seed: CatalogRows.seed(row["seed"]), rating: row["rating"])
            }
            return keys
        }
    }
}
