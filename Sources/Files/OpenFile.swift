#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An open file that closes itself when it goes out of scope. Interrupted calls are repeated, and short ones continued.
package struct OpenFile: ~Copyable, Sendable {
    /// The path it was opened by.
    package let path: String
    /// The system's number for it, good as long as this value lives.
    package let descriptor: Int32
    /// What it was when it was opened.
    package let status: FileStatus

    private let trace: FileTrace?

    /// Opens a regular file for reading. Never waits on a pipe or a device: those are refused.
    package init(reading path: String) throws(FileError) {
        try self.init(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, trace: nil)
    }

    /// Makes a new file for writing; an error when there is one of this name.
    package init(creating path: String, trace: FileTrace? = nil) throws(FileError) {
        try self.init(path, O_WRONLY | O_CREAT | O_EXCL, trace: trace)
    }

    /// Opens a file for reading, and for writing at its end; makes it when it is missing.
    package init(appendingTo path: String, trace: FileTrace? = nil) throws(FileError) {
        try self.init(path, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK, trace: trace)
    }

    private init(_ path: String, _ flags: Int32, trace: FileTrace?) throws(FileError) {
        (descriptor, status) = try Self.open(path, flags)
        self.path = path
        self.trace = trace
    }

    private static func open(_ path: String, _ flags: Int32) throws(FileError) -> (Int32, FileStatus) {
        let descriptor = SystemCall.open(path, flags, mode: 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
        do throws(FileError) {
            let status = try FileStatus(ofDescriptor: descriptor, path: path)
            try status.requireFile(path: path)
            return (descriptor, status)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    // MARK: Reading

    /// How many bytes it has now.
    package func byteCount() throws(FileError) -> Int64 {
        try FileStatus(ofDescriptor: descriptor, path: path).byteCount
    }

    /// Reads on from where the last such read ended; says how many bytes came, 0 at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        let count = SystemCall.read(descriptor, buffer)
        guard count >= 0 else { throw FileError(path: path, errno: errno) }
        return count
    }

    /// Fills the buffer from an offset, as far as the file goes; says how many bytes came.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
        try Self.read(descriptor, into: buffer, at: offset, path: path)
    }

    /// The same for a file that someone else has opened and closes.
    package static func read(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64, path: String
    ) throws(FileError) -> Int {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = SystemCall.read(descriptor, rest, at: offset + Int64(done))
            guard count >= 0 else { throw FileError(path: path, errno: errno) }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// The bytes from an offset to the end of the file, or `limit` of them. For small files and pieces of large ones.
    package func bytes(from offset: Int64 = 0, limit: Int = .max) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < limit {
            // One byte more than the file has: then a whole file takes one read, and its end is seen.
            let left = try byteCount() - offset - Int64(bytes.count)
            let wanted = min(limit - bytes.count, Int(min(max(left, 0), 1 << 30)) + 1)
            let position = offset + Int64(bytes.count)
            let piece = try Self.piece(wanted) { (buffer) throws(FileError) in try read(into: buffer, at: position) }
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
            if piece.count < wanted { break }
        }
        return bytes
    }

    private static func piece(
        _ capacity: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(FileError) -> Int
    ) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            do throws(FileError) { count = try fill(UnsafeMutableRawBufferPointer(buffer)) } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    // MARK: Writing

    /// Writes all of it.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        guard !bytes.isEmpty else { return }
        var rest = bytes
        while !rest.isEmpty {
            let count = SystemCall.write(descriptor, rest)
            guard count >= 0 else { throw FileError(path: path, errno: errno) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        trace?.note(.write(path))
    }

    /// Writes all of it.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in try write(bytes) }
    }

    /// Cuts the file to this length.
    package func truncate(to byteCount: Int64) throws(FileError) {
        guard SystemCall.repeated({ ftruncate(descriptor, off_t(byteCount)) }) == 0 else {
            throw FileError(path: path, errno: errno)
        }
        trace?.note(.truncate(path, byteCount))
    }

    /// Goes back to the beginning, for what is written next.
    package func rewind() throws(FileError) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw FileError(path: path, errno: errno) }
    }

    /// Returns when the bytes are on the disk itself.
    package func sync() throws(FileError) {
        guard SystemCall.sync(descriptor) == 0 else { throw FileError(path: path, errno: errno) }
        trace?.note(.sync(path))
    }

    /// Returns when the bytes of a file that is not open are on the disk itself.
    package static func sync(_ path: String, makingReadOnly: Bool, trace: FileTrace? = nil) throws(FileError) {
        let file = try OpenFile(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, trace: trace)
        if makingReadOnly { try file.makeReadOnly() }
        try file.sync()
    }

    /// Allows no more writing to the file by anyone, whatever it is called later.
    package func makeReadOnly() throws(FileError) {
        guard SystemCall.repeated({ fchmod(descriptor, 0o444) }) == 0 else { throw FileError(path: path, errno: errno) }
    }

    // MARK: Locking

    /// Waits until no other open file of this name holds the lock, and holds it until this one is closed.
    package func lock() throws(FileError) {
        guard SystemCall.repeated({ flock(descriptor, LOCK_EX) }) == 0 else {
            throw FileError(path: path, errno: errno)
        }
    }
}
