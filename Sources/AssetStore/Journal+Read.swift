package import AssetModel
import Files

extension Journal {
    /// Reads what comes after the given positions, replica by replica, segment by segment, in the order of the file, in
    /// batches that each end at a position. `onSkipped` hears the type of each line that is passed over.
    ///
    /// A batch holds at most `limit` entries and about 4 MiB of lines, of one segment; it is empty when there
    /// was nothing but a header, or facts of a newer program that may be passed over. A last line
    /// without its end is not read: it was never finished, or is still being copied here. With `upTo` nothing beyond those
    /// positions is read. Memory: 1 MiB, a batch, and the longest line.
    ///
    /// Errors: `foreignSegment` and `misplacedSegment` before any entry of such a segment, `newerFormat` at what a newer
    /// program wrote, `journalDamaged` at a line that is not an entry, and whatever `body` throws.
    package func read(
        after positions: [JournalPosition], upTo end: [JournalPosition]? = nil, batch limit: Int = 500,
        onSkipped: (String) -> Void = { _ in }, _ body: ([JournalEntry], JournalPosition) throws -> Void
    ) throws {
        for replica in try replicas() {
            let (known, limits) = (Self.offsets(positions, replica), end.map { Self.offsets($0, replica) })
            for number in try segments(of: replica) {
                let start = known[number] ?? 0
                let end = limits.map { $0[number] ?? 0 }
                if let end, end <= start { continue }
                let segment = Segment(journal: self, replica: replica, number: number)
                try segment.read(from: start, to: end, batch: limit, onSkipped, body)
            }
        }
    }

    private static func offsets(_ positions: [JournalPosition], _ replica: String) -> [Int: Int64] {
        Dictionary(
            positions.filter { $0.replica == replica }.map { ($0.segment, $0.byteOffset) }, uniquingKeysWith: max)
    }
}

/// One file of the journal, being read.
private struct Segment {
    /// A batch ends when its lines are this many bytes.
    static let batchByteCount: Int64 = 4 << 20

    let journal: Journal
    let replica: String
    let number: Int

    var path: String { journal.path(replica, number) }

    func read(
        from start: Int64, to end: Int64?, batch limit: Int, _ onSkipped: (String) -> Void,
        _ body: ([JournalEntry], JournalPosition) throws -> Void
    ) throws {
        var lines = try onDisk(LineReader(path, from: start, to: end))
        var batch: [JournalEntry] = []
        var (handedOn, isChecked) = (start, start == 0)
        while let line = try onDisk(lines.next()) {
            if !isChecked {
                // The file may have been replaced since its first line was read.
                try checkFirstLine()
                isChecked = true
            }
            // A blank line says nothing and hides nothing.
            if line.isEmpty { continue }
            switch try parse(line, endingAt: lines.offset) {
            case .entry(let entry): batch.append(entry)
            case .segment(let header): try check(header)
            case .skipped(let type): onSkipped(type)
            }
            if batch.count >= limit || lines.offset - handedOn >= Self.batchByteCount {
                try body(batch, position(lines.offset))
                batch.removeAll(keepingCapacity: true)
                handedOn = lines.offset
            }
        }
        if lines.offset > handedOn { try body(batch, position(lines.offset)) }
    }

    private func position(_ offset: Int64) -> JournalPosition {
        JournalPosition(replica: replica, segment: number, byteOffset: offset)
    }

    private func parse(_ line: UnsafeBufferPointer<UInt8>, endingAt end: Int64) throws(StoreError) -> JournalLine {
        do throws(JournalEntryError) { return try JournalLine(parsing: line) } catch {
            switch error {
            case .newerVersion where journal.readsPastNewer: return .skipped(type: "")
            case .unknownType(let type) where journal.readsPastNewer: return .skipped(type: type)
            case .newerVersion(let version): throw .newerFormat(path: path, version: version)
            case .unknownType: throw .newerFormat(path: path, version: nil)
            case .malformed where journal.readsPastNewer: return .skipped(type: "")
            case .malformed: throw .journalDamaged(path: path, line: try lineNumber(endingAt: end))
            }
        }
    }

    private func checkFirstLine() throws(StoreError) {
        var first = try onDisk(LineReader(path, from: 0, to: nil, capacity: 4096))
        guard let line = try onDisk(first.next()), case .segment(let header)? = try? JournalLine(parsing: line) else {
            return
        }
        try check(header)
    }

    private func check(_ header: SegmentHeader) throws(StoreError) {
        guard header.library == journal.layout.library else {
            throw .foreignSegment(path: path, library: header.library)
        }
        guard header.replica == replica else { throw .misplacedSegment(path: path, replica: header.replica) }
    }

    /// How many lines there are up to an offset: slow, for an error only.
    private func lineNumber(endingAt end: Int64) throws(StoreError) -> Int {
        var lines = try onDisk(LineReader(path, from: 0, to: end))
        var count = 0
        while try onDisk(lines.next()) != nil { count += 1 }
        return count
    }
}
