import AssetModel
import AssetStore
import Files
import Foundation
import Synchronization
import TestSupport
import Testing

struct JournalTests {
    @Test func `what was appended is read back in order`() async throws {
        try await JournalStage.with { journal, _ in
            let entries = JournalStage.entries(1200)
            _ = try JournalStage.append(Array(entries[..<700]), to: journal)
            _ = try JournalStage.append(Array(entries[700...]), to: journal)
            #expect(try JournalStage.all(journal) == entries)
        }
    }

    @Test func `reading goes on where it stopped`() async throws {
        try await JournalStage.with { journal, _ in
            let entries = JournalStage.entries(10)
            let position = try JournalStage.append(Array(entries[..<4]), to: journal)
            #expect(try !journal.hasNews(after: [position]))
            _ = try JournalStage.append(Array(entries[4...]), to: journal)
            #expect(try journal.hasNews(after: [position]))
            #expect(try JournalStage.all(journal, after: [position]) == Array(entries[4...]))
        }
    }

    @Test func `every batch ends at a position from which reading can go on`() async throws {
        try await JournalStage.with(segmentLimit: 2000) { journal, _ in
            let entries = JournalStage.entries(100)
            for chunk in stride(from: 0, to: 100, by: 7) {
                _ = try JournalStage.append(Array(entries[chunk..<min(chunk + 7, 100)]), to: journal)
            }
            var positions: [JournalPosition] = []
            var seen = 0
            var checks: [([JournalPosition], Int)] = []
            try journal.read(after: [], batch: 9) { batch, position in
                seen += batch.count
                positions.removeAll { $0.segment == position.segment }
                positions.append(position)
                checks.append((positions, seen))
            }
            #expect(Set(positions.map(\.segment)).count > 3)
            for (positions, count) in checks {
                #expect(try JournalStage.all(journal, after: positions) == Array(entries[count...]))
            }
        }
    }

    @Test func `a segment that is full is followed by another`() async throws {
        try await JournalStage.with(segmentLimit: 300) { journal, layout in
            let entries = JournalStage.entries(6)
            for entry in entries { try JournalStage.append([entry], to: journal) }
            let names = try FileManager.default.contentsOfDirectory(atPath: layout.journal + "/r").sorted()
            #expect(names.count > 1 && names.first == "00000001.jsonl")
            #expect(try JournalStage.all(journal) == entries)
        }
    }

    @Test func `a line that was never finished is not read, and can be cut off`() async throws {
        try await JournalStage.with { journal, layout in
            let entries = JournalStage.entries(3)
            let position = try JournalStage.append(Array(entries[..<2]), to: journal)
            let path = layout.journal + "/r/00000001.jsonl"
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(#"{"at":"2026-01-01T00:"#.utf8))
            try handle.close()
            #expect(try JournalStage.all(journal) == Array(entries[..<2]))
            #expect(try journal.cutTornLine() == 21)
            #expect(try journal.cutTornLine() == 0)
            #expect(try !journal.hasNews(after: [position]))
            _ = try JournalStage.append([entries[2]], to: journal)
            #expect(try JournalStage.all(journal) == entries)
        }
    }

    @Test func `who has not read all of it may not append`() async throws {
        try await JournalStage.with { journal, layout in
            let entries = JournalStage.entries(3)
            let first = try journal.append([entries[0]], after: [])
            let second = try journal.append([entries[1]], after: [first])
            let path = layout.journal + "/r/00000001.jsonl"
            #expect(throws: StoreError.journalGrew(path: path)) { try journal.append([entries[2]], after: [first]) }
            _ = try journal.append([entries[2]], after: [second])
            #expect(try JournalStage.all(journal) == entries)
        }
    }

    @Test func `stray files are no segments`() async throws {
        try await JournalStage.with { journal, layout in
            let entries = JournalStage.entries(2)
            try JournalStage.append(entries, to: journal)
            for name in ["Thumbs.db", "r/1.jsonl", "r/00000001 (1).jsonl", "r/notes.txt"] {
                try Data("x\n".utf8).write(to: URL(fileURLWithPath: layout.journal + "/" + name))
            }
            #expect(try JournalStage.all(journal) == entries)
        }
    }

    @Test func `reading can stop where somebody else stopped`() async throws {
        try await JournalStage.with(segmentLimit: 500) { journal, _ in
            let entries = JournalStage.entries(12)
            var positions: [JournalPosition] = []
            for entry in entries[..<7] {
                let position = try JournalStage.append([entry], to: journal)
                positions.removeAll { $0.segment == position.segment }
                positions.append(position)
            }
            for entry in entries[7...] { try JournalStage.append([entry], to: journal) }
            var seen: [JournalEntry] = []
            try journal.read(after: [], upTo: positions) { batch, _ in seen += batch }
            #expect(seen == Array(entries[..<7]))
        }
    }

    @Test func `a damaged line in the middle is an error that names it`() async throws {
        try await JournalStage.with { journal, layout in
            _ = try JournalStage.append(JournalStage.entries(3), to: journal)
            let path = layout.journal + "/r/00000001.jsonl"
            var lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
            lines[1] = "{\"v\":1}"
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: StoreError.journalDamaged(path: path, line: 2)) { try JournalStage.all(journal) }
        }
    }

