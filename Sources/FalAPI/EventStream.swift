import NIOCore

/// Takes server-sent events out of a stream of bytes: `data` fields, joined by line ends, at each empty line. Everything
/// else in the format (names, ids, comments, retry times) is ignored.
struct EventStream: Sendable {
    /// The longest event that is kept; a server that never ends one must not fill the memory.
    static let largestEvent = 4 * 1024 * 1024

    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var endedWithReturn = false
    private var isFirstLine = true

    /// The events that these bytes complete, in order. Throws when one grows beyond `largestEvent`.
    mutating func take(_ bytes: some Sequence<UInt8>) throws -> [[UInt8]] {
        var events: [[UInt8]] = []
        for byte in bytes {
            let followsReturn = endedWithReturn
            endedWithReturn = byte == UInt8(ascii: "\r")
            switch byte {
            case UInt8(ascii: "\n") where followsReturn: continue
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): endLine(&events)
            default:
                line.append(byte)
                guard line.count + data.count <= Self.largestEvent else {
                    throw NIOTooManyBytesError(maxBytes: Self.largestEvent)
                }
            }
        }
        return events
    }

    private mutating func endLine(_ events: inout [[UInt8]]) {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        isFirstLine = false
        guard !line.isEmpty else {
            if hasData { events.append(data) }
            data = []
            hasData = false
            return
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        guard line[..<colon].elementsEqual("data".utf8) else { return }
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        if hasData { data.append(UInt8(ascii: "\n")) }
        data += value
        hasData = true
    }
}
