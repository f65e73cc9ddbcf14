#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A lock on a file or folder that one program has at a time. It is given back when nothing holds the value any more, also by the
/// end of the process. Only programs that ask for it are kept apart (flock(2)).
package final class AdvisoryLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of a file or folder that exists; nil when another program, or another part of this one, has it. Never waits.
    package init?(taking path: String) throws(FileError) {
        descriptor = PathText.withCString(path) { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return nil }
            guard errno == EINTR else { throw FileError(path: path, errno: errno) }
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
