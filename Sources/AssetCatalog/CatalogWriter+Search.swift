import AssetModel
internal import GRDB

/// One thing that a search can answer with: an imported picture, or one output of a run.
struct SearchItem: Hashable {
    /// The random half of the id of the entry that brought it: decides between machines that wrote in the same millisecond.
    let tie: UInt64
    let asset: Int64
    /// The run that made it; nil for an imported picture.
    let generation: Int64?
    /// Which output of the run.
    let position: Int?
    let seed: Int64?
    let createdAt: Int64

    static func < (left: Self, right: Self) -> Bool {
        (left.tie, left.position ?? -1, left.asset) < (right.tie, right.position ?? -1, right.asset)
    }
}

/// Items and their words.
///
/// The id of an item is the time of the entry that brought it, so newest first is the id backwards on every machine and an old
/// entry that arrives late lands in its place: 41 bits of milliseconds, 12 of the counter, 10 of the place among the items of
/// that millisecond and counter, by rank.
extension CatalogWriter {
    /// Where the milliseconds begin: 2020-01-01. 41 bits last until 2089.
    private static let epoch: UInt64 = 1_577_836_800_000
    /// How many items one millisecond and counter can have. What is beyond is in the library and not in a search.
    private static let placeCount = 1024

    /// No item of this time or later has a lower id, but for a second in which ids may lie off the clock.
    static func firstItem(at milliseconds: Int64) -> Int64 {
        Int64(shift(milliseconds, by: -1000) << 22)
    }

    /// No item before this time has a higher id, but for the same second.
    static func lastItem(at milliseconds: Int64) -> Int64 {
        milliseconds == .max ? .max : Int64(shift(milliseconds, by: 1000) << 22 | (1 << 22 - 1))
    }

    private static func shift(_ milliseconds: Int64, by distance: Int64) -> UInt64 {
        let bounded = UInt64(max(0, min(milliseconds, 1 << 42)) + 1000 + distance)
        return min(bounded - min(bounded, epoch + 1000), 1 << 41 - 1)
    }

    /// The time at which an item stands in the order of time, in milliseconds since 1970: that of its entry, not before 2020.
    static func milliseconds(ofItem item: Int64) -> Int64 { Int64(epoch) + (item >> 22) }

    /// The first item that can stand at a time.
    static func item(atMilliseconds milliseconds: Int64) -> Int64 {
        max(0, min(milliseconds - Int64(epoch), 1 << 41 - 1)) << 22
    }

    /// The first id of an entry's items.
    static func firstItem(_ entry: EntryID) -> Int64 {
        let milliseconds = min(entry.milliseconds - min(entry.milliseconds, epoch), 1 << 41 - 1)
        return Int64(milliseconds << 22 | entry.counter << 10)
    }

    /// Adds items of one entry.
    func placeItems(_ items: [SearchItem], of entry: EntryID) throws {
        let first = Self.firstItem(entry)
        let present = try self.items(from: first)
        try arrange(present, (present + items).sorted(by: <), from: first)
    }

    /// Removes the items of a run, which `entry` brought.
    func removeItems(ofRun generation: Int64, _ entry: EntryID) throws {
        let first = Self.firstItem(entry)
        let present = try items(from: first)
        try arrange(present, present.filter { $0.generation != generation }, from: first)
    }

    /// Removes the item of an imported picture, which `entry` brought.
    func removeItem(ofReference asset: Int64, _ entry: EntryID) throws {
        let first = Self.firstItem(entry)
        let present = try items(from: first)
        try arrange(present, present.filter { $0.generation != nil || $0.asset != asset }, from: first)
    }

    /// The id of an imported picture's item; nil when it has none.
    func item(ofReference asset: Int64) throws -> Int64? {
        guard
            let entry = try sql.first("SELECT min(entry) FROM origin WHERE asset = ?", asset, row: { $0.entry(0) })
                ?? nil
        else { return nil }
        let first = Self.firstItem(entry)
        return try sql.integer(
            "SELECT id FROM searchItem WHERE id BETWEEN ? AND ? AND asset = ? AND generation IS NULL", first,
            first + Int64(Self.placeCount - 1), asset)
    }

    private func items(from first: Int64) throws -> [SearchItem] {
        try sql.rows(
            """
            SELECT tie, asset, generation, position, seed, createdAt FROM searchItem WHERE id BETWEEN ? AND ?
            ORDER BY id
            """, first, first + Int64(Self.placeCount - 1)
        ) { row in
            SearchItem(
                tie: UInt64(bitPattern: row.integer(0) ?? 0), asset: row.integer(1) ?? 0, generation: row.integer(2),
                position: row.integer(3).map(Int.init), seed: row.integer(4), createdAt: row.integer(5) ?? 0)
        }
    }

