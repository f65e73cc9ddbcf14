import AssetCatalog
import AssetModel

/// What asking about the ledger's uploads came to.
public struct ProbeSummary: Hashable, Sendable {
    /// URLs that answered.
    public internal(set) var servedCount = 0
    /// URLs that are gone.
    public internal(set) var goneCount = 0
    /// URLs about which nothing could be learnt now.
    public internal(set) var unansweredCount = 0
    /// Uploads to other accounts or servers than the one configured, which were not asked.
    public internal(set) var elsewhereCount = 0
}

extension Uploader {
    /// How many URLs are asked for at once.
    private static let probeWidth = 8

    /// Asks about the ledger's uploads and records what the server said.
    func probeUploads(_ filter: UploadFilter) async throws -> ProbeSummary {
        var summary = ProbeSummary()
        let now = environment.now()
        var wanted = try await history.catalog.uploads().filter { filter.accepts($0, at: now) && $0.lostAt == nil }
        summary.elsewhereCount = wanted.count { $0.host != host }
        wanted.removeAll { $0.host != host }
        let answers = try await inParallel(wanted, width: Self.probeWidth) { ($0.url, await probe($0)) }
        try Task.checkCancellation()
        let served = answers.filter { $0.1 == .served }.map(\.0)
        let gone = answers.filter { $0.1 == .gone }.map(\.0)
        summary.servedCount = served.count
        summary.goneCount = gone.count
        summary.unansweredCount = answers.count - served.count - gone.count
        var facts: [JournalEntry.Fact] = gone.map { .uploadLost(.init(url: $0)) }
        if !served.isEmpty { facts.append(.uploadsChecked(.init(urls: served))) }
        try await history.record("uploads probe", facts)
        return summary
    }
}
