import AssetModel
internal import GRDB

/// What entries say about uploads: three registers a URL, each with its newest entry.
extension CatalogWriter {
    func applyUploaded(_ fact: JournalEntry.Uploaded, _ entry: JournalEntry) throws {
        try sql.run(
            """
            INSERT INTO upload (url, entry, digest, host, access, byteCount, uploadedAt, lifetime, expiresAt, expiryBasis,
                                source, copy)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET entry = excluded.entry, digest = excluded.digest, host = excluded.host,
                access = excluded.access, byteCount = excluded.byteCount, uploadedAt = excluded.uploadedAt,
                lifetime = excluded.lifetime, expiresAt = excluded.expiresAt, expiryBasis = excluded.expiryBasis,
                source = excluded.source, copy = excluded.copy
            WHERE entry IS NULL OR entry < excluded.entry
            """, fact.url, entry.id, fact.digest, fact.host.name, fact.access.rawValue, fact.byteCount,
            entry.at.milliseconds, fact.lifetime.description, fact.expiresAt?.milliseconds, fact.expiry.rawValue,
            fact.source, fact.copy?.description)
    }

    func applyUploadLost(_ fact: JournalEntry.UploadLost, _ entry: JournalEntry) throws {
        try sql.run(
            """
            INSERT INTO upload (url, lostBy, lostAt) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET lostBy = excluded.lostBy, lostAt = excluded.lostAt
            WHERE lostBy IS NULL OR lostBy < excluded.lostBy
            """, fact.url, entry.id, entry.at.milliseconds)
    }

    func applyUploadsChecked(_ fact: JournalEntry.UploadsChecked, _ entry: JournalEntry) throws {
        for url in fact.urls {
            try sql.run(
                """
                INSERT INTO upload (url, checkedBy, checkedAt) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET checkedBy = excluded.checkedBy, checkedAt = excluded.checkedAt
                WHERE checkedBy IS NULL OR checkedBy < excluded.checkedBy
                """, url, entry.id, entry.at.milliseconds)
        }
    }
}
