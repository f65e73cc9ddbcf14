import AssetModel
import Foundation
internal import GRDB

/// What entries say about what came of runs: pictures that arrived, and ends.
extension CatalogWriter {
    /// How a run ended.
    enum End {
        case finished(JournalEntry.Finished)
        case failed(JournalEntry.Failed)
        case cancelled

        var state: Run.State {
            switch self {
            case .finished: .finished
            case .failed: .failed
            case .cancelled: .cancelled
            }
        }
    }

    func applyArrived(_ fact: JournalEntry.Arrived, _ entry: JournalEntry) throws {
        try keepBytes(fact.outputs, fact.files ?? [], nil, entry)
        let run = try row(ofRun: fact.generation)
        let before = try outcomeSource(of: run)?.entry
        try sql.run(
            """
            INSERT INTO generationArrival (generation, entry, at, fact) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET entry = excluded.entry, at = excluded.at, fact = excluded.fact
            WHERE excluded.entry > entry
            """, run.id, entry.id, entry.at.milliseconds, try CatalogRows.json(fact))
        // A finished run has said all; a run that ended without pictures of its own keeps those that had arrived.
        guard db.changesCount > 0, run.state != .finished else { return }
        try writeOutcome(of: run, before, fact.outputs, fact.files ?? [], entry.at)
        if try sql.integer("SELECT 1 FROM generationAnswer WHERE generation = ?", run.id) == nil {
            try writeSeed(of: fact.response, run)
        }
        try writeItems(of: try row(ofRun: fact.generation))
    }

    func applyEnd(_ end: End, of name: Run.ID, _ entry: JournalEntry) throws {
        switch end {
        case .finished(let fact): try keepBytes(fact.outputs, fact.files ?? [], fact.drift, entry)
        case .failed(let fact): try keepBytes([], [], fact.drift, entry)
        case .cancelled: break
        }
        let run = try row(ofRun: name)
        let before = try outcomeSource(of: run)?.entry
        guard try move(run, to: end.state, entry) else { return }
        var (reason, code, drift): (String?, String?, [Drift]) = (nil, nil, [])
        var isDriftDerived = false
        switch end {
        case .finished(let fact):
            try writeOutcome(of: run, before, fact.outputs, fact.files ?? [], entry.at)
            try writeAnswer(fact.response, of: run)
            try writeSeed(of: fact.response, run)
            drift = fact.drift ?? []
            isDriftDerived = fact.drift == nil
        case .failed(let fact):
            (reason, code, drift) = (fact.reason, fact.code, fact.drift ?? [])
            try keepArrival(of: run, before, saying: fact.response)
        case .cancelled: try keepArrival(of: run, before, saying: nil)
        }
        if reason != nil || run.state.isFinal || isDriftDerived {
            try sql.run(
                "UPDATE generation SET reason = ?, reasonCode = ?, isDriftDerived = ? WHERE id = ?", reason, code,
                isDriftDerived, run.id)
        }
        try replaceDrift(drift, of: run.id)
        let ended = try row(ofRun: name)
        guard ended.isPlanned else { return }
        // With a seed that was asked for, the recipe is called what it was called when the run was planned.
        if ended.askedSeed == nil { try nameRecipe(of: ended) }
        if ended.state == .finished { try deriveDrift(of: ended) }
        try writeItems(of: ended)
    }

