import ArgumentParser
import CSQLite
import Foundation

/// The rows of a catalog as text files, one a table and one line a row, and the statements that made its tables and indexes.
///
/// A field is a letter for its type and its value: `n`, `i7`, `r0.5`, `tsome words`, `x` and a blob in hexadecimal. Tabs, line ends
/// and backslashes within are `\t`, `\n` and `\\`.
enum PlainCopy {
    static let statementsFile = "statements.json"

    /// What stood in the catalog's own list of its parts.
    struct Part: Codable {
        let type: String
        let name: String
        let sql: String
        /// The columns that hold values; empty for what is no ordinary table.
        var columns: [String] = []
        /// How many rows.
        var rows = 0
    }

    /// Writes the files into a new folder, and says how many rows and bytes there are.
    static func dump(_ catalog: String, to folder: String) throws -> (rows: Int, byteCount: Int) {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let database = try PlainDatabase(catalog)
        let shadows = Set(
            try database.texts("SELECT name FROM pragma_table_list WHERE type = 'shadow'").map { $0[0] })
        var parts = try database.texts("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid").compactMap
        {
            row -> Part? in
            guard !row[3].isEmpty, !row[1].hasPrefix("sqlite_"), !shadows.contains(row[1]), !shadows.contains(row[2])
            else { return nil }
            // Plain SQLite has no words but its own.
            let sql = row[3].replacing(/tokenize = '[^']*'/, with: "tokenize = 'unicode61 remove_diacritics 2'")
            return Part(type: row[0], name: row[1], sql: sql)
        }
        var byteCount = 0
        for index in parts.indices where parts[index].isTable {
            let name = parts[index].name
            let columns = try database.texts("SELECT name FROM pragma_table_xinfo('\(name)') WHERE hidden = 0")
                .map { "\"\($0[0])\"" }
            parts[index].columns = columns
            let path = "\(folder)/\(name).tsv"
            try Data().write(to: URL(fileURLWithPath: path))
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            defer { try? file.close() }
            var bytes: [UInt8] = []
            func flush() throws {
                try file.write(contentsOf: bytes)
                byteCount += bytes.count
                bytes.removeAll(keepingCapacity: true)
            }
            try database.eachRow("SELECT \(columns.joined(separator: ",")) FROM \"\(name)\"") { statement in
                for column in 0..<Int32(columns.count) {
                    if column > 0 { bytes.append(UInt8(ascii: "\t")) }
                    append(statement, column, to: &bytes)
                }
                bytes.append(UInt8(ascii: "\n"))
                parts[index].rows += 1
                if bytes.count > 1 << 20 { try flush() }
            }
            try flush()
        }
        try JSONEncoder().encode(parts).write(to: URL(fileURLWithPath: "\(folder)/\(statementsFile)"))
        return (parts.reduce(0) { $0 + $1.rows }, byteCount)
    }

    /// Makes a database of the files in one transaction: tables, rows, then indexes, then the full-text index, then triggers.
    static func load(_ folder: String, into path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(statementsFile)"))
        let parts = try JSONDecoder().decode([Part].self, from: data)
        let database = try PlainDatabase(path, bulk: true)
        try database.execute("BEGIN")
        for part in parts where part.isTable {
            try database.execute(part.sql)
            try fill(database, part, from: "\(folder)/\(part.name).tsv")
        }
        for part in parts where part.type == "index" || part.type == "view" { try database.execute(part.sql) }
        for part in parts where part.isVirtual {
            try database.execute(part.sql)
            try database.execute("INSERT INTO \"\(part.name)\" (\"\(part.name)\") VALUES ('rebuild')")
        }
        for part in parts where part.type == "trigger" { try database.execute(part.sql) }
        try database.execute("COMMIT")
    }

    private static func append(_ statement: OpaquePointer, _ column: Int32, to bytes: inout [UInt8]) {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_NULL: bytes.append(UInt8(ascii: "n"))
        case SQLITE_INTEGER: bytes.append(contentsOf: "i\(sqlite3_column_int64(statement, column))".utf8)
        case SQLITE_FLOAT: bytes.append(contentsOf: "r\(sqlite3_column_double(statement, column))".utf8)
        case SQLITE_BLOB:
            bytes.append(UInt8(ascii: "x"))
            let digits = Array("0123456789abcdef".utf8)
            for byte in value(sqlite3_column_blob(statement, column), sqlite3_column_bytes(statement, column)) {
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        default:
            bytes.append(UInt8(ascii: "t"))
            let text = sqlite3_column_text(statement, column).map { UnsafeRawPointer($0) }
            for byte in value(text, sqlite3_column_bytes(statement, column)) {
                switch byte {
                case UInt8(ascii: "\t"): bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
                case UInt8(ascii: "\n"): bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
                case UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\\")])
                default: bytes.append(byte)
                }
            }
        }
    }

