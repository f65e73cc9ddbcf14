/// The one range of a `Range` header: `bytes=0-99`, `bytes=100-`, `bytes=-10` (RFC 9110, section 14.1.2).
struct ByteRange: Hashable {
    /// The first byte; nil when the last ones are asked for.
    let first: Int?
    /// The last byte, or how many of the last ones; nil for all that follow.
    let last: Int?

    /// Nil for several ranges, other units and nonsense, which a server may pass over.
    init?(parsing text: String) {
        guard text.hasPrefix("bytes=") else { return nil }
        let parts = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy({ $0.isEmpty || Int($0) != nil }) else { return nil }
        (first, last) = (Int(parts[0]), Int(parts[1]))
        if first == nil, last == nil { return nil }
    }

    /// The part of a file of this many bytes; nil when there is none.
    func part(of byteCount: Int) -> Range<Int>? {
        guard let first else {
            let count = min(last ?? 0, byteCount)
            return count > 0 ? byteCount - count..<byteCount : nil
        }
        let end = min(last.map { $0 + 1 } ?? byteCount, byteCount)
        return first < end ? first..<end : nil
    }
}
