import AssetCatalog
import AssetModel
import AssetStore
import Foundation
import Synchronization

/// Reads a journal on a thread of its own, a few batches ahead of who writes the rows: parsing lines and writing rows take about
/// as long, and each has a core to itself.
final class EntryFeed: Sendable {
    private struct State {
        var batches: [(entries: [PreparedEntry], position: JournalPosition)] = []
        var failure: (any Error)?
        var isComplete = false
        var isAbandoned = false
    }

    /// How many batches wait at most: a few thousand entries in memory.
    private static let capacity = 8
    private static let batchSize = 250

    private let state = Mutex(State())
    private let condition = NSCondition()

    /// Begins to read everything, or what lies before `end`; of that what happened until a moment, by the clocks of those who wrote it.
    init(_ journal: Journal, upTo end: [JournalPosition]?, until moment: Timestamp? = nil) {
        let thread = Thread { [self] in
            do {
                try journal.read(after: [], upTo: end, batch: Self.batchSize) { entries, position in
                    let entries = moment.map { moment in entries.filter { $0.at <= moment } } ?? entries
                    guard put(entries.map { PreparedEntry($0, in: position.replica) }, position)
                    else { throw CancellationError() }
                }
                finish(nil)
            } catch {
                finish(error)
            }
        }
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Hands batch after batch to `body`, on the caller's thread; says how many entries there were.
    func drain(_ body: ([PreparedEntry], JournalPosition) throws -> Void) throws -> Int {
        defer { abandon() }
        var count = 0
        while let batch = try next() {
            try body(batch.entries, batch.position)
            count += batch.entries.count
        }
        return count
    }

    private func put(_ entries: [PreparedEntry], _ position: JournalPosition) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while state.withLock({ $0.batches.count >= Self.capacity && !$0.isAbandoned }) { condition.wait() }
        condition.broadcast()
        return state.withLock { state in
            state.batches.append((entries, position))
            return !state.isAbandoned
        }
    }

    private func next() throws -> (entries: [PreparedEntry], position: JournalPosition)? {
        condition.lock()
        defer { condition.unlock() }
        while state.withLock({ $0.batches.isEmpty && !$0.isComplete }) { condition.wait() }
        condition.broadcast()
        return try state.withLock { state in
            if !state.batches.isEmpty { return state.batches.removeFirst() }
            if let failure = state.failure { throw failure }
            return nil
        }
    }

    private func finish(_ failure: (any Error)?) {
        condition.lock()
        state.withLock { state in
            state.failure = failure
            state.isComplete = true
        }
        condition.broadcast()
        condition.unlock()
    }

    private func abandon() {
        condition.lock()
        state.withLock { $0.isAbandoned = true }
        condition.broadcast()
        condition.unlock()
    }
}