    @Test func `a line of a newer program is refused`() async throws {
        try await JournalStage.with { journal, layout in
            _ = try JournalStage.append(JournalStage.entries(1), to: journal)
            let path = layout.journal + "/r/00000001.jsonl"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try Data(text.replacing("\"v\":2", with: "\"v\":9").utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: StoreError.newerFormat(path: path, version: 9)) { try JournalStage.all(journal) }
        }
    }

    @Test func `each replica's segments are read in the order of the file`() async throws {
        try await JournalStage.with { journal, layout in
            let all = JournalStage.entries(20)
            let other = JournalStage.journal(layout, "s", machine: "another")
            for (index, entry) in all.enumerated() {
                try JournalStage.append([entry], to: index % 3 == 0 ? other : journal)
            }
            let (mine, theirs) = (all.indices.filter { $0 % 3 != 0 }, all.indices.filter { $0 % 3 == 0 })
            #expect(try JournalStage.all(journal) == (mine + theirs).map { all[$0] })
        }
    }

    @Test func `a segment far larger than the buffer is read in small batches`() async throws {
        try await JournalStage.with { journal, layout in
            let entries = (0..<3000).map { index in
                JournalStage.entry(index, "\(index) " + String(repeating: "x", count: 2000))
            }
            try JournalStage.append(entries, to: journal)
            var (largest, seen) = (0, [JournalEntry]())
            try journal.read(after: [], batch: 250) { batch, _ in
                largest = max(largest, batch.count)
                seen += batch
            }
            #expect(seen == entries)
            #expect(largest == 250)
            #expect(try Path.byteCount(layout.journal + "/r/00000001.jsonl") ?? 0 > 5 << 20)
        }
    }

    @Test func `a line longer than the buffer is read whole`() async throws {
        try await JournalStage.with { journal, _ in
            let entries = [
                JournalStage.entry(0, "a"), JournalStage.entry(1, String(repeating: "long ", count: 700_000)),
                JournalStage.entry(2, "b"),
            ]
            try JournalStage.append(entries, to: journal)
            #expect(try JournalStage.all(journal) == entries)
        }
    }

