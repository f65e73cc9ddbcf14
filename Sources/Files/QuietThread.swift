import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A thread that lets others go first.
package enum QuietThread {
    /// Makes the calling thread one, until it ends: on Linux it gets a tenth of a processor that others want, and all of one that is free.
    package static func becomeQuiet() {
        #if os(Linux)
        // 0 is the calling thread on Linux, though POSIX means the process.
        _ = setpriority(__priority_which_t(UInt32(PRIO_PROCESS.rawValue)), 0, 10)
        #else
        Thread.current.qualityOfService = .utility
        #endif
    }
}
