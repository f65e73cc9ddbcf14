import AssetModel
import Foundation
internal import GRDB

/// What entries say about generations.
extension CatalogWriter {
    /// A state only ever moves towards its end, so entries may arrive in any order: finished beats cancelled beats failed.
    private static let order: [Run.State] = [.planned, .sending, .submitted, .failed, .cancelled, .finished]

    func applyPlanned(_ fact: JournalEntry.Planned, _ entry: JournalEntry) throws {
        guard try row(ofGeneration: fact.generation) == nil else { return }
        try run(
            """
            INSERT INTO generation (name, model, prompt, parameters, plannedWidth, plannedHeight, seed, state, host,
                                    plannedAt, changedAt, terms)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'planned', ?, ?, ?, ?)
            """, fact.generation.text, fact.model, fact.prompt, try CatalogRows.json(fact.parameters),
            fact.size?.width, fact.size?.height, fact.parameters["seed"]?.seed.map(CatalogRows.column), fact.host.name,
            entry.at.milliseconds, entry.at.milliseconds, try fact.terms.map(CatalogRows.json))
        let generation = db.lastInsertedRowID
        for (position, digest) in fact.references.members.enumerated() {
            try run(
                "INSERT INTO generationInput (generation, position, digest) VALUES (?, ?, ?)", generation, position,
                Data(digest.bytes))
        }
        try nameRecipe(ofGeneration: generation)
    }

    func applySending(_ fact: JournalEntry.Sending, _ entry: JournalEntry) throws {
        guard let generation = try row(ofGeneration: fact.generation) else { return }
        try move(generation, to: .sending, entry)
        for (position, url) in fact.urls.enumerated() {
            try run(
                "UPDATE generationInput SET url = ? WHERE generation = ? AND position = ?", url, generation, position)
        }
    }

    func applySubmitted(_ fact: JournalEntry.Submitted, _ entry: JournalEntry) throws {
        guard let generation = try row(ofGeneration: fact.generation) else { return }
        try run(
            "UPDATE generation SET requestID = ?, statusURL = ?, responseURL = ?, cancelURL = ? WHERE id = ?",
            fact.request.id, fact.request.statusURL, fact.request.responseURL, fact.request.cancelURL, generation)
        try move(generation, to: .submitted, entry)
    }

    func applyFinished(_ fact: JournalEntry.Finished, _ entry: JournalEntry) throws {
        // The first end of a run is its end: another one that was collected beside it changes nothing.
        guard let generation = try row(ofGeneration: fact.generation), try move(generation, to: .finished, entry) else {
            return
        }
        let asked = try one(Int64.self, "SELECT seed FROM generation WHERE id = ?", generation)
        let seed = fact.response["seed"]?.seed.map(CatalogRows.column) ?? asked
        try run(
            "UPDATE generation SET response = ?, seed = ?, reason = NULL, reasonCode = NULL WHERE id = ?",
            try CatalogRows.json(fact.response), seed, generation)
        try writeOutputs(fact.outputs, of: generation, fact.generation, seed, entry)
        try writeFiles(fact.files ?? [], of: generation)
        try nameRecipe(ofGeneration: generation)
        try writeDrift(fact.drift, fact.outputs, fact.response, of: generation)
    }

    func applyArrived(_ fact: JournalEntry.Arrived, _ entry: JournalEntry) throws {
        // A run that has ended has said all; what arrived beside it is in the store and changes nothing.
        guard let generation = try row(ofGeneration: fact.generation),
            let state = try state(of: fact.generation), !state.isFinal
        else { return }
        let asked = try one(Int64.self, "SELECT seed FROM generation WHERE id = ?", generation)
        let seed = fact.response["seed"]?.seed.map(CatalogRows.column) ?? asked
        try run(
            "UPDATE generation SET response = ?, seed = ? WHERE id = ?", try CatalogRows.json(fact.response), seed,
            generation)
        try writeOutputs(fact.outputs, of: generation, fact.generation, seed, entry)
        try writeFiles(fact.files ?? [], of: generation)
    }

    /// Writes what a run made beside pictures in place of what had arrived before.
    private func writeFiles(_ files: [Run.KeptFile], of generation: Int64) throws {
        try run("DELETE FROM generationFile WHERE generation = ?", generation)
        for (position, file) in files.enumerated() {
            try run(
                """
                INSERT INTO generationFile (generation, position, digest, fileExtension, mediaType, byteCount, url)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """, generation, position, Data(file.digest.bytes), file.fileExtension, file.mediaType, file.byteCount,
                file.url)
        }
    }

    /// Writes a run's outputs in place of those that had arrived before.
    private func writeOutputs(
        _ outputs: [Run.Output], of generation: Int64, _ name: Run.ID, _ seed: Int64?,
        _ entry: JournalEntry
    ) throws {
        try forgetOutputs(of: generation, name)
        for (position, output) in outputs.enumerated() {
            let asset = try assetRow(output.asset, output.facts, entry)
            try run(
                "INSERT OR IGNORE INTO origin (asset, entry, position, at, generation) VALUES (?, ?, ?, ?, ?)", asset,
                entry.id.text, position, entry.at.milliseconds, name.text)
            try run(
                """
                INSERT OR IGNORE INTO generationOutput (generation, position, asset, isFlagged, url)
                VALUES (?, ?, ?, ?, ?)
                """, generation, position, asset, output.isFlagged, output.url)
            try run(
                """
                INSERT OR IGNORE INTO searchItem (kind, asset, generation, position, seed, createdAt)
                VALUES ('generated', ?, ?, ?, ?, ?)
                """, asset, generation, position, seed, entry.at.milliseconds)
            try refreshText(ofAsset: asset)
        }
    }

    func applyFailed(_ fact: JournalEntry.Failed, _ entry: JournalEntry) throws {
        guard let generation = try row(ofGeneration: fact.generation), try move(generation, to: .failed, entry) else {
            return
        }
        try run(
            "UPDATE generation SET reason = ?, reasonCode = ?, response = ? WHERE id = ?", fact.reason, fact.code,
            try fact.response.map(CatalogRows.json), generation)
        try replaceDrift(fact.drift ?? [], of: generation)
    }

    func applyCancelled(_ fact: JournalEntry.Cancelled, _ entry: JournalEntry) throws {
        guard let generation = try row(ofGeneration: fact.generation) else { return }
        try move(generation, to: .cancelled, entry)
    }

    func row(ofGeneration id: Run.ID) throws -> Int64? {
        try one(Int64.self, "SELECT id FROM generation WHERE name = ?", id.text)
    }

    @discardableResult
    private func move(_ generation: Int64, to state: Run.State, _ entry: JournalEntry) throws -> Bool {
        let known = try one(String.self, "SELECT state FROM generation WHERE id = ?", generation)
        guard let current = known.flatMap(Run.State.init(rawValue:)),
            let from = Self.order.firstIndex(of: current), let to = Self.order.firstIndex(of: state), to > from
        else { return false }
        try run(
            "UPDATE generation SET state = ?, changedAt = ? WHERE id = ?", state.rawValue, entry.at.milliseconds,
            generation)
        return true
    }
}