    @Test func `a damaged line is named by its number in the file, also when reading went on from the middle`()
        async throws
    {
        try await JournalStage.with { journal, layout in
            let position = try JournalStage.append(JournalStage.entries(3), to: journal)
            let path = layout.journal + "/r/00000001.jsonl"
            try JournalStage.add("{\"v\":2}\n", to: path)
            // A header and three entries stand before it.
            #expect(throws: StoreError.journalDamaged(path: path, line: 5)) {
                try JournalStage.all(journal, after: [position])
            }
        }
    }

    @Test func `what only a newer program knows is passed over and counted, when it may be`() async throws {
        try await JournalStage.with { journal, layout in
            let entries = JournalStage.entries(2)
            try JournalStage.append([entries[0]], to: journal)
            let path = layout.journal + "/r/00000001.jsonl"
            let id = "01a20a0a-f298-7000-80c5-5686b4d24327"
            let line =
                #"{"at":"2026-11-23T20:13:39.388Z","data":{},"id":"\#(id)","skip":true,"type":"liked","v":2}"# + "\n"
            try JournalStage.add(line + line, to: path)
            try JournalStage.append([entries[1]], to: journal)
            try JournalStage.add(line, to: path)
            var (seen, last): ([JournalEntry], JournalPosition?) = ([], nil)
            var skipped: [String] = []
            try journal.read(after: [], onSkipped: { skipped.append($0) }) { batch, position in
                seen += batch
                last = position
            }
            #expect(seen == entries)
            #expect(skipped == ["liked", "liked", "liked"])
            #expect(last?.byteOffset == (try Path.byteCount(path)))
        }
    }

    @Test func `what only a newer program knows and matters is refused`() async throws {
        try await JournalStage.with { journal, layout in
            try JournalStage.append(JournalStage.entries(1), to: journal)
            let path = layout.journal + "/r/00000001.jsonl"
            let id = "01a20a0a-f298-7000-80c5-5686b4d24327"
            try JournalStage.add(
                #"{"at":"2026-11-23T20:13:39.388Z","data":{},"id":"\#(id)","type":"liked","v":2}"# + "\n", to: path)
            #expect(throws: StoreError.newerFormat(path: path, version: nil)) { try JournalStage.all(journal) }
        }
    }

    @Test func `a segment that was copied from another library is refused by name and never read`() async throws {
        try await JournalStage.with { journal, layout in
            try JournalStage.append(JournalStage.entries(1), to: journal)
            try await JournalStage.with(library: "other", replica: "s") { other, theirs in
                try JournalStage.append(JournalStage.entries(5), to: other)
                try FileManager.default.copyItem(atPath: theirs.journal + "/s", toPath: layout.journal + "/s")
            }
            let path = layout.journal + "/s/00000001.jsonl"
            var seen = 0
            let error = #expect(throws: StoreError.foreignSegment(path: path, library: "other")) {
                try journal.read(after: []) { batch, _ in seen += batch.count }
            }
            #expect(seen == 1)
            #expect(error?.description.contains(path) == true)
        }
    }

    @Test func `a segment in the folder of another replica is refused, also when reading goes on behind its header`()
        async throws
    {
        try await JournalStage.with { journal, layout in
            let position = try JournalStage.append(JournalStage.entries(2), to: journal)
            let path = layout.journal + "/x/00000001.jsonl"
            try FileManager.default.copyItem(atPath: layout.journal + "/r", toPath: layout.journal + "/x")
            let refused = StoreError.misplacedSegment(path: path, replica: "r")
            #expect(throws: refused) { try JournalStage.all(journal) }
            let behind = JournalPosition(replica: "x", segment: 1, byteOffset: 90)
            #expect(throws: refused) { try JournalStage.all(journal, after: [position, behind]) }
        }
    }

    @Test func `a segment without a header is of format 1 and is read`() async throws {
        try await JournalStage.with { journal, layout in
            let entries = JournalStage.entries(3)
            try JournalStage.append(entries, to: journal)
            try JournalStage.makeFormat1(layout.journal + "/r", as: layout.journal + "/old")
            try FileManager.default.removeItem(atPath: layout.journal + "/r")
            #expect(try JournalStage.all(journal) == entries)
        }
    }

    @Test func `a header without a line, as a crash may leave it, is gone on from`() async throws {
        try await JournalStage.with { journal, layout in
            let entries = JournalStage.entries(2)
            try JournalStage.append([entries[0]], to: journal)
            let path = layout.journal + "/r/00000001.jsonl"
            let header = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")[0]
            try Data("\(header)\n".utf8).write(to: URL(fileURLWithPath: path))
            _ = try journal.append([entries[1]], after: [])
            #expect(try JournalStage.all(journal) == [entries[1]])
        }
    }

    @Test func `a torn line is no news, and the next append cuts it off`() async throws {
        try await JournalStage.with { journal, layout in
            let entries = JournalStage.entries(2)
            let position = try JournalStage.append([entries[0]], to: journal)
            try JournalStage.add(#"{"at":"2026-01-01T00:"#, to: layout.journal + "/r/00000001.jsonl")
            #expect(try !journal.hasNews(after: [position]))
            _ = try journal.append([entries[1]], after: [position])
            #expect(try JournalStage.all(journal) == entries)
        }
    }

    @Test func `a journal that was put back from an older copy is lost, and writing fails at once`() async throws {
        try await JournalStage.with { journal, layout in
            let entries = JournalStage.entries(4)
            try JournalStage.append([entries[0]], to: journal)
            let path = layout.journal + "/r/00000001.jsonl"
            let older = try Data(contentsOf: URL(fileURLWithPath: path))
            let position = try JournalStage.append([entries[1]], to: journal)
            try older.write(to: URL(fileURLWithPath: path))
            #expect(try journal.lost([position]) == [path])
            #expect(try !journal.hasNews(after: [position]))
            let error = #expect(throws: StoreError.journalLost(path: path)) {
                try journal.append([entries[2]], after: [position])
            }
            #expect(error?.description.contains("part of the journal is lost") == true)
            // Reading goes on.
            #expect(try JournalStage.all(journal) == [entries[0]])
            try FileManager.default.removeItem(atPath: path)
            #expect(throws: StoreError.journalLost(path: path)) { try journal.append([entries[2]], after: [position]) }
            try older.write(to: URL(fileURLWithPath: path))
            // Accepted: what is there stays as it is, and a new replica goes on.
            #expect(try journal.beginReplica() == "r-")
            _ = try journal.append([entries[3]], after: [JournalPosition(replica: "r", segment: 1, byteOffset: 1)])
            #expect(try JournalStage.all(journal) == [entries[0], entries[3]])
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == older)
        }
    }
}

