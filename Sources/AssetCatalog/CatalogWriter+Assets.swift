import AssetModel
import Foundation
internal import GRDB

/// What entries say about assets: taken in, tagged, put in sets.
extension CatalogWriter {
    func applyImported(_ fact: JournalEntry.Imported, _ entry: JournalEntry) throws {
        let asset = try assetRow(fact.asset, fact.facts, entry)
        try run(
            "INSERT OR IGNORE INTO origin (asset, entry, position, at, path) VALUES (?, ?, 0, ?, ?)",
            asset, entry.id.text, entry.at.milliseconds, fact.path)
        try run(
            """
            INSERT INTO searchItem (kind, asset, createdAt) VALUES ('reference', ?, ?)
            ON CONFLICT DO NOTHING
            """, asset, entry.at.milliseconds)
        try refreshText(ofAsset: asset)
    }

    /// The row of an asset, made if need be. The first facts stay: they come from the same bytes.
    func assetRow(_ digest: ContentDigest, _ facts: ImageFacts, _ entry: JournalEntry) throws -> Int64 {
        if let known = try row(ofAsset: digest) { return known }
        try run(
            """
            INSERT INTO asset (digest, format, storedWidth, storedHeight, orientation, hasAlpha, bitDepth, channels,
                               colorProfile, frameCount, byteCount, addedAt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, Data(digest.bytes), facts.format.rawValue, facts.storedSize.width, facts.storedSize.height,
            facts.orientation.rawValue, facts.hasAlpha, facts.bitDepth, facts.channels, facts.colorProfile,
            facts.frameCount, facts.byteCount, entry.at.milliseconds)
        return db.lastInsertedRowID
    }

    func row(ofAsset digest: ContentDigest) throws -> Int64? {
        try one(Int64.self, "SELECT id FROM asset WHERE digest = ?", Data(digest.bytes))
    }

    func applyTags(_ fact: JournalEntry.Labelled, isPresent: Bool, _ entry: JournalEntry) throws {
        for digest in fact.assets {
            guard let asset = try row(ofAsset: digest) else { continue }
            for tag in fact.tags {
                try run(
                    """
                    INSERT INTO assetTag (asset, tag, isPresent, entry) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET tag = excluded.tag, isPresent = excluded.isPresent, entry = excluded.entry
                    WHERE excluded.entry > entry
                    """, asset, tag, isPresent, entry.id.text)
            }
            try refreshText(ofAsset: asset)
        }
    }

    func applySet(_ fact: JournalEntry.SetChange, isPresent: Bool, _ entry: JournalEntry) throws {
        let set = try row(ofSet: fact.set, entry)
        let isNew = try one(
            Bool.self, "SELECT entry <= ? AND isPresent <> ? FROM namedSet WHERE id = ?", entry.id.text, isPresent, set)
        guard isNew == true else { return }
        try run(
            "UPDATE namedSet SET isPresent = ?, entry = ?, name = ? WHERE id = ?", isPresent, entry.id.text, fact.set,
            set)
        if isPresent {
            try run("UPDATE namedSet SET createdAt = ? WHERE id = ?", entry.at.milliseconds, set)
        } else {
            try run(
                "UPDATE setMember SET isPresent = 0, entry = ?1 WHERE namedSet = ?2 AND entry < ?1", entry.id.text, set)
        }
    }

    /// How membership changes.
    enum MemberChange { case joined, left, arranged }

    func applyMembers(_ fact: JournalEntry.SetChange, _ change: MemberChange, _ entry: JournalEntry) throws {
        if change != .left { try applySet(.init(set: fact.set), isPresent: true, entry) }
        let set = try row(ofSet: fact.set, entry)
        for (index, digest) in fact.assets.enumerated() {
            guard let asset = try row(ofAsset: digest) else { continue }
            // Time first, then the place within the entry: later members come after earlier ones.
            let sortKey = entry.id.text + "/" + String(String(1_000_000 + index).dropFirst())
            switch change {
            case .joined:
                try run(
                    """
                    INSERT INTO setMember (namedSet, asset, sortKey, isPresent, entry) VALUES (?, ?, ?, 1, ?)
                    ON CONFLICT DO UPDATE SET isPresent = 1, sortKey = excluded.sortKey, entry = excluded.entry
                    WHERE excluded.entry > entry AND isPresent = 0
                    """, set, asset, sortKey, entry.id.text)
            case .left:
                try run(
                    """
                    UPDATE setMember SET isPresent = 0, entry = ?3 WHERE namedSet = ?1 AND asset = ?2 AND entry < ?3
                    """, set, asset, entry.id.text)
            case .arranged:
                try run(
                    """
                    UPDATE setMember SET sortKey = ?3, entry = ?4
                    WHERE namedSet = ?1 AND asset = ?2 AND entry < ?4 AND isPresent = 1
                    """, set, asset, sortKey, entry.id.text)
            }
        }
    }

    private func row(ofSet name: String, _ entry: JournalEntry) throws -> Int64 {
        if let known = try one(Int64.self, "SELECT id FROM namedSet WHERE name = ?", name) { return known }
        try run(
            "INSERT INTO namedSet (name, createdAt, isPresent, entry) VALUES (?, ?, 1, ?)", name, entry.at.milliseconds,
            entry.id.text)
        return db.lastInsertedRowID
    }

    /// Writes again what a search can find of an asset: its prompts, the names it was seen under, its tags.
    func refreshText(ofAsset asset: Int64) throws {
        let paths = try String.fetchAll(
            db.cachedStatement(
                sql: "SELECT DISTINCT path FROM origin WHERE asset = ? AND path IS NOT NULL ORDER BY path"),
            arguments: [asset])
        let names = paths.map { path in String(path.split(separator: "/").last ?? "") }
        let tags = try String.fetchAll(
            db.cachedStatement(sql: "SELECT tag FROM assetTag WHERE asset = ? AND isPresent = 1 ORDER BY tag"),
            arguments: [asset])
        try run(
            """
            INSERT INTO searchText (id, prompt, names, tags)
            SELECT searchItem.id, coalesce(generation.prompt, ''), ?2, ?3
            FROM searchItem LEFT JOIN generation ON generation.id = searchItem.generation
            WHERE searchItem.asset = ?1
            ON CONFLICT DO UPDATE SET names = excluded.names, tags = excluded.tags
            WHERE names <> excluded.names OR tags <> excluded.tags
            """, asset, names.joined(separator: "\n"), tags.joined(separator: "\n"))
    }
}
