/// What the answers of a query are, counted.
public struct SearchFacets: Hashable, Sendable {
    /// One value and how many answers have it.
    public struct Count: Hashable, Sendable {
        /// The value as it is shown and searched for.
        public let name: String
        /// How many answers.
        public let count: Int

        package init(_ name: String, _ count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// How many answers.
    public let count: Int
    /// Imported ones, and outputs of runs.
    public let kinds: [Count]
    /// By model of the run, the most frequent first.
    public let models: [Count]
    /// By size as seen, the most frequent first.
    public let sizes: [Count]
    /// By month in UTC (`2026-03`), the latest first.
    public let months: [Count]
    /// By tag, the most frequent first. An answer with two tags counts for both.
    public let tags: [Count]
    /// By set, the most frequent first. An answer in two sets counts for both.
    public let sets: [Count]
    /// By stars, five first; `0` for those without.
    public let ratings: [Count]
    /// By the program that made an imported picture, as its recipe says, the most frequent first.
    public let generators: [Count]
    /// Seeds that several answers have, the most frequent first, at most `seedLimit`.
    public let seeds: [Count]
    /// How many different seeds the answers have.
    public let seedCount: Int
    /// How many of those more than one answer has.
    public let reusedSeedCount: Int

    /// How many seeds are listed.
    public static let seedLimit = 20

    package init(
        count: Int, kinds: [Count], models: [Count], sizes: [Count], months: [Count], tags: [Count], sets: [Count],
        ratings: [Count], generators: [Count], seeds: [Count], seedCount: Int, reusedSeedCount: Int
    ) {
        self.count = count
        self.kinds = kinds
        self.models = models
        self.sizes = sizes
        self.months = months
        self.tags = tags
        self.sets = sets
        self.ratings = ratings
        self.generators = generators
        self.seeds = seeds
        self.seedCount = seedCount
        self.reusedSeedCount = reusedSeedCount
    }
}
