package import AssetModel
import Foundation
internal import GRDB

/// fal's names for requests, and the runs that have them.
extension Catalog {
    /// The runs that some of fal's request ids belong to. A run that is only half heard of, without its plan, is none. Cost: one
    /// look at an index for each.
    package func runs(ofRequests ids: [String]) async throws(CatalogError) -> [String: Run.ID] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT name FROM generation WHERE requestID = ? AND plannedBy IS NOT NULL LIMIT 1")
            var runs: [String: Run.ID] = [:]
            for id in ids {
                guard let name = try String.fetchOne(statement, arguments: [id]) else { continue }
                runs[id] = Run.ID(parsing: name)
            }
            return runs
        }
    }

    /// The endpoints of all runs, sorted.
    package func endpoints() async throws(CatalogError) -> [String] {
        try await read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT word.text FROM generation JOIN word ON word.id = generation.model
                    WHERE plannedBy IS NOT NULL ORDER BY word.text
                    """)
        }
    }

    /// What stood behind a URL when it was sent: the asset, and how the copy of it differed. Nil for a URL of which nothing is known.
    package func sentAsset(at url: String) async throws(CatalogError) -> (asset: ContentDigest, copy: UploadCopy?)? {
        try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT coalesce(source, digest) AS digest, copy FROM upload WHERE url = ? AND digest IS NOT NULL",
                arguments: [url])
            return try row.map { row in
                (try CatalogRows.digest(row), (row["copy"] as String?).flatMap(UploadCopy.init(parsing:)))
            }
        }
    }
}

extension CatalogWriter {
    /// Whether a run of the library has this request.
    package func isKnown(request id: String) throws(CatalogError) -> Bool {
        try translating {
            try sql.integer("SELECT 1 FROM generation WHERE requestID = ? AND plannedBy IS NOT NULL LIMIT 1", id) != nil
        }
    }
}
