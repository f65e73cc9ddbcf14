import AssetCatalog
public import AssetModel
import Foundation

/// Counts that a gallery shows all the time. Cost of each: a few milliseconds at most, whatever the size of the library; of the smart sets
/// what their searches take.
extension Library {
    /// How many pictures, favourites, references, runs under way and uploads on fal there are now.
    public func counts() async throws(LibraryError) -> LibraryCounts {
        try await inLibraryWords {
            let underWay = try await RunsOnTheirWay(history: history).runs()
            return try await history.catalog.counts(now: environment.now(), underWay: underWay)
        }
    }

    /// Every tag of pictures that are not in the trash, the most frequent first.
    public func tagCounts() async throws(LibraryError) -> [(tag: String, count: Int)] {
        try await inLibraryWords { try await history.catalog.tagCounts() }
    }

    /// Every set by name, without its members. Of smart ones what their queries find now is counted, each for at most `patience`; with
    /// `.zero` none is.
    public func setSummaries(countingFor patience: Duration = .milliseconds(50)) async throws(LibraryError)
        -> [SetSummary]
    {
        try await inLibraryWords {
            var summaries = try await history.catalog.setSummaries()
            guard patience > .zero else { return summaries }
            for place in summaries.indices where summaries[place].isSmart {
                summaries[place] = try await counted(summaries[place], patience)
            }
            return summaries
        }
    }

    /// A smart set with how many it holds now, or with why it cannot be followed: one of them must not hide the others.
    private func counted(_ summary: SetSummary, _ patience: Duration) async throws(LibraryError) -> SetSummary {
        guard let text = summary.query else { return summary }
        let query = SetFinder.reading(of: text, history, .current).query
        do {
            let count = try await self.count(query, within: patience)
            return summary.counting(count.map { min($0, query.limit ?? .max) })
        } catch {
            guard [.invalidInput, .notFound, .conflict].contains(error.category) else { throw error }
            return summary.counting(nil, problem: error.message)
        }
    }
}
