import CSQLite
import Foundation

/// SQLite as C programs call it, with nothing between: the least that making these rows and their indexes can cost.
final class PlainDatabase {
    private let handle: OpaquePointer

    /// Opens a file; with `bulk` it is made without a rollback journal and without syncs, as a file that is thrown away when
    /// the work is cut off.
    init(_ path: String, bulk: Bool = false) throws {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        guard code == SQLITE_OK, let handle else {
            sqlite3_close(handle)
            throw BenchmarkError.sqlite("\(path): \(String(cString: sqlite3_errstr(code)))")
        }
        self.handle = handle
        if bulk {
            for pragma in ["journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-64000"] {
                try execute("PRAGMA " + pragma)
            }
        }
    }

    deinit { sqlite3_close(handle) }

    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure(sql) }
    }

    /// All rows, as texts; for small answers.
    func texts(_ sql: String) throws -> [[String]] {
        let statement = try prepare(sql)
        defer { sqlite3_finalize(statement) }
        var rows: [[String]] = []
        while try step(statement) {
            rows.append(
                (0..<sqlite3_column_count(statement)).map { column in
                    sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
                })
        }
        return rows
    }

    /// Calls `body` at each row.
    func eachRow(_ sql: String, _ body: (OpaquePointer) throws -> Void) throws {
        let statement = try prepare(sql)
        defer { sqlite3_finalize(statement) }
        while try step(statement) { try body(statement) }
    }

    func prepare(_ sql: String) throws -> OpaquePointer {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
            throw failure(sql)
        }
        return statement
    }

    /// Whether there is a row; false at the end.
    func step(_ statement: OpaquePointer) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        default: throw failure(String(cString: sqlite3_sql(statement)))
        }
    }

    private func failure(_ sql: String) -> BenchmarkError {
        .sqlite("\(String(cString: sqlite3_errmsg(handle))) in \(sql.prefix(200))")
    }
}
