public import AssetModel

/// One finished request of an account's history at fal.
public struct HistoryRequest: Hashable, Sendable {
    /// fal's name for it.
    public let id: String
    /// The endpoint that ran.
    public let model: String
    /// The prompt; empty when its input has none that is text.
    public let prompt: String
    /// When fal took it.
    public let at: Timestamp
}

/// What became of one request of the history.
public enum HistoryOutcome: Hashable, Sendable {
    /// It is a run of the library now; the run is nil when nothing was to be written. `expired` counts its files, references and
    /// outputs, that fal no longer serves.
    case new(HistoryRequest, Run?, expired: Int)
    /// A run of the library has it already.
    case known(HistoryRequest, Run.ID)
    /// It may belong to this run, whose submit was never answered: resuming that run adopts it.
    case awaited(HistoryRequest, Run.ID)
    /// fal has not kept what was asked or what was answered, so that it cannot be made a run.
    case notKept(HistoryRequest)
    /// It could not be brought home now; nothing of it was written down.
    case failed(HistoryRequest, LibraryError)
}

/// What an import of the history came to.
public struct HistorySummary: Hashable, Sendable {
    /// How many finished requests the history lists.
    public internal(set) var foundCount = 0
    /// How many of them were not in the library.
    public internal(set) var newCount = 0
    /// How many were in the library.
    public internal(set) var knownCount = 0
    /// How many may belong to a run whose submit was never answered.
    public internal(set) var awaitedCount = 0
    /// How many fal has not kept.
    public internal(set) var notKeptCount = 0
    /// How many could not be brought home now.
    public internal(set) var failedCount = 0
    /// How many of the new ones have files that expired.
    public internal(set) var expiredCount = 0
    /// How many files those are.
    public internal(set) var expiredFileCount = 0
    /// The endpoints whose history fal refused, with its reason.
    public internal(set) var refusedEndpoints: [RefusedEndpoint] = []

    /// An endpoint that fal refused to list.
    public struct RefusedEndpoint: Hashable, Sendable {
        /// The endpoint's id.
        public let endpoint: String
        /// Why.
        public let error: LibraryError
    }

    mutating func count(_ outcome: HistoryOutcome) {
        foundCount += 1
        switch outcome {
        case .new(_, _, let expired):
            newCount += 1
            expiredCount += expired > 0 ? 1 : 0
            expiredFileCount += expired
        case .known: knownCount += 1
        case .awaited: awaitedCount += 1
        case .notKept: notKeptCount += 1
        case .failed: failedCount += 1
        }
    }
}

extension FalSession {
    /// Brings finished requests of the account into the library, newest first: each becomes a run like the library's own, with its
    /// references and outputs as far as fal still serves them, dated by its own time. Costs nothing on fal.
    ///
    /// `endpoints` nil means those of the library's runs and of `EditModels`. What was written down by an earlier import is known, so
    /// a second one changes nothing, and one that was interrupted goes on: each run is one action. `isDryRun` only looks: nothing is
    /// written, and of each new request the files are asked for, not fetched. `onOutcome` hears of each request. A run that was brought
    /// home is never submitted. Errors: `refused` for a key that may not read the history, `invalidInput` for a name that is no endpoint.
    public func importHistory(
        of endpoints: [String]? = nil, since: Timestamp, isDryRun: Bool = false,
        onOutcome: (HistoryOutcome) -> Void = { _ in }
    ) async throws(LibraryError) -> HistorySummary {
        var downloader = downloader
        downloader.isFresh = false
        let importer = HistoryImporter(
            records: records("import"), platform: platform, queue: queue, downloader: downloader, adopter: adopter,
            host: remote.host, isDryRun: isDryRun)
        return try await inLibraryWords { try await importer.run(endpoints, since: since, onOutcome) }
    }
}