    private static func value(_ start: UnsafeRawPointer?, _ count: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(count))
    }

    private static func fill(_ database: PlainDatabase, _ part: Part, from path: String) throws {
        let marks = part.columns.map { _ in "?" }.joined(separator: ",")
        let statement = try database.prepare(
            "INSERT INTO \"\(part.name)\" (\(part.columns.joined(separator: ","))) VALUES (\(marks))")
        defer { sqlite3_finalize(statement) }
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        try data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in
            var (start, column) = (0, Int32(1))
            while start < bytes.count {
                var (end, isEscaped) = (start, false)
                while bytes[end] != UInt8(ascii: "\t"), bytes[end] != UInt8(ascii: "\n") {
                    if bytes[end] == UInt8(ascii: "\\") { isEscaped = true }
                    end += 1
                }
                bind(statement, column, UnsafeRawBufferPointer(rebasing: bytes[start..<end]), isEscaped)
                if bytes[end] == UInt8(ascii: "\n") {
                    _ = try database.step(statement)
                    sqlite3_reset(statement)
                    column = 1
                } else {
                    column += 1
                }
                start = end + 1
            }
        }
    }

    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private static func bind(
        _ statement: OpaquePointer, _ column: Int32, _ field: UnsafeRawBufferPointer, _ isEscaped: Bool
    ) {
        let value = UnsafeRawBufferPointer(rebasing: field[1...])
        switch field[0] {
        case UInt8(ascii: "i"):
            sqlite3_bind_int64(statement, column, Int64(String(decoding: value, as: UTF8.self)) ?? 0)
        case UInt8(ascii: "r"):
            sqlite3_bind_double(statement, column, Double(String(decoding: value, as: UTF8.self)) ?? 0)
        case UInt8(ascii: "x"):
            func digit(_ byte: UInt8) -> UInt8 { byte < 58 ? byte - 48 : byte - 87 }
            withUnsafeTemporaryAllocation(byteCount: value.count / 2 + 1, alignment: 1) { blob in
                for index in 0..<value.count / 2 {
                    blob[index] = digit(value[2 * index]) << 4 | digit(value[2 * index + 1])
                }
                sqlite3_bind_blob(statement, column, blob.baseAddress, Int32(value.count / 2), copied)
            }
        case UInt8(ascii: "t") where isEscaped:
            var (text, isMark) = ([UInt8](), false)
            for byte in value {
                if isMark {
                    text.append(byte == UInt8(ascii: "t") ? 9 : byte == UInt8(ascii: "n") ? 10 : byte)
                    isMark = false
                } else if byte == UInt8(ascii: "\\") {
                    isMark = true
                } else {
                    text.append(byte)
                }
            }
            text.withUnsafeBytes {
                _ = sqlite3_bind_text(
                    statement, column, $0.baseAddress?.assumingMemoryBound(to: CChar.self) ?? nil, Int32($0.count),
                    copied)
            }
        case UInt8(ascii: "t"):
            // The file stays mapped until the row is written: no copy.
            sqlite3_bind_text(
                statement, column, value.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(value.count), nil)
        default: sqlite3_bind_null(statement, column)
        }
    }
}

extension PlainCopy.Part {
    /// Whether it is a table of rows.
    var isTable: Bool { type == "table" && !isVirtual }
    /// Whether a module keeps it, as the full-text index.
    var isVirtual: Bool { sql.uppercased().hasPrefix("CREATE VIRTUAL") }
}

/// Loads such files in a process of its own, whose time and memory can be measured.
struct LoadPlainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load-plain", abstract: "Make a database of text files.", shouldDisplay: false)

    @Argument(help: "The folder of the files.") var folder: String
    @Argument(help: "The database to make.") var database: String

    func run() throws { try PlainCopy.load(folder, into: database) }
}
