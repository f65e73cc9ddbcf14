/// How far an upload in parts has come: what a restart needs to send only the rest. fal is not asked, and nothing is
/// remembered here; the caller keeps the newest value and hands it back.
///
/// `uploadURL` is presigned: anyone who has it can write to that one upload, so it must not be logged.
package struct MultipartProgress: Sendable, Hashable, Codable {
    /// A part that the storage has confirmed.
    package struct Part: Sendable, Hashable, Codable {
        /// Counted from 1.
        package let number: Int
        /// What the storage calls the part's content, byte for byte as it said it.
        package let etag: String

        /// A confirmed part.
        package init(number: Int, etag: String) {
            self.number = number
            self.etag = etag
        }
    }

    /// Where the parts go, exactly as the storage said. How long it stays valid is not documented.
    package let uploadURL: String
    /// Where the file is served once it is complete, exactly as the storage said.
    package let fileURL: String
    /// The size of the whole file.
    package let byteCount: Int64
    /// The size of every part but the last.
    package let partByteCount: Int64
    /// The parts that are done, by number.
    package private(set) var parts: [Part]

    /// An upload known from an earlier run. Nothing is checked here; what makes no sense is not resumed.
    package init(uploadURL: String, fileURL: String, byteCount: Int64, partByteCount: Int64, parts: [Part] = []) {
        self.uploadURL = uploadURL
        self.fileURL = fileURL
        self.byteCount = byteCount
        self.partByteCount = partByteCount
        self.parts = parts.sorted { $0.number < $1.number }
    }

    /// How many parts there are in all.
    var partCount: Int { Int((byteCount + partByteCount - 1) / partByteCount) }

    /// The numbers of the parts that are still to be sent.
    var missing: [Int] {
        let done = Set(parts.map(\.number))
        return (1...partCount).filter { !done.contains($0) }
    }

    /// Which bytes of the file a part holds.
    func range(of number: Int) -> Range<Int64> {
        let start = Int64(number - 1) * partByteCount
        return start..<min(start + partByteCount, byteCount)
    }

    /// Notes a confirmed part, keeping the order of the numbers: servers must not be trusted to sort (trap 6).
    mutating func add(_ part: Part) {
        parts.insert(part, at: parts.firstIndex { $0.number > part.number } ?? parts.endIndex)
    }

    /// Whether an upload of a file of that size can resume from this: the value may be another file's, or damaged.
    func fits(byteCount: Int64) -> Bool {
        guard self.byteCount == byteCount, byteCount > 0, partByteCount > 0, byteCount / partByteCount < 100_000,
            (try? WebAddress(uploadURL)) != nil, (try? WebAddress(fileURL)) != nil
        else { return false }
        let numbers = Set(parts.map(\.number))
        return numbers.count == parts.count && numbers.allSatisfy { 1...partCount ~= $0 }
            && parts.allSatisfy { !$0.etag.isEmpty }
    }
}

/// When a file is sent in parts and how it is cut: the numbers of fal's JS client (protocol facts, section 2.4, recorded).
struct MultipartRule: Sendable, Hashable {
    /// The largest file that goes in one piece; only strictly larger ones are cut (trap 8).
    var largestSingle: Int64 = 94_371_840
    /// The size of every part but the last.
    var partByteCount: Int64 = 10_485_760
    /// How many parts are sent at once.
    var width = 4

    func needsParts(_ byteCount: Int64) -> Bool { byteCount > largestSingle }
}
