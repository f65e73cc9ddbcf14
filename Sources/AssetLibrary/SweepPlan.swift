public import AssetModel

/// Many runs, decided before any of them is sent. Making one touches nothing and costs nothing.
public struct SweepPlan: Hashable, Sendable {
    /// One request and what it takes to answer it.
    public enum Item: Hashable, Sendable {
        /// It must be submitted, which costs.
        case send(RunPlan)
        /// The same request was planned before and never submitted, so that run is submitted, which costs.
        case sendPlanned(Run, RunPlan)
        /// It was submitted and paid before, and its pictures are to be collected.
        case collect(Run)
        /// It may have been submitted: nothing is done about it.
        case unknown(Run)
        /// Its pictures are in the library.
        case finished(Run)

        /// What it is expected to cost in US dollars; 0 when nothing is submitted, nil when it cannot be told before.
        public var estimatedPrice: Double? {
            switch self {
            case .send(let plan), .sendPlanned(_, let plan): plan.cost
            case .collect, .unknown, .finished: 0
            }
        }

        /// Whether it is to be submitted.
        public var isToBeSent: Bool {
            switch self {
            case .send, .sendPlanned: true
            case .collect, .unknown, .finished: false
            }
        }
    }

    /// Every request, in order; equal ones stand here once.
    public let items: [Item]

    /// When the oldest of the prices was read that the estimate goes by: a day or a month; nil when there is none.
    public let pricedAt: String?

    /// What everything that must be submitted is expected to cost, in US dollars, as far as that can be told before.
    public var estimatedPrice: Double { items.reduce(0) { $0 + ($1.estimatedPrice ?? 0) } }

    /// How many of those to be submitted, in order, a budget in US dollars allows; all of them without one. What a run costs that has no
    /// estimate cannot be told, so no budget allows it.
    public func affordableCount(within budget: Double?) -> Int {
        var (count, spent) = (0, 0.0)
        for item in items where item.isToBeSent {
            let price = item.estimatedPrice ?? .infinity
            guard PriceEstimate.fits(spent, price, in: budget) else { break }
            spent += price
            count += 1
        }
        return count
    }
}

extension Planner {
    /// Decides about many requests: which must be submitted, and which the library knows already, by their recipes. `again` looks for
    /// nothing and submits them all.
    func planSweep(_ requests: [RunRequest], again: Bool) async throws -> SweepPlan {
        guard requests.count <= SweepVariants.maximumCount else { throw SweepVariants.tooMany }
        var items: [SweepPlan.Item] = []
        var seen: Set<RecipeIdentity> = []
        var pricedAt: String?
        for request in requests {
            // Without a seed every run gives another picture, so those are never the same.
            if request.seed != nil, !seen.insert(request.identity).inserted { continue }
            let plan = try await plan(request)
            if let day = plan.price?.seenOn { pricedAt = min(pricedAt ?? day, day) }
            switch again ? nil : plan.earlierRun {
            case nil: items.append(.send(plan))
            case .finished(let run)?: items.append(.finished(run))
            case .unfinished(let run)?:
                switch run.nextStep {
                case .submit: items.append(.sendPlanned(run, plan))
                case .collect: items.append(.collect(run))
                case .confirm, .nothing: items.append(.unknown(run))
                }
            }
        }
        return SweepPlan(items: items, pricedAt: pricedAt)
    }
}

extension RunPlan {
    /// The run that already gave, or is about to give, what is planned: the same recipe with the same seed, asked of the same
    /// service. Nil when there is none, and for a request without a seed, whose pictures differ each time.
    public var earlierRun: EarlierRun? {
        for case .earlier(let run) in warnings { return run }
        return nil
    }
}
