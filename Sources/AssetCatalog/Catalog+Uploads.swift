package import AssetModel
import Foundation
internal import GRDB

/// The upload ledger: what is where, and who may send what is missing.
extension Catalog {
    /// Asks for the right to upload: reuse what is there, send it yourself, or wait for another.
    ///
    /// At most one claim per key is alive; a crashed sender's lease simply runs out.
    package func claimUpload(
        _ key: UploadKey, now: Timestamp, leaseSeconds: Int64, nonce: String
    ) async throws(CatalogError) -> UploadClaim {
        if let upload = try await upload(key, now: now) { return .stored(upload) }
        let claim = try await leases.write { db -> UploadClaim in
            let other = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT claimedUntil, nonce FROM uploadClaim WHERE \(Self.isClaim)"),
                arguments: Self.columns(key))
            if let other, other["claimedUntil"] > now.milliseconds {
                return .busy(until: Timestamp(milliseconds: other["claimedUntil"]), nonce: other["nonce"])
            }
            try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO uploadClaim (digest, copy, host, access, lifetime, nonce, claimedUntil)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: Self.columns(key) + [nonce, now.adding(seconds: leaseSeconds).milliseconds])
            return .claimed(UploadClaim.Token(key: key, nonce: nonce))
        }
        // Who held the claim before may have written its entry down between our two looks.
        if case .claimed(let token) = claim, let upload = try await upload(key, now: now) {
            try await releaseUpload(token)
            return .stored(upload)
        }
        return claim
    }

    /// Makes a claim last longer, while its bytes are on their way. A claim that another process has taken over since is left
    /// alone.
    package func renewUpload(_ token: UploadClaim.Token, until: Timestamp) async throws(CatalogError) {
        try await leases.write { db in
            try db.execute(
                sql: "UPDATE uploadClaim SET claimedUntil = ? WHERE \(Self.isClaim) AND nonce = ?",
                arguments: [until.milliseconds] + Self.columns(token.key) + [token.nonce])
        }
    }

    /// Gives a claim back, after success (the `uploaded` entry tells) or failure. A claim that another process has taken
    /// over since is left alone.
    package func releaseUpload(_ token: UploadClaim.Token) async throws(CatalogError) {
        try await leases.write { db in
            try db.cachedStatement(sql: "DELETE FROM uploadClaim WHERE \(Self.isClaim) AND nonce = ?")
                .execute(arguments: Self.columns(token.key) + [token.nonce])
        }
    }

    /// The upload that a new request may use; nil when it must be sent. Reads only.
    package func upload(_ key: UploadKey, now: Timestamp) async throws(CatalogError) -> Upload? {
        try await read { db in try Self.usableUpload(key, now: now, db) }
    }

    /// Every upload that the journal tells of, newest first, with how often its URL was used.
    package func uploads() async throws(CatalogError) -> [Upload] {
        try await read { db in
            try Row.fetchAll(db, sql: "\(Self.selectUpload) WHERE entry IS NOT NULL ORDER BY entry DESC").map(
                CatalogRows.upload)
        }
    }

    private static let selectUpload = """
        SELECT upload.id, url, entry, digest, host, access, byteCount, uploadedAt, lifetime, expiresAt, expiryBasis, source,
               copy, CASE WHEN checkedBy > entry THEN checkedAt END AS checkedAt,
               CASE WHEN lostBy > entry THEN lostAt END AS lostAt, (SELECT count(*) FROM generationInput WHERE generationInput.url = upload.url) AS useCount
        FROM upload
        """

    static let isClaim = "digest = ? AND copy = ? AND host = ? AND access = ? AND lifetime = ?"

    static func columns(_ key: UploadKey) -> StatementArguments {
        [
            Data(key.digest.bytes), key.copy?.description ?? "", key.host.name, key.access.rawValue,
            key.lifetime.description,
        ]
    }

    private static func usableUpload(_ key: UploadKey, now: Timestamp, _ db: Database) throws -> Upload? {
        // Bytes are bytes, whatever they were made of; a copy is told by what it was made of.
        let what = key.copy == nil ? "upload.digest = ?1" : "upload.source = ?1 AND upload.copy = ?5"
        let candidates = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    \(selectUpload) WHERE \(what) AND upload.host = ?2 AND upload.access = ?3 AND (upload.lostBy IS NULL OR upload.lostBy < upload.entry)
                    AND (?4 = 'default' OR upload.lifetime = ?4) AND (?5 IS NULL OR upload.copy = ?5)
                    ORDER BY upload.entry DESC
                    """),
            arguments: [
                Data(key.digest.bytes), key.host.name, key.access.rawValue, key.lifetime.description,
                key.copy?.description,
            ])
        return try candidates.map(CatalogRows.upload).first { $0.isUsable(at: now) }
    }
}
