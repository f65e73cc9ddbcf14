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
        let runs = try await history.catalog.generations(of: request.identity)
        var elsewhere: Set<Run.ID> = []
        for run in runs where run.state == .planned {
            if try await history.isPlannedElsewhere(run.id) { elsewhere.insert(run.id) }
        }
        return answer(among: runs) { elsewhere.contains($0) }
    }

    /// A run of the same request without a seed whose outcome is unknown. Each such run has a seed of its own, so another one is not the same;
    /// but who asks again because no answer came means the same, and would pay for both.
    func unknownRun(of request: RunRequest) async throws -> Run? {
        guard request.seed == nil else { return nil }
        let same = try await history.catalog.unfinishedGenerations().last { run in
            run.nextStep == .confirm && run.host == host && run.model == request.model && run.prompt == request.prompt
                && run.parameters == request.parameters && run.references.members == request.references.map(\.asset)
        }
        guard let same, try await !RunsOnTheirWay(history: history).runs().contains(same.id) else { return nil }
        return same
    }

    /// Makes sure, under the lock under which a plan is recorded, that no one else began the same since it was made: another process, or
    /// another request of this one. A plan that knew of an earlier run, or has no seed, is recorded whatever there is; its key must be
    /// new in any case.
    func expectNone(of plan: RunPlan, _ writer: CatalogWriter) throws {
        if let key = plan.request.filing.key, let id = try writer.generation(askedAs: key) {
            throw LibraryError.begunMeanwhile(id)
        }
        guard plan.request.seed != nil, plan.earlierRun == nil else { return }
        let own = try history.journal.ownReplica()
        let answer = try answer(among: try writer.generations(of: plan.request.identity)) { id in
            guard let replica = try writer.replica(ofPlan: id) else { return false }
            return replica != own
        }
        switch answer {
        case .finished(let run), .unfinished(let run): throw LibraryError.begunMeanwhile(run.id)
        case nil: return
        }
    }

    /// Which of a recipe's runs, newest first, answers a request.
    private func answer(
        among runs: [Run], _ isPlannedElsewhere: (Run.ID) throws -> Bool
    ) rethrows -> EarlierRun? {
        let ours = runs.filter { run in
            guard let host else { return !run.host.isEphemeral }
            return run.host.service == host.service
        }
        if let finished = ours.first(where: { $0.state == .finished && isComplete($0) }) { return .finished(finished) }
        // What was submitted goes before what may have been, and that before what never was: the order of what it may cost.
        // A plan that was made for another account is never sent to this one, so nothing will come of it here.
        // Nor is one that another copy of the library made.
        let unfinished = try ours.filter { run in
            guard run.state == .planned else { return !run.state.isFinal }
            return try run.host == host && !isPlannedElsewhere(run.id)
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

extension LibraryError {
    /// The same was begun while it was planned here.
    static func begunMeanwhile(_ id: Run.ID) -> LibraryError {
        LibraryError(
            .conflict, code: "run_begun",
            "the same recipe and seed have just been begun as \(id) by another process, so nothing was sent or paid here",
            remedy: .resume(id))
    }
}

extension FinishedRun {
    /// A run of earlier, shown as the answer to a request: nothing was sent and nothing paid.
    public init(earlier run: Run) {
        self.init(run: run, uploadedCount: 0, reusedCount: 0, seconds: 0, isEarlier: true)
    }
}
