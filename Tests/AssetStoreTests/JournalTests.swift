import AssetModel
import AssetStore
import Foundation
import TestSupport
import Testing

struct JournalTests {
    private static func withJournal<R>(
        segmentLimit: Int64 = 16 << 20, _ body: (Journal, LibraryLayout) async throws -> R
    ) async throws -> R {
        try await TemporaryFolder.with { folder in
            let layout = try LibraryLayout.create(at: folder + "/library", library: "l", replica: "r")
            return try await body(Journal(layout, segmentLimit: segmentLimit), layout)
        }
    }

    /// Entries from `start`, one a second.
    private static func entries(_ count: Int, from start: Int64 = 0) -> [JournalEntry] {
        (0..<Int64(count)).map { index in
            let at = Timestamp(milliseconds: (start + index) * 1000)
            return JournalEntry(
                id: EntryID(after: nil, at: at, random: UInt64(index)), at: at,
                fact: .setCreated(.init(set: "set \(start + index)")))
        }
    }

    /// Appends as a library does: knowing what was there.
    @discardableResult
    private static func append(_ entries: [JournalEntry], to journal: Journal) throws -> JournalPosition {
        var known: [JournalPosition] = []
        try journal.read(after: []) { _, position in
            known.removeAll { $0.replica == position.replica && $0.segment == position.segment }
            known.append(position)
        }
        return try journal.append(entries, after: known)
    }

    private static func all(_ journal: Journal, after positions: [JournalPosition] = []) throws -> [JournalEntry] {
        var entries: [JournalEntry] = []
        try journal.read(after: positions) { batch, _ in entries += batch }
        return entries
    }

    @Test func `what was appended is read back in order`() async throws {
        try await Self.withJournal { journal, _ in
            let entries = Self.entries(1200)
            _ = try Self.append(Array(entries[..<700]), to: journal)
            _ = try Self.append(Array(entries[700...]), to: journal)
            #expect(try Self.all(journal) == entries)
        }
    }

    @Test func `reading goes on where it stopped`() async throws {
        try await Self.withJournal { journal, _ in
            let entries = Self.entries(10)
            let position = try Self.append(Array(entries[..<4]), to: journal)
            #expect(try !journal.hasNews(after: [position]))
            _ = try Self.append(Array(entries[4...]), to: journal)
            #expect(try journal.hasNews(after: [position]))
            #expect(try Self.all(journal, after: [position]) == Array(entries[4...]))
        }
    }

    @Test func `every batch ends at a position from which reading can go on`() async throws {
        try await Self.withJournal(segmentLimit: 2000) { journal, _ in
            let entries = Self.entries(100)
            for chunk in stride(from: 0, to: 100, by: 7) {
                _ = try Self.append(Array(entries[chunk..<min(chunk + 7, 100)]), to: journal)
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
                #expect(try Self.all(journal, after: positions) == Array(entries[count...]))
            }
        }
    }

    @Test func `a segment that is full is followed by another`() async throws {
        try await Self.withJournal(segmentLimit: 300) { journal, layout in
            let entries = Self.entries(6)
            for entry in entries { try Self.append([entry], to: journal) }
            let names = try FileManager.default.contentsOfDirectory(atPath: layout.journal + "/r").sorted()
            #expect(names.count > 1 && names.first == "00000001.jsonl")
            #expect(try Self.all(journal) == entries)
        }
    }

