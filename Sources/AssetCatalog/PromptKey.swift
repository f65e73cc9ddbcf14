internal import GRDB
import GRDBSQLite

/// The identity of a prompt as one number, so that a walk over a million narrow rows can tell which neighbours were made with the same
/// prompt without reading it: the 64 bits of FNV-1a over its UTF-8.
///
/// Two prompts of the same number are taken for one: among a million the chance of any such pair is 1 in 37 million.
enum PromptKey {
    /// Makes `promptKey(text)` known to a connection: NULL for NULL and for an empty text, never 0.
    static func register(_ db: Database) {
        sqlite3_create_function_v2(
            db.sqliteConnection, "promptKey", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil,
            { context, _, values in
                guard let value = values?[0], let text = sqlite3_value_text(value) else {
                    return sqlite3_result_null(context)
                }
                let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_value_bytes(value)))
                if bytes.isEmpty { return sqlite3_result_null(context) }
                sqlite3_result_int64(context, PromptKey.key(of: bytes))
            }, nil, nil, nil)
    }

    /// The number of a prompt's UTF-8.
    static func key(of bytes: UnsafeBufferPointer<UInt8>) -> Int64 {
        var sum: UInt64 = 14_695_981_039_346_656_037
        for byte in bytes { sum = (sum ^ UInt64(byte)) &* 1_099_511_628_211 }
        return sum == 0 ? 1 : Int64(bitPattern: sum)
    }
}
