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
        try replaceInspection(of: asset, fact.facts, fact.recipe, fact.note, entry)
        try run(
            """
            INSERT INTO searchItem (kind, asset, seed, createdAt)
            VALUES ('reference', ?1, (SELECT seed FROM recipe WHERE asset = ?1), ?2)
            ON CONFLICT DO NOTHING
            """, asset, entry.at.milliseconds)
        try refreshText(ofAsset: asset)
    }

    func applyInspected(_ fact: JournalEntry.Inspected, _ entry: JournalEntry) throws {
        guard let asset = try row(ofAsset: fact.asset) else { return }
        try replaceInspection(of: asset, fact.facts, fact.recipe, fact.note, entry)
        try refreshText(ofAsset: asset)
    }

    /// The row of an asset, made if need be. Its facts are those of the newest import or inspection, else of the output
    /// that it was first seen as: no entry is older than the empty name.
    func assetRow(_ digest: ContentDigest, _ facts: ImageFacts, _ entry: JournalEntry) throws -> Int64 {
        if let known = try row(ofAsset: digest) { return known }
        try run(
            """
            INSERT INTO asset (digest, format, storedWidth, storedHeight, orientation, hasAlpha, bitDepth, channels,
                               colorProfile, frameCount, byteCount, inspectedBy, addedAt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?)
            """, Data(digest.bytes), facts.format.rawValue, facts.storedSize.width, facts.storedSize.height,
            facts.orientation.rawValue, facts.hasAlpha, facts.bitDepth, facts.channels, facts.colorProfile,
            facts.frameCount, facts.byteCount, entry.at.milliseconds)
        return db.lastInsertedRowID
    }

    /// Writes everything that inspection owns, unless a newer entry has spoken.
    private func replaceInspection(
        of asset: Int64, _ facts: ImageFacts, _ found: EmbeddedRecipe?, _ note: EmbeddedText?, _ entry: JournalEntry
    ) throws {
        try run(
            """
            UPDATE asset SET format = ?, storedWidth = ?, storedHeight = ?, orientation = ?, hasAlpha = ?, bitDepth = ?,
                             channels = ?, colorProfile = ?, frameCount = ?, note = ?, inspectedBy = ?
            WHERE id = ? AND inspectedBy < ?
            """, facts.format.rawValue, facts.storedSize.width, facts.storedSize.height, facts.orientation.rawValue,
            facts.hasAlpha, facts.bitDepth, facts.channels, facts.colorProfile, facts.frameCount, note?.text,
            entry.id.text, asset, entry.id.text)
        guard db.changesCount > 0 else { return }
        try run("DELETE FROM recipe WHERE asset = ?", asset)
        let recipe = found?.recipe
        if let found, let recipe {
            try run(
                """
                INSERT INTO recipe (asset, generator, certainty, rule, prompt, negativePrompt, seed, steps, guidance,
                                    sampler, model, width, height)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, asset, recipe.generator, recipe.certainty.rawValue, found.rule, recipe.prompt,
                recipe.negativePrompt, recipe.seed.map(CatalogRows.column), recipe.steps, recipe.guidance,
                recipe.sampler, recipe.model, recipe.size?.width, recipe.size?.height)
        }
        try run(
            "UPDATE searchItem SET seed = ? WHERE asset = ? AND generation IS NULL",
            recipe?.seed.map(CatalogRows.column), asset)
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

    /// Writes again what a search can find of an asset: its prompts or its note, the names it was seen under, its tags.
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
            SELECT searchItem.id,
                   CASE WHEN searchItem.generation IS NULL THEN coalesce(recipe.prompt, asset.note, '')
                        ELSE coalesce(generation.prompt, '') END,
                   ?2, ?3
            FROM searchItem JOIN asset ON asset.id = searchItem.asset
            LEFT JOIN generation ON generation.id = searchItem.generation
            LEFT JOIN recipe ON recipe.asset = searchItem.asset
            WHERE searchItem.asset = ?1
            ON CONFLICT DO UPDATE SET prompt = excluded.prompt, names = excluded.names, tags = excluded.tags
            WHERE prompt <> excluded.prompt OR names <> excluded.names OR tags <> excluded.tags
            """, asset, names.joined(separator: "\n"), tags.joined(separator: "\n"))
    }
}
