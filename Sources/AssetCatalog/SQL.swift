import AssetModel
internal import GRDB
import GRDBSQLite

/// A value on its way into a statement. Binding goes to SQLite itself: applying one entry is a dozen statements, and boxes and
/// dictionaries around each of them were a third of a fold's time.
protocol Bindable {
    func bind(_ statement: OpaquePointer, _ index: Int32) -> Int32
}

/// What SQLite is told about memory that it must copy.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension Int64: Bindable {
    func bind(_ statement: OpaquePointer, _ index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self) }
}

extension Int: Bindable {
    func bind(_ statement: OpaquePointer, _ index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, Int64(self))
    }
}

extension Bool: Bindable {
    func bind(_ statement: OpaquePointer, _ index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, self ? 1 : 0)
    }
}

extension Double: Bindable {
    func bind(_ statement: OpaquePointer, _ index: Int32) -> Int32 { sqlite3_bind_double(statement, index, self) }
}

extension String: Bindable {
    func bind(_ statement: OpaquePointer, _ index: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                // A null pointer would be NULL, and an empty text is none.
                guard let base = characters.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, nil) }
                return sqlite3_bind_text(statement, index, base, Int32(characters.count), transient)
            }
        }
    }
}

extension EntryID: Bindable {
    func bind(_ statement: OpaquePointer, _ index: Int32) -> Int32 {
        var bytes = (high.bigEndian, low.bigEndian)
        return withUnsafeBytes(of: &bytes) { sqlite3_bind_blob(statement, index, $0.baseAddress, 16, transient) }
    }
}

extension ContentDigest: Bindable {
    func bind(_ statement: OpaquePointer, _ index: Int32) -> Int32 {
        withBytes { sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), transient) }
    }
}

/// The row that a statement stands on. Columns count from 0.
struct SQLRow {
    let statement: OpaquePointer

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64? { isNull(column) ? nil : sqlite3_column_int64(statement, column) }

    /// The same where NULL may stand for 0: one call to SQLite instead of two, in loops over a million rows.
    func plainInteger(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func number(_ column: Int32) -> Double? { isNull(column) ? nil : sqlite3_column_double(statement, column) }

    func text(_ column: Int32) -> String? {
        guard let text = sqlite3_column_text(statement, column) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    func entry(_ column: Int32) -> EntryID? {
        guard let bytes = bytes(column), bytes.count == 16 else { return nil }
        return EntryID(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    /// The bytes of a column; they are gone with the next step.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer? {
        guard let bytes = sqlite3_column_blob(statement, column) else { return nil }
        return UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column)))
    }
}

/// The compiled statements of one write, found by the address of their text instead of by its hash.
final class PreparedStatements {
    fileprivate var statements: [UnsafePointer<UInt8>: Statement] = [:]
}

/// Statements run past GRDB, on a connection that it guards; their compiled form is kept by the connection.
struct SQL {
    let db: Database
    let prepared: PreparedStatements

    init(db: Database, prepared: PreparedStatements = PreparedStatements()) {
        self.db = db
        self.prepared = prepared
    }

    /// Runs a statement to its end.
    func run(_ sql: StaticString, _ values: (any Bindable)?...) throws {
        try each(sql, values) { _ in }
    }

    /// What `body` makes of the first row; nil when there is none.
    func first<Value>(_ sql: StaticString, _ values: (any Bindable)?..., row body: (SQLRow) throws -> Value) throws
        -> Value?
    {
        let statement = try compiled(sql, values)
        defer { sqlite3_reset(statement) }
        return try step(statement) ? body(SQLRow(statement: statement)) : nil
    }

    /// The integer in the first column of the first row; nil when there is no row, or NULL.
    func integer(_ sql: StaticString, _ values: (any Bindable)?...) throws -> Int64? {
        let statement = try compiled(sql, values)
        defer { sqlite3_reset(statement) }
        return try step(statement) ? SQLRow(statement: statement).integer(0) : nil
    }

    /// What `body` makes of each row. It must not run the same statement again.
    func rows<Value>(_ sql: StaticString, _ values: (any Bindable)?..., row body: (SQLRow) throws -> Value) throws
        -> [Value]
    {
        var rows: [Value] = []
        try each(sql, values) { rows.append(try body($0)) }
        return rows
    }

    /// Calls `body` with each row of a query that is put together elsewhere.
    func forEach(_ statement: Statement, _ body: (SQLRow) throws -> Void) throws {
        defer { sqlite3_reset(statement.sqliteStatement) }
        while try step(statement.sqliteStatement) { try body(SQLRow(statement: statement.sqliteStatement)) }
    }

    private func each(_ sql: StaticString, _ values: [(any Bindable)?], _ body: (SQLRow) throws -> Void) throws {
        let statement = try compiled(sql, values)
        defer { sqlite3_reset(statement) }
        while try step(statement) { try body(SQLRow(statement: statement)) }
    }

    private func compiled(_ sql: StaticString, _ values: [(any Bindable)?]) throws -> OpaquePointer {
        let statement = try self.statement(sql).sqliteStatement
        for (index, value) in values.enumerated() {
            let code =
                value.map { $0.bind(statement, Int32(index + 1)) } ?? sqlite3_bind_null(statement, Int32(index + 1))
            guard code == SQLITE_OK else { throw error(code) }
        }
        return statement
    }

    private func statement(_ sql: StaticString) throws -> Statement {
        if let known = prepared.statements[sql.utf8Start] { return known }
        let statement = try db.cachedStatement(sql: sql.description)
        prepared.statements[sql.utf8Start] = statement
        return statement
    }

    private func step(_ statement: OpaquePointer) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    private func error(_ code: Int32) -> DatabaseError {
        let handle = db.sqliteConnection
        return DatabaseError(
            resultCode: ResultCode(rawValue: handle.map(sqlite3_extended_errcode) ?? code),
            message: handle.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) })
    }
}
