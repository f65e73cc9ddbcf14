/// What part of a file a `Range` header asks for.
enum ByteRange: Hashable {
    /// These bytes.
    case part(ClosedRange<Int>)
    /// A part that the file does not have.
    case outside
    /// Nothing that is understood, such as several parts: the whole is sent, as RFC 9110 says.
    case whole

    init(_ header: String?, byteCount: Int) {
        guard let header, header.hasPrefix("bytes="), byteCount > 0 else {
            self = .whole
            return
        }
        let bounds = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, bounds.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else {
            self = .whole
            return
        }
        let first = Int(bounds[0])
        let last = Int(bounds[1])
        if let first {
            guard bounds[1].isEmpty || (last ?? -1) >= first else {
                self = .whole
                return
            }
            self = first < byteCount ? .part(first...min(last ?? byteCount - 1, byteCount - 1)) : .outside
        } else if let last {
            self = last > 0 ? .part(max(0, byteCount - last)...(byteCount - 1)) : .outside
        } else {
            self = .whole
        }
    }
}
