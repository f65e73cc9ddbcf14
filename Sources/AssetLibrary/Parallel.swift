/// Does something to each of many, at most `width` at a time, begun in order. `onResult` gets the results as they come and says
/// whether to begin another; an error ends all.
func inParallel<Item: Sendable, Result: Sendable>(
    _ items: [Item], width: Int, _ body: @escaping @Sendable (Item) async throws -> Result,
    onResult: (Result) -> Bool
) async throws {
    try await withThrowingTaskGroup(of: Result.self) { group in
        var (next, goesOn) = (0, true)
        func startNext() {
            guard next < items.count, goesOn else { return }
            let item = items[next]
            next += 1
            group.addTask { try await body(item) }
        }
        for _ in 0..<max(1, width) { startNext() }
        while let result = try await group.next() {
            if !onResult(result) { goesOn = false }
            startNext()
        }
    }
}

/// The results for many, in their order.
func inParallel<Item: Sendable, Result: Sendable>(
    _ items: [Item], width: Int, _ body: @escaping @Sendable (Item) async throws -> Result
) async throws -> [Result] {
    var results: [Result?] = Array(repeating: nil, count: items.count)
    try await inParallel(Array(items.enumerated()), width: width) { index, item in
        (index, try await body(item))
    } onResult: { index, result in
        results[index] = result
        return true
    }
    return results.compactMap(\.self)
}

/// Runs something to its end even when the caller was cancelled; the caller waits for it.
func uncancelled<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await Task { try await body() }.value
}

extension Sequence where Element: Hashable {
    /// Each element once, in the order of its first appearance.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

extension Array {
    /// The elements in order, at most `count` in each piece.
    func chunked(by count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
