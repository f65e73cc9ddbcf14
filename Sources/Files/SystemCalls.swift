#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Calls that a signal may interrupt, repeated until they have an answer. Under names of their own, since `OpenFile` has
/// methods of the system's names.
enum SystemCall {
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Int32 {
        while true {
            #if canImport(Darwin)
            let result = PathText.withCString(path) { Darwin.open($0, flags | O_CLOEXEC, mode) }
            #elseif canImport(Glibc)
            let result = PathText.withCString(path) { Glibc.open($0, flags | O_CLOEXEC, mode) }
            #else
            let result = PathText.withCString(path) { Musl.open($0, flags | O_CLOEXEC, mode) }
            #endif
            if result >= 0 || errno != EINTR { return result }
        }
    }

    static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            #if canImport(Darwin)
            let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }

    static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 || errno != EINTR { return count }
        }
    }

    static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        while true {
            #if canImport(Darwin)
            let count = Darwin.write(descriptor, bytes.baseAddress, bytes.count)
            #elseif canImport(Glibc)
            let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            #else
            let count = Musl.write(descriptor, bytes.baseAddress, bytes.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }

    static func sync(_ descriptor: Int32) -> Int32 {
        #if canImport(Darwin)
        // fsync on macOS stops at the drive's cache; this does not. Some file systems know only fsync.
        if fcntl(descriptor, F_FULLFSYNC) == 0 { return 0 }
        #endif
        return repeated { fsync(descriptor) }
    }

    static func rename(_ source: String, _ target: String) -> Int32 {
        PathText.withCString(source) { source in
            PathText.withCString(target) { target in
                #if canImport(Darwin)
                Darwin.rename(source, target)
                #elseif canImport(Glibc)
                Glibc.rename(source, target)
                #else
                Musl.rename(source, target)
                #endif
            }
        }
    }

    /// A call that gives 0 when it succeeds.
    static func repeated(_ call: () -> Int32) -> Int32 {
        while true {
            let result = call()
            if result == 0 || errno != EINTR { return result }
        }
    }
}
