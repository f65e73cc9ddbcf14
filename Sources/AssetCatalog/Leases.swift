import Files
internal import GRDB
import Schema
import Synchronization

/// What is on its way: who uploads what and how far parts have come, and who sends which run. A file of its own, opened when it is first needed, so that nothing
/// that folds or erases the catalog touches it. Losing it costs time, not data: a damaged one is thrown away.
final class Leases: Sendable {
    private let path: String?
    private let database = Mutex<DatabaseQueue?>(nil)

    /// Nil keeps them in memory.
    init(path: String?) {
        self.path = path
    }

    func write<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws(CatalogError)
        -> Value
    {
        do {
            do {
                return try await opened().write(body)
            } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
                startOver()
                return try await opened().write(body)
            }
        } catch {
            throw CatalogError(error)
        }
    }

    /// Reads what is there; nil when there is no file, which is not made. A damaged one holds nothing.
    func read<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws(CatalogError)
        -> Value?
    {
        do {
            if let known = database.withLock({ $0 }) { return try await known.read(body) }
            guard let path, Path.exists(path) else { return nil }
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            configuration.label = "leases"
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try await queue.read(body)
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            return nil
        } catch {
            throw CatalogError(error)
        }
    }

    func close() {
        database.withLock { database in
            try? database?.close()
            database = nil
        }
    }

    private func opened() throws -> DatabaseQueue {
        try database.withLock { known in
            if let known { return known }
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.label = "leases"
            configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA synchronous = OFF") }
            let queue: DatabaseQueue
            if let path {
                configuration.journalMode = .wal
                queue = try DatabaseQueue(path: path, configuration: configuration)
            } else {
                queue = try DatabaseQueue(configuration: configuration)
            }
            try queue.write { db in try db.execute(sql: Schema.leases) }
            known = queue
            return queue
        }
    }

    private func startOver() {
        close()
        guard let path else { return }
        for file in [path, path + "-wal", path + "-shm"] { try? Path.remove(file) }
    }
}
