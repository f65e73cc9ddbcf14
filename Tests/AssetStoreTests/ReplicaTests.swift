import AssetModel
import AssetStore
import Files
import Foundation
import TestSupport
import Testing

struct ReplicaTests {
    private static func replicas(_ root: String) throws -> [String] { try Folder.names(in: root + "/journal") }

    @Test func `opening, reading and asking for news write nothing`() async throws {
        try await JournalStage.with { _, layout in
            let journal = JournalStage.journal(try LibraryLayout.open(at: layout.root), "r")
            #expect(try JournalStage.all(journal).isEmpty)
            #expect(try !journal.hasNews(after: []))
            #expect(try journal.cutTornLine() == 0)
            #expect(try Self.replicas(layout.root).isEmpty)
            #expect(try Folder.names(in: layout.staging).isEmpty)
        }
    }

    @Test func `the first line begins a replica, and the next ones go on with it`() async throws {
        try await JournalStage.with { journal, layout in
            let entries = JournalStage.entries(3)
            try JournalStage.append([entries[0]], to: journal)
            try JournalStage.append([entries[1]], to: journal)
            // Another program, which would call a replica of its own otherwise.
            try JournalStage.append([entries[2]], to: JournalStage.journal(layout, "z"))
            #expect(try Self.replicas(layout.root) == ["r"])
            #expect(try Folder.names(in: layout.journal + "/r") == ["00000001.jsonl", "replica.json"])
            #expect(try JournalStage.all(journal) == entries)
        }
    }

    @Test func `a copied library does not append where its original does, and both come together again`() async throws {
        try await JournalStage.with { journal, layout in
            let entries = JournalStage.entries(4)
            try JournalStage.append([entries[0]], to: journal)
            let header = try Data(contentsOf: URL(fileURLWithPath: layout.root + "/atelier.json"))
            let root = layout.root + "-copy"
            try FileManager.default.copyItem(atPath: layout.root, toPath: root)
            let copy = JournalStage.journal(try LibraryLayout.open(at: root), "s")
            // A half-written line of the original is nothing to cut off for the copy.
            let path = root + "/journal/r/00000001.jsonl"
            try JournalStage.add("{\"at\":", to: path)
            let length = try Path.byteCount(path)
            #expect(try copy.cutTornLine() == 0)
            try JournalStage.append([entries[1]], to: copy)
            try JournalStage.append([entries[2]], to: journal)
            try JournalStage.append([entries[3]], to: copy)
            #expect(try Path.byteCount(path) == length)
            #expect(try Self.replicas(root) == ["r", "s"])
            #expect(try JournalStage.all(copy) == [entries[0], entries[1], entries[3]])
            #expect(try JournalStage.all(journal) == [entries[0], entries[2]])
            #expect(try Data(contentsOf: URL(fileURLWithPath: root + "/atelier.json")) == header)

            try FileManager.default.copyItem(atPath: root + "/journal/s", toPath: layout.journal + "/s")
            #expect(try JournalStage.all(journal) == [entries[0], entries[2], entries[1], entries[3]])
            // The copy's record came along and is still not ours.
            try JournalStage.append(JournalStage.entries(1, from: 9), to: journal)
            #expect(try Self.replicas(layout.root) == ["r", "s"])
        }
    }

    @Test func `two machines with one synced folder each find their own replica`() async throws {
        try await JournalStage.with { _, layout in
            let entries = JournalStage.entries(4)
            let (one, two) = (
                JournalStage.journal(layout, "a", machine: "one"), JournalStage.journal(layout, "b", machine: "two")
            )
            for (index, entry) in entries.enumerated() {
                try JournalStage.append([entry], to: index % 2 == 0 ? one : two)
            }
            #expect(try Self.replicas(layout.root) == ["a", "b"])
            #expect(try JournalStage.all(one) == [entries[0], entries[2], entries[1], entries[3]])
        }
    }

    @Test func `a library that was moved stays what it was`() async throws {
        try await JournalStage.with { journal, layout in
            try JournalStage.append(JournalStage.entries(1), to: journal)
            let root = layout.root + "-moved"
            try Path.rename(layout.root, to: root)
            let moved = JournalStage.journal(try LibraryLayout.open(at: root), "s")
            try JournalStage.append(JournalStage.entries(1, from: 5), to: moved)
            #expect(try Self.replicas(root) == ["r"])
        }
    }

    @Test func `a replica of format 1 is read and never appended to again`() async throws {
        try await JournalStage.with { journal, layout in
            let entries = JournalStage.entries(3)
            try JournalStage.append([entries[0]], to: journal)
            let old = layout.journal + "/01-old"
            try JournalStage.makeFormat1(layout.journal + "/r", as: old)
            try FileManager.default.removeItem(atPath: layout.journal + "/r")
            let header = #"{"format":1,"library":"l","replica":"01-old"}"#
            try Data(header.utf8).write(to: URL(fileURLWithPath: layout.root + "/atelier.json"))
            let before = try Data(contentsOf: URL(fileURLWithPath: old + "/00000001.jsonl"))

            let library = JournalStage.journal(try LibraryLayout.open(at: layout.root), "r")
            try JournalStage.append([entries[1]], to: library)
            try JournalStage.append([entries[2]], to: library)
            #expect(try JournalStage.all(library) == entries)
            #expect(try Data(contentsOf: URL(fileURLWithPath: old + "/00000001.jsonl")) == before)
            #expect(try String(contentsOfFile: layout.root + "/atelier.json", encoding: .utf8) == header)
            #expect(try Folder.names(in: old) == ["00000001.jsonl"])
        }
    }

    @Test(arguments: ["", "{}", "x", #"{"machine":"m","device":1}"#])
    func `a record that cannot be read is nobody's`(text: String) async throws {
        try await JournalStage.with { journal, layout in
            try JournalStage.append(JournalStage.entries(1), to: journal)
            try Data(text.utf8).write(to: URL(fileURLWithPath: layout.journal + "/r/replica.json"))
            try JournalStage.append(JournalStage.entries(1, from: 3), to: journal)
            #expect(try Self.replicas(layout.root) == ["r", "r-"])
        }
    }

    @Test func `the id of the machine itself is not written`() async throws {
        try await JournalStage.with { journal, layout in
            try JournalStage.append(JournalStage.entries(1), to: journal)
            let record = try String(contentsOfFile: layout.journal + "/r/replica.json", encoding: .utf8)
            #expect(record.contains("\"machine\""))
            if let id = try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8).prefix(32), id.count == 32 {
                #expect(!record.contains(id))
            }
        }
    }
}
