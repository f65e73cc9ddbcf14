import AssetCatalog
import AssetModel

extension Curator {
    /// How long a smart set's query can be, in characters.
    static let maximumQueryLength = 10_000

    /// Makes a smart set.
    func createSmartSet(_ name: String, _ query: String, reading: SearchReading) async throws {
        try Self.checkQuery(query, reading)
        try await history.record("set create") { writer in
            try Self.checkFree(name, writer)
            try Self.checkNesting(name, query, writer)
            return (
                [.setCreated(.init(set: name)), .marked(.init(.query, set: name, value: .text(query), was: [nil]))], ()
            )
        }
    }

    /// Changes what a smart set looks for.
    func editSmartSet(_ name: String, _ query: String, reading: SearchReading) async throws {
        try Self.checkQuery(query, reading)
        try await history.record("set edit") { writer in
            let set = try Self.set(name, writer)
            guard set.query != nil else {
                throw LibraryError(
                    .conflict, code: "not_smart", "@\(set.name): not a smart set, it has no query to change")
            }
            try Self.checkNesting(set.name, query, writer)
            return (try Self.marking(.query, .text(query), ofSet: set.name, writer), ())
        }
    }

    /// An empty variable in a script must not make a set of everything.
    private static func checkQuery(_ text: String, _ reading: SearchReading) throws(LibraryError) {
        guard text.count <= maximumQueryLength else {
            throw LibraryError(
                .invalidInput, code: "query_too_long",
                "the query of a smart set has at most 10,000 characters, this one has \(text.count)")
        }
        if reading.query.condition == .everything, reading.query.limit == nil {
            throw LibraryError(.invalidInput, code: "empty_query", "the query is empty, which would select everything")
        }
        if reading.query.condition == .nothing {
            throw LibraryError(.invalidInput, code: "empty_query", "the query has no word in it: \(text)")
        }
    }

    private static func checkNesting(_ name: String, _ query: String, _ writer: CatalogWriter) throws {
        try SetDirectory(try writer.setNames()).with(name, query).check([name])
    }
}