    @Test func `a line that was never finished is not read, and can be cut off`() async throws {
        try await Self.withJournal { journal, layout in
            let entries = Self.entries(3)
            let position = try Self.append(Array(entries[..<2]), to: journal)
            let path = layout.journal + "/r/00000001.jsonl"
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(#"{"at":"2026-01-01T00:"#.utf8))
            try handle.close()
            #expect(try Self.all(journal) == Array(entries[..<2]))
            #expect(try journal.cutTornLine() == 21)
            #expect(try journal.cutTornLine() == 0)
            #expect(try !journal.hasNews(after: [position]))
            _ = try Self.append([entries[2]], to: journal)
            #expect(try Self.all(journal) == entries)
        }
    }

    @Test func `who has not read all of it may not append`() async throws {
        try await Self.withJournal { journal, layout in
            let entries = Self.entries(3)
            let first = try journal.append([entries[0]], after: [])
            let second = try journal.append([entries[1]], after: [first])
            let path = layout.journal + "/r/00000001.jsonl"
            #expect(throws: StoreError.journalGrew(path: path)) { try journal.append([entries[2]], after: [first]) }
            _ = try journal.append([entries[2]], after: [second])
            #expect(try Self.all(journal) == entries)
        }
    }

    @Test func `stray files are no segments`() async throws {
        try await Self.withJournal { journal, layout in
            let entries = Self.entries(2)
            try Self.append(entries, to: journal)
            for name in ["Thumbs.db", "r/1.jsonl", "r/00000001 (1).jsonl", "r/notes.txt"] {
                try Data("x\n".utf8).write(to: URL(fileURLWithPath: layout.journal + "/" + name))
            }
            #expect(try Self.all(journal) == entries)
        }
    }

    @Test func `reading can stop where somebody else stopped`() async throws {
        try await Self.withJournal(segmentLimit: 500) { journal, _ in
            let entries = Self.entries(12)
            var positions: [JournalPosition] = []
            for entry in entries[..<7] {
                let position = try Self.append([entry], to: journal)
                positions.removeAll { $0.segment == position.segment }
                positions.append(position)
            }
            for entry in entries[7...] { try Self.append([entry], to: journal) }
            var seen: [JournalEntry] = []
            try journal.read(after: [], upTo: positions) { batch, _ in seen += batch }
            #expect(seen == Array(entries[..<7]))
        }
    }

    @Test func `a damaged line in the middle is an error that names it`() async throws {
        try await Self.withJournal { journal, layout in
            _ = try Self.append(Self.entries(3), to: journal)
            let path = layout.journal + "/r/00000001.jsonl"
            var lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
            lines[1] = "{\"v\":1}"
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: StoreError.journalDamaged(path: path, line: 2)) { try Self.all(journal) }
        }
    }

    @Test func `a line of a newer program is refused`() async throws {
        try await Self.withJournal { journal, layout in
            _ = try Self.append(Self.entries(1), to: journal)
            let path = layout.journal + "/r/00000001.jsonl"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try Data(text.replacing("\"v\":2", with: "\"v\":9").utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: StoreError.newerFormat(path: path, version: 9)) { try Self.all(journal) }
        }
    }

    @Test func `several machines' entries are merged by time`() async throws {
        try await Self.withJournal { journal, layout in
            let all = Self.entries(20)
            let other = Journal(LibraryLayout.test(root: layout.root, replica: "s"))
            for (index, entry) in all.enumerated() { try Self.append([entry], to: index % 3 == 0 ? other : journal) }
            #expect(try Self.all(journal) == all)
        }
    }
}

struct LibraryLayoutTests {
    @Test func `a library is what has a header`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/a/b"
            #expect(throws: StoreError.notALibrary(path: root)) { try LibraryLayout.open(at: root) }
            let made = try LibraryLayout.create(at: root, library: "l", replica: "r")
            #expect(try LibraryLayout.open(at: root) == made)
            #expect(throws: StoreError.alreadyALibrary(path: root)) {
                try LibraryLayout.create(at: root, library: "l", replica: "r")
            }
        }
    }

    @Test func `a folder with other things does not become a library`() async throws {
        try await TemporaryFolder.with { folder in
            try Data().write(to: URL(fileURLWithPath: folder + "/taxes.txt"))
            #expect(throws: StoreError.folderNotEmpty(path: folder)) {
                try LibraryLayout.create(at: folder, library: "l", replica: "r")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taxes.txt"])
        }
    }

    @Test func `a newer library is refused, whatever else its header says`() async throws {
        try await TemporaryFolder.with { folder in
            try Data(#"{"format": 2, "library": {"a": 1}}"#.utf8).write(
                to: URL(fileURLWithPath: folder + "/atelier.json"))
            #expect(throws: StoreError.newerFormat(path: folder, version: 2)) { try LibraryLayout.open(at: folder) }
        }
    }

    @Test(arguments: ["", "{}", #"{"format": 1}"#, #"{"format":1,"library":"l","replica":"../../x"}"#, "\u{0}"])
    func `a damaged header is refused`(text: String) async throws {
        try await TemporaryFolder.with { folder in
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/atelier.json"))
            #expect(throws: StoreError.damagedHeader(path: folder + "/atelier.json")) {
                try LibraryLayout.open(at: folder)
            }
        }
    }
}

extension LibraryLayout {
    /// Another machine's view of the same folder.
    static func test(root: String, replica: String) -> LibraryLayout {
        let header = #"{"format":1,"library":"l","replica":"\#(replica)"}"#
        let file = URL(fileURLWithPath: root + "/atelier.json")
        let before = try? Data(contentsOf: file)
        defer { try? before?.write(to: file) }
        try? Data(header.utf8).write(to: file)
        guard let layout = try? LibraryLayout.open(at: root) else { preconditionFailure("no library at \(root)") }
        return layout
    }
}
