import AssetModel
import Crypto
import Foundation
internal import GRDB

/// What is derived about a run from its own rows: the name of its recipe, and in what its answer drifted.
extension CatalogWriter {
    /// Writes the digest of a run's recipe. The canonical form is `RecipeIdentity`'s.
    func nameRecipe(ofGeneration generation: Int64) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT model, prompt, parameters, seed, state FROM generation WHERE id = ?"),
            arguments: [generation])
        guard let row else { return }
        let state: String = row["state"]
        let identity = RecipeIdentity(
            model: row["model"], prompt: row["prompt"], parameters: try CatalogRows.value(row["parameters"]),
            references: try inputs(of: generation),
            drawnSeed: state == Run.State.finished.rawValue ? CatalogRows.seed(row["seed"]) : nil)
        try run(
            "UPDATE generation SET recipeDigest = ? WHERE id = ?", Data(identity.digest), generation)
    }

    /// Writes what the entry says of a run's drift. An entry of an older program says nothing; then it is compared here.
    func writeDrift(
        _ said: [Drift]?, _ outputs: [Run.Output], _ response: JSONValue, of generation: Int64
    ) throws {
        if let said { return try replaceDrift(said, of: generation) }
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT parameters, plannedWidth, plannedHeight FROM generation WHERE id = ?"),
            arguments: [generation])
        guard let row else { return }
        let drift = Drift.comparing(
            parameters: try CatalogRows.value(row["parameters"]), plannedSize: CatalogRows.plannedSize(row),
            outputs: outputs,
            response: response)
        try replaceDrift(drift, of: generation)
    }

    func replaceDrift(_ drift: [Drift], of generation: Int64) throws {
        try run("DELETE FROM generationDrift WHERE generation = ?", generation)
        for (number, item) in drift.enumerated() {
            try run(
                """
                INSERT INTO generationDrift (generation, number, kind, position, asked, got, kept)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """, generation, number, item.kind.rawValue, item.position, item.asked, item.got,
                item.kept.map { Data($0.bytes) })
        }
    }

    /// Takes back what an earlier entry said of outputs that had arrived, before the whole is written.
    func forgetOutputs(of generation: Int64, _ name: Run.ID) throws {
        guard try one(Int64.self, "SELECT 1 FROM generationOutput WHERE generation = ? LIMIT 1", generation) != nil
        else { return }
        try run(
            "DELETE FROM searchText WHERE id IN (SELECT id FROM searchItem WHERE generation = ?)", generation)
        try run("DELETE FROM searchItem WHERE generation = ?", generation)
        try run("DELETE FROM generationOutput WHERE generation = ?", generation)
        try run("DELETE FROM origin WHERE generation = ?", name.text)
    }

    /// Derives everything in here for rows that an older program wrote. It runs inside the migration that adds what it
    /// writes, so it may use no column or table that a later one adds.
    func deriveRuns() throws {
        for row in try Row.fetchAll(db, sql: "SELECT id, state, response FROM generation ORDER BY id") {
            let generation: Int64 = row["id"]
            try nameRecipe(ofGeneration: generation)
            guard let state = Run.State(rawValue: row["state"]), state == .finished,
                let text: String = row["response"]
            else { continue }
            let outputs = try Row.fetchAll(
                db,
                sql: """
                    SELECT generationOutput.isFlagged, generationOutput.url, \(CatalogRows.factColumns)
                    FROM generationOutput JOIN asset ON asset.id = generationOutput.asset
                    WHERE generation = ? ORDER BY position
                    """, arguments: [generation]
            ).map { output in
                Run.Output(
                    asset: try CatalogRows.digest(output), facts: try CatalogRows.facts(output),
                    isFlagged: output["isFlagged"], url: output["url"])
            }
            try writeDrift(nil, outputs, try CatalogRows.value(text), of: generation)
        }
    }

    private func inputs(of generation: Int64) throws -> [ContentDigest] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT digest FROM generationInput WHERE generation = ? ORDER BY position"),
            arguments: [generation]
        ).map { try CatalogRows.digest($0) }
    }
}

extension RecipeIdentity {
    /// The SHA-256 of the canonical form: the recipe's name in the catalog.
    var digest: [UInt8] { Array(SHA256.hash(data: canonicalForm)) }
}
