import AssetCatalog
public import AssetModel
import FalAPI

/// Many runs, decided before any of them is sent. Making one touches nothing and costs nothing.
public struct SweepPlan: Hashable, Sendable {
    /// One wish and what it takes to fulfil it.
    public enum Item: Hashable, Sendable {
        /// It must be sent, which costs.
        case send(EditPlan)
        /// It was written down before and never sent: the same wish, so that run is sent, which costs.
        case sendPlanned(Run)
        /// It was sent and paid before, and its pictures are to be collected.
        case collect(Run)
        /// It was perhaps sent, and nobody knows: nothing is done about it.
        case unknown(Run)
        /// Its pictures are in the library.
        case finished(Run)

        /// What sending it is expected to cost in US dollars; 0 when nothing is sent.
        public var estimatedPrice: Double {
            switch self {
            case .send(let plan): plan.estimatedPrice
            case .sendPlanned(let run): run.estimatedPrice ?? 0
            case .collect, .unknown, .finished: 0
            }
        }

        /// Whether it is to be sent.
        public var isToBeSent: Bool {
            switch self {
            case .send, .sendPlanned: true
            case .collect, .unknown, .finished: false
            }
        }
    }

    /// Every wish, in order; equal ones stand here once.
    public let items: [Item]

    /// What everything that must be sent is expected to cost, in US dollars.
    public var estimatedPrice: Double { items.reduce(0) { $0 + $1.estimatedPrice } }

    /// How many of those to be sent, in order, a budget in US dollars allows; all of them without one.
    public func affordableCount(within budget: Double?) -> Int {
        var (count, spent) = (0, 0.0)
        for item in items where item.isToBeSent {
            guard PriceEstimate.fits(spent, item.estimatedPrice, in: budget) else { break }
            spent += item.estimatedPrice
            count += 1
        }
        return count
    }
}

/// What a sweep came to.
public struct SweepSummary: Hashable, Sendable {
    /// Runs whose pictures came now.
    public internal(set) var finishedCount = 0
    /// Wishes that the library had fulfilled before.
    public internal(set) var earlierCount = 0
    /// Runs that ended badly, or could not be brought to an end now.
    public internal(set) var failedCount = 0
    /// Runs of which nobody knows whether they were sent.
    public internal(set) var unknownCount = 0
    /// Wishes that the budget had no room for; nothing was written down about them.
    public internal(set) var overBudgetCount = 0
    /// Runs that were written down and not begun, because an earlier one met a trouble that all would meet.
    public internal(set) var waitingCount = 0
}

extension Library {
    /// Decides about many wishes: which must be sent, and which the library knows already, by their recipes.
    ///
    /// `again` looks for nothing and sends them all. Errors as in `plan`, of the first wish that cannot be.
    public func planSweep(_ requests: [EditRequest], again: Bool = false) async throws(LibraryError) -> SweepPlan {
        guard requests.count <= SweepVariants.maximumCount else { throw SweepVariants.tooMany }
        var items: [SweepPlan.Item] = []
        var seen: Set<RecipeIdentity> = []
        for request in requests {
            let identity = RecipeIdentity(
                model: request.model, prompt: request.prompt, parameters: request.parameters(),
                references: request.references.map(\.asset))
            // Without a seed every run gives another picture, so those are never the same.
            if request.seed != nil, !seen.insert(identity).inserted { continue }
            let plan = try await plan(request)
            switch again ? nil : try await earlierRun(of: request) {
            case nil: items.append(.send(plan))
            case .finished(let run)?: items.append(.finished(run))
            case .unfinished(let run)?:
                switch run.nextStep {
                case .submit: items.append(.sendPlanned(run))
                case .collect: items.append(.collect(run))
                case .confirm, .nothing: items.append(.unknown(run))
                }
            }
        }
        return SweepPlan(items: items)
    }

