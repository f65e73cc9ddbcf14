package import AssetModel
internal import GRDB

/// The catalog's write lock, held: the only way in which journal entries become rows.
///
/// The order of arrival never matters: any entries, in any order, in any pieces, once or more often, come to the same rows. What
/// people say belongs to the newest entry that says it, a run's end to the oldest; what is said of something not known yet waits
/// in a row that later entries complete.
package struct CatalogWriter {
    let db: Database
    /// What is left to the end while a whole journal is folded into an empty catalog; nil while single actions are applied.
    let leftovers: Leftovers?

    /// What a fold in bulk does at its end, for all at once, beside texts and indexes.
    final class Leftovers {
        /// Assets of which it must be found again when they came.
        var assets: Set<Int64> = []
        /// Assets of which something was told that their items repeat.
        var changed: Set<Int64> = []
        /// The rows of `word`, of which there are few.
        var words: [String: Int64] = [:]
    }

    init(db: Database, leftovers: Leftovers? = nil) {
        self.db = db
        self.leftovers = leftovers
        sql = SQL(db: db)
    }

    /// Whether texts and their index wait for the end.
    var isBulk: Bool { leftovers != nil }

    let sql: SQL
    let knownWords = KnownWords()

    /// How far each segment has been applied.
    package func positions() throws(CatalogError) -> [JournalPosition] {
        try translating {
            try sql.rows("SELECT replica, segment, byteOffset FROM journalPosition") { row in
                JournalPosition(
                    replica: row.text(0) ?? "", segment: Int(row.integer(1) ?? 1), byteOffset: row.integer(2) ?? 0)
            }
        }
    }

    /// The newest entry of any machine that has been applied; nil when there is none.
    package func newestEntry() throws(CatalogError) -> EntryID? {
        try translating { try sql.first("SELECT max(lastEntry) FROM journalPosition") { $0.entry(0) } ?? nil }
    }

    /// How far a run has come; nil when there is none of this id.
    package func state(of id: Run.ID) throws(CatalogError) -> Run.State? {
        try translating {
            try sql.first("SELECT state FROM generation WHERE name = ? AND plannedBy IS NOT NULL", id.text) {
                $0.text(0)
            } ?? nil
        }.flatMap(Run.State.init(rawValue:))
    }

    /// Applies entries whose derived values were made before, on another thread.
    package func apply(_ entries: [PreparedEntry], upTo position: JournalPosition) throws(CatalogError) {
        try translating { for entry in entries { try apply(entry) } }
        if let newest = entries.lazy.map(\.entry.id).max() { try advance(to: position, after: newest) }
    }

    /// Applies entries. One that breaks a rule of the schema is an error, and nothing remains of it.
    package func apply(_ entries: [JournalEntry]) throws(CatalogError) {
        try translating { for entry in entries { try apply(PreparedEntry(entry, in: nil)) } }
    }

    /// Remembers that a segment has been read up to `position`, where no entry was newer than `entry`.
    package func advance(to position: JournalPosition, after entry: EntryID) throws(CatalogError) {
        try translating {
            try sql.run(
                """
                INSERT INTO journalPosition (replica, segment, byteOffset, lastEntry) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET byteOffset = excluded.byteOffset, lastEntry = max(lastEntry, excluded.lastEntry)
                """, position.replica, position.segment, position.byteOffset, entry)
        }
    }

    /// Applies what was read of a segment up to `position`.
    package func apply(_ entries: [JournalEntry], upTo position: JournalPosition) throws(CatalogError) {
        try translating {
            for entry in entries { try apply(PreparedEntry(entry, in: position.replica)) }
        }
        // Lines without an entry, such as a segment's header, are read too, and are older than any entry.
        let newest = entries.lazy.map(\.id).max() ?? EntryID(high: 0, low: 0)
        try advance(to: position, after: newest)
    }

    /// Remembers which replica some entries were just written down in: nothing sends a run of another replica without being asked
    /// to, and undo without a name means the last action of this one.
    package func notePlans(_ entries: [JournalEntry], in replica: String) throws(CatalogError) {
        try translating {
            for entry in entries {
                if entry.fact.isCurating {
                    try sql.run("UPDATE curation SET replica = ? WHERE entry = ?", try word(replica), entry.id)
                }
                guard case .planned = entry.fact else { continue }
                try sql.run("UPDATE generation SET plannedIn = ? WHERE plannedBy = ?", try word(replica), entry.id)
            }
        }
    }

    private func apply(_ prepared: PreparedEntry) throws {
        let entry = prepared.entry
        switch entry.fact {
        case .imported(let fact): try applyImported(fact, entry)
        case .inspected(let fact): try applyInspected(fact, entry)
        case .tagged(let fact): try applyTags(fact, isPresent: true, entry)
        case .untagged(let fact): try applyTags(fact, isPresent: false, entry)
        case .marked(let fact): try applyMarked(fact, entry)
        case .setCreated(let fact): try applySet(fact, .created, entry)
        case .setDeleted(let fact): try applySet(fact, .deleted, entry)
        case .setExtended(let fact): try applySet(fact, .joined, entry)
        case .setReduced(let fact): try applySet(fact, .left, entry)
        case .setArranged(let fact): try applySet(fact, .arranged, entry)
        case .planned(let fact): try applyPlanned(fact, prepared)
        case .sending(let fact): try applySending(fact, entry)
        case .submitted(let fact): try applySubmitted(fact, entry)
        case .refused(let fact): try applyRefused(fact, entry)
        case .arrived(let fact): try applyArrived(fact, entry)
        case .finished(let fact): try applyEnd(.finished(fact), of: fact.generation, prepared)
        case .failed(let fact): try applyEnd(.failed(fact), of: fact.generation, prepared)
        case .cancelled(let fact): try applyEnd(.cancelled, of: fact.generation, prepared)
        case .pricesSeen(let fact): try applyPricesSeen(fact, entry)
        case .uploaded(let fact): try applyUploaded(fact, entry)
        case .uploadLost(let fact): try applyUploadLost(fact, entry)
        case .uploadsChecked(let fact): try applyUploadsChecked(fact, entry)
        case .uploadsPlanned(let fact): try applyUploadsPlanned(fact, entry)
        case .undone: break
        }
        if prepared.isCurating { try keepCuration(prepared) }
    }

    /// The row of a text that many rows repeat, such as a model's name.
    func word(_ text: String) throws -> Int64 {
        if let known = leftovers?.words[text] { return known }
        var word = try sql.integer("SELECT id FROM word WHERE text = ?", text)
        if word == nil { try sql.run("INSERT INTO word (text) VALUES (?)", text) }
        word = word ?? db.lastInsertedRowID
        leftovers?.words[text] = word
        return word ?? 0
    }

    func translating<Value>(_ body: () throws -> Value) throws(CatalogError) -> Value {
        do { return try body() } catch { throw CatalogError(error) }
    }
}

extension Catalog {
    /// Takes the write lock for the length of `body`, and commits what it applied when it returns.
    ///
    /// The lock is SQLite's own and holds between processes, so it also guards the journal that `body` appends to. When
    /// `body` throws, nothing it applied remains, and its error comes out as it is. Waits up to five seconds for another program
    /// that has the lock, or a twentieth of one when `isUrgent` is false; then the error is `busy`.
    package func withWriteLock<Value: Sendable>(
        isUrgent: Bool = true, _ body: @Sendable @escaping (CatalogWriter) throws -> Value
    ) async throws -> Value {
        do {
            return try await connections.write(isUrgent ? .usual : .short) { db in try body(CatalogWriter(db: db)) }
        } catch let error as DatabaseError {
            throw CatalogError(error)
        }
    }
}
