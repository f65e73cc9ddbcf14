/// How far a verb is that takes its time.
public struct WorkProgress: Hashable, Sendable {
    /// How many things are done.
    public let done: Int
    /// How many there are in all; nil while that is not known.
    public let total: Int?
    /// What it is at: a path, or an id.
    public let current: String?

    /// A moment of the work.
    public init(done: Int, total: Int?, current: String? = nil) {
        self.done = done
        self.total = total
        self.current = current
    }
}
