import AssetModel

/// What a sweep came to.
public struct SweepSummary: Hashable, Sendable {
    /// Runs whose pictures came now.
    public internal(set) var finishedCount = 0
    /// Requests that an earlier run had answered.
    public internal(set) var earlierCount = 0
    /// Runs that failed, or could not be brought to an end now.
    public internal(set) var failedCount = 0
    /// Runs that may have been submitted.
    public internal(set) var unknownCount = 0
    /// Requests that the budget had no room for; nothing was recorded about them.
    public internal(set) var overBudgetCount = 0
    /// Runs that were recorded and not begun, because an earlier one met a trouble that all would meet.
    public internal(set) var waitingCount = 0
}

/// Runs a sweep: everything is recorded before the first submit.
struct Sweeper: Sendable {
    let runner: Runner

    func run(
        _ sweep: SweepPlan, width: Int, budget: Double?,
        onProgress: @escaping @Sendable (Run.ID, RunProgress) -> Void, onOutcome: (ResumeOutcome) -> Void
    ) async throws -> SweepSummary {
        var summary = SweepSummary()
        let affordable = sweep.affordableCount(within: budget)
        summary.overBudgetCount = sweep.items.count { $0.isToBeSent } - affordable
        let sent = sweep.items.filter(\.isToBeSent).prefix(affordable)
        let plans = sent.compactMap { if case .send(let plan) = $0 { plan } else { nil } }
        var names = plans.isEmpty ? [] : try await runner.recordPlans(plans)[...]
        var (work, toBeSent): ([Run.ID], Int) = ([], 0)
        for item in sweep.items {
            switch item {
            case .send, .sendPlanned:
                guard toBeSent < affordable else { continue }
                toBeSent += 1
                if case .sendPlanned(let run) = item {
                    work.append(run.id)
                } else if let name = names.popFirst() {
                    work.append(name)
                }
            case .collect(let run): work.append(run.id)
            case .unknown(let run):
                summary.unknownCount += 1
                onOutcome(.unknown(run, run.terms.isStored ? .notAsked : .notStored))
            case .finished(let run):
                summary.earlierCount += 1
                onOutcome(.finished(FinishedRun(earlier: run)))
            }
        }
        try await follow(work, width, &summary, onProgress, onOutcome)
        return summary
    }

    private func follow(
        _ work: [Run.ID], _ width: Int, _ summary: inout SweepSummary,
        _ onProgress: @escaping @Sendable (Run.ID, RunProgress) -> Void, _ onOutcome: (ResumeOutcome) -> Void
    ) async throws {
        var result = summary
        var endedCount = 0
        try await inParallel(work, width: width) { id -> ResumeOutcome in
            let run = try await runner.records.run(id)
            do {
                return .finished(try await runner.finish(run, keepingPlan: true) { onProgress(id, $0) })
            } catch {
                let error = LibraryError(error)
                if error.category == .cancelled { throw error }
                guard error.category == .outcomeUnknown else { return .failed(run, error.concerning(id)) }
                return .unknown(try await runner.records.run(id), run.terms.isStored ? .notAsked : .notStored)
            }
        } onResult: { outcome in
            endedCount += 1
            onOutcome(outcome)
            switch outcome {
            case .finished: result.finishedCount += 1
            case .unknown: result.unknownCount += 1
            case .failed(_, let error):
                result.failedCount += 1
                return !error.stopsRuns
            case .elsewhere, .notBegun: result.failedCount += 1
            }
            return true
        }
        result.waitingCount = work.count - endedCount
        summary = result
    }
}
