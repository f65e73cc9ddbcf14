/// Every answer of a query in its order, as little of each as a browser needs to lay all of them out before it asks for one.
///
/// Two bytes an answer, so a million are 2 MB: `ratios` and `stacks` have one element an answer, and the counts of `segments`, and of `days`
/// where there are any, sum to `count`.
public struct SearchTimeline: Hashable, Sendable {
    /// A day and how many answers it has.
    public struct Day: Hashable, Sendable {
        /// The day in the person's time zone, such as `2026-11-26`.
        public let day: String
        /// How many answers, at least 1.
        public let count: Int

        package init(day: String, count: Int) {
            (self.day, self.count) = (day, count)
        }
    }

    /// Answers that can be asked for as one page.
    public struct Segment: Hashable, Sendable {
        /// Behind which answer it begins: the `after` of a search that is asked for `count`. Nil for the beginning.
        public let after: SearchCursor?
        /// How many answers, 1 to `SearchTimeline.segmentSize`.
        public let count: Int

        package init(after: SearchCursor?, count: Int) {
            (self.after, self.count) = (after, count)
        }
    }

    /// The order of the answers.
    public let order: SearchQuery.Order
    /// How many answers, at most the query's limit.
    public let count: Int
    /// The days in the order of the answers, each once; empty for orders that are not by time. An answer's day is that of its place in the
    /// order of time, which differs from when it was made only where a machine's clock stood wrong.
    public let days: [Day]
    /// The pages in order. The first has a cursor only in orders that need one to begin with: a random one, and by relevance.
    public let segments: [Segment]
    /// Width by height of each answer as it is seen: see `ratio(_:)`.
    public let ratios: [UInt8]
    /// 1 where an answer was made with the same prompt as the answer before it, both by runs, and in orders by time on the same day; else 0.
    /// Always 0 in orders by rating, seed and size, at random, and in that of a set: there the place of each says something, or neighbours are chance.
    public let stacks: [UInt8]

    /// How many answers a segment has; the last one may have fewer.
    public static let segmentSize = 500

    package init(
        order: SearchQuery.Order, days: [Day], segments: [Segment], ratios: [UInt8], stacks: [UInt8]
    ) {
        self.order = order
        count = ratios.count
        self.days = days
        self.segments = segments
        self.ratios = ratios
        self.stacks = stacks
    }

    /// The width of a picture of height 1 that a byte of `ratios` means: 2^((byte − 128) ∕ 32), from 1∕16 to 15.7, at most 1.1 % beside the
    /// truth within those bounds.
    public static func ratio(_ byte: UInt8) -> Double { SearchRatio.value(of: byte) }
}
