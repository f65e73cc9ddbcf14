package import AssetModel
import Crypto
import Files
internal import GRDB
import Schema

/// The SQLite index over the journal: a cache of answers that can be deleted and made again.
///
/// Rows are written only by applying journal entries (`CatalogWriter`), and never by reading. Readers do not wait for a
/// writer. Cheap to copy; one open catalog serves many tasks.
package struct Catalog: Sendable {
    let connections: CatalogConnections
    let leases: Leases

    /// Opens the catalog in a file that exists, also while another program holds its write lock.
    ///
    /// Errors: `outdated` when there is none or a program of another version folded it, without touching the file; `readOnly`,
    /// `damaged`, `busy`. Uploads under way are kept in `leases.sqlite` beside it, which is made when it is first
    /// needed.
    package static func open(at path: String) throws(CatalogError) -> Catalog {
        do {
            guard try isCurrent(path) else { throw CatalogError.outdated }
            return Catalog(
                connections: try CatalogConnections(path: path),
                leases: Leases(path: (Path.parent(of: path) ?? ".") + "/leases.sqlite"))
        } catch {
            throw CatalogError(error)
        }
    }

    /// An empty catalog that lives in memory: for tests, and for a library on a disk that cannot be written.
    package static func inMemory() throws(CatalogError) -> Catalog {
        do {
            let database = try DatabaseQueue(configuration: configuration)
            try database.write { db in
                let (tables, indexes) = Schema.statements()
                for statement in tables + indexes { try db.execute(sql: statement) }
            }
            return Catalog(connections: CatalogConnections(database), leases: Leases(path: nil))
        } catch {
            throw CatalogError(error)
        }
    }

    /// Closes the file; the last program to do so leaves a single one. Whoever uses the catalog afterwards gets an error.
    package func close() throws(CatalogError) {
        leases.close()
        do { try connections.close() } catch { throw CatalogError(error) }
    }

    /// How far each segment of the journal has been applied.
    package func positions() async throws(CatalogError) -> [JournalPosition] {
        try await read { db in try CatalogWriter(db: db).positions() }
    }

    /// Whether the full-text index agrees with the texts it was made from. It has no rows of its own to compare, but it can
    /// check itself; that takes the write lock and writes nothing. Nil while another program has the lock.
    package func isSearchIndexSound() async throws(CatalogError) -> Bool? {
        do {
            try await write { db in
                try db.execute(sql: "INSERT INTO searchIndex (searchIndex, rank) VALUES ('integrity-check', 1)")
                guard try CatalogWriter.areWordsKnown(db) else {
                    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "words are missing from searchWord")
                }
            }
            return true
        } catch .damaged {
            return false
        } catch .busy {
            return nil
        }
    }

    /// What names the rows of this program: the schema's text and how entries fold into it.
    static let version: String = {
        let digest = SHA256.hash(data: Array(Schema.catalog.utf8)).prefix(8)
        return "\(Schema.foldVersion)-"
            + digest.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }()

    func read<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws(CatalogError)
        -> Value
    {
        do { return try await connections.reader.read(body) } catch { throw CatalogError(error) }
    }

    func write<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws(CatalogError)
        -> Value
    {
        do { return try await connections.write(.usual, body) } catch { throw CatalogError(error) }
    }

    /// Whether a file holds a catalog of this version. Nothing is written, and no file is made.
    private static func isCurrent(_ path: String) throws -> Bool {
        var configuration = configuration
        configuration.readonly = true
        let queue: DatabaseQueue
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
            guard Path.exists(path) else { return false }
            throw error
        }
        return try queue.read { db in
            guard try db.tableExists("fold") else { return false }
            return try String.fetchOne(db, sql: "SELECT version FROM fold") == version
        }
    }

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.label = "catalog"
        // Rows come from entries, which may name each other in any order; a stub stands for what is not known yet.
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            db.add(tokenizer: WordTokenizer.self)
            SearchVocabulary.register(db)
            try SearchRelevance.register(db)
            PromptKey.register(db)
        }
        return configuration
    }
}
