import AssetModel
internal import GRDB

/// What words the texts of items have, for searches that leave a word open. A word stays when its last text goes: one too many finds
/// nothing, and counting would cost more than it saves. `itemCount` is an estimate for the same reason; the row of no text has the
/// number of items.
extension CatalogWriter {
    /// Words that are known to stand there, for the length of one write.
    final class KnownWords {
        fileprivate var words: Set<String> = []
    }

    /// Adds the words of the texts of an item that is new, and counts it with each. In bulk that is done at the end, for all.
    func rememberWords(ofNew item: Int64) throws {
        guard !isBulk else { return }
        // The row of no text counts it too.
        var words: Set<String> = [""]
        _ = try sql.first("SELECT prompt, names, tags, more, notes FROM searchText WHERE id = ?", item) { row in
            for column in Int32(0)..<5 {
                guard let bytes = row.bytes(column) else { continue }
                WordCutter.cut(bytes.assumingMemoryBound(to: UInt8.self)) { word, _ in
                    words.insert(String(decoding: word, as: UTF8.self))
                    return true
                }
            }
        }
        for word in words {
            try sql.run(
                """
                INSERT INTO searchWord (text, itemCount) VALUES (?, 1)
                ON CONFLICT DO UPDATE SET itemCount = itemCount + 1
                """, word)
        }
    }

    /// Adds the words of a text that items have from now on.
    func rememberWords(in text: String) throws {
        guard !isBulk else { return }
        for word in WordCutter.words(in: text) where knownWords.words.insert(word).inserted {
            try sql.run("INSERT OR IGNORE INTO searchWord (text, itemCount) VALUES (?, 1)", word)
        }
    }

    /// Fills the table from the full-text index, at the end of a fold in bulk.
    func finishWords() throws {
        try Self.withWordsOfIndex(db) {
            try db.execute(
                sql: """
                    INSERT INTO searchWord (text, itemCount) SELECT term, doc FROM temp.wordOfIndex;
                    INSERT INTO searchWord (text, itemCount) SELECT '', count(*) FROM searchItem;
                    """)
        }
    }

    /// Whether every word of the full-text index is known.
    static func areWordsKnown(_ db: Database) throws -> Bool {
        try withWordsOfIndex(db) {
            try Row.fetchOne(
                db, sql: "SELECT 1 FROM temp.wordOfIndex WHERE term NOT IN (SELECT text FROM searchWord)") == nil
        }
    }

    /// Lets `body` read the words of the full-text index as a table. Cost of reading: the whole index.
    private static func withWordsOfIndex<Value>(_ db: Database, _ body: () throws -> Value) throws -> Value {
        try db.execute(sql: "CREATE VIRTUAL TABLE temp.wordOfIndex USING fts5vocab(main, searchIndex, row)")
        let value = try body()
        try db.execute(sql: "DROP TABLE temp.wordOfIndex")
        return value
    }
}
