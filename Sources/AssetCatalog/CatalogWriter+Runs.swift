import AssetModel
import Foundation
internal import GRDB

/// What entries say about runs on their way to their end.
///
/// A run only moves towards its end; of two ends the earlier one is the end. Any fact can be the first that is heard of a run: its
/// row then waits, without a plan, for the others.
extension CatalogWriter {
    /// A run's row, as far as deciding about it takes.
    struct RunRow {
        let id: Int64
        let name: Run.ID
        let state: Run.State
        /// The entry that decided the state; nil while nothing has.
        let stateBy: EntryID?
        let isPlanned: Bool
        let askedSeed: Int64?
        let answeredSeed: Int64?

        var seed: Int64? { answeredSeed ?? askedSeed }
    }

    func applyPlanned(_ fact: JournalEntry.Planned, _ prepared: PreparedEntry) throws {
        let entry = prepared.entry
        let known = try row(knownOf: fact.generation)
        if let known, known.isPlanned {
            // Planned twice: the first plan counts.
            guard
                try sql.integer("SELECT 1 FROM generation WHERE id = ? AND plannedBy > ?", known.id, entry.id) != nil
            else { return }
            if let source = try outcomeSource(of: known) { try removeItems(ofRun: known.id, source.entry) }
            try sql.run("UPDATE generationInput SET asset = NULL WHERE generation = ?", known.id)
        }
        let seed = fact.parameters["seed"]?.seed.map(CatalogRows.column)
        let terms = try fact.terms.map(CatalogRows.json)
        let filing = try fact.filing.map(CatalogRows.json)
        let images = Self.plannedImages(fact.parameters)
        let replica = try prepared.replica.map(word)
        // What was brought home happened when fal took it.
        let plannedAt = (fact.sentAt ?? entry.at).milliseconds
        let run: RunRow
        if let known {
            run = known
            try sql.run(
                """
                UPDATE generation SET plannedBy = ?2, plannedAt = ?3, model = ?4, host = ?5, recipeKey = ?6, askedSeed = ?7,
                    plannedWidth = ?8, plannedHeight = ?9, prompt = ?10, parameters = ?11, terms = ?12, plannedIn = ?13,
                    plannedImages = ?14, requestedAt = ?15, filing = ?16
                WHERE id = ?1
                """, run.id, entry.id, plannedAt, try word(fact.model), try word(fact.host.name),
                prepared.recipeKey, seed, fact.size?.width, fact.size?.height, fact.prompt, prepared.json, terms,
                replica, images, fact.sentAt?.milliseconds, filing)
        } else {
            // Nearly always the plan is the first that is heard of a run: one row, written once.
            try sql.run(
                """
                INSERT INTO generation (name, state, stateBy, changedAt, plannedBy, plannedAt, model, host, recipeKey,
                                        askedSeed, plannedWidth, plannedHeight, prompt, parameters, terms, plannedIn,
                                        plannedImages, requestedAt, filing)
                VALUES (?1, 'planned', ?2, ?3, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
                """, fact.generation.text, entry.id, plannedAt, try word(fact.model),
                try word(fact.host.name), prepared.recipeKey, seed, fact.size?.width, fact.size?.height, fact.prompt,
                prepared.json, terms, replica, images, fact.sentAt?.milliseconds, filing)
            run = RunRow(
                id: db.lastInsertedRowID, name: fact.generation, state: .planned, stateBy: entry.id, isPlanned: true,
                askedSeed: seed, answeredSeed: nil)
        }
        for (position, digest) in fact.references.members.enumerated() {
            try sql.run(
                """
                INSERT INTO generationInput (generation, position, asset) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET asset = excluded.asset
                """, run.id, position, try blobRow(digest))
        }
        guard let known else { return }
        if known.isPlanned { try forgetEmptyInputs(of: run.id) }
        try move(run, to: .planned, entry, at: plannedAt)
        // What came before its plan is told in full now.
        if run.isPlanned || run.stateBy != nil || run.answeredSeed != nil {
            let planned = try row(ofRun: fact.generation)
            if seed == nil, planned.state == .finished, planned.answeredSeed != nil { try nameRecipe(of: planned) }
            if planned.state == .finished { try deriveDrift(of: planned) }
            try writeItems(of: planned)
        }
    }

    func applySending(_ fact: JournalEntry.Sending, _ entry: JournalEntry) throws {
        let run = try row(ofRun: fact.generation)
        let newest = try noteAttempt(of: run, entry)
        try deriveAttempts(of: run)
        // Sent again with other URLs, the newest are those that fal was given.
        guard newest else { return }
        try sql.run(
            "UPDATE generationInput SET url = NULL WHERE generation = ? AND position >= ?", run.id, fact.urls.count)
        for (position, url) in fact.urls.enumerated() {
            try sql.run(
                """
                INSERT INTO generationInput (generation, position, url) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET url = excluded.url
                """, run.id, position, url)
        }
        try forgetEmptyInputs(of: run.id)
    }

