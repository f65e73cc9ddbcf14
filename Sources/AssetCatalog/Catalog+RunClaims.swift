package import AssetModel
internal import GRDB

/// Who is sending the request of a run. Between the intent and fal's answer, the record alone cannot tell a request that is on its way from
/// one whose sender was killed.
extension Catalog {
    /// Says that a run's request is about to be sent, by whom, and until when at the longest. Several may be about to: the journal's lock decides
    /// who does, and the claims of the others must not end with theirs.
    package func claimRun(
        _ run: Run.ID, nonce: String, now: Timestamp, until: Timestamp
    ) async throws(CatalogError) {
        try await leases.write { db in
            try db.cachedStatement(sql: "DELETE FROM runClaim WHERE claimedUntil < ?")
                .execute(arguments: [now.milliseconds])
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO runClaim (run, nonce, claimedUntil) VALUES (?, ?, ?)"
            ).execute(arguments: [run.description, nonce, until.milliseconds])
        }
    }

    /// Says that it is sent, or was not.
    package func releaseRun(_ run: Run.ID, nonce: String) async throws(CatalogError) {
        try await leases.write { db in
            try db.cachedStatement(sql: "DELETE FROM runClaim WHERE run = ? AND nonce = ?")
                .execute(arguments: [run.description, nonce])
        }
    }

    /// The nonces of those who are sending runs. Reads only: without a file there are none.
    package func runClaims(now: Timestamp) async throws(CatalogError) -> [(run: Run.ID, nonce: String)] {
        let claims = try await leases.read { db in
            // A file that an earlier version made has no such table.
            guard try db.tableExists("runClaim") else { return [(String, String)]() }
            return try Row.fetchAll(
                db, sql: "SELECT run, nonce FROM runClaim WHERE claimedUntil > ?", arguments: [now.milliseconds]
            ).map { ($0["run"], $0["nonce"]) }
        }
        return (claims ?? []).compactMap { run, nonce in Run.ID(parsing: run).map { ($0, nonce) } }
    }
}
