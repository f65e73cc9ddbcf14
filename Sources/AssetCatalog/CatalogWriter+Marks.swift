package import AssetModel
internal import GRDB

/// What a person says of pictures, runs and sets: registers, of which the newest entry wins.
extension CatalogWriter {
    func applyMarked(_ fact: JournalEntry.Marked, _ entry: JournalEntry) throws {
        let set = try fact.set.map { try row(ofSet: $0) } ?? 0
        if fact.assets.isEmpty, fact.runs.isEmpty, set != 0 { try keep(fact, Subject(namedSet: set), entry) }
        for digest in fact.assets {
            let asset = try stub(ofAsset: digest)
            guard try keep(fact, Subject(asset: asset, namedSet: set), entry), set == 0 else { continue }
            switch fact.field {
            case .rating, .favourite, .trashed: try refreshItems(ofAsset: asset)
            case .title, .note: try refreshText(ofAsset: asset)
            case .query, .cover, .role: break
            }
        }
        for name in fact.runs {
            let subject = Subject(generation: try row(ofRun: name).id)
            let items = fact.field == .title || fact.field == .note ? try self.items(ofRun: subject.generation) : []
            // What the index forgets must be what it has read.
            for item in items { try forgetText(of: item) }
            try keep(fact, subject, entry)
            for item in items { try rememberText(of: item) }
            if case .text(let words) = fact.value, !items.isEmpty { try rememberWords(in: words) }
        }
    }

    /// What a register belongs to; 0 where nothing of that kind is concerned.
    private struct Subject {
        var asset: Int64 = 0
        var generation: Int64 = 0
        var namedSet: Int64 = 0
    }

    /// Whether the entry is the newest that speaks of this.
    @discardableResult
    private func keep(_ fact: JournalEntry.Marked, _ subject: Subject, _ entry: JournalEntry) throws -> Bool {
        let value: (any Bindable)? =
            switch fact.field.accepted(fact.value) {
            case .text(let text): text
            case .number(let number): number
            case .flag(let flag): flag
            case nil: nil
            }
        try sql.run(
            """
            INSERT INTO register (field, asset, generation, namedSet, value, entry) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET value = excluded.value, entry = excluded.entry WHERE excluded.entry > entry
            """, fact.field.rawValue, subject.asset, subject.generation, subject.namedSet, value, entry.id)
        return db.changesCount > 0
    }

    /// The items of a run's pictures.
    private func items(ofRun generation: Int64) throws -> [Int64] {
        guard !isBulk else { return [] }
        return try sql.rows(
            """
            SELECT DISTINCT searchItem.id FROM generationOutput AS made
            JOIN searchItem ON searchItem.asset = made.asset AND searchItem.generation = made.generation
            WHERE made.generation = ?
            """, generation
        ) { $0.integer(0) ?? 0 }
    }

    /// Copies what a search filters and sorts by to the items of an asset. In bulk that is done at the end, for all.
    func refreshItems(ofAsset asset: Int64) throws {
        if let leftovers {
            leftovers.changed.insert(asset)
            return
        }
        let statement = try db.cachedStatement(sql: "\(Self.refreshing) WHERE searchItem.asset = ?")
        try statement.execute(arguments: [asset])
    }

    /// What a fold in bulk leaves to the end.
    func finishItems(changed: Set<Int64>) throws {
        for asset in changed { try refreshItems(ofAsset: asset) }
    }

    private static let refreshing = """
        UPDATE searchItem SET
            (width, height, format) = (
                SELECT CASE WHEN orientation >= 5 THEN storedHeight ELSE storedWidth END,
                       CASE WHEN orientation >= 5 THEN storedWidth ELSE storedHeight END, format
                FROM asset WHERE asset.id = searchItem.asset),
            rating = coalesce((SELECT value FROM register WHERE field = 'rating' AND register.asset = searchItem.asset
                               AND register.generation = 0 AND namedSet = 0), 0),
            isFavourite = coalesce((SELECT value FROM register WHERE field = 'favourite'
                AND register.asset = searchItem.asset AND register.generation = 0 AND namedSet = 0), 0),
            isTrashed = coalesce((SELECT value FROM register WHERE field = 'trashed'
                AND register.asset = searchItem.asset AND register.generation = 0 AND namedSet = 0), 0)
        """

