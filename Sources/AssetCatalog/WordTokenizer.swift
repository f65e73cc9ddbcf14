import AssetModel
internal import GRDB
import GRDBSQLite

/// The words of the full-text index, for FTS5: what `WordCutter` makes of a text. A connection that does not know it can read
/// every other table.
///
/// In Swift, since queries are read by the same code. It costs what FTS5's own `unicode61` costs: prompts are mostly ASCII, which takes
/// no table and no call but FTS5's own for each word.
final class WordTokenizer: FTS5CustomTokenizer {
    static let name = "words"

    /// The argument is the number of the table of characters, which `Schema/schema.sql` counts up when that changes, so that
    /// indexes are made again. It has no other use.
    init(db: Database, arguments: [String]) {}

    func tokenize(
        context: UnsafeMutableRawPointer?, tokenization: FTS5Tokenization, pText: UnsafePointer<CChar>?, nText: CInt,
        tokenCallback: @escaping FTS5TokenCallback
    ) -> CInt {
        guard let pText, nText > 0 else { return SQLITE_OK }
        var code = SQLITE_OK
        pText.withMemoryRebound(to: UInt8.self, capacity: Int(nText)) { bytes in
            WordCutter.cut(UnsafeBufferPointer(start: bytes, count: Int(nText))) { word, place in
                guard let base = word.baseAddress else { return true }
                code = base.withMemoryRebound(to: CChar.self, capacity: word.count) {
                    tokenCallback(context, 0, $0, CInt(word.count), CInt(place.lowerBound), CInt(place.upperBound))
                }
                return code == SQLITE_OK
            }
        }
        // FTS5 says "done" where it has seen enough.
        return code
    }
}
