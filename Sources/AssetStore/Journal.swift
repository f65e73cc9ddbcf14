package import AssetModel
import Files
import Foundation

/// The append-only record of what happened: one fact a line, in segments, one folder a machine.
///
/// Writing is for whoever holds the catalog's write lock; the segment's own lock is a second bolt for the case that the
/// catalog was deleted under a running program.
package struct Journal: Sendable {
    private let layout: LibraryLayout
    private let segmentLimit: Int64

    /// The journal of one library; a new segment begins when the last one has reached `segmentLimit` bytes.
    package init(_ layout: LibraryLayout, segmentLimit: Int64 = 16 << 20) {
        self.layout = layout
        self.segmentLimit = segmentLimit
    }

    /// Appends entries to this machine's newest segment and returns when they are on the disk.
    ///
    /// `known` is how far the writer has read this machine's segments. When one is longer, somebody wrote past the lock
    /// and the writer has to read first: `journalGrew`. All or nothing: when the disk is full in the middle, the segment is
    /// cut back to where it was.
    package func append(_ entries: [JournalEntry], after known: [JournalPosition]) throws(StoreError) -> JournalPosition
    {
        let folder = self.folder(of: layout.replica)
        var number = max(1, try segments(of: layout.replica).last ?? 1)
        if let byteCount = try onDisk(Path.byteCount(path(layout.replica, number))), byteCount >= segmentLimit {
            number += 1
        }
        let path = path(layout.replica, number)
        try onDisk(Folder.make(folder))
        let lines = try encode(entries, path)
        let file = try onDisk(OpenFile(appendingTo: path))
        try onDisk(file.lock())
        let start = try onDisk(file.byteCount())
        let read = known.first { $0.replica == layout.replica && $0.segment == number }?.byteOffset ?? 0
        guard start == read else { throw StoreError.journalGrew(path: path) }
        do throws(FileError) {
            try file.write(lines)
            try file.sync()
            if start == 0 {
                try Folder.sync(folder)
                try Folder.sync(layout.journal)
            }
        } catch {
            try? file.truncate(to: start)
            throw .file(error)
        }
        return JournalPosition(replica: layout.replica, segment: number, byteOffset: start + Int64(lines.count))
    }

    /// Reads what comes after the given positions, in the order of replay, in batches that each end at a position.
    ///
    /// Several machines' entries are merged by their ids, which sort by time. A last line without its end is not read:
    /// it was never finished, or is still being copied here. With `upTo` nothing beyond those positions is read. Cost: one
    /// segment of each machine in memory.
    package func read(
        after positions: [JournalPosition], upTo end: [JournalPosition]? = nil, batch limit: Int = 500,
        _ body: ([JournalEntry], JournalPosition) throws -> Void
    ) throws {
        var cursors: [SegmentCursor] = []
        for replica in try replicas() {
            func offsets(_ positions: [JournalPosition]) -> [Int: Int64] {
                Dictionary(
                    positions.filter { $0.replica == replica }.map { ($0.segment, $0.byteOffset) },
                    uniquingKeysWith: max)
            }
            let (known, limits) = (offsets(positions), end.map(offsets))
            let pending = try segments(of: replica).map { number in
                SegmentCursor.Segment(
                    number: number, path: path(replica, number), offset: known[number] ?? 0,
                    end: limits.map { $0[number] ?? 0 })
            }
            var cursor = SegmentCursor(replica: replica, pending: pending)
            if try cursor.peek() != nil { cursors.append(cursor) }
        }
        var batch: [JournalEntry] = []
        var current = 0
        func flush() throws {
            if !batch.isEmpty { try body(batch, cursors[current].position) }
            batch = []
        }
        while true {
            var next: (index: Int, id: EntryID)?
            for index in cursors.indices {
                guard let id = try cursors[index].peek() else { continue }
                if next.map({ id < $0.id }) ?? true { next = (index, id) }
            }
            guard let next else { break }
            if next.index != current || batch.count >= limit || cursors[next.index].startsSegment { try flush() }
            current = next.index
            if let entry = cursors[current].take() { batch.append(entry) }
        }
        try flush()
    }

    /// Segments that were read up to some position and no longer reach it: lost, or put back from an older copy.
    package func lost(_ positions: [JournalPosition]) throws(StoreError) -> [String] {
        var lost: [String] = []
        for position in positions {
            let path = path(position.replica, position.segment)
            if try onDisk(Path.byteCount(path)) ?? -1 < position.byteOffset { lost.append(path) }
        }
        return lost
    }

    /// How many bytes all segments hold, or what of them lies before `end`.
    package func byteCount(upTo end: [JournalPosition]?) throws(StoreError) -> Int64 {
        if let end { return end.reduce(0) { $0 + $1.byteOffset } }
        var count: Int64 = 0
        for replica in try replicas() {
            for number in try segments(of: replica) { count += try onDisk(Path.byteCount(path(replica, number))) ?? 0 }
        }
        return count
    }

    /// Whether any segment is longer than what has been read of it. Cost: one look at each segment's length.
    package func hasNews(after positions: [JournalPosition]) throws(StoreError) -> Bool {
        let known = Dictionary(positions.map { ("\($0.replica)/\($0.segment)", $0.byteOffset) }, uniquingKeysWith: max)
        for replica in try replicas() {
            for number in try segments(of: replica) {
                let byteCount = try onDisk(Path.byteCount(path(replica, number))) ?? 0
                if byteCount > known["\(replica)/\(number)"] ?? 0 { return true }
            }
        }
        return false
    }

    /// Cuts an unfinished last line off this machine's own newest segment, and says how many bytes it had; 0 when the
    /// journal was whole. Holds the segment's lock from looking to cutting, so that no line in the making is taken for one.
    package func cutTornLine() throws(StoreError) -> Int {
        guard let number = try segments(of: layout.replica).last else { return 0 }
        let file = try onDisk(OpenFile(appendingTo: path(layout.replica, number)))
        try onDisk(file.lock())
        let byteCount = try onDisk(file.byteCount())
        // A batch is one write of lines, so the end of the last whole one is near; further back only when it is not.
        var start = max(0, byteCount - 64 * 1024)
        while true {
            let tail = try onDisk(file.bytes(from: start))
            if let end = tail.lastIndex(of: UInt8(ascii: "\n")) {
                let torn = tail.count - end - 1
                if torn > 0 {
                    try onDisk { () throws(FileError) in
                        try file.truncate(to: start + Int64(end + 1))
                        try file.sync()
                    }
                }
                return torn
            }
            guard start > 0 else { break }
            start = max(0, start - (byteCount - start) * 3)
        }
        if byteCount > 0 { try onDisk(file.truncate(to: 0)) }
        return Int(byteCount)
    }

    private func encode(_ entries: [JournalEntry], _ path: String) throws(StoreError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var lines: [UInt8] = []
        for entry in entries {
            // Only a number that JSON cannot hold could fail, and no such number may reach the journal.
            guard let line = try? encoder.encode(entry) else { throw StoreError.journalDamaged(path: path, line: 0) }
            lines.append(contentsOf: line)
            lines.append(UInt8(ascii: "\n"))
        }
        return lines
    }

    private func segments(of replica: String) throws(StoreError) -> [Int] {
        let folder = folder(of: replica)
        return try onDisk(Path.exists(folder) ? Folder.names(in: folder) : []).compactMap { name in
            // Exactly the names that `path` makes: a copy called "00000001 (1).jsonl" is none of ours.
            name.utf8.count == 14 && name.hasSuffix(".jsonl") ? Int(name.dropLast(6)) : nil
        }.sorted()
    }

    private func replicas() throws(StoreError) -> [String] {
        try onDisk(Folder.names(in: layout.journal)).filter { Path.isFolder("\(layout.journal)/\($0)") }
    }

    private func folder(of replica: String) -> String { "\(layout.journal)/\(replica)" }

    private func path(_ replica: String, _ number: Int) -> String {
        let digits = String(number)
        return "\(folder(of: replica))/\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).jsonl"
    }
}
