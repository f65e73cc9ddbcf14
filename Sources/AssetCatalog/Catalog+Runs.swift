package import AssetModel
import Foundation
internal import GRDB

/// Looking up runs.
extension Catalog {
    /// One run; nil when there is none of this id.
    package func generation(_ id: Run.ID) async throws(CatalogError) -> Run? {
        try await runs("generation.name = ?", [id.text]).first
    }

    /// The newest run that fal knows by this name; nil when there is none.
    package func generation(ofRequest id: String) async throws(CatalogError) -> Run? {
        try await runs("requestID = ? ORDER BY plannedBy DESC LIMIT 1", [id]).first
    }

    /// The replica that planned a run; nil when there is no such run, or when its entry was applied without a place.
    package func replica(ofPlan id: Run.ID) async throws(CatalogError) -> String? {
        try await read { db in try Self.replica(ofPlan: id, db) }
    }

    static func replica(ofPlan id: Run.ID, _ db: Database) throws -> String? {
        try String.fetchOne(
            db, sql: "SELECT word.text FROM generation JOIN word ON word.id = generation.plannedIn WHERE name = ?",
            arguments: [id.text])
    }

    /// The newest run that was planned under a key of whoever asked for it (`Run.Filing.key`); nil when there is none among the newest
    /// thousand: a key is asked for again within minutes.
    package func generation(askedAs key: String) async throws(CatalogError) -> Run? {
        let id = try await read { db in try Self.name(askedAs: key, db) }
        guard let id else { return nil }
        return try await generation(id)
    }

    static func name(askedAs key: String, _ db: Database) throws -> Run.ID? {
        try String.fetchOne(
            db,
            sql: """
                SELECT name FROM (
                    SELECT name, filing, plannedAt, plannedBy FROM generation WHERE plannedBy IS NOT NULL
                    ORDER BY plannedAt DESC, plannedBy DESC LIMIT 1000)
                WHERE filing IS NOT NULL AND json_extract(filing, '$.key') = ?
                ORDER BY plannedAt DESC, plannedBy DESC LIMIT 1
                """, arguments: [key]
        ).flatMap { Run.ID(parsing: $0) }
    }

    /// What was answered about one run, whole; nil while there is no answer.
    package func response(of id: Run.ID) async throws(CatalogError) -> String? {
        try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT response, fact FROM generation
                    LEFT JOIN generationAnswer ON generationAnswer.generation = generation.id
                    LEFT JOIN generationArrival ON generationArrival.generation = generation.id
                    WHERE name = ?
                    """, arguments: [id.text])
            guard let row else { return nil }
            if let response: String = row["response"] { return response }
            return try (row["fact"] as String?).map { try CatalogRows.arrival($0).response.canonicalText }
        }
    }

    /// The URLs that a run's references were last sent as, in order.
    package func inputURLs(of id: Run.ID) async throws(CatalogError) -> [String] {
        try await read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT url FROM generationInput JOIN generation ON generation.id = generationInput.generation
                    WHERE generation.name = ? AND url IS NOT NULL ORDER BY position
                    """, arguments: [id.text])
        }
    }

    /// The ids that begin with a text, sorted, at most `limit`.
    package func generations(startingWith prefix: String, limit: Int) async throws(CatalogError) -> [Run.ID] {
        try await read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM generation WHERE name BETWEEN ? AND ? || '~' AND plannedBy IS NOT NULL
                    ORDER BY name LIMIT ?
                    """, arguments: [prefix, prefix, limit]
            ).compactMap(Run.ID.init(parsing:))
        }
    }

    /// Where some runs were sent or meant for; those that are not known are left out. One look at an index for each.
    package func hosts(of ids: [Run.ID]) async throws(CatalogError) -> [Run.ID: RemoteHost] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT word.text FROM generation JOIN word ON word.id = generation.host WHERE generation.name = ?"
            )
            var hosts: [Run.ID: RemoteHost] = [:]
            for id in ids where hosts[id] == nil {
                hosts[id] = try String.fetchOne(statement, arguments: [id.text]).map { RemoteHost($0) }
            }
            return hosts
        }
    }

    /// Runs in some states, newest first, at most `limit`.
    package func generations(in states: [Run.State], limit: Int) async throws(CatalogError) -> [Run] {
        let marks = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        // All states: the order of time alone. Some: SQLite chooses between that and the index of unfinished runs.
        let condition = states.count == Run.State.allCases.count ? "" : "state IN (\(marks)) AND "
        return try await runs(
            "\(condition)plannedBy IS NOT NULL ORDER BY plannedAt DESC, plannedBy DESC LIMIT ?", [limit])
    }

    /// The runs of a recipe, newest first, in any state. Cost: one look at an index.
    package func generations(of recipe: RecipeIdentity) async throws(CatalogError) -> [Run] {
        try await read { db in try Self.runs(of: recipe, db) }
    }

    static func runs(of recipe: RecipeIdentity, _ db: Database) throws -> [Run] {
        // The key is 64 bits of the recipe's digest, and equal keys are only a hint.
        try runs("recipeKey = ? ORDER BY plannedBy DESC", [recipe.key], db).filter { $0.recipeIdentity == recipe }
    }

    /// Runs that have not ended, oldest first.
    package func unfinishedGenerations() async throws(CatalogError) -> [Run] {
        try await generations(in: Run.State.allCases.filter { !$0.isFinal }, limit: .max).reversed()
    }

    private func runs(
        _ condition: String, _ arguments: [(any DatabaseValueConvertible & Sendable)?]
    ) async throws(CatalogError) -> [Run] {
        try await read { db in try Self.runs(condition, arguments, db) }
    }

    private static func runs(
        _ condition: String, _ arguments: [(any DatabaseValueConvertible & Sendable)?], _ db: Database
    ) throws -> [Run] {
        try Row.fetchAll(
            db, sql: "\(CatalogRows.runs) WHERE \(condition)", arguments: StatementArguments(arguments)
        ).map { try CatalogRows.run($0, in: db) }
    }
}
