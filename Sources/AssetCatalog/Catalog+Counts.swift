package import AssetModel
import Foundation
internal import GRDB

/// Counts that a gallery shows all the time: from tallies, small indexes and what is in the trash; nothing is walked that grows with
/// the library.
extension Catalog {
    /// `underWay` are the runs that a process is bringing to their end: of the others, those that were being sent have an outcome that is
    /// unknown.
    package func counts(now: Timestamp, underWay: Set<Run.ID> = []) async throws(CatalogError) -> LibraryCounts {
        try await read { db in
            let sql = SQL(db: db)
            var (pictures, favourites, references, trash) = (0, 0, 0, 0)
            _ = try sql.rows("SELECT isImported, isFavourite, isTrashed, items FROM itemTally") { row in
                let count = Int(row.plainInteger(3))
                if row.plainInteger(2) == 1 {
                    trash += count
                    return
                }
                pictures += count
                if row.plainInteger(0) == 1 { references += count }
                if row.plainInteger(1) == 1 { favourites += count }
            }
            let sending = try sql.rows(
                // Said as the partial index says it, else SQLite would not see that it holds them.
                "SELECT name FROM generation WHERE state IN ('planned', 'sending', 'submitted') AND state = 'sending'"
            ) { $0.text(0).flatMap { Run.ID(parsing: $0) } }
            let unknown = sending.count { run in run.map { !underWay.contains($0) } ?? true }
            let unfinished = try sql.integer(
                "SELECT count(*) FROM generation WHERE state IN ('planned', 'sending', 'submitted') AND plannedBy IS NOT NULL"
            )
            var onFal = 0
            let served = try sql.rows(
                """
                SELECT host, count(*) FROM upload
                WHERE entry IS NOT NULL AND (lostBy IS NULL OR lostBy < entry) AND expiresAt > ? GROUP BY host
                UNION ALL
                SELECT host, count(*) FROM upload
                WHERE entry IS NOT NULL AND (lostBy IS NULL OR lostBy < entry) AND expiresAt IS NULL GROUP BY host
                """, now.milliseconds
            ) { ($0.text(0) ?? "", Int($0.plainInteger(1))) }
            for (host, count) in served where !RemoteHost(host).isEphemeral { onFal += count }
            return LibraryCounts(
                pictures: pictures, favourites: favourites, references: references, trash: trash,
                running: Int(unfinished ?? 0) - unknown, unknown: unknown, onFal: onFal)
        }
    }

    /// Every tag of pictures that are not in the trash, the most frequent first.
    package func tagCounts() async throws(CatalogError) -> [(tag: String, count: Int)] {
        try await read { db in try Self.tagCounts(db) }
    }

    static func tagCounts(_ db: Database) throws -> [(tag: String, count: Int)] {
        let sql = SQL(db: db)
        let trashed = Dictionary(
            try sql.rows(
                """
                SELECT lower(tag), count(DISTINCT item.asset) FROM searchItem AS item INDEXED BY searchItemTrashed
                CROSS JOIN assetTag ON assetTag.asset = item.asset WHERE item.isTrashed = 1 AND isPresent = 1 GROUP BY 1
                """
            ) { ($0.text(0) ?? "", Int($0.plainInteger(1))) }, uniquingKeysWith: +)
        return try sql.rows(
            """
            SELECT tag, assets, (SELECT tag FROM assetTag WHERE assetTag.tag = tagTally.tag AND isPresent = 1 LIMIT 1)
            FROM tagTally
            """
        ) { row in
            (row.text(2) ?? row.text(0) ?? "", Int(row.plainInteger(1)) - (trashed[row.text(0) ?? ""] ?? 0))
        }.filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map { (tag: $0.0, count: $0.1) }
    }

    /// Every set by name; what smart ones hold is not counted.
    package func setSummaries() async throws(CatalogError) -> [SetSummary] {
        try await read { db in try Self.setSummaries(db) }
    }

    static func setSummaries(_ db: Database) throws -> [SetSummary] {
        let sql = SQL(db: db)
        var counts = Dictionary(
            try sql.rows("SELECT namedSet, count(*) FROM setMember GROUP BY namedSet") {
                ($0.plainInteger(0), Int($0.plainInteger(1)))
            }, uniquingKeysWith: +)
        _ = try sql.rows(
            """
            SELECT namedSet, count(DISTINCT item.asset) FROM searchItem AS item INDEXED BY searchItemTrashed
            CROSS JOIN setMember ON setMember.asset = item.asset WHERE item.isTrashed = 1 GROUP BY namedSet
            """
        ) { counts[$0.plainInteger(0), default: 0] -= Int($0.plainInteger(1)) }
        return try sql.rows(
            """
            SELECT id, name, createdAt,
                   (SELECT value FROM register WHERE field = 'query' AND asset = 0 AND generation = 0 AND register.namedSet = namedSet.id),
                   (SELECT value FROM register WHERE field = 'cover' AND asset = 0 AND generation = 0 AND register.namedSet = namedSet.id),
                   (SELECT digest FROM setMember JOIN blob ON blob.id = setMember.asset
                    WHERE setMember.namedSet = namedSet.id AND NOT EXISTS (
                        SELECT 1 FROM register WHERE field = 'trashed' AND register.asset = setMember.asset
                        AND register.generation = 0 AND register.namedSet = 0 AND value IS NOT NULL)
                    ORDER BY setMember.entry, place LIMIT 1)
            FROM namedSet WHERE name IS NOT NULL ORDER BY name
            """
        ) { row in
            let query = row.text(3)
            let first = query == nil ? row.bytes(5).flatMap { try? ContentDigest(bytes: Array($0)) } : nil
            return SetSummary(
                name: row.text(1) ?? "", query: query, count: query == nil ? counts[row.plainInteger(0)] ?? 0 : nil,
                cover: row.text(4).flatMap { try? ContentDigest(parsing: $0) } ?? first,
                createdAt: Timestamp(milliseconds: row.plainInteger(2)))
        }
    }
}
