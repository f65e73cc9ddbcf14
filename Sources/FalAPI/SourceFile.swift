import Files
import NIOCore

/// A local file held open for reading from opening to the last repeat of its upload. Closed when the last holder lets go.
final class SourceFile: Sendable {
    let path: String
    /// What must stay equal for the file to be the same file with the same content.
    private let status: FileStatus
    private let file: OpenFile

    /// Its length, as long as it does not change.
    var byteCount: Int64 { status.byteCount }

    /// Opens a regular file of exactly `byteCount` bytes. Throws `unreadableFile`, or `fileChanged` for another size.
    init(path: String, byteCount: Int64) throws(FalError) {
        do throws(FileError) { file = try OpenFile(reading: path) } catch { throw Self.unreadable(error) }
        status = file.status
        self.path = path
        guard status.byteCount == byteCount else { throw .fileChanged(path: path) }
    }

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
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) { space in
            do throws(FileError) {
                let count = try file.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: space[..<byteCount]), at: offset)
                if count < byteCount { failure = .fileChanged(path: path) }
                return count
            } catch {
                failure = Self.unreadable(error)
                return 0
            }
        }
        if let failure { throw failure }
    }

    /// Throws `fileChanged` when size or modification time are not what they were at opening.
    func checkUnchanged() throws(FalError) {
        let now: FileStatus
        do throws(FileError) { now = try FileStatus(ofDescriptor: file.descriptor, path: path) } catch {
            throw Self.unreadable(error)
        }
        guard now == status else { throw .fileChanged(path: path) }
    }

    private static func unreadable(_ error: FileError) -> FalError {
        .unreadableFile(path: error.path, reason: error.reason)
    }
}
