import Synchronization

/// How many files an import has read, of how many.
final class ImportCounter: Sendable {
    private struct Count {
        var done = 0
        var total: Int?
        var current: String?
    }

    private let count = Mutex(Count())
    private let onProgress: @Sendable (WorkProgress) -> Void

    /// A counter that tells what it counts.
    init(_ onProgress: @escaping @Sendable (WorkProgress) -> Void) {
        self.onProgress = onProgress
    }

    /// One more file has been read.
    func finished(_ path: String) {
        tell {
            $0.done += 1
            $0.current = path
        }
    }

    /// Finds out how many files there are, from the names in the folders alone.
    @concurrent
    func count(_ paths: [String]) async {
        var total = 0
        for _ in FileWalk(paths) {
            if Task.isCancelled { return }
            total += 1
        }
        let found = total
        tell { $0.total = found }
    }

    private func tell(_ change: (inout Count) -> Void) {
        let now = count.withLock { count in
            change(&count)
            return count
        }
        onProgress(WorkProgress(done: now.done, total: now.total, current: now.current))
    }
}
