#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A process of a machine, as a text that others can check: what a program left behind when it was killed need not be waited for.
package enum ProcessName {
    /// This process: `4711.86321@host`, with the time of its start, because the system gives the number of an ended process to another one.
    package static let own: String = {
        let start = startTime(of: getpid()).map { ".\($0)" } ?? ""
        return "\(getpid())\(start)@\(machine)"
    }()

    /// Whether a process still runs; nil when that is not known, as of one on another machine. Containers that share a folder have
    /// different names. A name without a start time means whatever process has the number now.
    package static func isRunning(_ name: some StringProtocol) -> Bool? {
        guard let at = name.firstIndex(of: "@"), name[name.index(after: at)...] == machine else { return nil }
        let parts = name[..<at].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let process = parts.first.flatMap({ pid_t($0) }), process > 0 else { return nil }
        guard kill(process, 0) == 0 || errno != ESRCH else { return false }
        guard parts.count == 2, let start = startTime(of: process) else { return true }
        return parts[1] == String(start)
    }

    /// When a process started, in a unit of the system's: clock ticks since boot on Linux (proc_pid_stat(5), field 22), microseconds since
    /// 1970 on macOS. nil when the system does not tell.
    private static func startTime(of process: pid_t) -> UInt64? {
        #if canImport(Darwin)
        var query: [CInt] = [CTL_KERN, KERN_PROC, KERN_PROC_PID, process]
        var info = kinfo_proc()
        var size = MemoryLayout<kinfo_proc>.size
        guard sysctl(&query, UInt32(query.count), &info, &size, nil, 0) == 0, size > 0 else { return nil }
        let start = info.kp_proc.p_un.__p_starttime
        return UInt64(start.tv_sec) * 1_000_000 + UInt64(start.tv_usec)
        #else
        guard let file = fopen("/proc/\(process)/stat", "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        // The second field is the program's name in brackets, which may hold spaces and brackets.
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        guard let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        return fields.count > 19 ? UInt64(fields[19]) : nil
        #endif
    }

    private static let machine: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        // It becomes a part of file names.
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            .split(separator: "/").joined(separator: "-")
    }()
}
