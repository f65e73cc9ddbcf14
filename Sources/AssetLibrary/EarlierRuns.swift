import AssetCatalog
public import AssetModel
import AssetStore

/// A run of the same request, made before.
public enum EarlierRun: Hashable, Sendable {
    /// Its pictures are in the library.
    case finished(Run)
    /// It has not ended: submitted, possibly submitted, or only planned, as its `nextStep` says.
    case unfinished(Run)
}

/// Finds runs of earlier that answer a request.
struct EarlierRuns: Sendable {
    let history: History
    let store: BlobStore
    /// Where requests go now; nil when nowhere.
    let host: RemoteHost?

    func run(of request: RunRequest) async throws -> EarlierRun? {
        guard request.seed != nil else { return nil }
        let runs = try await history.catalog.generations(of: request.identity).filter { run in
            guard let host else { return !run.host.isEphemeral }
            return run.host.service == host.service
        }
        if let finished = runs.first(where: { $0.state == .finished && isComplete($0) }) { return .finished(finished) }
        // What was submitted goes before what may have been, and that before what never was: the order of what it may cost.
        // A plan that was made for another account is never sent to this one, so nothing will come of it here.
        // Nor is one that another copy of the library made.
        var unfinished = runs.filter { !$0.state.isFinal && ($0.state != .planned || $0.host == host) }
        for run in unfinished where run.state == .planned {
            if try await history.isPlannedElsewhere(run.id) { unfinished.removeAll { $0.id == run.id } }
        }
        return [Run.State.submitted, .sending, .planned].lazy
            .compactMap { state in unfinished.last { $0.state == state } }.first.map(EarlierRun.unfinished)
    }

    /// Whether everything that a run made is in the store.
    private func isComplete(_ run: Run) -> Bool {
        run.outputs.allSatisfy { store.contains($0.asset, fileExtension: $0.facts.format.fileExtension) }
            && run.files.allSatisfy { store.contains($0.digest, fileExtension: $0.fileExtension) }
    }
}

extension FinishedRun {
    /// A run of earlier, shown as the answer to a request: nothing was sent and nothing paid.
    public init(earlier run: Run) {
        self.init(run: run, uploadedCount: 0, reusedCount: 0, seconds: 0, isEarlier: true)
    }
}
