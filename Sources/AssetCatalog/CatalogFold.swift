import AssetModel
import Files
internal import GRDB
import Schema

/// Folds a whole journal into a new catalog: another job than applying one action. Secondary indexes, texts and the
/// full-text index are made at the end, set by set, and nothing is logged, since a half-made file is thrown away.
package struct CatalogFold: Sendable {
    private let database: DatabaseQueue
    private let path: String?

    /// Begins a catalog that will take the place of the one at `path`; what an earlier fold left half-made is removed.
    package static func replacing(_ path: String) throws(CatalogError) -> CatalogFold {
        do {
            let new = path + ".new"
            try Path.remove(new)
            return CatalogFold(database: try DatabaseQueue(path: new, configuration: configuration), path: path)
        } catch {
            throw CatalogError(error)
        }
    }

    /// Begins a catalog that is there to be compared with: in memory as far as it fits the cache, then in a file that has no name.
    package static func temporary() throws(CatalogError) -> CatalogFold {
        do {
            return CatalogFold(database: try DatabaseQueue(path: "", configuration: configuration), path: nil)
        } catch {
            throw CatalogError(error)
        }
    }

    /// Applies what `body` hands to the writer, all in one transaction, and finishes the tables. `indexed` is false for a catalog that is only
    /// compared.
    @discardableResult
    package func fold<Value: Sendable>(
        indexed: Bool = true, _ body: @Sendable @escaping (CatalogWriter) throws -> Value
    ) async throws -> Value {
        do {
            return try await database.write { db in
                let (tables, indexes) = Schema.statements()
                for statement in tables { try db.execute(sql: statement) }
                let leftovers = CatalogWriter.Leftovers()
                let result = try body(CatalogWriter(db: db, leftovers: leftovers))
                for statement in indexes { try db.execute(sql: statement) }
                let writer = CatalogWriter(db: db)
                for asset in leftovers.assets { try writer.deriveAddedAt(asset) }
                try writer.finishItems(changed: leftovers.changed)
                try writer.finishTexts(indexed: indexed)
                try writer.finishTallies()
                try db.execute(sql: "INSERT INTO fold (id, version) VALUES (1, ?)", arguments: [Catalog.version])
                return result
            }
        } catch let error as DatabaseError {
            throw CatalogError(error)
        }
    }

    /// Puts the new catalog in the old one's place. Programs that have the old one open keep it, and its log with it.
    package func finish() throws(CatalogError) {
        do {
            try database.close()
            guard let path else { return }
            // A log of the old file must never be taken for one of the new.
            for log in [path + "-wal", path + "-shm"] { try Path.remove(log) }
            try Path.rename(path + ".new", to: path)
        } catch {
            throw CatalogError(error)
        }
    }

    /// The finished catalog, to be used from where it is.
    package func catalog() -> Catalog {
        Catalog(connections: CatalogConnections(database), leases: Leases(path: nil))
    }

    /// Throws a half-made catalog away.
    package func discard() {
        try? database.close()
        if let path { try? Path.remove(path + ".new") }
    }

    /// The digest of each table, as `Catalog.digests` makes them.
    package func digests() async throws(CatalogError) -> [String: TableDigest] {
        do { return try await database.read { try CatalogComparison.digests($0) } } catch { throw CatalogError(error) }
    }

    private static var configuration: Configuration {
        var configuration = Catalog.configuration
        configuration.label = "fold"
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA cache_size = -49152; PRAGMA temp_store = FILE;
                    """)
        }
        return configuration
    }
}