    // MARK: - Looking, under the lock

    /// What some assets hold in a field, of those that hold anything; with `set`, as its members.
    package func marks(
        _ field: MarkField, of assets: [ContentDigest], in set: String? = nil
    ) throws(CatalogError) -> [ContentDigest: MarkValue] {
        try translating {
            guard let setRow = try Self.row(ofKnownSet: set, db) else { return [:] }
            var marks: [ContentDigest: MarkValue] = [:]
            for digest in assets where marks[digest] == nil {
                marks[digest] =
                    try sql.first(
                        """
                        SELECT value FROM register JOIN blob ON blob.id = register.asset
                        WHERE field = ? AND blob.digest = ? AND generation = 0 AND namedSet = ?
                        """, field.rawValue, digest, setRow
                    ) { field.value($0, 0) } ?? nil
            }
            return marks
        }
    }

    /// What some runs hold in a field, of those that hold anything.
    package func marks(_ field: MarkField, of runs: [Run.ID]) throws(CatalogError) -> [Run.ID: MarkValue] {
        try translating {
            var marks: [Run.ID: MarkValue] = [:]
            for run in runs where marks[run] == nil {
                marks[run] =
                    try sql.first(
                        """
                        SELECT value FROM generation JOIN register ON register.generation = generation.id
                        WHERE generation.name = ? AND field = ? AND register.asset = 0 AND namedSet = 0
                        """, run.text, field.rawValue
                    ) { field.value($0, 0) } ?? nil
            }
            return marks
        }
    }

    /// What a set holds in a field; nil when it holds nothing, or there is no such set.
    package func mark(_ field: MarkField, ofSet name: String) throws(CatalogError) -> MarkValue? {
        try translating {
            guard let set = try Self.row(ofKnownSet: name, db) else { return nil }
            return try sql.first(
                "SELECT value FROM register WHERE field = ? AND asset = 0 AND generation = 0 AND namedSet = ?",
                field.rawValue, set
            ) { field.value($0, 0) } ?? nil
        }
    }

    /// The row of a set, whether it is there now or was once; 0 for no set; nil for one that never was.
    private static func row(ofKnownSet name: String?, _ db: Database) throws -> Int64? {
        guard let name else { return 0 }
        return try SQL(db: db).integer("SELECT id FROM namedSet WHERE key = ?", name)
    }
}

extension MarkField {
    /// The value in a column; nil for NULL.
    func value(_ row: SQLRow, _ column: Int32) -> MarkValue? {
        guard !row.isNull(column) else { return nil }
        switch self {
        case .title, .note, .query, .cover, .role: return row.text(column).map { .text($0) }
        case .rating: return row.integer(column).map { .number(Int($0)) }
        case .favourite, .trashed: return .flag(row.integer(column) != 0)
        }
    }
}

extension Marks {
    /// What was said of an asset or a run, by its row.
    static func read(asset: Int64 = 0, generation: Int64 = 0, _ db: Database) throws -> Marks {
        var values: [MarkField: MarkValue] = [:]
        let rows = try SQL(db: db).rows(
            """
            SELECT field, value FROM register
            WHERE field IN ('title', 'note', 'rating', 'favourite', 'trashed')
                  AND asset = ? AND generation = ? AND namedSet = 0
            """, asset, generation
        ) { row in row.text(0).flatMap(MarkField.init(rawValue:)).map { ($0, $0.value(row, 1)) } }
        for case let (field, value)? in rows { values[field] = value }
        return Marks(
            title: values[.title]?.text, note: values[.note]?.text, rating: values[.rating]?.number ?? 0,
            isFavourite: values[.favourite] != nil, isTrashed: values[.trashed] != nil)
    }
}
