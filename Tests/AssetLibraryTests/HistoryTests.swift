import AssetCatalog
import AssetModel
import AssetStore
import Files
import Fixtures
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AssetLibrary

struct HistoryTests {
    @Test func `lines of one action share its name and say the verb`() async throws {
        try await TestLibrary.with { library in
            _ = try await library.importFiles(
                [Fixtures.path("images/demo/mug.png"), Fixtures.path("images/demo/cat.jpg")], set: "demo")
            var entries: [JournalEntry] = []
            try library.history.journal.read(after: []) { batch, _ in entries += batch }
            #expect(entries.count == 3)
            #expect(Set(entries.map(\.op)) == [entries[0].id])
            #expect(Set(entries.map(\.by)) == ["import"])
        }
    }

    @Test
    func `after an older journal was put back, writing fails at once until the loss is accepted, and reading goes on`()
        async throws
    {
        try await TestLibrary.with { library in
            let pictures = ["mug.png", "cat.jpg", "marble.webp"].map { Fixtures.path("images/demo/" + $0) }
            let mug = try await library.importFiles([pictures[0]]).assets[0]
            let journal = library.root + "/journal"
            let replica = try #require(try FileManager.default.contentsOfDirectory(atPath: journal).first)
            let segment = "\(journal)/\(replica)/00000001.jsonl"
            let older = try Data(contentsOf: URL(fileURLWithPath: segment))
            _ = try await library.importFiles([pictures[1]])
            try older.write(to: URL(fileURLWithPath: segment))

            let attempts = Mutex(0)
            let error = await #expect(throws: StoreError.self) {
                try await library.history.record("tag add", persistently: true) { _ in
                    attempts.withLock { $0 += 1 }
                    return ([.tagged(.init(assets: [mug], tags: ["late"]))], ())
                }
            }
            #expect(error == .journalLost(path: segment))
            #expect(attempts.withLock { $0 } == 1)
            #expect(try await library.search(SearchQuery(terms: [])).count == 2)
            await #expect(throws: StoreError.journalLost(path: segment)) { try await library.history.rebuild() }

            #expect(try await library.history.rebuild(acceptingLoss: true) == 1)
            _ = try await library.importFiles([pictures[2]])
            #expect(try await library.search(SearchQuery(terms: [])).count == 2)
            #expect(try Data(contentsOf: URL(fileURLWithPath: segment)) == older)
            // The picture whose line is lost is imported again before the library is looked over.
            _ = try await library.importFiles([pictures[1]])
        }
    }

    @Test func `what another program writes arrives as a change`() async throws {
        try await TestLibrary.with { library in
            let start = try await library.history.catalog.positions()
            let changes = library.history.changes(since: start)
            try await Library.withLibrary(at: library.root, logger: TestLibrary.logger) { other in
                _ = try await other.importFiles([Fixtures.path("images/demo/mug.png")])
            }
            for try await entries in changes {
                guard case .imported(let fact)? = entries.first?.fact else {
                    Issue.record("\(entries)")
                    break
                }
                #expect(fact.path.hasSuffix("mug.png"))
                break
            }
        }
    }

    @Test func `a clock that is a year ahead on one machine moves nobody else's times`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            let now = Timestamp(milliseconds: 1_767_225_600_000)
            func open(at time: Timestamp, _ path: String) async throws {
                let environment = Library.Environment(now: { time }, random: { UInt64.random(in: .min ... .max) })
                try await Library.withLibrary(at: root, environment: environment, logger: TestLibrary.logger) {
                    _ = try await $0.importFiles([Fixtures.path(path)])
                }
            }
            try await open(at: now.adding(seconds: 365 * 86_400), "images/demo/mug.png")
            try await open(at: now, "images/demo/cat.jpg")
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                let hits = try await library.search(SearchQuery(terms: []))
                // The order is that of writing, the time is the clock's.
                #expect(hits.map(\.createdAt) == [now, now.adding(seconds: 365 * 86_400)])
            }
            try await TestLibrary.expectSound(root)
        }
    }
}

extension HistoryTests {
    @Test func `a change of a set says what it replaced`() async throws {
        try await TestLibrary.with { library in
            let paths = ["mug.png", "cat.jpg", "marble.webp"].map { Fixtures.path("images/demo/\($0)") }
            let assets = try await library.importFiles(paths, set: "demo").assets
            let reversed = Array(assets.reversed())
            _ = try await library.arrangeSet("demo", reversed)
            // A second time changes nothing, and nothing is written.
            _ = try await library.arrangeSet("demo", reversed)
            _ = try await library.removeFromSet("demo", [assets[0]])
            try await library.deleteSet("demo")
            var changes: [JournalEntry.SetChange] = []
            try library.history.journal.read(after: []) { batch, _ in
                for entry in batch {
                    switch entry.fact {
                    case .setArranged(let change), .setReduced(let change), .setDeleted(let change):
                        changes.append(change)
                    default: break
                    }
                }
            }
            #expect(changes.count == 3)
            #expect(changes.map(\.was) == [assets, nil, Array(reversed.prefix(2))])
            #expect(changes.map(\.places) == [nil, [2], nil])
        }
    }
}

@MainActor
struct MainActorTests {
    /// Counts how often the main actor got its turn.
    private final class Turns {
        var count = 0
        var isOver = false
    }

    @Test func `verbs called from the main actor leave it free while files are read, hashed and synced`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            // Every sync takes long, as on a busy disk.
            var environment = Library.Environment.live
            environment.fileTrace = FileTrace { call in
                if case .sync = call { usleep(20_000) }
            }
            let library = try await Library.open(at: root, environment: environment, logger: TestLibrary.logger)
            let turns = Turns()
            let watch = Task { @MainActor in
                while !turns.isOver {
                    turns.count += 1
                    await Task.yield()
                }
            }
            let before = turns.count
            let assets = try await library.importFiles([Fixtures.path("images/demo/mug.png")], set: "demo").assets
            let afterImport = turns.count
            try await library.tag(assets, with: ["kept"])
            let afterTag = turns.count
            _ = try await library.verify(onProblem: { _ in })
            let afterVerify = turns.count
            turns.isOver = true
            await watch.value
            #expect(afterImport - before > 10 && afterTag - afterImport > 10 && afterVerify > afterTag)
            library.close()
            try await TestLibrary.expectSound(root)
        }
    }
}
