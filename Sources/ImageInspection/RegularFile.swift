#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An open file that is certain to be a file: not a folder, a pipe or a device. Closed when it goes out of scope.
struct RegularFile: ~Copyable {
    let descriptor: Int32
    /// Its length when it was opened, in bytes.
    let byteCount: Int64

    /// Opens for reading and never waits: a pipe without a writer is opened, found out, and refused.
    init(opening path: UnsafePointer<CChar>) throws(InspectionError) {
        var opened: Int32
        repeat {
            opened = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        } while opened < 0 && errno == EINTR
        guard opened >= 0 else {
            // A socket cannot be opened at all: the system says "no such device or address".
            throw .unreadable(errno == ENXIO ? .notAFile : .system(errno))
        }
        do throws(InspectionError) {
            byteCount = try Self.byteCount(of: opened)
        } catch {
            close(opened)
            throw error
        }
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    /// The length of an open file, or the reason why it is none.
    static func byteCount(of descriptor: Int32) throws(InspectionError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(.system(errno)) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return Int64(status.st_size)
        case S_IFDIR: throw .unreadable(.folder)
        default: throw .unreadable(.notAFile)
        }
    }
}
