package import AssetModel

/// How far the journal of a library has been read, of every machine's part. Opaque: only `text` is to be kept, as in `Last-Event-ID`.
public struct LibraryPosition: Hashable, Sendable {
    /// The newest segment of one replica: how far it was read, and how many bytes those before it had.
    struct Reach: Hashable {
        let replica: String
        let segment: Int
        let byteOffset: Int64
        let earlierByteCount: Int64
    }

    /// By replica.
    let reaches: [Reach]

    package init(_ positions: some Collection<JournalPosition>) {
        var reaches: [Reach] = []
        for (replica, segments) in Dictionary(grouping: positions, by: \.replica).sorted(by: { $0.key < $1.key }) {
            guard let last = segments.max(by: { $0.segment < $1.segment }) else { continue }
            let sum = segments.reduce(0) { $0 + $1.byteOffset }
            reaches.append(
                .init(
                    replica: replica, segment: last.segment, byteOffset: last.byteOffset,
                    earlierByteCount: sum - last.byteOffset))
        }
        self.reaches = reaches
    }

    /// The position as letters, digits, `-`, `.` and `_`; `0` for the beginning.
    public var text: String {
        if reaches.isEmpty { return "0" }
        return reaches.map { reach in
            ([reach.replica]
                + [Int64(reach.segment), reach.byteOffset, reach.earlierByteCount].map { String($0, radix: 36) })
                .joined(separator: ".")
        }.joined(separator: "_")
    }

    /// Reads what `text` gave; nil for any other text.
    public init?(parsing text: String) {
        if text == "0" {
            reaches = []
            return
        }
        var reaches: [Reach] = []
        for part in text.split(separator: "_", omittingEmptySubsequences: false) {
            let fields = part.split(separator: ".", omittingEmptySubsequences: false)
            guard fields.count == 4, !fields[0].isEmpty,
                fields[0].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
            else {
                return nil
            }
            let numbers = fields.dropFirst().compactMap { Int64($0, radix: 36) }
            guard numbers.count == 3, numbers[0] >= 1, numbers[0] < 1 << 31, numbers[1] >= 0, numbers[2] >= 0 else {
                return nil
            }
            reaches.append(
                .init(
                    replica: String(fields[0]), segment: Int(numbers[0]), byteOffset: numbers[1],
                    earlierByteCount: numbers[2]))
        }
        self.reaches = reaches
    }

    /// The position of each segment that is on the disk, by their sizes; nil when the journal is not what was read: shorter, or with more in a
    /// segment that was thought to be complete.
    func positions(among sizes: [JournalPosition]) -> [JournalPosition]? {
        var positions: [JournalPosition] = []
        for reach in reaches {
            let segments = sizes.filter { $0.replica == reach.replica }
            let earlier = segments.filter { $0.segment < reach.segment }
            guard earlier.reduce(0, { $0 + $1.byteOffset }) == reach.earlierByteCount,
                let last = segments.first(where: { $0.segment == reach.segment }), last.byteOffset >= reach.byteOffset
            else { return nil }
            positions += earlier
            positions.append(
                JournalPosition(replica: reach.replica, segment: reach.segment, byteOffset: reach.byteOffset))
        }
        return positions
    }
}
