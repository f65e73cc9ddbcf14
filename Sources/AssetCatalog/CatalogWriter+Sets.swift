import AssetModel
internal import GRDB

/// What entries say about sets.
///
/// Whether an addition moves a member depends on whether it was one: those that are in a set stay where they are. So every
/// change is kept as an event, and a member is what its events say, replayed in the order of their entries.
extension CatalogWriter {
    /// What one event does. Raw values are what the table says.
    enum SetChange: String {
        case created, joined, left, arranged, deleted
    }

    func applySet(_ fact: JournalEntry.SetChange, _ change: SetChange, _ entry: JournalEntry) throws {
        let set = try row(ofSet: fact.set)
        try sql.run(
            """
            INSERT OR IGNORE INTO setEvent (namedSet, entry, place, change, at, name) VALUES (?, ?, -1, ?, ?, ?)
            """, set, entry.id, change.rawValue, (fact.createdAt ?? entry.at).milliseconds,
            fact.set)
        // Told before.
        guard db.changesCount > 0 else { return }
        let newest = try sql.first("SELECT max(entry) FROM setEvent WHERE namedSet = ?", set) { $0.entry(0) } ?? nil
        var assets: [Int64] = []
        var placed: [(asset: Int64, place: Int)] = []
        if change != .created, change != .deleted {
            // An asset that a line names twice joins where it stands first, and is arranged where it stands last.
            var places: [ContentDigest: Int] = [:]
            for (place, digest) in fact.assets.enumerated() where change == .arranged || places[digest] == nil {
                places[digest] = place
            }
            for (digest, place) in places {
                let asset = try stub(ofAsset: digest)
                assets.append(asset)
                placed.append((asset, place))
                try sql.run(
                    "INSERT OR IGNORE INTO setEvent (namedSet, entry, place, change, asset) VALUES (?, ?, ?, ?, ?)",
                    set, entry.id, place, change.rawValue, asset)
            }
        }
        let deletion = try lastDeletion(of: set)
        try nameSet(set, after: deletion)
        // Mostly nothing newer is known of the set, and what this says is done to the members as they are: replaying all that was
        // ever said of each would make every further order of a large set dearer.
        if newest == entry.id { return try continueSet(set, change, placed, entry) }
        if change == .deleted, deletion == entry.id {
            assets = try sql.rows(
                "SELECT DISTINCT asset FROM setMember WHERE namedSet = ?", set
            ) { $0.integer(0) ?? 0 }
        }
        for asset in assets { try placeMember(asset, of: set, after: deletion) }
    }

    /// Does to a set's members what its newest entry says.
    private func continueSet(
        _ set: Int64, _ change: SetChange, _ placed: [(asset: Int64, place: Int)], _ entry: JournalEntry
    ) throws {
        switch change {
        case .created: break
        case .deleted: try sql.run("DELETE FROM setMember WHERE namedSet = ?", set)
        case .joined:
            for (asset, place) in placed {
                try sql.run(
                    "INSERT OR IGNORE INTO setMember (namedSet, asset, entry, place) VALUES (?, ?, ?, ?)", set, asset,
                    entry.id, place)
            }
        case .left:
            for (asset, _) in placed {
                try sql.run("DELETE FROM setMember WHERE namedSet = ? AND asset = ?", set, asset)
            }
        case .arranged:
            for (asset, place) in placed {
                try sql.run(
                    "UPDATE setMember SET entry = ?, place = ? WHERE namedSet = ? AND asset = ?", entry.id, place, set,
                    asset)
            }
        }
    }

    /// The row of a set, made if need be.
    func row(ofSet name: String) throws -> Int64 {
        if let known = try sql.integer("SELECT id FROM namedSet WHERE key = ?", name) { return known }
        // The key is the same on every machine, whichever spelling came first.
        try sql.run("INSERT INTO namedSet (key) VALUES (?)", name.asciiLowercased)
        return db.lastInsertedRowID
    }

    private func lastDeletion(of set: Int64) throws -> EntryID? {
        try sql.first("SELECT max(entry) FROM setEvent WHERE namedSet = ? AND change = 'deleted'", set) {
            $0.entry(0)
        } ?? nil
    }

    /// A set is there when something has made it since it was last deleted; it is called what that called it.
    private func nameSet(_ set: Int64, after deletion: EntryID?) throws {
        let made = try sql.first(
            """
            SELECT name, at FROM setEvent
            WHERE namedSet = ? AND entry > coalesce(?, x'') AND place = -1 AND change IN ('created', 'joined', 'arranged')
            ORDER BY entry LIMIT 1
            """, set, deletion
        ) { ($0.text(0), $0.integer(1)) }
        try sql.run("UPDATE namedSet SET name = ?2, createdAt = ?3 WHERE id = ?1", set, made?.0, made?.1)
    }

    private func placeMember(_ asset: Int64, of set: Int64, after deletion: EntryID?) throws {
        var place: (entry: EntryID, number: Int64)?
        let events = try sql.rows(
            """
            SELECT change, entry, place FROM setEvent
            WHERE namedSet = ? AND asset = ? AND entry > coalesce(?, x'') ORDER BY entry, place
            """, set, asset, deletion
        ) { ($0.text(0).flatMap(SetChange.init(rawValue:)), $0.entry(1), $0.integer(2) ?? 0) }
        for case let (change?, entry?, number) in events {
            switch change {
            case .joined: place = place ?? (entry, number)
            case .left: place = nil
            case .arranged: if place != nil { place = (entry, number) }
            case .created, .deleted: break
            }
        }
        guard let place else {
            return try sql.run("DELETE FROM setMember WHERE namedSet = ? AND asset = ?", set, asset)
        }
        try sql.run(
            """
            INSERT INTO setMember (namedSet, asset, entry, place) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET entry = excluded.entry, place = excluded.place
            """, set, asset, place.entry, place.number)
    }
}
