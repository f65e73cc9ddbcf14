import AssetModel
import Files
import Foundation

/// Walks one machine's segments, entry by entry.
struct SegmentCursor {
    struct Segment {
        let number: Int
        let path: String
        let offset: Int64
        /// Where to stop; nil for the segment's end.
        let end: Int64?
    }

    private let replica: String
    private var pending: [Segment]
    private var current: Segment?
    private var lines: [(entry: JournalEntry, end: Int64)] = []
    private var index = 0

    /// The end of the last entry taken.
    private(set) var position: JournalPosition

    init(replica: String, pending: [Segment]) {
        self.replica = replica
        self.pending = pending
        position = JournalPosition(replica: replica, segment: 1, byteOffset: 0)
    }

    /// Whether the next entry is the first one taken of its segment: a batch must not reach across.
    var startsSegment: Bool { index == 0 }

    /// The id of the next entry; nil at the end.
    mutating func peek() throws(StoreError) -> EntryID? {
        while index >= lines.count {
            guard !pending.isEmpty else { return nil }
            let segment = pending.removeFirst()
            lines = try Self.read(segment)
            (current, index) = (segment, 0)
        }
        return lines[index].entry.id
    }

    /// The next entry, which `peek` has found.
    mutating func take() -> JournalEntry? {
        guard let current, index < lines.count else { return nil }
        let line = lines[index]
        index += 1
        position = JournalPosition(replica: replica, segment: current.number, byteOffset: line.end)
        return line.entry
    }

    private static func read(_ segment: Segment) throws(StoreError) -> [(JournalEntry, Int64)] {
        if let end = segment.end, end <= segment.offset { return [] }
        let bytes = try onDisk(OpenFile(reading: segment.path).bytes(from: segment.offset))
        let decoder = JSONDecoder()
        var lines: [(JournalEntry, Int64)] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if let limit = segment.end, segment.offset + Int64(end + 1) > limit { break }
            do {
                let entry = try decoder.decode(JournalEntry.self, from: Data(bytes[start..<end]))
                lines.append((entry, segment.offset + Int64(end + 1)))
            } catch JournalEntryError.newerVersion(let version) {
                throw StoreError.newerFormat(path: segment.path, version: version)
            } catch JournalEntryError.unknownType {
                throw StoreError.newerFormat(path: segment.path, version: JournalEntry.version + 1)
            } catch {
                throw StoreError.journalDamaged(path: segment.path, line: lines.count + 1)
            }
            start = end + 1
        }
        return lines
    }
}
