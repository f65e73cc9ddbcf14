package import AssetModel
internal import GRDB

/// The catalog's write lock, held: the only way in which journal entries become rows.
///
/// Applying twice equals applying once, and applying live equals applying all of them again. What two machines may say
/// about the same thing (a tag, a member, a state) is decided by the entries themselves, not by the order of arrival.
package struct CatalogWriter {
    let db: Database

    /// How far each segment has been applied.
    package func positions() throws(CatalogError) -> [JournalPosition] {
        try translating {
            try Row.fetchAll(db.cachedStatement(sql: "SELECT replica, segment, byteOffset FROM journalPosition")).map {
                JournalPosition(replica: $0["replica"], segment: $0["segment"], byteOffset: $0["byteOffset"])
            }
        }
    }

    /// The newest entry of any machine that has been applied; nil when there is none.
    package func newestEntry() throws(CatalogError) -> EntryID? {
        try translating {
            try String.fetchOne(db.cachedStatement(sql: "SELECT max(lastEntry) FROM journalPosition"))
        }.flatMap { EntryID(parsing: $0) }
    }

    /// How far a generation has come; nil when there is none of this id.
    package func state(of id: Run.ID) throws(CatalogError) -> Run.State? {
        try translating {
            try String.fetchOne(db, sql: "SELECT state FROM generation WHERE name = ?", arguments: [id.text])
        }.flatMap(Run.State.init(rawValue:))
    }

    /// Applies entries in order. An entry that breaks a rule of the schema is an error, and nothing remains of it.
    package func apply(_ entries: [JournalEntry]) throws(CatalogError) {
        try translating { for entry in entries { try apply(entry) } }
    }

    /// Remembers that a segment has been read up to `position`, where `entry` was its last.
    package func advance(to position: JournalPosition, after entry: EntryID) throws(CatalogError) {
        try translating {
            try run(
                """
                INSERT INTO journalPosition (replica, segment, byteOffset, lastEntry) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET byteOffset = excluded.byteOffset, lastEntry = max(lastEntry, excluded.lastEntry)
                """, position.replica, position.segment, position.byteOffset, entry.text)
        }
    }

    /// Applies what was read of a segment up to `position`.
    package func apply(_ entries: [JournalEntry], upTo position: JournalPosition) throws(CatalogError) {
        try apply(entries)
        if let last = entries.last { try advance(to: position, after: last.id) }
    }

    /// Empties every table that entries fill, and the claims.
    package func erase() throws(CatalogError) {
        try translating {
            // Children before parents, as the foreign keys want it.
            for table in [
                "searchText", "searchItem", "generationDrift", "generationFile", "generationOutput", "plannedUpload",
                "generationInput",
                "generation",
                "setMember",
                "namedSet",
                "assetTag", "origin", "recipe", "upload", "uploadClaim", "asset", "journalPosition",
            ] {
                try db.execute(sql: "DELETE FROM \(table)")
            }
        }
    }

    private func apply(_ entry: JournalEntry) throws {
        switch entry.fact {
        case .imported(let fact): try applyImported(fact, entry)
        case .inspected(let fact): try applyInspected(fact, entry)
        case .tagged(let fact): try applyTags(fact, isPresent: true, entry)
        case .untagged(let fact): try applyTags(fact, isPresent: false, entry)
        case .setCreated(let fact): try applySet(fact, isPresent: true, entry)
        case .setDeleted(let fact): try applySet(fact, isPresent: false, entry)
        case .setExtended(let fact): try applyMembers(fact, .joined, entry)
        case .setReduced(let fact): try applyMembers(fact, .left, entry)
        case .setArranged(let fact): try applyMembers(fact, .arranged, entry)
        case .planned(let fact): try applyPlanned(fact, entry)
        case .sending(let fact): try applySending(fact, entry)
        case .submitted(let fact): try applySubmitted(fact, entry)
        case .arrived(let fact): try applyArrived(fact, entry)
        case .finished(let fact): try applyFinished(fact, entry)
        case .failed(let fact): try applyFailed(fact, entry)
        case .cancelled(let fact): try applyCancelled(fact, entry)
        case .uploaded(let fact): try applyUploaded(fact, entry)
        case .uploadLost(let fact): try applyUploadLost(fact, entry)
        case .uploadsChecked(let fact): try applyUploadsChecked(fact, entry)
        case .uploadsPlanned(let fact): try applyUploadsPlanned(fact)
        }
    }

    /// Runs one statement; its compiled form is kept by the connection.
    func run(_ sql: String, _ arguments: (any DatabaseValueConvertible)?...) throws {
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
    }

    /// The first column of the first row.
    func one<Value: DatabaseValueConvertible>(
        _ type: Value.Type, _ sql: String, _ arguments: (any DatabaseValueConvertible)?...
    ) throws -> Value? {
        try Value.fetchOne(db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    }

    func translating<Value>(_ body: () throws -> Value) throws(CatalogError) -> Value {
        do { return try body() } catch { throw CatalogError(error) }
    }
}

extension Catalog {
    /// Takes the write lock for the length of `body`, and commits what it applied when it returns.
    ///
    /// The lock is SQLite's own and holds between processes, so it also guards the journal that `body` appends to. When
    /// `body` throws, nothing it applied remains, and its error comes out as it is.
    package func withWriteLock<Value: Sendable>(
        _ body: @Sendable @escaping (CatalogWriter) throws -> Value
    ) async throws -> Value {
        do {
            return try await database.write { db in try body(CatalogWriter(db: db)) }
        } catch let error as DatabaseError {
            throw CatalogError(error)
        }
    }
}