    func forgetEmptyInputs(of generation: Int64) throws {
        try sql.run("DELETE FROM generationInput WHERE generation = ? AND asset IS NULL AND url IS NULL", generation)
    }

    func applySubmitted(_ fact: JournalEntry.Submitted, _ entry: JournalEntry) throws {
        let run = try row(ofRun: fact.generation)
        try move(run, to: .submitted, entry)
        try sql.run(
            """
            UPDATE generation SET submittedBy = ?2, requestID = ?3, statusURL = ?4, responseURL = ?5, cancelURL = ?6
            WHERE id = ?1 AND (submittedBy IS NULL OR submittedBy < ?2)
            """, run.id, entry.id, fact.request.id, fact.request.statusURL, fact.request.responseURL,
            fact.request.cancelURL)
    }

    func applyUploadsPlanned(_ fact: JournalEntry.UploadsPlanned, _ entry: JournalEntry) throws {
        let run = try row(ofRun: fact.generation)
        let known = try sql.first("SELECT min(entry) FROM plannedUpload WHERE generation = ?", run.id) { $0.entry(0) }
        if let known = known ?? nil, known <= entry.id { return }
        try sql.run("DELETE FROM plannedUpload WHERE generation = ?", run.id)
        for (position, copy) in fact.copies.enumerated() {
            try sql.run(
                """
                INSERT INTO plannedUpload (generation, position, copy, access, lifetime, entry) VALUES (?, ?, ?, ?, ?, ?)
                """, run.id, position, copy?.description, fact.access.rawValue, fact.lifetime.description, entry.id)
        }
    }

    /// The row of a run, made if need be.
    func row(ofRun name: Run.ID) throws -> RunRow {
        if let known = try row(knownOf: name) { return known }
        try sql.run("INSERT INTO generation (name, state) VALUES (?, 'planned')", name.text)
        return RunRow(
            id: db.lastInsertedRowID, name: name, state: .planned, stateBy: nil, isPlanned: false, askedSeed: nil,
            answeredSeed: nil)
    }

    private func row(knownOf name: Run.ID) throws -> RunRow? {
        try sql.first(
            "SELECT id, state, stateBy, plannedBy IS NOT NULL, askedSeed, answeredSeed FROM generation WHERE name = ?",
            name.text
        ) { row in
            RunRow(
                id: row.integer(0) ?? 0, name: name,
                state: row.text(1).flatMap(Run.State.init(rawValue:)) ?? .planned, stateBy: row.entry(2),
                isPlanned: row.integer(3) == 1, askedSeed: row.integer(4), answeredSeed: row.integer(5))
        }
    }

    /// Moves a run to a state, when that is nearer to its end.
    func move(_ run: RunRow, to state: Run.State, _ entry: JournalEntry, at: Int64? = nil) throws {
        guard isNearer(run, state, entry) else { return }
        try sql.run(
            "UPDATE generation SET state = ?, stateBy = ?, changedAt = ? WHERE id = ?", state.rawValue, entry.id,
            at ?? entry.at.milliseconds, run.id)
    }

    /// Whether an entry brings a run nearer to its end than it is.
    func isNearer(_ run: RunRow, _ state: Run.State, _ entry: JournalEntry) -> Bool {
        if let stateBy = run.stateBy {
            switch (run.state.isFinal, state.isFinal) {
            case (true, true): guard entry.id < stateBy else { return false }
            case (true, false): return false
            case (false, true): break
            case (false, false) where state == .planned && run.state == .planned:
                // The first plan is the plan.
                guard entry.id < stateBy else { return false }
            case (false, false):
                guard (state.rank, entry.id) > (run.state.rank, stateBy) else { return false }
            }
        }
        return true
    }

    /// Names the recipe by the seed that the model drew.
    func nameRecipe(of run: RunRow) throws {
        let key = try sql.first(
            """
            SELECT word.text, prompt, parameters, coalesce(answeredSeed, askedSeed) FROM generation
            JOIN word ON word.id = generation.model WHERE generation.id = ?
            """, run.id
        ) { row in
            let references = try inputs(of: run.id)
            return RecipeIdentity(
                model: row.text(0) ?? "", prompt: row.text(1) ?? "",
                parameters: try CatalogRows.value(row.text(2) ?? "null"), references: references,
                drawnSeed: run.state == .finished ? CatalogRows.seed(row.integer(3)) : nil
            ).key
        }
        try sql.run("UPDATE generation SET recipeKey = ? WHERE id = ?", key, run.id)
    }

    private func inputs(of generation: Int64) throws -> [ContentDigest] {
        try sql.rows(
            """
            SELECT blob.digest FROM generationInput JOIN blob ON blob.id = generationInput.asset
            WHERE generation = ? ORDER BY position
            """, generation
        ) { try CatalogRows.digest($0, 0) }
    }
}

extension Run.State {
    /// How near to its end a run is.
    fileprivate var rank: Int {
        switch self {
        case .planned: 0
        case .sending: 1
        case .submitted: 2
        case .finished, .failed, .cancelled: 3
        }
    }
}
