import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A local file held open for reading from opening to the last repeat of its upload. Closed when the last holder lets go.
final class OpenFile: Sendable {
    /// What must stay equal for the file to be the same file with the same content.
    struct Identity: Sendable, Hashable {
        let device: UInt64
        let inode: UInt64
        let byteCount: Int64
        let modifiedSeconds: Int64
        let modifiedNanoseconds: Int64
    }

    let path: String
    let identity: Identity
    private let descriptor: Int32

    /// Opens a regular file of exactly `byteCount` bytes. Throws `unreadableFile`, or `fileChanged` for another size.
    init(path: String, byteCount: Int64) throws(FalError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadableFile(path: path, reason: Self.reason()) }
        do throws(FalError) {
            identity = try Self.identity(of: descriptor, path: path)
            guard identity.byteCount == byteCount else { throw .fileChanged(path: path) }
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Reads exactly `byteCount` bytes; a file that ends earlier has changed.
    func read(at offset: Int64, byteCount: Int) throws(FalError) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: byteCount)
        try read(at: offset, byteCount: byteCount, into: &buffer)
        return buffer
    }

    /// The same into a buffer that is emptied first. Its memory is used again unless someone still holds its bytes.
    func read(at offset: Int64, byteCount: Int, into buffer: inout ByteBuffer) throws(FalError) {
        buffer.clear(minimumCapacity: byteCount)
        var failure: FalError?
        while buffer.readableBytes < byteCount, failure == nil {
            let position = offset + Int64(buffer.readableBytes)
            let wanted = byteCount - buffer.readableBytes
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
                let count = pread(descriptor, space.baseAddress, wanted, off_t(position))
                if count > 0 { return count }
                if count == 0 {
                    failure = .fileChanged(path: path)
                } else if errno != EINTR {
                    failure = .unreadableFile(path: path, reason: Self.reason())
                }
                return 0
            }
        }
        if let failure { throw failure }
    }

    /// Throws `fileChanged` when size or modification time are not what they were at opening.
    func checkUnchanged() throws(FalError) {
        guard try Self.identity(of: descriptor, path: path) == identity else { throw .fileChanged(path: path) }
    }

    private static func identity(of descriptor: Int32, path: String) throws(FalError) -> Identity {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw .unreadableFile(path: path, reason: reason()) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw .unreadableFile(path: path, reason: "it is no regular file")
        }
        #if canImport(Darwin)
        let modified = facts.st_mtimespec
        #else
        let modified = facts.st_mtim
        #endif
        return Identity(
            device: UInt64(truncatingIfNeeded: facts.st_dev), inode: UInt64(truncatingIfNeeded: facts.st_ino),
            byteCount: Int64(facts.st_size), modifiedSeconds: Int64(modified.tv_sec),
            modifiedNanoseconds: Int64(modified.tv_nsec))
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