    /// Runs a sweep, `width` at a time. Costs money on fal, by estimate no more than `budget`.
    ///
    /// All that will be sent is written down in one batch before the first submit, so a sweep that is interrupted or killed
    /// is finished by `resumeUnfinished`, or by planning and running the same sweep again. What the budget has no room for is
    /// not written down. `onOutcome` is called for each wish, as it ends. A trouble that every run would meet, such as a key
    /// that fal does not accept, stops the sweep; what was not begun stays written down.
    public func run(
        _ sweep: SweepPlan, width: Int = 4, budget: Double? = nil,
        onProgress: @escaping @Sendable (Run.ID, EditProgress) -> Void = { _, _ in },
        onOutcome: (ResumeOutcome) -> Void = { _ in }
    ) async throws(LibraryError) -> SweepSummary {
        var summary = SweepSummary()
        do {
            let affordable = sweep.affordableCount(within: budget)
            summary.overBudgetCount = sweep.items.count { $0.isToBeSent } - affordable
            let sent = sweep.items.filter(\.isToBeSent).prefix(affordable)
            let plans = sent.compactMap { if case .send(let plan) = $0 { plan } else { nil } }
            var names = plans.isEmpty ? [] : try await writeDown(plans.map(\.intent))
            var (work, toBeSent): ([Run.ID], Int) = ([], 0)
            for item in sweep.items {
                switch item {
                case .send, .sendPlanned:
                    guard toBeSent < affordable else { continue }
                    toBeSent += 1
                    if case .sendPlanned(let run) = item {
                        work.append(run.id)
                    } else {
                        work.append(names.removeFirst())
                    }
                case .collect(let run): work.append(run.id)
                case .unknown(let run):
                    summary.unknownCount += 1
                    onOutcome(.unknown(run))
                case .finished(let run):
                    summary.earlierCount += 1
                    onOutcome(.finished(FinishedEdit(earlier: run)))
                }
            }
            if !work.isEmpty { try await follow(work, width, &summary, onProgress, onOutcome) }
            return summary
        } catch {
            throw LibraryError(error)
        }
    }

    private func follow(
        _ work: [Run.ID], _ width: Int, _ summary: inout SweepSummary,
        _ onProgress: @escaping @Sendable (Run.ID, EditProgress) -> Void, _ onOutcome: (ResumeOutcome) -> Void
    ) async throws {
        let remote = try needRemote()
        var result = summary
        var endedCount = 0
        try await withTransport(remote) { transport in
            try await Self.inParallel(work, width: width) { id -> ResumeOutcome in
                let generation = try await known(id)
                do {
                    return .finished(
                        try await finish(generation, remote, transport, keepingPlan: true) { onProgress(id, $0) })
                } catch {
                    let error = LibraryError(error)
                    if error.category == .cancelled { throw error }
                    return error.category == .outcomeUnknown
                        ? .unknown(try await known(id)) : .failed(generation, error.concerning(id))
                }
            } onResult: { outcome in
                endedCount += 1
                onOutcome(outcome)
                switch outcome {
                case .finished: result.finishedCount += 1
                case .unknown: result.unknownCount += 1
                case .failed(_, let error):
                    result.failedCount += 1
                    return !error.concernsEveryRun
                case .elsewhere: result.failedCount += 1
                }
                return true
            }
        }
        result.waitingCount = work.count - endedCount
        summary = result
    }
}

extension LibraryError {
    /// Whether every other run would meet the same: no key or one that is not accepted, no way to fal, no room on the disk.
    fileprivate var concernsEveryRun: Bool {
        ["fal.unauthorized", "fal.forbidden", "fal.unreachable"].contains(code) || category == .credential
            || category == .storage
    }
}

extension Run {
    /// What it costs by the estimate for its planned pixels, in US dollars; nil for a model without a known price or size.
    public var estimatedPrice: Double? {
        guard let plannedSize else { return nil }
        return PriceEstimate.estimatedCost(
            model: model, megapixels: plannedSize.megapixels * Double(parameters["num_images"]?.int ?? 1))
    }
}
