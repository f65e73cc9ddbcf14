public import AssetModel
import Foundation
internal import GRDB

/// The upload ledger: what is where, and who may send what is missing.
extension Catalog {
    /// Asks for the right to upload, in one transaction: reuse what is there, send it yourself, or wait for another.
    ///
    /// At most one claim per digest, host and access is alive; a crashed sender's lease simply runs out.
    public func claimUpload(
        of digest: ContentDigest, on host: RemoteHost, access: UploadAccess, now: Timestamp, leaseSeconds: Int64,
        nonce: String
    ) async throws(CatalogError) -> UploadClaim {
        let token = UploadClaim.Token(digest: digest, host: host, access: access, nonce: nonce)
        return try await write { db in
            if let upload = try Self.usableUpload(of: digest, on: host, access: access, now: now, db) {
                return .stored(upload)
            }
            let until = try Int64.fetchOne(
                db, sql: "SELECT claimedUntil FROM uploadClaim WHERE digest = ? AND host = ? AND access = ?",
                arguments: [Data(digest.bytes), host.name, access.rawValue])
            if let until, until > now.milliseconds { return .busy(until: Timestamp(milliseconds: until)) }
            try db.execute(
                sql:
                    "INSERT OR REPLACE INTO uploadClaim (digest, host, access, nonce, claimedUntil) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    Data(digest.bytes), host.name, access.rawValue, nonce,
                    now.adding(seconds: leaseSeconds).milliseconds,
                ])
            return .claimed(token)
        }
    }

    /// Makes a claim last longer, while its bytes are on their way. A claim that someone else has taken over since is left
    /// alone.
    public func renewUpload(_ token: UploadClaim.Token, until: Timestamp) async throws(CatalogError) {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE uploadClaim SET claimedUntil = ?
                    WHERE digest = ? AND host = ? AND access = ? AND nonce = ?
                    """,
                arguments: [
                    until.milliseconds, Data(token.digest.bytes), token.host.name, token.access.rawValue, token.nonce,
                ])
        }
    }

    /// Gives a claim back, after success (the `uploaded` entry tells) or failure. A claim that someone else has taken
    /// over since is left alone.
    public func releaseUpload(_ token: UploadClaim.Token) async throws(CatalogError) {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM uploadClaim WHERE digest = ? AND host = ? AND access = ? AND nonce = ?",
                arguments: [Data(token.digest.bytes), token.host.name, token.access.rawValue, token.nonce])
        }
    }

    /// The upload that a new request may use; nil when it must be sent. Reads only.
    public func upload(
        of digest: ContentDigest, on host: RemoteHost, access: UploadAccess, now: Timestamp
    ) async throws(CatalogError) -> Upload? {
        try await read { db in try Self.usableUpload(of: digest, on: host, access: access, now: now, db) }
    }

    /// Every upload that the journal tells of, newest first, with how often its URL was used.
    public func uploads() async throws(CatalogError) -> [Upload] {
        try await read { db in
            try Row.fetchAll(db, sql: "\(Self.selectUpload) ORDER BY upload.id DESC").map(CatalogRows.upload)
        }
    }

    private static let selectUpload = """
        SELECT upload.*, (SELECT count(*) FROM generationInput WHERE generationInput.url = upload.url) AS useCount
        FROM upload
        """

    private static func usableUpload(
        of digest: ContentDigest, on host: RemoteHost, access: UploadAccess, now: Timestamp, _ db: Database
    ) throws -> Upload? {
        let candidates = try Row.fetchAll(
            db,
            sql: """
                \(selectUpload) WHERE upload.digest = ? AND upload.host = ? AND upload.access = ? AND upload.lostAt IS NULL
                ORDER BY upload.id DESC
                """, arguments: [Data(digest.bytes), host.name, access.rawValue])
        return try candidates.map(CatalogRows.upload).first { $0.isUsable(at: now) }
    }
}
