package import AssetModel
import Foundation
internal import GRDB

/// A set as undo sees it: with members of which nothing else is known, and those that are in the trash.
package struct KeptSet: Hashable, Sendable {
    package let name: String
    package let createdAt: Timestamp
    package let members: [ContentDigest]
    /// The entry that made it, after it was last deleted.
    package let madeBy: EntryID
}

/// What undo looks at before it decides, under the lock.
extension CatalogWriter {
    /// One set by its key, which is its name but for the case of A to Z; nil when it is not there.
    package func keptSet(named name: String) throws(CatalogError) -> KeptSet? {
        try translating {
            let row = try sql.first("SELECT id, name, createdAt FROM namedSet WHERE key = ? AND name IS NOT NULL", name)
            {
                (id: $0.integer(0) ?? 0, name: $0.text(1) ?? "", createdAt: $0.integer(2) ?? 0)
            }
            guard let row, let madeBy = try making(ofSet: row.id, before: nil)?.entry else { return nil }
            let members = try sql.rows(
                """
                SELECT blob.digest FROM setMember JOIN blob ON blob.id = setMember.asset
                WHERE namedSet = ? ORDER BY setMember.entry, place
                """, row.id
            ) { try CatalogRows.digest($0, 0) }
            return KeptSet(
                name: row.name, createdAt: Timestamp(milliseconds: row.createdAt), members: members, madeBy: madeBy)
        }
    }

    /// What a set was called that an entry deleted, and when it had been made; nil when nothing had made it.
    package func setDeleted(
        by entry: EntryID, _ name: String
    ) throws(CatalogError) -> (name: String, createdAt: Timestamp)? {
        try translating {
            guard let set = try sql.integer("SELECT id FROM namedSet WHERE key = ?", name) else { return nil }
            return try making(ofSet: set, before: entry).map { ($0.name, Timestamp(milliseconds: $0.at)) }
        }
    }

    /// What made a set after it was last deleted: up to now, or up to the deletion by an entry.
    private func making(ofSet set: Int64, before end: EntryID?) throws -> (entry: EntryID, name: String, at: Int64)? {
        try sql.first(
            """
            SELECT entry, name, at FROM setEvent
            WHERE namedSet = ?1 AND place = -1 AND change IN ('created', 'joined', 'arranged')
                AND entry < coalesce(?2, x'ffff')
                AND entry > coalesce((SELECT max(entry) FROM setEvent WHERE namedSet = ?1 AND change = 'deleted'
                                      AND entry < coalesce(?2, x'ffff')), x'')
            ORDER BY entry LIMIT 1
            """, set, end
        ) { row in row.entry(0).map { ($0, row.text(1) ?? "", row.integer(2) ?? 0) } } ?? nil
    }

    /// How a tag is spelled on those of some assets that have it.
    package func spellings(
        of tag: String, on assets: [ContentDigest]
    ) throws(CatalogError) -> [ContentDigest: String] {
        try translating {
            var spellings: [ContentDigest: String] = [:]
            for asset in assets {
                spellings[asset] =
                    try sql.first(
                        """
                        SELECT tag FROM assetTag JOIN blob ON blob.id = assetTag.asset
                        WHERE blob.digest = ? AND tag = ? AND isPresent = 1
                        """, asset, tag
                    ) { $0.text(0) } ?? nil
            }
            return spellings
        }
    }
}
