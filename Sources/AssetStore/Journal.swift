package import AssetModel
package import Files
import Foundation

/// The append-only record of what happened: one fact a line, in segments, one folder a replica.
///
/// Every place appends to a replica of its own. Which one that is, `journal/*/replica.json` says: the one that names this
/// machine and this folder. Where none does (the library is new, was copied, restored, or comes from another machine) the
/// next append begins a replica. Replicas of format 1 have no such file and are only read from then on, so two copies that
/// were made before do not both append to one. Nothing here but `append`, `cutTornLine` and
/// `beginReplica` writes.
///
/// Writing is for whoever holds the catalog's write lock; the segment's own lock is a second safeguard, in case the
/// catalog was deleted under a running program.
package struct Journal: Sendable {
    let layout: LibraryLayout
    private let newReplica: @Sendable () -> String
    private let segmentLimit: Int64
    private let here: ReplicaPlace?
    private let trace: FileTrace?
    /// Whether lines of a newer program are passed over, also those that matter.
    private(set) var readsPastNewer = false

    /// The same journal for someone who will write nothing: what a newer program wrote is passed over, whatever it is.
    package var readingPastNewer: Journal {
        var journal = self
        journal.readsPastNewer = true
        return journal
    }

    /// The journal of one library.
    ///
    /// `newReplica` makes the name of a new replica, a UUID. A new segment begins when the last one has reached
    /// `segmentLimit` bytes. For tests, `here` stands for this machine and folder, and `trace` hears of every change to the
    /// disk.
    package init(
        _ layout: LibraryLayout, newReplica: @escaping @Sendable () -> String, segmentLimit: Int64 = 16 << 20,
        here: ReplicaPlace? = nil, trace: FileTrace? = nil
    ) {
        self.layout = layout
        self.newReplica = newReplica
        self.segmentLimit = segmentLimit
        self.here = here
        self.trace = trace
    }

    // MARK: - Writing

    /// Appends entries to this place's newest segment and returns when they are on the disk; see `append(lines:after:)`.
    package func append(_ entries: [JournalEntry], after known: [JournalPosition]) throws(StoreError) -> JournalPosition
    {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var lines: [UInt8] = []
        for entry in entries {
            // Only a number that JSON cannot hold could fail, and no such number may reach the journal.
            guard let line = try? encoder.encode(entry) else { throw .journalDamaged(path: layout.journal, line: 0) }
            lines.append(contentsOf: line)
            lines.append(UInt8(ascii: "\n"))
        }
        return try append(lines: lines, after: known)
    }

    /// Appends whole lines, each with its line feed, to this place's newest segment and returns when they are on the disk.
    ///
    /// `known` is how far the writer has read the journal. When its own segment is longer, another program wrote past the
    /// lock and the writer has to read first: `journalGrew`. When any segment is shorter or gone, nothing is written:
    /// `journalLost`. A line that was never finished is cut off first. All or nothing: when the disk is full in the middle,
    /// the segment is cut back to where it was.
    package func append(lines: [UInt8], after known: [JournalPosition]) throws(StoreError) -> JournalPosition {
        if let path = try lost(known).first { throw .journalLost(path: path) }
        guard lines.last == UInt8(ascii: "\n") else { throw .journalDamaged(path: layout.journal, line: 0) }
        let replica: String
        if let own = try ownReplica() { replica = own } else { replica = try begin() }
        var number = try segments(of: replica).last ?? 1
        if let byteCount = try onDisk(Path.byteCount(path(replica, number))), byteCount >= segmentLimit { number += 1 }
        let path = path(replica, number)
        let file = try onDisk(OpenFile(appendingTo: path, trace: trace))
        try onDisk(file.lock())
        let header = header(of: replica)
        let start = try Self.wholeByteCount(of: file)
        let read = known.first { $0.replica == replica && $0.segment == number }?.byteOffset ?? 0
        // A crash may have left a header and no line, which is nothing to read.
        var isBare = false
        if read == 0, start == Int64(header.count) { isBare = try onDisk(file.bytes(limit: header.count)) == header }
        guard start == read || isBare else { throw .journalGrew(path: path) }
        do throws(FileError) {
            if try file.byteCount() > start { try file.truncate(to: start) }
            try file.write(start == 0 ? header + lines : lines)
            try file.sync()
            if start == 0 || isBare {
                try Folder.sync(folder(of: replica), trace: trace)
                try Folder.sync(layout.journal, trace: trace)
            }
        } catch {
            try? file.truncate(to: start)
            throw .file(error)
        }
        return JournalPosition(
            replica: replica, segment: number,
            byteOffset: start + Int64(lines.count) + (start == 0 ? Int64(header.count) : 0))
    }

    /// Cuts an unfinished last line off this place's own newest segment, and says how many bytes it had; 0 when there was
    /// none. Holds the segment's lock from looking to cutting, so that no line in the making is taken for one.
    package func cutTornLine() throws(StoreError) -> Int {
        guard let replica = try ownReplica(), let number = try segments(of: replica).last else { return 0 }
        let file = try onDisk(OpenFile(appendingTo: path(replica, number), trace: trace))
        try onDisk(file.lock())
        let whole = try Self.wholeByteCount(of: file)
        let torn = try onDisk(file.byteCount()) - whole
        if torn > 0 {
            try onDisk { () throws(FileError) in
                try file.truncate(to: whole)
                try file.sync()
            }
        }
        return Int(torn)
    }

    /// Begins a new replica for this place, and leaves the segments of the one that it had as they are: for a person who has
    /// accepted that part of the journal is lost. The caller must forget how far it had read, and fold the journal again:
    /// until then every append is still `journalLost`.
    @discardableResult
    package func beginReplica() throws(StoreError) -> String {
        while let replica = try ownReplica() {
            let born = FileStatus.birth(ofPath: folder(of: replica))
            let record = ReplicaRecord(place: try place(), born: born, hasEnded: true)
            let path = "\(folder(of: replica))/\(ReplicaRecord.fileName)"
            try layout.put(try record.text(path: path), at: path, trace: trace)
            try onDisk(Folder.sync(folder(of: replica), trace: trace))
        }
        return try begin()
    }

    // MARK: - Looking

    /// Segments that must have been there: numbers that are missing before the last one of a replica, and segments without a byte.
    package func gaps() throws(StoreError) -> [String] {
        var gaps: [String] = []
        for replica in try replicas() {
            let numbers = try segments(of: replica)
            let there = Set(numbers)
            for number in 1...max(1, numbers.last ?? 1) {
                let path = path(replica, number)
                let isEmpty = there.contains(number) ? try onDisk(Path.byteCount(path)) == 0 : !numbers.isEmpty
                if isEmpty { gaps.append(path) }
            }
        }
        return gaps
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

    /// How many bytes each segment has.
    package func segmentSizes() throws(StoreError) -> [JournalPosition] {
        var sizes: [JournalPosition] = []
        for replica in try replicas() {
            for number in try segments(of: replica) {
                let byteCount = try onDisk(Path.byteCount(path(replica, number))) ?? 0
                sizes.append(JournalPosition(replica: replica, segment: number, byteOffset: byteCount))
            }
        }
        return sizes
    }

    /// Whether any segment holds a whole line that has not been read. Cost: one look at each segment's length.
    package func hasNews(after positions: [JournalPosition]) throws(StoreError) -> Bool {
        let known = Dictionary(positions.map { ("\($0.replica)/\($0.segment)", $0.byteOffset) }, uniquingKeysWith: max)
        for replica in try replicas() {
            for number in try segments(of: replica) {
                let path = path(replica, number)
                let read = known["\(replica)/\(number)"] ?? 0
                if try onDisk(Path.byteCount(path)) ?? 0 > read, try Self.hasLine(path, from: read) { return true }
            }
        }
        return false
    }

    /// The replica of this place; nil when it has none yet. Of several, the newest.
    package func ownReplica() throws(StoreError) -> String? {
        let here = try place()
        return try replicas().last { replica in
            ReplicaRecord.read(in: folder(of: replica)).map { record in
                record.place == here && !record.hasEnded
                    && record.born == FileStatus.birth(ofPath: folder(of: replica))
            } ?? false
        }
    }

    /// The folders of the journal, sorted; stray files are left out.
    func replicas() throws(StoreError) -> [String] {
        try Self.names(in: layout.journal).filter { Path.isFolder("\(layout.journal)/\($0)") }
    }

    /// The numbers of a replica's segments, ascending.
    func segments(of replica: String) throws(StoreError) -> [Int] {
        try Self.names(in: folder(of: replica)).compactMap { name in
            // Exactly the names that `path` makes: a copy called "00000001 (1).jsonl" is no segment.
            name.utf8.count == 14 && name.hasSuffix(".jsonl") ? Int(name.dropLast(6)) : nil
        }.sorted()
    }

    func path(_ replica: String, _ number: Int) -> String {
        let digits = String(number)
        return "\(folder(of: replica))/\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).jsonl"
    }

    // MARK: - Inside

    private func begin() throws(StoreError) -> String {
        let replica = newReplica()
        guard LibraryLayout.isName(replica) else {
            throw .file(.failed(path: layout.journal + "/" + replica, errno: 22))
        }
        try layout.expectThere()
        try onDisk(Folder.make(folder(of: replica), trace: trace))
        let path = "\(folder(of: replica))/\(ReplicaRecord.fileName)"
        let record = ReplicaRecord(place: try place(), born: FileStatus.birth(ofPath: folder(of: replica)))
        try layout.put(try record.text(path: path), at: path, trace: trace)
        return replica
    }

    private func place() throws(StoreError) -> ReplicaPlace {
        if let here { return here }
        return try ReplicaPlace(of: layout.root)
    }

    private func header(of replica: String) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = try? encoder.encode(SegmentHeader(library: layout.library, replica: replica))
        return line.map { Array($0) + [UInt8(ascii: "\n")] } ?? []
    }

    private func folder(of replica: String) -> String { "\(layout.journal)/\(replica)" }

    private static func names(in folder: String) throws(StoreError) -> [String] {
        do throws(FileError) { return try Folder.names(in: folder) } catch {
            if case .noSuchFile = error { return [] }
            throw .file(error)
        }
    }

    /// Where the last whole line ends.
    private static func wholeByteCount(of file: borrowing OpenFile) throws(StoreError) -> Int64 {
        let byteCount = try onDisk(file.byteCount())
        // One append is one write of whole lines, so the end of the last one is near; further back only when it was torn.
        var length: Int64 = 4096
        while true {
            let start = max(0, byteCount - length)
            let tail = try onDisk(file.bytes(from: start, limit: Int(byteCount - start)))
            if let end = tail.lastIndex(of: UInt8(ascii: "\n")) { return start + Int64(end) + 1 }
            if start == 0 { return 0 }
            length *= 4
        }
    }

    /// Whether a line ends behind an offset. Looks at 64 KiB: more than that without an end is worth reading.
    private static func hasLine(_ path: String, from offset: Int64) throws(StoreError) -> Bool {
        let limit = 64 * 1024
        let bytes = try onDisk(OpenFile(reading: path).bytes(from: offset, limit: limit))
        return bytes.count == limit || bytes.contains(UInt8(ascii: "\n"))
    }
}
