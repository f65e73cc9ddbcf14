import AssetModel
import Files

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The bytes of one picture, seen through a small window: a file read by offset, or memory as it is.
///
/// Every look at a byte goes through here and is checked against the end of the file and of the window, so no
/// inspection can read what is not there: beyond the end is `InspectionError.truncated`. Offsets are counted from the
/// start of the file. The memory behind the window belongs to the caller and must outlive this value.
struct PictureBytes: ~Copyable {
    /// The length of the whole file in bytes.
    let byteCount: Int
    /// What the first bytes say that the file is.
    let format: ImageFormat

    /// How much one read takes when nothing else is asked for. Nearly every header fits.
    static let usualRead = 4096
    /// How much one read takes at most.
    static let longRead = 32768
    /// The length of the buffer behind the windows: the start of the file stays where it is, and one more read is kept.
    static let bufferLength = usualRead + longRead

    private let descriptor: Int32?
    private let buffer: UnsafeMutableRawBufferPointer
    private var window: UnsafeRawBufferPointer
    private var windowStart = 0
    /// The first read, kept: facts and texts both begin there.
    private let head: UnsafeRawBufferPointer
    /// The last read behind it, kept: what stands behind the pixels is looked at for facts, then for texts.
    private var far = UnsafeRawBufferPointer(start: nil, count: 0)
    private var farStart = 0
    private var readLength = Self.usualRead
    private var readsLeft: Int

    /// Looks at an open file. `buffer` has `bufferLength` bytes. Reads once, to recognise the format.
    init(
        descriptor: Int32, byteCount: Int64, buffer: UnsafeMutableRawBufferPointer, limits: InspectionLimits
    ) throws(InspectionError) {
        // Lengths in files have 32 bits and are added to positions: below 2⁶² no such sum can overflow.
        let byteCount = Int(min(byteCount, 1 << 62))
        let count = try Self.read(descriptor, into: buffer, count: min(Self.usualRead, byteCount), at: 0)
        let start = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        format = try Self.recognise(start)
        self.byteCount = byteCount
        self.descriptor = descriptor
        self.buffer = buffer
        window = start
        head = start
        readsLeft = limits.maximumReadCount - 1
    }

    /// Looks at bytes in memory, all of them in the window from the start.
    init(memory: UnsafeRawBufferPointer) throws(InspectionError) {
        format = try Self.recognise(memory)
        byteCount = memory.count
        descriptor = nil
        buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        window = memory
        head = memory
        readsLeft = 0
    }

    /// Looks at a part of a picture that was put together or decoded: a block of EXIF, named by its form, TIFF.
    init(part memory: UnsafeRawBufferPointer) {
        format = .tiff
        byteCount = memory.count
        descriptor = nil
        buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        window = memory
        head = memory
        readsLeft = 0
    }

    /// From now on the file is walked through from here to its end: read more at a time.
    mutating func walksThrough() {
        readLength = Self.longRead
    }

    /// From now on every byte may be looked at, once and forwards: as many reads as that takes are allowed.
    mutating func walksWhole() {
        readLength = Self.longRead
        readsLeft = max(readsLeft, byteCount / Self.usualRead + 16)
    }

    /// From now on another look is taken from the start, with reads of its own; the window stays where it is.
    mutating func beginAgain(limits: InspectionLimits) {
        readLength = Self.usualRead
        readsLeft = limits.maximumReadCount
    }

    // MARK: Looking

    /// The byte at an offset.
    @inline(__always)
    mutating func byte(at offset: Int) throws(InspectionError) -> Int {
        Int(try load(UInt8.self, at: offset))
    }

    /// Two bytes, the high one first.
    @inline(__always)
    mutating func big16(at offset: Int) throws(InspectionError) -> Int {
        Int(UInt16(bigEndian: try load(UInt16.self, at: offset)))
    }

    /// Two bytes, the low one first.
    @inline(__always)
    mutating func little16(at offset: Int) throws(InspectionError) -> Int {
        Int(UInt16(littleEndian: try load(UInt16.self, at: offset)))
    }

    /// Three bytes, the low one first.
    @inline(__always)
    mutating func little24(at offset: Int) throws(InspectionError) -> Int {
        try little16(at: offset) | byte(at: offset + 2) << 16
    }

    /// Four bytes, the high one first. Also how names of chunks are compared.
    @inline(__always)
    mutating func big32(at offset: Int) throws(InspectionError) -> Int {
        Int(UInt32(bigEndian: try load(UInt32.self, at: offset)))
    }

    /// Four bytes, the low one first.
    @inline(__always)
    mutating func little32(at offset: Int) throws(InspectionError) -> Int {
        Int(UInt32(littleEndian: try load(UInt32.self, at: offset)))
    }

