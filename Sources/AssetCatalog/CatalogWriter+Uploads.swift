package import AssetModel
import Foundation
internal import GRDB

/// What entries say about uploads.
extension CatalogWriter {
    func applyUploaded(_ fact: JournalEntry.Uploaded, _ entry: JournalEntry) throws {
        try run(
            """
            INSERT INTO upload (digest, host, access, url, byteCount, uploadedAt, lifetime, expiresAt, expiryBasis, source,
                                copy)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET uploadedAt = excluded.uploadedAt, lifetime = excluded.lifetime,
                expiresAt = excluded.expiresAt, expiryBasis = excluded.expiryBasis, lostAt = NULL, checkedAt = NULL
            WHERE excluded.uploadedAt > uploadedAt
            """, Data(fact.digest.bytes), fact.host.name, fact.access.rawValue, fact.url, fact.byteCount,
            entry.at.milliseconds, fact.lifetime.description, fact.expiresAt?.milliseconds, fact.expiry.rawValue,
            fact.source.map { Data($0.bytes) }, fact.copy?.description)
    }

    func applyUploadLost(_ fact: JournalEntry.UploadLost, _ entry: JournalEntry) throws {
        try run(
            "UPDATE upload SET lostAt = ?1 WHERE url = ?2 AND uploadedAt <= ?1", entry.at.milliseconds, fact.url)
    }

    func applyUploadsChecked(_ fact: JournalEntry.UploadsChecked, _ entry: JournalEntry) throws {
        for url in fact.urls {
            try run(
                """
                UPDATE upload SET checkedAt = ?1 WHERE url = ?2 AND uploadedAt <= ?1 AND (checkedAt IS NULL OR checkedAt < ?1)
                """, entry.at.milliseconds, url)
        }
    }

    func applyUploadsPlanned(_ fact: JournalEntry.UploadsPlanned) throws {
        guard let generation = try row(ofGeneration: fact.generation) else { return }
        for (position, copy) in fact.copies.enumerated() {
            try run(
                """
                INSERT OR IGNORE INTO plannedUpload (generation, position, copy, access, lifetime) VALUES (?, ?, ?, ?, ?)
                """, generation, position, copy?.description, fact.access.rawValue, fact.lifetime.description)
        }
    }

    /// Gives a claim back in the same step as the entries that end it. A claim that someone else has taken over since is left
    /// alone.
    package func release(_ token: UploadClaim.Token) throws(CatalogError) {
        try translating {
            try db.cachedStatement(sql: "DELETE FROM uploadClaim WHERE \(Catalog.isClaim) AND nonce = ?")
                .execute(arguments: Catalog.columns(token.key) + [token.nonce])
        }
    }
}
