package import AssetModel
import Foundation
internal import GRDB

/// Looking up generations.
extension Catalog {
    /// One generation; nil when there is none of this id.
    package func generation(_ id: Run.ID) async throws(CatalogError) -> Run? {
        try await read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM generation WHERE name = ?", arguments: [id.text]).map {
                try CatalogRows.generation($0, in: db)
            }
        }
    }

    /// The newest run that fal knows by this name; nil when there is none. Cost: one pass over the runs.
    package func generation(ofRequest id: String) async throws(CatalogError) -> Run? {
        try await read { db in
            try Row.fetchOne(
                db, sql: "SELECT * FROM generation WHERE requestID = ? ORDER BY id DESC LIMIT 1", arguments: [id]
            ).map { try CatalogRows.generation($0, in: db) }
        }
    }

    /// What was answered about one generation, whole; nil while there is no answer.
    package func response(of id: Run.ID) async throws(CatalogError) -> String? {
        try await read { db in
            try String.fetchOne(db, sql: "SELECT response FROM generation WHERE name = ?", arguments: [id.text])
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

    /// What runs made that is no asset and whose bytes are kept all the same, each once: files that are no pictures, and, with
    /// an empty extension, outputs that could not be read as the pictures they should have been.
    package func keptBlobs() async throws(CatalogError) -> [(digest: ContentDigest, fileExtension: String)] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT kept AS digest, '' AS fileExtension FROM generationDrift WHERE kept IS NOT NULL
                    UNION SELECT digest, fileExtension FROM generationFile ORDER BY 1, 2
                    """
            ).map { (try CatalogRows.digest($0), $0["fileExtension"]) }
        }
    }

    /// The ids that begin with a text, sorted, at most `limit`.
    package func generations(startingWith prefix: String, limit: Int) async throws(CatalogError) -> [Run.ID] {
        try await read { db in
            try String.fetchAll(
                db, sql: "SELECT name FROM generation WHERE name BETWEEN ? AND ? || '~' ORDER BY name LIMIT ?",
                arguments: [prefix, prefix, limit]
            ).compactMap(Run.ID.init(parsing:))
        }
    }

    /// Generations in some states, newest first, at most `limit`.
    package func generations(in states: [Run.State], limit: Int) async throws(CatalogError) -> [Run] {
        try await read { db in
            let marks = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            return try Row.fetchAll(
                db, sql: "SELECT * FROM generation WHERE state IN (\(marks)) ORDER BY id DESC LIMIT ?",
                arguments: [limit]
            ).map { try CatalogRows.generation($0, in: db) }
        }
    }

    /// The runs of a recipe, newest first, in any state. Cost: one look at an index.
    package func generations(of recipe: RecipeIdentity) async throws(CatalogError) -> [Run] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM generation WHERE recipeDigest = ? ORDER BY id DESC",
                arguments: [Data(recipe.digest)]
            ).map { try CatalogRows.generation($0, in: db) }
        }
    }

    /// Generations that have not ended, oldest first.
    package func unfinishedGenerations() async throws(CatalogError) -> [Run] {
        try await generations(in: Run.State.allCases.filter { !$0.isFinal }, limit: .max).reversed()
    }
}
