extension String {
    /// With A to Z in lower case: what SQLite's NOCASE compares, and so what names a tag or a set.
    package var asciiLowercased: String {
        String(decoding: utf8.map { 65...90 ~= $0 ? $0 + 32 : $0 }, as: UTF8.self)
    }
}
