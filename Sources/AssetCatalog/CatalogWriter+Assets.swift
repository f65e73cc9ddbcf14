import AssetModel
import Foundation
internal import GRDB

/// What entries say about assets: taken in, inspected, tagged.
extension CatalogWriter {
    func applyImported(_ fact: JournalEntry.Imported, _ entry: JournalEntry) throws {
        let asset = try assetRow(fact.asset, fact.facts, entry, addedAt: entry.at)
        let earlier = try sql.first("SELECT min(entry) FROM origin WHERE asset = ?", asset) { $0.entry(0) } ?? nil
        try sql.run(
            "INSERT OR IGNORE INTO origin (asset, entry, at, path, encodedPath) VALUES (?, ?, ?, ?, ?)", asset,
            entry.id,
            entry.at.milliseconds, fact.path, fact.encodedPath)
        try replaceInspection(of: asset, fact.recipe, fact.note, fact.unread, entry)
        try refreshText(ofAsset: asset)
        // The item of a picture that was imported twice, also on two machines, is that of its earliest import.
        if let earlier, earlier <= entry.id { return }
        if let earlier { try removeItem(ofReference: asset, earlier) }
        try placeItems(
            [
                SearchItem(
                    tie: entry.id.low, asset: asset, generation: nil, position: nil, seed: try recipeSeed(asset),
                    createdAt: entry.at.milliseconds)
            ], of: entry.id)
    }

    func applyInspected(_ fact: JournalEntry.Inspected, _ entry: JournalEntry) throws {
        let asset = try assetRow(fact.asset, fact.facts, entry, addedAt: nil)
        try replaceInspection(of: asset, fact.recipe, fact.note, fact.unread, entry)
        try refreshText(ofAsset: asset)
    }

    /// The row of a digest, made if need be.
    func blobRow(_ digest: ContentDigest) throws -> Int64 {
        if let known = try sql.integer("SELECT id FROM blob WHERE digest = ?", digest) { return known }
        try sql.run("INSERT INTO blob (digest) VALUES (?)", digest)
        return db.lastInsertedRowID
    }

    /// The row of bytes that are no picture. A picture's own extension goes before any other name for its bytes.
    func fileRow(_ digest: ContentDigest, _ fileExtension: String, _ byteCount: Int64?) throws -> Int64 {
        let blob = try blobRow(digest)
        try sql.run(
            """
            UPDATE blob SET fileExtension = min(coalesce(fileExtension, ?2), ?2), byteCount = coalesce(?3, byteCount)
            WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM asset WHERE asset.id = ?1 AND format IS NOT NULL)
            """, blob, fileExtension, byteCount)
        return blob
    }

    /// The row of an asset about which something is said before anything is known of it, made if need be.
    func stub(ofAsset digest: ContentDigest) throws -> Int64 {
        let blob = try blobRow(digest)
        try sql.run("INSERT OR IGNORE INTO asset (id) VALUES (?)", blob)
        return blob
    }

