import AssetModel
import Synchronization

/// Where pictures are ordered to be drawn: two who want the same one get it from one drawing, and one that no one wants any more is
/// not begun.
final class DrawingDesk: Sendable {
    /// What is drawn: the kept sizes of a picture, or its preview.
    struct Key: Hashable, Sendable {
        let asset: ContentDigest
        let isPreview: Bool
    }

    /// What came of it: the files that were made, by their longer side, or why there are none.
    struct Drawn: Sendable {
        var thumbnails: [Int: Thumbnail] = [:]
        /// A stable name in snake_case; nil when it was drawn.
        var problem: String?
    }

    typealias Work = @Sendable () throws -> Drawn

    private let threads: DrawingThreads
    private let state = Mutex(State())

    private struct State {
        var orders: [Key: Order] = [:]
        var lastWaiter = 0
    }

    private struct Order {
        let work: Work
        var urgency: DrawingThreads.Urgency
        var isBegun = false
        var waiters: [Int: CheckedContinuation<Result<Drawn, any Error>, Never>] = [:]
    }

    init(threads: DrawingThreads = DrawingThreads()) {
        self.threads = threads
    }

    /// How many are drawn at once.
    var width: Int { threads.width }

    /// How many wait for something: for tests.
    func waiterCount(of key: Key) -> Int { state.withLock { $0.orders[key]?.waiters.count ?? 0 } }

    /// Draws something, or waits for it if that is under way. Errors: those of `work`; an interruption of the caller, which does not
    /// stop others from getting it.
    func draw(_ key: Key, _ urgency: DrawingThreads.Urgency, _ work: @escaping Work) async throws -> Drawn {
        let waiter = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                take(key, urgency, work, waiter, continuation)
            }
        } onCancel: {
            leave(key, waiter)
        }
        return try result.get()
    }

    private func take(
        _ key: Key, _ urgency: DrawingThreads.Urgency, _ work: @escaping Work, _ waiter: Int,
        _ continuation: CheckedContinuation<Result<Drawn, any Error>, Never>
    ) {
        let (isLate, needsJob) = state.withLock { state -> (Bool, Bool) in
            // Looked at under the lock: whoever is cancelled later finds the order there, in `leave`.
            if Task.isCancelled { return (true, false) }
            guard var order = state.orders[key] else {
                state.orders[key] = Order(work: work, urgency: urgency, waiters: [waiter: continuation])
                return (false, true)
            }
            order.waiters[waiter] = continuation
            // One that waits in the background gets a second job, in front; the other will find it begun.
            let isRaised = !order.isBegun && order.urgency < urgency
            if isRaised { order.urgency = urgency }
            state.orders[key] = order
            return (false, isRaised)
        }
        if isLate { return continuation.resume(returning: .failure(CancellationError())) }
        if needsJob { threads.run(urgency) { [self] in carryOut(key) } }
    }

    private func leave(_ key: Key, _ waiter: Int) {
        let continuation = state.withLock { state in
            guard let continuation = state.orders[key]?.waiters.removeValue(forKey: waiter) else {
                return nil as CheckedContinuation<Result<Drawn, any Error>, Never>?
            }
            if let order = state.orders[key], order.waiters.isEmpty, !order.isBegun { state.orders[key] = nil }
            return continuation
        }
        continuation?.resume(returning: .failure(CancellationError()))
    }

    private func carryOut(_ key: Key) {
        let work = state.withLock { state -> Work? in
            guard let order = state.orders[key], !order.isBegun else { return nil }
            state.orders[key]?.isBegun = true
            return order.work
        }
        guard let work else { return }
        let result = Result { try work() }
        let order = state.withLock { $0.orders.removeValue(forKey: key) }
        for continuation in (order?.waiters ?? [:]).values { continuation.resume(returning: result) }
    }
}
