#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A lock on a file that many programs may share, or one may have to itself. It is given back when nobody holds the value any
/// more, also by the end of the process. Only programs that ask for it are kept apart (flock(2)).
package final class AdvisoryLock: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Opens a file that exists and shares its lock; waits while another program has it to itself.
    package init(sharing path: String) throws(FileError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        self.path = path
        guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
        try share()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Takes the lock for this program alone, unless another holds it; says whether it did. Without it nothing is held
    /// for a moment: what was true under the shared lock must be looked at again.
    package func takeAlone() throws(FileError) -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK {
                try share()
                return false
            }
            guard errno == EINTR else { throw FileError(path: path, errno: errno) }
        }
        return true
    }

    /// Goes back to sharing it.
    package func share() throws(FileError) {
        while flock(descriptor, LOCK_SH) != 0 {
            guard errno == EINTR else { throw FileError(path: path, errno: errno) }
        }
    }
}
