import AssetCatalog
public import AssetModel

/// What runs are estimated to have cost, in one view.
public struct CostReport: Hashable, Sendable {
    /// A sum over some runs.
    public struct Row: Hashable, Sendable {
        /// The day (`2026-11-23`, UTC), model or set; empty for the sum over all, and for runs in no set.
        public let name: String
        /// How many runs.
        public internal(set) var runCount = 0
        /// Of those, how many may never have been accepted: whether they cost anything is not known.
        public internal(set) var unknownCount = 0
        /// Millions of pixels that came, or were planned by runs that are under way.
        public internal(set) var megapixels = 0.0
        /// Of the runs, how many are of a model without a price on record.
        public internal(set) var unpricedCount = 0
        /// US dollars by the estimate, for the runs of models with a known price; nil when no run is of such a model.
        public internal(set) var estimatedPrice: Double?
    }

    /// By day of the plan, UTC, oldest first.
    public let days: [Row]
    /// By model, sorted by name.
    public let models: [Row]
    /// By set that holds one of the references today, sorted by name, runs in none first. A run whose references are in
    /// two sets stands in both, so these do not add up.
    public let sets: [Row]
    /// All runs.
    public let total: Row
}

extension CostReport {
    /// Sums runs up: those of a sandbox that lived as long as one command do not count, nor what was planned before `since`.
    init(_ runs: [BilledRun], since: Timestamp?) {
        var (days, models, sets): ([String: Row], [String: Row], [String: Row]) = ([:], [:], [:])
        var total = Row(name: "")
        for run in runs where !run.host.isEphemeral && run.plannedAt >= since ?? run.plannedAt {
            let day = String(run.plannedAt.description.prefix(10))
            days[day, default: .init(name: day)].add(run)
            models[run.model, default: .init(name: run.model)].add(run)
            for set in run.sets.isEmpty ? [""] : run.sets { sets[set, default: .init(name: set)].add(run) }
            total.add(run)
        }
        func sorted(_ rows: [String: Row]) -> [Row] { rows.values.sorted { $0.name < $1.name } }
        self.init(days: sorted(days), models: sorted(models), sets: sorted(sets), total: total)
    }
}

extension Library {
    /// What the runs of a library are estimated to have cost. Reads only.
    ///
    /// Counted are runs that fal accepted, or may have; not those that failed or were stopped, which fal mostly does not
    /// bill, and not those of a sandbox that lived as long as one command. `since` is the first day that counts.
    public func costs(since: Timestamp? = nil) async throws(LibraryError) -> CostReport {
        try await inLibraryWords { CostReport(try await history.catalog.billedRuns(), since: since) }
    }
}

extension CostReport.Row {
    fileprivate mutating func add(_ run: BilledRun) {
        let pixels = Double(run.pixelCount) / 1_000_000
        runCount += 1
        if run.state == .sending { unknownCount += 1 }
        megapixels += pixels
        if let cost = PriceEstimate.estimatedCost(model: run.model, megapixels: pixels) {
            estimatedPrice = (estimatedPrice ?? 0) + cost
        } else {
            unpricedCount += 1
        }
    }
}
