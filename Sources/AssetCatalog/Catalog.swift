package import AssetModel
internal import GRDB
import Schema

/// The SQLite index over the journal: a cache of answers that can be deleted and made again.
///
/// Domain rows are written only by applying journal entries (`CatalogWriter`); upload claims are the exception and
/// hold nothing that would be missed. Reads never write. Cheap to copy; one open catalog serves many tasks.
package struct Catalog: Sendable {
    let database: any DatabaseWriter

    /// Opens the catalog in a file and makes it if need be. Waits up to five seconds for other processes.
    ///
    /// Errors: `newerSchema` without touching the file, `readOnly`, `damaged`, `busy`.
    package static func open(at path: String) throws(CatalogError) -> Catalog {
        var configuration = configuration
        // One connection: its closing checkpoints the log and removes it, so that a library at rest is one file. Other
        // programs read while this one writes.
        configuration.journalMode = .wal
        configuration.prepareDatabase { db in
            // The journal is the durable truth and was synced first: losing the last commits costs a replay.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        do {
            return try Catalog(migrating: DatabaseQueue(path: path, configuration: configuration))
        } catch {
            throw CatalogError(error)
        }
    }

    /// A catalog that lives in memory: for tests, for comparing, and for a library on a disk that cannot be written.
    package static func inMemory() throws(CatalogError) -> Catalog {
        do {
            return try Catalog(migrating: DatabaseQueue(configuration: configuration))
        } catch {
            throw CatalogError(error)
        }
    }

    /// Closes the file. Whoever uses the catalog afterwards gets an error.
    package func close() throws(CatalogError) {
        do { try database.close() } catch { throw CatalogError(error) }
    }

    /// How far each segment of the journal has been applied.
    package func positions() async throws(CatalogError) -> [JournalPosition] {
        try await read { db in try CatalogWriter(db: db).positions() }
    }

    /// The schema as SQLite remembers it, for comparing with `Schema/schema.sql`: every statement, in order of making,
    /// without what SQLite and the migrator keep for themselves.
    package func schema() async throws(CatalogError) -> String {
        try await read { db in
            let statements = try String.fetchAll(
                db,
                sql: """
                    SELECT sql || ';' FROM sqlite_schema
                    WHERE sql IS NOT NULL AND name <> 'grdb_migrations'
                      AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
                    ORDER BY rowid
                    """)
            return statements.joined(separator: "\n\n") + "\n"
        }
    }

    /// Every row that entries made, as text, table by table, and how far the journal was read at that moment: two catalogs
    /// that folded the same journal equally far are equal here. Cost: the whole catalog in memory.
    package func contents() async throws(CatalogError) -> (tables: [String: [String]], positions: [JournalPosition]) {
        try await read { db in
            let tables = try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM pragma_table_list
                    WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'
                      AND name NOT IN ('grdb_migrations', 'uploadClaim', 'partialUpload', 'journalPosition')
                    ORDER BY name
                    """)
            var contents: [String: [String]] = [:]
            for table in tables {
                let rows = try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\" ORDER BY 1, 2")
                contents[table] = rows.map { row in
                    row.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
                }
            }
            return (contents, try CatalogWriter(db: db).positions())
        }
    }

    /// Whether the full-text index agrees with the texts it was made from. It has no rows of its own to compare, but it can
    /// check itself; that takes the write lock and writes nothing.
    package func isSearchIndexSound() async throws(CatalogError) -> Bool {
        do {
            try await write { db in
                try db.execute(sql: "INSERT INTO searchIndex (searchIndex, rank) VALUES ('integrity-check', 1)")
            }
            return true
        } catch .damaged {
            return false
        }
    }

    func read<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws(CatalogError)
        -> Value
    {
        do { return try await database.read(body) } catch { throw CatalogError(error) }
    }

    func write<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws(CatalogError)
        -> Value
    {
        do { return try await database.write(body) } catch { throw CatalogError(error) }
    }

    private init(migrating database: any DatabaseWriter) throws {
        var migrator = DatabaseMigrator()
        for migration in Migrations.all {
            migrator.registerMigration(migration.name, foreignKeyChecks: .immediate) { db in
                try db.execute(sql: migration.sql)
                // What this file adds is derived from rows, and rows of an older program lack it.
                if migration.name == "v007_runs" { try CatalogWriter(db: db).deriveRuns() }
            }
        }
        let (isSuperseded, isComplete) = try database.read { db in
            (try migrator.hasBeenSuperseded(db), try migrator.hasCompletedMigrations(db))
        }
        if isSuperseded { throw CatalogError.newerSchema }
        if !isComplete { try migrator.migrate(database) }
        self.database = database
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.label = "catalog"
        return configuration
    }
}
