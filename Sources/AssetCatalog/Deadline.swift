internal import GRDB
import GRDBSQLite

/// Stops a statement that takes too long.
enum Deadline {
    /// What `body` answers; nil when it was not done in time, and then it was stopped. Looked at every thousand steps of SQLite.
    static func run<Value>(_ patience: Duration?, on db: Database, _ body: () throws -> Value) throws -> Value? {
        guard let patience else { return try body() }
        var end = ContinuousClock.now + patience
        return try withUnsafeMutablePointer(to: &end) { end in
            sqlite3_progress_handler(
                db.sqliteConnection, 1000,
                { end in
                    guard let end else { return 0 }
                    return ContinuousClock.now > end.load(as: ContinuousClock.Instant.self) ? 1 : 0
                }, end)
            defer { sqlite3_progress_handler(db.sqliteConnection, 0, nil, nil) }
            do { return try body() } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
                return nil
            }
        }
    }
}
