import AssetCatalog
import AssetModel
import Foundation
import Testing

/// The order of arrival never matters: whatever entries there are, in whatever order, in whatever pieces, once or twice, they fold
/// to the same rows, into a catalog that is in use as well as into one that is made in bulk.
struct FoldPermutationTests {
    @Test func `1,000 random histories fold to the same tables in any order, in any pieces, and twice`() async throws {
        // Each history is folded as it was written and once as it might arrive; with all attacks, in more ways. Every second
        // one is made in bulk.
        let ways: UInt64 = ProcessInfo.processInfo.environment["ATELIER_TEST_ATTACKS"] == "full" ? 8 : 1
        let workers: UInt64 = 4
        let failure = try await withThrowingTaskGroup(of: Difference?.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    for seed in stride(from: worker, to: 1000, by: Int(workers)) {
                        try Task.checkCancellation()
                        if let difference = try await Self.difference(seed, ways: ways) { return difference }
                    }
                    return nil
                }
            }
            while let found = try await group.next() {
                guard let found else { continue }
                group.cancelAll()
                return Difference?.some(found)
            }
            return nil
        }
        if let failure {
            let text = try await failure.shrunk().description
            Issue.record("\(text)")
        }
    }

    /// How a history folds otherwise than in the order of its ids; nil when it does not.
    private static func difference(_ seed: UInt64, ways: UInt64) async throws -> Difference? {
        let history = try RandomHistory(seed: seed)
        let expected = try await fold([history.entries], inBulk: false)
        for way in 0..<ways {
            let (batches, inBulk) = (history.arrivals(way), (seed + way) % 2 == 1)
            if try await fold(batches, inBulk: inBulk) != expected {
                return Difference(seed: seed, batches: batches, inBulk: inBulk)
            }
        }
        return nil
    }

    fileprivate static func fold(_ batches: [[JournalEntry]], inBulk: Bool) async throws -> [String: [String]] {
        let catalog: Catalog
        if inBulk {
            let fold = try CatalogFold.temporary()
            try await fold.fold { writer in for batch in batches { try writer.apply(batch) } }
            catalog = fold.catalog()
        } else {
            catalog = try Catalog.inMemory()
            for batch in batches { try await catalog.withWriteLock { try $0.apply(batch) } }
        }
        var tables = try await catalog.contents().tables
        // It holds no rows of its own; that it agrees with the texts it can say itself.
        tables["searchIndex"] = ["is sound: \(try await catalog.isSearchIndexSound() == true)"]
        try catalog.close()
        return tables
    }
}

/// A history that does not fold as it should.
private struct Difference {
    let seed: UInt64
    let batches: [[JournalEntry]]
    let inBulk: Bool

    /// The same with as few entries as still show it.
    func shrunk() async throws -> Difference {
        var smallest = batches
        if try await isStillOne(smallest.map { Self.deduplicated($0) }) {
            smallest = smallest.map { Self.deduplicated($0) }
        }
        let whole = [smallest.flatMap { $0 }]
        if try await isStillOne(whole) { smallest = whole }
        var (batch, index) = (0, 0)
        while batch < smallest.count {
            guard index < smallest[batch].count else {
                (batch, index) = (batch + 1, 0)
                continue
            }
            var fewer = smallest
            fewer[batch].remove(at: index)
            if try await isStillOne(fewer) { smallest = fewer } else { index += 1 }
        }
        return Difference(seed: seed, batches: smallest.filter { !$0.isEmpty }, inBulk: inBulk)
    }

    var description: String {
        get async throws {
            let inOrder = try await FoldPermutationTests.fold([Self.ordered(batches)], inBulk: false)
            let arrived = try await FoldPermutationTests.fold(batches, inBulk: inBulk)
            var text =
                "history \(seed) folds otherwise when it arrives like this\(inBulk ? " and is folded in bulk" : ""):\n"
            for (number, batch) in batches.enumerated() {
                for entry in batch { text += "  batch \(number): \(entry.id) at \(entry.at) \(entry.fact)\n" }
            }
            for table in Set(inOrder.keys).union(arrived.keys).sorted() where inOrder[table] != arrived[table] {
                let (wanted, got) = (inOrder[table] ?? [], arrived[table] ?? [])
                text += "table \(table), in order of time:\n"
                text += wanted.filter { !got.contains($0) }.map { "  \($0)\n" }.joined()
                text += "table \(table), as it arrived:\n"
                text += got.filter { !wanted.contains($0) }.map { "  \($0)\n" }.joined()
            }
            return text
        }
    }

    private func isStillOne(_ batches: [[JournalEntry]]) async throws -> Bool {
        try await FoldPermutationTests.fold([Self.ordered(batches)], inBulk: false)
            != FoldPermutationTests.fold(batches, inBulk: inBulk)
    }

    private static func ordered(_ batches: [[JournalEntry]]) -> [JournalEntry] {
        deduplicated(batches.flatMap { $0 }).sorted { $0.id < $1.id }
    }

    private static func deduplicated(_ entries: [JournalEntry]) -> [JournalEntry] {
        var seen: Set<EntryID> = []
        return entries.filter { seen.insert($0.id).inserted }
    }
}
