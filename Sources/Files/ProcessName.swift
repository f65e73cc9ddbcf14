#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A process of a machine, as a text that others can check: what a program left behind when it was killed need not be waited for.
package enum ProcessName {
    /// This process: `4711@host`.
    package static var own: String { "\(getpid())@\(machine)" }

    /// Whether a process still runs; nil when that is not known, as of one on another machine. Containers that share a folder have
    /// different names. A number that the system gave to another process since is taken for the same one.
    package static func isRunning(_ name: some StringProtocol) -> Bool? {
        guard let at = name.firstIndex(of: "@"), name[name.index(after: at)...] == machine,
            let process = pid_t(name[..<at]), process > 0
        else { return nil }
        return kill(process, 0) == 0 || errno != ESRCH
    }

    private static let machine: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        // It becomes a part of file names.
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            .split(separator: "/").joined(separator: "-")
    }()
}
