internal import GRDB
import Synchronization

/// The connections to one catalog: readers from the beginning, and a writer.
///
/// A program that holds the write lock must not keep anyone from reading. Opening a pool that can write takes that lock for a moment
/// when the catalog has no log yet, so where that fails the catalog is opened for reading, and for writing when it is first needed.
final class CatalogConnections: Sendable {
    /// How long a writer waits for another one.
    enum Patience: Sendable {
        /// Five seconds: someone wants to write.
        case usual
        /// A twentieth of a second: it can be done later as well.
        case short

        fileprivate var milliseconds: Int { self == .usual ? 5000 : 50 }
    }

    /// Answers questions; never waits for a writer.
    let reader: any DatabaseReader
    private let writing: Mutex<(any DatabaseWriter)?>
    private let path: String?

    /// A database that has no file, or one that is not shared.
    init(_ database: any DatabaseWriter) {
        reader = database
        writing = Mutex(database)
        path = nil
    }

    /// Opens the file of a catalog.
    init(path: String) throws {
        self.path = path
        do {
            let pool = try DatabasePool(path: path, configuration: Self.configuration(.short))
            reader = pool
            writing = Mutex(pool)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            var configuration = Catalog.configuration
            configuration.readonly = true
            reader = try DatabasePool(path: path, configuration: configuration)
            writing = Mutex(nil)
        }
    }

    /// Runs `body` in a transaction that has the write lock from its beginning.
    func write<Value: Sendable>(
        _ patience: Patience = .usual, _ body: @Sendable @escaping (Database) throws -> Value
    ) async throws -> Value {
        let milliseconds = patience.milliseconds
        return try await writer(patience).writeWithoutTransaction { db in
            // The connection is used by one caller at a time, and each says how long it waits.
            try db.execute(sql: "PRAGMA busy_timeout = \(milliseconds)")
            try db.beginTransaction(.immediate)
            do {
                let value = try body(db)
                try db.commit()
                return value
            } catch {
                try? db.rollback()
                throw error
            }
        }
    }

    /// Closes the files; the last program to do so leaves a single one.
    func close() throws {
        let writer = writing.withLock { writer in
            defer { writer = nil }
            return writer
        }
        // Readers go first: only a connection that writes can empty the log and remove it, and only the last one does.
        (reader as? DatabasePool)?.invalidateReadOnlyConnections()
        if let writer, writer !== reader { try reader.close() }
        try (writer ?? reader).close()
    }

    private func writer(_ patience: Patience) throws -> any DatabaseWriter {
        try writing.withLock { writer in
            if let writer { return writer }
            guard let path else { throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the catalog is closed") }
            let opened = try DatabasePool(path: path, configuration: Self.configuration(patience))
            writer = opened
            return opened
        }
    }

    private static func configuration(_ patience: Patience) -> Configuration {
        var configuration = Catalog.configuration
        configuration.prepareDatabase { db in
            // A pool's readers are read-only. They wait for no one but a program that repairs the log after a crash.
            guard !db.configuration.readonly else { return }
            // The journal is the durable truth and was synced first: losing the last commits costs a replay.
            try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = \(patience.milliseconds)")
        }
        return configuration
    }
}
