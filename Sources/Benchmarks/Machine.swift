import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a table of times was measured on.
enum Machine {
    /// Processor, cores, memory and system in one line.
    static var description: String {
        let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model =
            processors.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last?
            .trimmingCharacters(in: .whitespaces) ?? "unknown processor"
        let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1e9
        return "\(model), \(ProcessInfo.processInfo.activeProcessorCount) cores, \(Int(memory.rounded())) GB, "
            + ProcessInfo.processInfo.operatingSystemVersionString
    }

    /// How many processes wanted to run during the last minute: a busy machine spoils absolute times.
    static var load: String {
        var averages = [0.0]
        return getloadavg(&averages, 1) == 1 ? String(format: "%.1f", averages[0]) : "unknown"
    }
}

/// The size of a file while a program writes it.
final class GrowthWatch: @unchecked Sendable {
    private let lock = NSLock()
    private let done = DispatchSemaphore(value: 0)
    private var isOver = false
    private var samples: [(seconds: Double, byteCount: Int64)] = []

    /// Looks every 20 ms, from now on.
    init(_ path: String) {
        let start = ContinuousClock.now
        Thread.detachNewThread { [self] in
            while !lock.withLock({ isOver }) {
                var facts = stat()
                if stat(path, &facts) == 0 {
                    let passed = (ContinuousClock.now - start).components
                    let seconds = Double(passed.seconds) + Double(passed.attoseconds) / 1e18
                    samples.append((seconds, Int64(facts.st_size)))
                }
                usleep(20_000)
            }
            done.signal()
        }
    }

    /// Ends the watch; says when the file had 99 % of its last size.
    func stop() -> Double {
        lock.withLock { isOver = true }
        done.wait()
        guard let last = samples.last, last.byteCount > 0 else { return 0 }
        return samples.first { $0.byteCount >= last.byteCount / 100 * 99 }?.seconds ?? 0
    }
}