    /// Two bytes in the order that the file has chosen.
    @inline(__always)
    mutating func number16(at offset: Int, isLittle: Bool) throws(InspectionError) -> Int {
        try isLittle ? little16(at: offset) : big16(at: offset)
    }

    /// Four bytes in the order that the file has chosen.
    @inline(__always)
    mutating func number32(at offset: Int, isLittle: Bool) throws(InspectionError) -> Int {
        try isLittle ? little32(at: offset) : big32(at: offset)
    }

    /// Eight bytes in the order that the file has chosen; what is above 2⁶¹ is taken for 2⁶¹, beyond any file and side.
    mutating func number64(at offset: Int, isLittle: Bool) throws(InspectionError) -> Int {
        let value = try load(UInt64.self, at: offset)
        return Int(min(isLittle ? UInt64(littleEndian: value) : UInt64(bigEndian: value), 1 << 61))
    }

    /// Up to `usualRead` bytes at once, for one look: the pointer is good until the next call.
    mutating func run(_ range: Range<Int>) throws(InspectionError) -> UnsafeRawBufferPointer {
        try see(range.lowerBound, count: range.count)
        let start = range.lowerBound - windowStart
        return UnsafeRawBufferPointer(rebasing: window[start..<start + range.count])
    }

    /// The offset of the first byte of a value at or behind `start`; none up to the end of the file is `truncated`.
    ///
    /// Costs what `memchr` costs.
    mutating func find(_ value: UInt8, from start: Int) throws(InspectionError) -> Int {
        var position = start
        while true {
            try see(position, count: 1)
            let skipped = position - windowStart
            if let base = window.baseAddress, let hit = memchr(base + skipped, Int32(value), window.count - skipped) {
                return windowStart + (UnsafeRawPointer(hit) - base)
            }
            position = windowStart + window.count
        }
    }

    /// Makes sure that the file reaches to an offset; reads nothing.
    func require(_ end: Int) throws(InspectionError) {
        guard end <= byteCount else { throw .truncated(format) }
    }

    /// The error for a broken rule of this picture's format.
    func flaw(_ flaw: ImageFlaw) -> InspectionError {
        .malformed(format, flaw)
    }

    // MARK: The window

    @inline(__always)
    private mutating func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type, at offset: Int
    ) throws(InspectionError) -> Value {
        try see(offset, count: MemoryLayout<Value>.size)
        return window.loadUnaligned(fromByteOffset: offset - windowStart, as: type)
    }

    /// Brings bytes into the window. Offsets are never negative and far from overflow: they start at a constant and
    /// grow by lengths of at most 32 bits, each only after the position before it was seen to be in the file; one of 64
    /// bits is at most 2⁶¹.
    @inline(__always)
    private mutating func see(_ offset: Int, count: Int) throws(InspectionError) {
        if offset >= windowStart && offset + count <= windowStart + window.count { return }
        try slide(to: offset, count: count)
    }

    @inline(never)
    private mutating func slide(to offset: Int, count: Int) throws(InspectionError) {
        guard let descriptor, offset >= 0, offset <= byteCount - count, count <= Self.usualRead else {
            throw .truncated(format)
        }
        if offset + count <= head.count {
            (window, windowStart) = (head, 0)
            return
        }
        if offset >= farStart, offset + count <= farStart + far.count {
            (window, windowStart) = (far, farStart)
            return
        }
        guard readsLeft > 0 else { throw flaw(.tooManyBlocks) }
        readsLeft -= 1
        let length = min(readLength, byteCount - offset)
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[Self.usualRead...])
        let got = try Self.read(descriptor, into: room, count: length, at: offset)
        (far, farStart) = (UnsafeRawBufferPointer(rebasing: room[..<got]), offset)
        (window, windowStart) = (far, farStart)
        // Fewer bytes than the length promised: the file shrank since it was opened.
        guard got >= count else { throw .truncated(format) }
    }

    /// Reads until `count` bytes are there or the file ends; gives the number that is there.
    private static func read(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, count: Int, at offset: Int
    ) throws(InspectionError) -> Int {
        guard count <= buffer.count else { return 0 }
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        do throws(FileError) {
            return try OpenFile.read(descriptor, into: target, at: Int64(offset), path: "")
        } catch {
            throw InspectionError(error)
        }
    }

    /// Looks no further than one read does, so that memory and a file give the same answer.
    private static func recognise(_ bytes: UnsafeRawBufferPointer) throws(InspectionError) -> ImageFormat {
        guard !bytes.isEmpty else { throw .empty }
        let start = UnsafeRawBufferPointer(rebasing: bytes.prefix(usualRead))
        guard let format = FormatSignature.format(of: start) else { throw .notAnImage }
        return format
    }
}
