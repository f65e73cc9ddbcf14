import Files

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The whole lines of a file, one after the other, through a buffer that grows for a line longer than itself.
struct LineReader: ~Copyable {
    private let file: OpenFile
    private let end: Int64
    private var buffer: UnsafeMutableRawBufferPointer
    /// Where the next line begins in the buffer, and how far the buffer is filled.
    private var (start, filled) = (0, 0)
    /// Where the next line begins in the file: the end of the last one that was given.
    private(set) var offset: Int64

    init(_ path: String, from offset: Int64, to end: Int64?, capacity: Int = 1 << 20) throws(FileError) {
        file = try OpenFile(reading: path)
        self.offset = offset
        self.end = end ?? .max
        buffer = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// The next line without its line feed, good until the next call; nil when the rest is no whole line.
    mutating func next() throws(FileError) -> UnsafeBufferPointer<UInt8>? {
        var searched = start
        while true {
            if let feed = lineFeed(in: searched..<filled) {
                let line = UnsafeRawBufferPointer(rebasing: buffer[start..<feed])
                offset += Int64(feed + 1 - start)
                start = feed + 1
                return line.assumingMemoryBound(to: UInt8.self)
            }
            makeRoom()
            searched = filled
            let wanted = Int(min(Int64(buffer.count - filled), end - offset - Int64(filled)))
            guard wanted > 0 else { return nil }
            let free = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + wanted])
            let count = try file.read(into: free, at: offset + Int64(filled))
            if count == 0 { return nil }
            filled += count
        }
    }

    private func lineFeed(in range: Range<Int>) -> Int? {
        guard !range.isEmpty, let base = buffer.baseAddress,
            let found = memchr(base + range.lowerBound, Int32(UInt8(ascii: "\n")), range.count)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// Moves what is left to the front, into a larger buffer when it fills this one.
    private mutating func makeRoom() {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[start..<filled])
        if rest.count == buffer.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
            larger.copyMemory(from: rest)
            buffer.deallocate()
            buffer = larger
        } else if start > 0, let base = buffer.baseAddress {
            memmove(base, base + start, rest.count)
        }
        (start, filled) = (0, rest.count)
    }
}
