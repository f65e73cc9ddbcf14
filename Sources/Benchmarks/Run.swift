import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A whole process, timed from outside, with what the system says it used.
struct Run {
    /// From start to end.
    let seconds: Double
    /// What its threads used of the processors, in seconds.
    let processorSeconds: Double
    /// The largest memory it held, in megabytes.
    let peakMegabytes: Double

    /// Runs a program whose output is thrown away or goes to a file; an error when it ends otherwise than `expected`.
    ///
    /// Spawned and waited for by the system's own calls: Foundation's `waitUntilExit` looks only every 50 ms.
    @discardableResult
    init(_ program: String, _ arguments: [String], output: String = "/dev/null", expected: Int32 = 0) throws {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        for (descriptor, path) in [(STDOUT_FILENO, output), (STDERR_FILENO, "/dev/null")] {
            posix_spawn_file_actions_addopen(&files, descriptor, path, O_WRONLY, 0)
        }
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let clock = ContinuousClock()
        let start = clock.now
        var id = pid_t()
        guard posix_spawnp(&id, program, &files, nil, &words, environ) == 0 else {
            throw BenchmarkError.failed(program: program, status: 127)
        }
        let watch = MemoryWatch(id)
        var status: Int32 = 0
        var usage = rusage()
        while wait4(id, &status, 0, &usage) < 0, errno == EINTR {}
        let duration = clock.now - start
        let seen = watch.stop()
        guard status == expected << 8 else { throw BenchmarkError.failed(program: program, status: status) }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        processorSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
        self.seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        // What was not seen, because it was over too soon, is told by the system: kilobytes on Linux, bytes on macOS.
        #if canImport(Darwin)
        peakMegabytes = Double(usage.ru_maxrss) / 1e6
        #else
        peakMegabytes = Double(seen ?? Int(usage.ru_maxrss)) / 1e3
        #endif
    }

    /// What a program prints, for what is not measured.
    static func output(_ program: String, _ arguments: [String]) throws -> Data {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkError.failed(program: program, status: process.terminationStatus)
        }
        return data
    }

    /// The program under test, beside this one.
    static var atelier: String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "atelier").path
    }
}

/// Looks at the peak memory of a process and of those that it started, each on its own, while they run.
///
/// The figure that Linux gives with a process's end begins with the memory of whoever spawned it, so a small program beside a
/// large benchmark would look large. Looked at every 5 ms; memory that grows in the last of them is missed.
private final class MemoryWatch: @unchecked Sendable {
    private let lock = NSLock()
    private let done = DispatchSemaphore(value: 0)
    private var isOver = false
    private var kilobytes: Int?

    init(_ id: pid_t) {
        Thread.detachNewThread { [self] in
            while !lock.withLock({ isOver }) {
                if let now = Self.peak(of: id) { kilobytes = max(now, kilobytes ?? 0) }
                usleep(5_000)
            }
            done.signal()
        }
    }

    /// The last figure in kilobytes; nil when there was none, as on systems without `/proc`.
    func stop() -> Int? {
        lock.withLock { isOver = true }
        done.wait()
        return kilobytes
    }

    private static func peak(of id: pid_t) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
        else { return nil }
        let own = line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        let children = (try? String(contentsOfFile: "/proc/\(id)/task/\(id)/children", encoding: .utf8)) ?? ""
        return (children.split(separator: " ").compactMap { pid_t($0) }.map(peak) + [own]).compactMap(\.self).max()
    }
}

/// What keeps a benchmark from being one.
enum BenchmarkError: Error, CustomStringConvertible {
    /// A program ended with an error, so its time says nothing.
    case failed(program: String, status: Int32)
    /// SQLite refused something.
    case sqlite(String)

    var description: String {
        switch self {
        case .failed(let program, let status): "\(program) ended with \(status); its time says nothing"
        case .sqlite(let reason): "SQLite: \(reason)"
        }
    }
}

/// Numbers of several rounds.
struct Series {
    private var values: [Double] = []

    mutating func add(_ value: Double) { values.append(value) }

    /// The middle value; of an even number the upper one.
    var median: Double { values.isEmpty ? .nan : values.sorted()[values.count / 2] }

    /// `0.123 (0.100–0.200)`: median, smallest and largest.
    var text: String { text(3) }

    /// The same with as many digits behind the point.
    func text(_ places: Int) -> String {
        func digits(_ value: Double) -> String { String(format: "%.\(places)f", value) }
        return "\(digits(median)) (\(digits(values.min() ?? .nan))–\(digits(values.max() ?? .nan)))"
    }
}
