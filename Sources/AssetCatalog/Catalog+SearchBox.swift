import AssetModel
internal import GRDB

/// What a library has that a search box can offer, with counts: from tallies and the vocabulary, never from the items.
extension Catalog {
    /// A thing by its name and how many pictures have it.
    package typealias Counted = (name: String, count: Int)

    /// Every set by name; the counts of smart ones are nil.
    package func setCounts() async throws(CatalogError) -> [(name: String, count: Int?)] {
        try await read { db in try Self.setSummaries(db).map { ($0.name, $0.count) } }
    }

    /// The models of runs that were sent, with how many outputs they have, the most frequent first.
    package func modelCounts() async throws(CatalogError) -> [Counted] {
        try await read { db in
            try SQL(db: db).rows(
                """
                SELECT word.text, sum(outputs) FROM runTally JOIN word ON word.id = runTally.model
                GROUP BY model HAVING sum(outputs) > 0 ORDER BY 2 DESC, 1
                """
            ) { ($0.text(0) ?? "", Int($0.plainInteger(1))) }
        }
    }

    /// The formats of all assets, the most frequent first.
    package func formatCounts() async throws(CatalogError) -> [Counted] {
        try await read { db in
            try SQL(db: db).rows(
                "SELECT format, assets FROM assetTally WHERE format <> '' ORDER BY assets DESC, format"
            ) {
                ($0.text(0) ?? "", Int($0.plainInteger(1)))
            }
        }
    }

    /// The programs that made the last thousand imported pictures with a recipe.
    package func recentGenerators() async throws(CatalogError) -> [String] {
        try await read { db in
            try SQL(db: db).rows(
                """
                SELECT DISTINCT generator FROM (SELECT generator FROM recipe ORDER BY asset DESC LIMIT 1000)
                ORDER BY generator
                """
            ) { $0.text(0) ?? "" }
        }
    }

    /// The words of texts that begin with a folded piece of a word, the most frequent first, of the first few thousand in the alphabet. Counts
    /// are estimates, and never too low.
    package func words(startingWith piece: String, limit: Int) async throws(CatalogError) -> [Counted] {
        try await read { db in
            var words = try SQL(db: db).rows(
                "SELECT text, itemCount FROM searchWord WHERE text >= ?1 AND text < ?1 || char(1114111) LIMIT 3000",
                piece
            ) { ($0.text(0) ?? "", Int($0.plainInteger(1))) }
            words.sort { ($1.1, $0.0) < ($0.1, $1.0) }
            return words.prefix(limit).map { (name: $0.0, count: $0.1) }
        }
    }
}

extension String {
    /// Whether it begins with a text as a person sees it: folded as words are in a search.
    package func startsLikeLabel(_ start: String) -> Bool {
        start.isEmpty || WordCutter.folded(self).hasPrefix(WordCutter.folded(start))
    }

    /// The one word that it is, folded; nil when it is none or several.
    package var asOneWord: String? {
        let words = WordCutter.words(in: self)
        return words.count == 1 ? words[0] : nil
    }
}