/// Journals for tests.
enum JournalStage {
    /// A journal of a new library, whose replicas are called `r`, `r-`, `r--`.
    static func with<R>(
        library: String = "l", replica: String = "r", segmentLimit: Int64 = 16 << 20,
        _ body: (Journal, LibraryLayout) async throws -> R
    ) async throws -> R {
        try await TemporaryFolder.with { folder in
            let layout = try LibraryLayout.create(at: folder + "/library", library: library)
            return try await body(journal(layout, replica, segmentLimit: segmentLimit), layout)
        }
    }

    /// The same folder seen from a machine of this name; nil for this one.
    static func journal(
        _ layout: LibraryLayout, _ replica: String, machine: String? = nil, segmentLimit: Int64 = 16 << 20
    ) -> Journal {
        let names = Mutex(replica)
        return Journal(
            layout,
            newReplica: {
                names.withLock { name in
                    defer { name += "-" }
                    return name
                }
            }, segmentLimit: segmentLimit, here: machine.map { ReplicaPlace(machine: $0, device: 1, inode: 1) })
    }

    static func entry(_ index: Int, _ set: String) -> JournalEntry {
        let at = Timestamp(milliseconds: Int64(index) * 1000)
        return JournalEntry(
            id: EntryID(after: nil, at: at, random: UInt64(index)), at: at, fact: .setCreated(.init(set: set)))
    }

    /// Entries from `start`, one a second.
    static func entries(_ count: Int, from start: Int = 0) -> [JournalEntry] {
        (start..<start + count).map { entry($0, "set \($0)") }
    }

    /// Appends as a library does: knowing what was there.
    @discardableResult
    static func append(_ entries: [JournalEntry], to journal: Journal) throws -> JournalPosition {
        try journal.append(entries, after: try positions(journal))
    }

    /// How far each segment reaches.
    static func positions(_ journal: Journal) throws -> [JournalPosition] {
        var known: [JournalPosition] = []
        try journal.read(after: []) { _, position in
            known.removeAll { $0.replica == position.replica && $0.segment == position.segment }
            known.append(position)
        }
        return known
    }

    static func all(_ journal: Journal, after positions: [JournalPosition] = []) throws -> [JournalEntry] {
        var entries: [JournalEntry] = []
        try journal.read(after: positions) { batch, _ in entries += batch }
        return entries
    }

    /// Adds a text at the end of a file.
    static func add(_ text: String, to path: String) throws {
        let file = try OpenFile(appendingTo: path)
        try file.write(Array(text.utf8))
    }

    /// Copies a replica as a program of format 1 would have written it: without headers and without a record.
    static func makeFormat1(_ replica: String, as target: String) throws {
        try Folder.make(target)
        for name in try Folder.names(in: replica) where name.hasSuffix(".jsonl") {
            let lines = try String(contentsOfFile: replica + "/" + name, encoding: .utf8).split(separator: "\n")
            let old = lines.dropFirst().map { $0.replacing("\"v\":2", with: "\"v\":1") + "\n" }.joined()
            try Data(old.utf8).write(to: URL(fileURLWithPath: target + "/" + name))
        }
    }
}