    /// Makes the items of one millisecond and counter what they should be; those that stand right stay.
    private func arrange(_ present: [SearchItem], _ wanted: [SearchItem], from first: Int64) throws {
        let wanted = wanted.prefix(Self.placeCount)
        let sound = zip(present, wanted).prefix { $0 == $1 }.count
        for place in sound..<max(sound, present.count) {
            let id = first + Int64(place)
            try forgetText(of: id)
            try sql.run("DELETE FROM searchItem WHERE id = ?", id)
        }
        for place in sound..<max(sound, wanted.count) {
            let (id, item) = (first + Int64(place), wanted[place])
            try sql.run(
                """
                INSERT INTO searchItem (id, tie, asset, generation, position, seed, createdAt, width, height, format, model,
                                        promptKey)
                SELECT ?1, ?2, asset.id, ?4, ?5, ?6, ?7,
                       CASE WHEN orientation >= 5 THEN storedHeight ELSE storedWidth END,
                       CASE WHEN orientation >= 5 THEN storedWidth ELSE storedHeight END, format, generation.model,
                       promptKey(generation.prompt)
                FROM asset LEFT JOIN generation ON generation.id = ?4 WHERE asset.id = ?3
                """, id, Int64(bitPattern: item.tie), item.asset, item.generation, item.position, item.seed,
                item.createdAt)
            try rememberText(of: id)
            try rememberWords(ofNew: id)
            try refreshItems(ofAsset: item.asset)
        }
    }

    // MARK: - Words

    /// Writes again what a search can find of an asset: its prompt, the names it was seen under, its tags, its title, notes and
    /// description, and what weighs less: further prompts and what no rule understood. In bulk that is
    /// done at the end, for all.
    func refreshText(ofAsset asset: Int64) throws {
        guard !isBulk else { return }
        let wanted = try sql.first(
            """
            SELECT prompt, names, tags, more, notes FROM currentAssetText
            WHERE asset = ? AND (prompt <> '' OR names <> '' OR tags <> '' OR more <> '' OR notes <> '')
            """, asset
        ) { row in (0..<5).map { row.text($0) } }
        let known = try sql.first("SELECT prompt, names, tags, more, notes FROM assetText WHERE asset = ?", asset) {
            row in
            (0..<5).map { row.text($0) }
        }
        guard known != wanted else { return }
        let items = try sql.rows("SELECT id FROM searchItem WHERE asset = ?", asset) { $0.integer(0) ?? 0 }
        for item in items { try forgetText(of: item) }
        try sql.run("DELETE FROM assetText WHERE asset = ?", asset)
        if let wanted {
            try sql.run(
                "INSERT INTO assetText (asset, prompt, names, tags, more, notes) VALUES (?, ?, ?, ?, ?, ?)", asset,
                wanted[0], wanted[1], wanted[2], wanted[3], wanted[4])
        }
        for item in items { try rememberText(of: item) }
        // A tag more makes no other word of a prompt.
        for (new, old) in zip(wanted ?? [], known ?? Array(repeating: nil, count: 5)) where new != old {
            try rememberWords(in: new ?? "")
        }
    }

    /// Takes an item's words out of the index, while its rows still say what they were.
    func forgetText(of item: Int64) throws {
        guard !isBulk else { return }
        try sql.run(
            """
            INSERT INTO searchIndex (searchIndex, rowid, prompt, names, tags, more, notes)
            SELECT 'delete', id, prompt, names, tags, more, notes FROM searchText WHERE id = ?
            """, item)
    }

    func rememberText(of item: Int64) throws {
        guard !isBulk else { return }
        try sql.run(
            """
            INSERT INTO searchIndex (rowid, prompt, names, tags, more, notes)
            SELECT id, prompt, names, tags, more, notes FROM searchText WHERE id = ?
            """, item)
    }

    /// What a fold in bulk leaves to the end: texts and their index, for all at once.
    func finishTexts(indexed: Bool) throws {
        try sql.run(
            """
            INSERT INTO assetText (asset, prompt, names, tags, more, notes)
            SELECT asset, prompt, names, tags, more, notes FROM currentAssetText
            WHERE prompt <> '' OR names <> '' OR tags <> '' OR more <> '' OR notes <> ''
            """)
        guard indexed else { return }
        try sql.run("INSERT INTO searchIndex (searchIndex) VALUES ('rebuild')")
        try finishWords()
    }
}
