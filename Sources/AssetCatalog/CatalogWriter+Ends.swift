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
        let assets = try keepBytes(fact.outputs, fact.files ?? [], nil, entry, addedAt: nil)
        let run = try row(ofRun: fact.generation)
        try noteBilling(fact.billing, of: run.id, entry)
        let before = try outcomeSource(of: run)?.entry
        try sql.run(
            """
            INSERT INTO generationArrival (generation, entry, at, fact) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET entry = excluded.entry, at = excluded.at, fact = excluded.fact
            WHERE excluded.entry > entry
            """, run.id, entry.id, entry.at.milliseconds, try CatalogRows.json(fact))
        // A finished run has said all; a run that ended without pictures of its own keeps those that had arrived.
        guard db.changesCount > 0, run.state != .finished else { return }
        let had = try writeOutcome(of: run, before, fact.outputs, assets, fact.files ?? [])
        try sql.run(
            "UPDATE generation SET outputCount = ?, outputPixels = ? WHERE id = ?", fact.outputs.count,
            Self.pixels(of: fact.outputs), run.id)
        for asset in had + assets { try deriveAddedAt(asset) }
        // The answer of an end goes before that of an arrival.
        if try sql.integer("SELECT 1 FROM generationAnswer WHERE generation = ?", run.id) == nil {
            try sql.run(
                "UPDATE generation SET answeredSeed = ? WHERE id = ?", Self.seed(of: fact.response), run.id)
        }
        try writeItems(of: try row(ofRun: fact.generation))
    }

    func applyEnd(_ end: End, of name: Run.ID, _ prepared: PreparedEntry) throws {
        let entry = prepared.entry
        let run = try row(ofRun: name)
        let isTheEnd = isNearer(run, end.state, entry)
        var assets: [Int64] = []
        switch end {
        case .finished(let fact):
            assets = try keepBytes(
                fact.outputs, fact.files ?? [], fact.drift, entry, addedAt: isTheEnd ? entry.at : nil)
            try noteBilling(fact.billing, of: run.id, entry)
        case .failed(let fact): _ = try keepBytes([], [], fact.drift, entry, addedAt: nil)
        case .cancelled: break
        }
        guard isTheEnd else { return }
        let before = try outcomeSource(of: run)?.entry
        var (reason, code, drift): (String?, String?, [Drift]) = (nil, nil, [])
        var (isDriftDerived, seed, changed): (Bool, Int64?, [Int64]) = (false, nil, [])
        var outputs: [Run.Output] = []
        switch end {
        case .finished(let fact):
            changed = try writeOutcome(of: run, before, fact.outputs, assets, fact.files ?? [])
            outputs = fact.outputs
            (drift, isDriftDerived, seed) = (fact.drift ?? [], fact.drift == nil, Self.seed(of: fact.response))
        case .failed(let fact):
            (reason, code, drift) = (fact.reason, fact.code, fact.drift ?? [])
            (changed, seed, outputs) = try keepArrival(of: run, before, saying: fact.response)
        case .cancelled: (changed, seed, outputs) = try keepArrival(of: run, before, saying: nil)
        }
        try sql.run(
            """
            UPDATE generation SET state = ?2, stateBy = ?3, changedAt = ?4, answeredSeed = ?5, reason = ?6, reasonCode = ?7,
                isDriftDerived = ?8, outputCount = ?9, outputPixels = ?10 WHERE id = ?1
            """, run.id, end.state.rawValue, entry.id, entry.at.milliseconds, seed, reason, code, isDriftDerived,
            outputs.count, Self.pixels(of: outputs))
        if run.state.isFinal {
            try sql.run("DELETE FROM generationAnswer WHERE generation = ?", run.id)
            try sql.run("DELETE FROM generationDrift WHERE generation = ?", run.id)
        }
        if let json = prepared.json {
            try sql.run("INSERT INTO generationAnswer (generation, response) VALUES (?, ?)", run.id, json)
        }
        try writeDrift(drift, of: run.id)
        for asset in changed { try deriveAddedAt(asset) }
        let ended = RunRow(
            id: run.id, name: name, state: end.state, stateBy: entry.id, isPlanned: run.isPlanned,
            askedSeed: run.askedSeed, answeredSeed: seed)
        guard ended.isPlanned else { return }
        // With a seed that was asked for, the recipe is called what it was called when the run was planned.
        if ended.askedSeed == nil { try nameRecipe(of: ended) }
        if isDriftDerived { try deriveDrift(of: ended) }
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
        try sql.run("DELETE FROM generationDrift WHERE generation = ?", run.id)
        try writeDrift(
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

    /// The entry whose outputs a run shows. Of a run that was brought home the entry and its clock are moved to the moment when fal
    /// took it: there its pictures stand in the order of time.
    func outcomeSource(of run: RunRow) throws -> (entry: EntryID, at: Int64)? {
        let row = try sql.first(
            run.state == .finished
                ? "SELECT stateBy, changedAt, requestedAt FROM generation WHERE id = ?"
                : """
                SELECT entry, at, requestedAt FROM generationArrival
                JOIN generation ON generation.id = generationArrival.generation WHERE generation = ?
                """, run.id
        ) { ($0.entry(0), $0.integer(1), $0.integer(2)) }
        guard let entry = row?.0, let at = row?.1 else { return nil }
        guard let requestedAt = row?.2 else { return (entry, at) }
        return (entry.moved(to: Timestamp(milliseconds: requestedAt)), requestedAt)
    }

    /// Every fact that names bytes makes them known, also one whose end is not the run's. The rows of the outputs, in order.
    private func keepBytes(
        _ outputs: [Run.Output], _ files: [Run.KeptFile], _ drift: [Drift]?, _ entry: JournalEntry, addedAt: Timestamp?
    ) throws -> [Int64] {
        let assets = try outputs.map { try assetRow($0.asset, $0.facts, entry, addedAt: addedAt) }
        for file in files { _ = try fileRow(file.digest, file.fileExtension, file.byteCount) }
        for case let kept? in (drift ?? []).map(\.kept) { _ = try fileRow(kept, Self.keptExtension, nil) }
        return assets
    }

    /// What the bytes of an output are called that should have been a picture and cannot be read.
    package static let keptExtension = "bin"

    /// Writes a run's outputs in place of those it had, which the entry `before` brought; the assets of those.
    private func writeOutcome(
        of run: RunRow, _ before: EntryID?, _ outputs: [Run.Output], _ assets: [Int64], _ files: [Run.KeptFile]
    ) throws -> [Int64] {
        var had: [Int64] = []
        if let before {
            had = try sql.rows("SELECT asset FROM generationOutput WHERE generation = ?", run.id) { $0.integer(0) ?? 0 }
            try removeItems(ofRun: run.id, before)
            try sql.run("DELETE FROM generationOutput WHERE generation = ?", run.id)
            try sql.run("DELETE FROM generationFile WHERE generation = ?", run.id)
        }
        for (position, output) in outputs.enumerated() {
            try sql.run(
                "INSERT INTO generationOutput (generation, position, asset, isFlagged, url) VALUES (?, ?, ?, ?, ?)",
                run.id, position, assets[position], output.isFlagged, output.url)
        }
        for (position, file) in files.enumerated() {
            try sql.run(
                """
                INSERT INTO generationFile (generation, position, blob, fileExtension, mediaType, byteCount, url)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """, run.id, position, try blobRow(file.digest), file.fileExtension, file.mediaType, file.byteCount,
                file.url)
        }
        return had
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

    private static func seed(of response: JSONValue?) -> Int64? { response?["seed"]?.seed.map(CatalogRows.column) }

    /// What an end without pictures leaves of a run: those that had arrived before. The assets concerned, the seed that was
    /// answered, and those pictures.
    private func keepArrival(
        of run: RunRow, _ before: EntryID?, saying response: JSONValue?
    ) throws -> (changed: [Int64], seed: Int64?, outputs: [Run.Output]) {
        let arrival = try sql.first("SELECT fact FROM generationArrival WHERE generation = ?", run.id) {
            try CatalogRows.arrival($0.text(0) ?? "")
        }
        let (outputs, files) = (arrival?.outputs ?? [], arrival?.files ?? [])
        let assets = try outputs.map { try blobRow($0.asset) }
        let had = try writeOutcome(of: run, before, outputs, assets, files)
        return (had + assets, Self.seed(of: response ?? arrival?.response), outputs)
    }

    private func writeDrift(_ drift: [Drift], of generation: Int64) throws {
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