    /// The row of an asset, made if need be. Its facts are those of the newest entry that has any; it is in the library since the
    /// earliest that brought it.
    func assetRow(
        _ digest: ContentDigest, _ facts: ImageFacts, _ entry: JournalEntry, addedAt: Timestamp?
    ) throws -> Int64 {
        let known = try sql.integer("SELECT id FROM blob WHERE digest = ?", digest)
        if known == nil {
            try sql.run(
                "INSERT INTO blob (digest, fileExtension, byteCount) VALUES (?, ?, ?)", digest,
                facts.format.fileExtension, facts.byteCount)
        }
        let asset = known ?? db.lastInsertedRowID
        try sql.run(
            """
            INSERT INTO asset (id, format, storedWidth, storedHeight, orientation, hasAlpha, bitDepth, channels,
                               colorProfile, frameCount, byteCount, factsBy, addedAt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET format = excluded.format, storedWidth = excluded.storedWidth,
                storedHeight = excluded.storedHeight, orientation = excluded.orientation, hasAlpha = excluded.hasAlpha,
                bitDepth = excluded.bitDepth, channels = excluded.channels, colorProfile = excluded.colorProfile,
                frameCount = excluded.frameCount, byteCount = excluded.byteCount, factsBy = excluded.factsBy
            WHERE factsBy IS NULL OR factsBy < excluded.factsBy
            """, asset, facts.format.rawValue, facts.storedSize.width, facts.storedSize.height,
            facts.orientation.rawValue, facts.hasAlpha, facts.bitDepth, facts.channels, facts.colorProfile,
            facts.frameCount, facts.byteCount, entry.id, addedAt?.milliseconds)
        guard known != nil else { return asset }
        if db.changesCount > 0 {
            try sql.run(
                "UPDATE blob SET fileExtension = ?, byteCount = ? WHERE id = ?", facts.format.fileExtension,
                facts.byteCount, asset)
            try refreshItems(ofAsset: asset)
        }
        if let addedAt {
            try sql.run(
                "UPDATE asset SET addedAt = ?2 WHERE id = ?1 AND (addedAt IS NULL OR addedAt > ?2)", asset,
                addedAt.milliseconds)
        }
        return asset
    }

    /// Writes everything that inspection owns beside the facts, unless a newer entry has spoken.
    private func replaceInspection(
        of asset: Int64, _ found: EmbeddedRecipe?, _ note: EmbeddedText?, _ unread: String?, _ entry: JournalEntry
    ) throws {
        try sql.run(
            """
            UPDATE asset SET note = ?2, unread = ?4, inspectedBy = ?3
            WHERE id = ?1 AND (inspectedBy IS NULL OR inspectedBy < ?3)
            """, asset, note?.text, entry.id, unread)
        guard db.changesCount > 0 else { return }
        try sql.run("DELETE FROM recipe WHERE asset = ?", asset)
        try sql.run("DELETE FROM recipeSeed WHERE asset = ?", asset)
        let recipe = found?.recipe
        if let found, let recipe {
            try sql.run(
                """
                INSERT INTO recipe (asset, generator, certainty, rule, prompt, negativePrompt, seed, steps, guidance,
                                    sampler, model, width, height, otherPrompts, settings)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, asset, recipe.generator, recipe.certainty.rawValue, found.rule, recipe.prompt,
                recipe.negativePrompt, recipe.seed.map(CatalogRows.column), recipe.steps, recipe.guidance,
                recipe.sampler, recipe.model, recipe.size?.width, recipe.size?.height,
                try CatalogRows.list(recipe.otherPrompts), try CatalogRows.list(recipe.settings))
            for (place, seed) in recipe.otherSeeds.enumerated() {
                try sql.run(
                    "INSERT INTO recipeSeed (asset, place, seed) VALUES (?, ?, ?)", asset, place,
                    CatalogRows.column(seed))
            }
        }
        if let item = try self.item(ofReference: asset) {
            try sql.run(
                "UPDATE searchItem SET seed = ? WHERE id = ?", recipe?.seed.map(CatalogRows.column), item)
        }
    }

    private func recipeSeed(_ asset: Int64) throws -> Int64? {
        try sql.integer("SELECT seed FROM recipe WHERE asset = ?", asset)
    }

    func applyTags(_ fact: JournalEntry.Labelled, isPresent: Bool, _ entry: JournalEntry) throws {
        for digest in fact.assets {
            let asset = try stub(ofAsset: digest)
            for tag in fact.tags {
                try sql.run(
                    """
                    INSERT INTO assetTag (asset, tag, isPresent, entry) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET tag = excluded.tag, isPresent = excluded.isPresent, entry = excluded.entry
                    WHERE excluded.entry > entry
                    """, asset, tag, isPresent, entry.id)
            }
            try refreshText(ofAsset: asset)
        }
    }
}
