import AssetModel

/// What a sweep came to.
public struct SweepSummary: Hashable, Sendable {
    /// Runs whose pictures came now.
    public internal(set) var finishedCount = 0
    /// Requests that an earlier run had answered.
    public internal(set) var earlierCount = 0
    /// Runs that failed.
    public internal(set) var failedCount = 0
    /// Runs that fal has, and of which not everything could be fetched.
    public internal(set) var openCount = 0
    /// Runs that may have been submitted.
    public internal(set) var unknownCount = 0
    /// Requests that the budget had no room for; nothing was recorded about them.
    public internal(set) var overBudgetCount = 0
    /// Runs that are recorded and were not submitted, because they, or an earlier one, met a trouble that is not theirs.
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
                if case .sendPlanned(let run, _) = item {
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
        var waiting = work[...]
        try await inParallel(work, width: width) { id -> (Run.ID, ResumeOutcome) in
            let run = try await runner.records.run(id)
            do {
                return (id, .finished(try await runner.finish(run, keepingPlan: true) { onProgress(id, $0) }))
            } catch {
                if LibraryError(error).category == .cancelled { throw error }
                return (id, await runner.records.outcome(of: run, error))
            }
        } onResult: { id, outcome in
            waiting.removeAll { $0 == id }
            onOutcome(outcome)
            switch outcome {
            case .finished: result.finishedCount += 1
            case .unknown: result.unknownCount += 1
            case .failed(let run, let error):
                switch run.state {
                case .planned: result.waitingCount += 1
                case .sending, .submitted: result.openCount += 1
                case .finished, .failed, .cancelled: result.failedCount += 1
                }
                return !error.stopsRuns
            case .elsewhere, .notBegun: result.failedCount += 1
            }
            return true
        }
        for id in waiting {
            result.waitingCount += 1
            onOutcome(.notBegun(try await runner.records.run(id)))
        }
        summary = result
    }
}
