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
            #expect(try await library.search(SearchQuery()).count == 2)
            await #expect(throws: StoreError.journalLost(path: segment)) { try await library.history.rebuild() }

            #expect(try await library.history.rebuild(acceptingLoss: true) == 1)
            _ = try await library.importFiles([pictures[2]])
            #expect(try await library.search(SearchQuery()).count == 2)
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
                let hits = try await library.search(SearchQuery())
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
    /// Counts how often the main actor got its turn, and how often it did not while a disk was waited for.
    private final class Turns: Sendable {
        let count = Mutex(0)
        let isOver = Mutex(false)
        let stalls = Mutex(0)
        let syncs = Mutex(0)

        /// A sync that takes until the main actor had two more turns; gives up after two minutes.
        func waitForTurns() {
            syncs.withLock { $0 += 1 }
            let start = count.withLock { $0 }
            for _ in 0..<120_000 {
                if count.withLock({ $0 }) >= start + 2 { return }
                usleep(1000)
            }
            stalls.withLock { $0 += 1 }
        }
    }

    @Test func `verbs called from the main actor leave it free while the disk is waited for`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            let turns = Turns()
            var environment = Library.Environment.live
            environment.fileTrace = FileTrace { call in
                if case .sync = call { turns.waitForTurns() }
            }
            let library = try await Library.open(at: root, environment: environment, logger: TestLibrary.logger)
            let watch = Task { @MainActor in
                while !turns.isOver.withLock({ $0 }) {
                    turns.count.withLock { $0 += 1 }
                    await Task.yield()
                }
            }
            let assets = try await library.importFiles([Fixtures.path("images/demo/mug.png")], set: "demo").assets
            try await library.tag(assets, with: ["kept"])
            turns.isOver.withLock { $0 = true }
            await watch.value
            #expect(turns.syncs.withLock { $0 } >= 3)
            #expect(turns.stalls.withLock { $0 } == 0)
            library.close()
            try await TestLibrary.expectSound(root)
        }
    }
}

struct BatchTests {
    @Test func `many files named as references are one synced write of the journal, and one action`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            let segments = Counter()
            var environment = Library.Environment.live
            environment.fileTrace = FileTrace { call in
                if case .sync(let path) = call, path.hasSuffix(".jsonl") { segments.count.withLock { $0 += 1 } }
            }
            let paths = ["mug.png", "cat.jpg", "marble.webp"].map { Fixtures.path("images/demo/\($0)") }
            try await Library.withLibrary(at: root, environment: environment, logger: TestLibrary.logger) { library in
                let assets = try await library.assets(named: paths)
                var actions: Set<EntryID> = []
                try library.history.journal.read(after: []) { batch, _ in actions.formUnion(batch.map(\.op)) }
                #expect(assets.count == 3 && actions.count == 1)
            }
            #expect(segments.count.withLock { $0 } == 1)
            try await TestLibrary.expectSound(root)
        }
    }

    private final class Counter: Sendable {
        let count = Mutex(0)
    }
}

struct DamagedJournalTests {
    /// A library with two pictures, and the path of its only segment.
    private static func with(_ body: (String, String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                let paths = ["mug.png", "cat.jpg"].map { Fixtures.path("images/demo/\($0)") }
                _ = try await library.importFiles(paths, set: "demo")
            }
            let replicas = try FileManager.default.contentsOfDirectory(atPath: root + "/journal")
            let replica = try #require(replicas.first)
            try await body(root, root + "/journal/\(replica)/00000001.jsonl")
        }
    }

    private static func append(_ text: String, to path: String) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    @Test func `blank lines in the journal hide nothing`() async throws {
        try await Self.with { root, segment in
            try Self.append("\n\n", to: segment)
            try await TestLibrary.expectSound(root)
        }
    }

    @Test func `a damaged line leaves the library readable, and says why it cannot be written`() async throws {
        try await Self.with { root, segment in
            try Self.append("{\"v\":2\n", to: segment)
            for isFresh in [false, true] {
                if isFresh { try FileManager.default.removeItem(atPath: root + "/catalog.sqlite") }
                try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                    let members = try await library.set(named: "demo").members
                    #expect(members.count == 2)
                    let error = await #expect(throws: LibraryError.self) { try await library.deleteSet("demo") }
                    #expect(error?.category == .damaged)
                    #expect(error?.message.contains("line 5") == true)
                    var problems: [IntegrityProblem] = []
                    _ = try await library.verify(onProblem: { problems.append($0) })
                    #expect(problems.map(\.code) == ["journal"])
                }
            }
        }
    }

    @Test func `a segment that is missing or empty is a problem, also to a new catalog`() async throws {
        try await Self.with { root, segment in
            let second = segment.replacing("00000001", with: "00000002")
            try FileManager.default.moveItem(atPath: segment, toPath: second)
            try FileManager.default.removeItem(atPath: root + "/catalog.sqlite")
            func codes() async throws -> [String] {
                try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                    var problems: [IntegrityProblem] = []
                    _ = try await library.verify(onProblem: { problems.append($0) })
                    return problems.map(\.code)
                }
            }
            let missing = try await codes()
            #expect(missing == ["journal"])
            try Data().write(to: URL(filePath: segment))
            let empty = try await codes()
            #expect(empty == ["journal"])
        }
    }

    @Test func `an id that leaves no room for later ones is damage`() async throws {
        try await Self.with { root, segment in
            let line =
                #"{"at":"2026-01-01T00:00:00.000Z","data":{"set":"s","assets":[]},"id":"ffffffff-ffff-7fff-bfff-ffffffffffff","type":"set_created","v":2}"#
            try Self.append(line + "\n", to: segment)
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                let error = await #expect(throws: LibraryError.self) { try await library.deleteSet("demo") }
                #expect(error?.category == .damaged)
            }
        }
    }
}
