import AssetCatalog
import AssetModel

/// Ratings, notes, titles, favourites, the trash, and what is said of sets and their members.
extension Curator {
    /// Puts a value into a field of pictures and runs, as one action; says how many held something else.
    func mark(
        _ verb: String, _ field: MarkField, _ value: MarkValue?, _ assets: [ContentDigest], runs: [Run.ID] = []
    ) async throws -> Int {
        let (assets, runs) = (assets.uniqued(), runs.uniqued())
        return try await history.record(verb) { writer in
            let facts = try Self.marking(field, value, of: try writer.known(assets), ofRuns: runs, writer)
            let count = facts.reduce(0) { sum, fact in
                if case .marked(let marked) = fact { sum + marked.assets.count + marked.runs.count } else { sum }
            }
            return (facts, count)
        }
    }

    // MARK: - Deciding under the lock

    /// What puts a value into a field of assets (with `set`, of its members) or runs, without those that hold it.
    static func marking(
        _ field: MarkField, _ value: MarkValue?, of assets: [ContentDigest] = [], in set: String? = nil,
        ofRuns runs: [Run.ID] = [], _ writer: CatalogWriter
    ) throws -> [JournalEntry.Fact] {
        let (value, held) = (field.accepted(value), try writer.marks(field, of: assets, in: set))
        let heldByRuns = try writer.marks(field, of: runs)
        let lines = assets.filter { held[$0] != value }.chunked(by: lineLength).map { chunk in
            JournalEntry.Fact.marked(
                .init(field, assets: chunk, set: set, value: value, was: chunk.map { held[$0] }))
        }
        return lines
            + runs.filter { heldByRuns[$0] != value }.chunked(by: lineLength).map { chunk in
                .marked(.init(field, runs: chunk, value: value, was: chunk.map { heldByRuns[$0] }))
            }
    }

    /// The same of a set itself.
    static func marking(
        _ field: MarkField, _ value: MarkValue?, ofSet set: String, _ writer: CatalogWriter
    ) throws -> [JournalEntry.Fact] {
        let (value, held) = (field.accepted(value), try writer.mark(field, ofSet: set))
        return held == value ? [] : [.marked(.init(field, set: set, value: value, was: [held]))]
    }
}