    /// Compares plan and answer where the entry did not say how they differ: those of old programs do not.
    func deriveDrift(of run: RunRow) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT parameters, plannedWidth, plannedHeight, response FROM generation
                    JOIN generationAnswer ON generationAnswer.generation = generation.id
                    WHERE generation.id = ? AND isDriftDerived = 1
                    """), arguments: [run.id])
        guard let row else { return }
        let outputs = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT generationOutput.isFlagged, generationOutput.url, \(CatalogRows.factColumns)
                    FROM generationOutput JOIN asset ON asset.id = generationOutput.asset
                    JOIN blob ON blob.id = asset.id
                    WHERE generation = ? ORDER BY position
                    """), arguments: [run.id]
        ).map { output in
            Run.Output(
                asset: try CatalogRows.digest(output), facts: try CatalogRows.facts(output),
                isFlagged: output["isFlagged"], url: output["url"])
        }
        try replaceDrift(
            Drift.comparing(
                parameters: try CatalogRows.value(row["parameters"]), plannedSize: CatalogRows.plannedSize(row),
                outputs: outputs, response: try CatalogRows.value(row["response"])), of: run.id)
    }

    /// Makes the items of a run's pictures, which has none now; a run without a plan has none yet.
    func writeItems(of run: RunRow) throws {
        guard run.isPlanned else { return }
        guard let source = try outcomeSource(of: run) else { return }
        let items = try sql.rows(
            "SELECT asset, position FROM generationOutput WHERE generation = ? ORDER BY position", run.id
        ) { row in
            SearchItem(
                tie: source.entry.low, asset: row.integer(0) ?? 0, generation: run.id,
                position: Int(row.integer(1) ?? 0), seed: run.seed, createdAt: source.at)
        }
        if !items.isEmpty { try placeItems(items, of: source.entry) }
    }

    // MARK: - Parts of an outcome

    /// The entry whose outputs a run shows.
    func outcomeSource(of run: RunRow) throws -> (entry: EntryID, at: Int64)? {
        let row = try sql.first(
            run.state == .finished
                ? "SELECT stateBy, changedAt FROM generation WHERE id = ?"
                : "SELECT entry, at FROM generationArrival WHERE generation = ?", run.id
        ) { ($0.entry(0), $0.integer(1)) }
        guard let entry = row?.0, let at = row?.1 else { return nil }
        return (entry, at)
    }

    /// Every fact that names bytes makes them known, also one whose end is not the run's.
    private func keepBytes(
        _ outputs: [Run.Output], _ files: [Run.KeptFile], _ drift: [Drift]?, _ entry: JournalEntry
    ) throws {
        for output in outputs { _ = try assetRow(output.asset, output.facts, entry) }
        for file in files { _ = try fileRow(file.digest, file.fileExtension, file.byteCount) }
        for case let kept? in (drift ?? []).map(\.kept) { _ = try fileRow(kept, Self.keptExtension, nil) }
    }

    /// What the bytes of an output are called that should have been a picture and cannot be read.
    package static let keptExtension = "bin"

    /// Writes a run's outputs in place of those it had, which the entry `before` brought.
    private func writeOutcome(
        of run: RunRow, _ before: EntryID?, _ outputs: [Run.Output], _ files: [Run.KeptFile], _ at: Timestamp
    ) throws {
        var had: [Int64] = []
        if let before {
            had = try sql.rows("SELECT asset FROM generationOutput WHERE generation = ?", run.id) { $0.integer(0) ?? 0 }
            try removeItems(ofRun: run.id, before)
            try sql.run("DELETE FROM generationOutput WHERE generation = ?", run.id)
            try sql.run("DELETE FROM generationFile WHERE generation = ?", run.id)
        }
        for (position, output) in outputs.enumerated() {
            let asset = try blobRow(output.asset)
            try sql.run(
                "INSERT INTO generationOutput (generation, position, asset, isFlagged, url) VALUES (?, ?, ?, ?, ?)",
                run.id, position, asset, output.isFlagged, output.url)
            try addedAt(asset, at)
        }
        for (position, file) in files.enumerated() {
            try sql.run(
                """
                INSERT INTO generationFile (generation, position, blob, fileExtension, mediaType, byteCount, url)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """, run.id, position, try blobRow(file.digest), file.fileExtension, file.mediaType, file.byteCount,
                file.url)
        }
        for asset in had { try deriveAddedAt(asset) }
    }

    /// When the library first heard of an asset, found again after something that brought it was taken back.
    func deriveAddedAt(_ asset: Int64) throws {
        if let leftovers {
            leftovers.assets.insert(asset)
            return
        }
        try sql.run(
            """
            UPDATE asset SET addedAt = (
                SELECT min(at) FROM (
                    SELECT at FROM origin WHERE asset = ?1
                    UNION ALL
                    SELECT CASE WHEN state = 'finished' THEN changedAt ELSE generationArrival.at END
                    FROM generationOutput JOIN generation ON generation.id = generationOutput.generation
                    LEFT JOIN generationArrival ON generationArrival.generation = generation.id
                    WHERE generationOutput.asset = ?1))
            WHERE id = ?1
            """, asset)
    }

    /// Keeps what an end answered; of a run whose pictures are still to come, the arrival has the answer.
    private func writeAnswer(_ response: JSONValue?, of run: RunRow) throws {
        guard let response else {
            return try sql.run("DELETE FROM generationAnswer WHERE generation = ?", run.id)
        }
        try sql.run(
            """
            INSERT INTO generationAnswer (generation, response) VALUES (?, ?)
            ON CONFLICT DO UPDATE SET response = excluded.response
            """, run.id, response.canonicalText)
    }

    private func writeSeed(of response: JSONValue?, _ run: RunRow) throws {
        let seed = response?["seed"]?.seed.map(CatalogRows.column)
        guard seed != run.answeredSeed else { return }
        try sql.run("UPDATE generation SET answeredSeed = ? WHERE id = ?", seed, run.id)
    }

    /// What an end without pictures leaves of a run: those that had arrived before.
    private func keepArrival(of run: RunRow, _ before: EntryID?, saying response: JSONValue?) throws {
        let arrival = try sql.first("SELECT fact, at FROM generationArrival WHERE generation = ?", run.id) {
            (try CatalogRows.arrival($0.text(0) ?? ""), Timestamp(milliseconds: $0.integer(1) ?? 0))
        }
        let fact = arrival?.0
        try writeOutcome(
            of: run, before, fact?.outputs ?? [], fact?.files ?? [], arrival?.1 ?? Timestamp(milliseconds: 0))
        try writeAnswer(response, of: run)
        try writeSeed(of: response ?? fact?.response, run)
    }

    private func replaceDrift(_ drift: [Drift], of generation: Int64) throws {
        try sql.run("DELETE FROM generationDrift WHERE generation = ?", generation)
        for (number, item) in drift.enumerated() {
            try sql.run(
                """
                INSERT INTO generationDrift (generation, number, kind, position, asked, got, kept)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """, generation, number, item.kind.rawValue, item.position, item.asked, item.got,
                try item.kept.map(blobRow))
        }
    }
}
