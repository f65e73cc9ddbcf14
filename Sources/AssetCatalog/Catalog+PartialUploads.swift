package import AssetModel
import Foundation
internal import GRDB

/// How far uploads in parts have come: no facts, and lost without harm, but a restart that knows them sends only the rest.
extension Catalog {
    /// What was kept of an upload; nil when nothing was.
    package func partialUpload(_ key: UploadKey) async throws(CatalogError) -> String? {
        try await leases.write { db in
            try String.fetchOne(
                db, sql: "SELECT state FROM partialUpload WHERE \(Self.isPartial)", arguments: Self.partialColumns(key))
        }
    }

    /// Keeps how far an upload has come, in words that only its sender understands. What has not been continued for
    /// `maximumAge` seconds is dropped on the way: storages forget it too.
    package func keepPartialUpload(
        _ key: UploadKey, state: String, now: Timestamp, maximumAge: Int64 = 7 * 86_400
    ) async throws(CatalogError) {
        try await leases.write { db in
            try db.execute(
                sql: "DELETE FROM partialUpload WHERE changedAt < ?",
                arguments: [now.adding(seconds: -maximumAge).milliseconds])
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO partialUpload (digest, host, access, lifetime, state, changedAt)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """, arguments: Self.partialColumns(key) + [state, now.milliseconds])
        }
    }

    /// Forgets an upload that is complete, or that its storage has forgotten.
    package func forgetPartialUpload(_ key: UploadKey) async throws(CatalogError) {
        try await leases.write { db in
            try db.execute(
                sql: "DELETE FROM partialUpload WHERE \(Self.isPartial)", arguments: Self.partialColumns(key))
        }
    }

    private static let isPartial = "digest = ? AND host = ? AND access = ? AND lifetime = ?"

    private static func partialColumns(_ key: UploadKey) -> StatementArguments {
        [Data(key.digest.bytes), key.host.name, key.access.rawValue, key.lifetime.description]
    }
}
