import AssetCatalog
public import AssetModel

/// What runs were estimated to cost, and what fal says they did, in one view.
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
        /// Of the runs, how many have no estimate: no price on record, or a unit that only fal can count.
        public internal(set) var unpricedCount = 0
        /// US dollars by what the plans expected and the prices of their days; nil when no run has an estimate.
        public internal(set) var estimatedPrice: Double?
        /// Of the runs, how many fal billed, and the unit price of the day is known.
        public internal(set) var billedCount = 0
        /// US dollars that fal billed for those; nil when there are none.
        public internal(set) var actualPrice: Double?
        /// By how many US dollars the actual cost exceeds the estimate, over the runs that have both; nil when none has.
        public internal(set) var drift: Double?
        /// How many pictures of these runs are in the library.
        public internal(set) var pictureCount = 0

        /// Of the pictures, how many are of runs whose cost is known, and what those runs cost.
        private var paidPictureCount = 0
        private var paidPrice = 0.0

        /// What one picture in the library cost, in US dollars: the actual cost of its runs where it is known, else the estimate. Nil
        /// without such pictures.
        public var pricePerPicture: Double? { paidPictureCount == 0 ? nil : paidPrice / Double(paidPictureCount) }

        init(name: String) { self.name = name }

        /// Adds runs, with what they were estimated to cost.
        mutating func add(_ runs: BilledRuns, _ estimate: Double?, actual: Double?) {
            runCount += runs.runCount
            if runs.state == .sending { unknownCount += runs.runCount }
            let pixels = runs.state == .finished ? runs.outputPixels : runs.plannedPixels ?? 0
            megapixels += pixels / 1_000_000
            pictureCount += runs.outputCount
            if let estimate {
                estimatedPrice = (estimatedPrice ?? 0) + estimate
            } else {
                unpricedCount += runs.runCount
            }
            if let actual {
                billedCount += runs.runCount
                actualPrice = (actualPrice ?? 0) + actual
                if let estimate { drift = (drift ?? 0) + actual - estimate }
            }
            if let cost = actual ?? estimate, runs.outputCount > 0 {
                paidPictureCount += runs.outputCount
                paidPrice += cost
            }
        }
    }

    /// By month of the plan (`2026-11`, UTC), oldest first.
    public let months: [Row]
    /// By day of the plan, UTC, oldest first.
    public let days: [Row]
    /// By model, sorted by name.
    public let models: [Row]
    /// By set that holds one of the references today, sorted by name, runs in none first. A run whose references are in
    /// two sets stands in both, so these do not add up.
    public let sets: [Row]
    /// All runs.
    public let total: Row
    /// When the oldest of the prices was read that the estimates go by: a day or a month; nil without any.
    public let pricedAt: String?
}

extension CostReport {
    /// Sums runs up, all of them and by set: those of a sandbox that lived as long as one command do not count.
    init(_ runs: [BilledRuns], bySet: [BilledRuns], _ prices: PriceBook) {
        var (days, models, sets): ([String: Row], [String: Row], [String: Row]) = ([:], [:], [:])
        var months: [String: Row] = [:]
        var total = Row(name: "")
        var pricedAt: String?
        func add(_ runs: BilledRuns, to row: inout Row) {
            let price = prices.price(of: runs.model, on: runs.host, day: runs.day)
            if let price { pricedAt = min(pricedAt ?? price.seenOn, price.seenOn) }
            row.add(runs, price?.cost(of: runs), actual: prices.actual(runs))
        }
        for run in runs where !run.host.isEphemeral {
            let day = String(Timestamp(milliseconds: run.day * 86_400_000).description.prefix(10))
            add(run, to: &days[day, default: .init(name: day)])
            add(run, to: &months[String(day.prefix(7)), default: .init(name: String(day.prefix(7)))])
            add(run, to: &models[run.model, default: .init(name: run.model)])
            add(run, to: &total)
        }
        for run in bySet where !run.host.isEphemeral {
            let set = run.set ?? ""
            add(run, to: &sets[set, default: .init(name: set)])
        }
        func sorted(_ rows: [String: Row]) -> [Row] { rows.values.sorted { $0.name < $1.name } }
        self.init(
            months: sorted(months), days: sorted(days), models: sorted(models), sets: sorted(sets), total: total,
            pricedAt: pricedAt)
    }
}

extension PriceBook {
    /// What fal billed for some runs, in US dollars. Where the price of the day could not be read then, it is the one on fal's list that
    /// was read nearest to it since; nil when it did not say what it billed, or no price was ever read.
    fileprivate func actual(_ runs: BilledRuns) -> Double? {
        guard let billing = runs.billing else { return nil }
        if billing.unitPrice != nil { return billing.cost }
        return Run.Billing(units: billing.units, price: listed(runs.model, on: runs.host, day: runs.day)).cost
    }
}

extension UnitPrice {
    /// What some runs were expected to cost together, in US dollars; nil where that could not be told before.
    fileprivate func cost(of runs: BilledRuns) -> Double? {
        cost(
            megapixels: runs.plannedPixels.map { $0 / 1_000_000 }, images: runs.plannedImages, requests: runs.runCount)
    }
}

extension Library {
    /// What the runs of a library were estimated to cost, and what fal billed. Reads only.
    ///
    /// Counted are runs that fal accepted, or may have; not those that failed or were stopped, which fal mostly does not
    /// bill, and not those of a sandbox that lived as long as one command. `since` is the first moment that counts.
    public func costs(since: Timestamp? = nil) async throws(LibraryError) -> CostReport {
        try await inLibraryWords {
            let catalog = history.catalog
            return CostReport(
                try await catalog.billedRuns(since: since, bySet: false),
                bySet: try await catalog.billedRuns(since: since, bySet: true), PriceBook(try await catalog.prices()))
        }
    }
}
