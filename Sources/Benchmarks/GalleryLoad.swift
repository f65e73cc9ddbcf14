import Foundation

/// `atelier serve` under a fixed rate of mixed requests, while `atelier import` writes to the same library.
struct GalleryLoad {
    let root: String
    let folder: String
    let rate: Int
    let seconds: Int

    private static let clientCount = 16

    func measure(_ table: Table) async throws {
        let server = try ServerProcess(root: root)
        defer { server.stop() }
        let page = try HTTPClient(port: server.port, token: server.token)
        let weight = try Self.pageWeight(page)
        // The bound is on what comes before the first picture, which `LargeLibraryTests` measures in the browsers.
        table.row("every file of the page and of all views, packed", "\((weight + 500) / 1000) kB", "")
        var first = Series()
        for _ in 0..<20 { first.add(try await milliseconds { _ = try page.get("/api/v1/pictures?limit=100") }) }
        table.row("first page of 100 over HTTP, ms", first.text(2), "30")
        let cursors = try Self.cursors(page)
        for (name, path, bound) in [
            ("timeline over HTTP, asked again, ms", "/api/v1/timeline", ""),
            ("reading over HTTP, ms", "/api/v1/reading?q=marble%20gla&caret=10", "50 to repaint"),
            ("search of a word over HTTP, ms", "/api/v1/pictures?limit=100&q=marble", "50 to repaint"),
        ] {
            var series = Series()
            for _ in 0..<20 { series.add(try await milliseconds { _ = try page.get(path) }) }
            table.row(name, series.text(2), bound)
        }
        let before = server.megabytes
        let calm = try load(server, cursors, seconds: max(5, seconds / 2))
        table.row("\(rate) requests a second, nothing else, ms", calm.text, "p99 50")
        let pictures = folder + "/pictures"
        if !FileManager.default.fileExists(atPath: pictures) {
            var corpus = PictureCorpus()
            _ = try corpus.write(20_000, to: pictures)
        }
        let importer = Process()
        importer.executableURL = URL(fileURLWithPath: Run.atelier)
        importer.arguments = ["import", pictures, "-L", root]
        (importer.standardOutput, importer.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try importer.run()
        let busy = try load(server, cursors, seconds: seconds)
        let isStillImporting = importer.isRunning
        importer.terminate()
        importer.waitUntilExit()
        table.row(
            "the same while an import runs\(isStillImporting ? "" : " (it ended before)"), ms", busy.text, "p99 50")
        table.row("memory of the server, before and at its peak", "\(before) MB, \(server.peakMegabytes) MB", "150 MB")
        table.row("of it at the end not pages of files", "\(server.anonymousMegabytes) of \(server.megabytes) MB", "")
    }

    /// The document and every file that it names, as they come over the wire, also those of views that are loaded after the first pictures.
    private static func pageWeight(_ client: HTTPClient) throws -> Int {
        let document = try client.get("/")
        var (weight, seen, left) = (try client.get("/", packed: true).count, Set<String>(), paths(in: document))
        while let path = left.popLast() {
            guard seen.insert(path).inserted, let body = try? client.get(path) else { continue }
            weight += try client.get(path, packed: true).count
            if path.hasSuffix(".mjs") { left += paths(in: body) }
        }
        return weight
    }

    /// Style sheets and modules of the page, as they are named in documents and imports.
    private static func paths(in body: Data) -> [String] {
        let text = String(decoding: body, as: UTF8.self)
        return text.matches(of: /["'](?:\.?\/)?([A-Za-z0-9_\/-]+\.(?:mjs|css))["']/).map { "/" + String($0.1) }
    }

    /// The texts of pages all over the library.
    private static func cursors(_ client: HTTPClient) throws -> [String] {
        let body = try client.get("/api/v1/timeline")
        let timeline = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        return (timeline?["segments"] as? [[String: Any]] ?? []).compactMap { $0["after"] as? String }
    }

    /// How long answers took from when they were due, in milliseconds.
    private struct Answers {
        var times: [Double]
        var failures: Int

        var text: String {
            let sorted = times.sorted()
            func at(_ share: Double) -> Double {
                sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
            }
            return String(format: "median %.1f, p99 %.1f, most %.0f", at(0.5), at(0.99), sorted.last ?? 0)
                + (failures > 0 ? ", \(failures) failed" : "")
        }
    }

    private func load(_ server: ServerProcess, _ cursors: [String], seconds: Int) throws -> Answers {
        let count = rate * seconds
        let shared = LoadState()
        let start = ContinuousClock.now + .milliseconds(100)
        let threads = DispatchGroup()
        for number in 0..<Self.clientCount {
            threads.enter()
            let (port, token, rate) = (server.port, server.token, rate)
            Thread.detachNewThread {
                defer { threads.leave() }
                guard let client = try? HTTPClient(port: port, token: token) else { return }
                var random = SplitMix(state: UInt64(number) + 7)
                for request in stride(from: number, to: count, by: Self.clientCount) {
                    let due = start + .microseconds(1_000_000 / rate * request)
                    let wait = (due - .now).components
                    if wait.seconds >= 0, wait.attoseconds > 0 {
                        usleep(UInt32(wait.seconds * 1_000_000 + wait.attoseconds / 1_000_000_000_000))
                    }
                    let isGood = (try? client.get(Self.path(&random, cursors))) != nil
                    let time = (ContinuousClock.now - due).components
                    shared.add(Double(time.seconds) * 1e3 + Double(time.attoseconds) / 1e15, isGood)
                }
            }
        }
        threads.wait()
        return Answers(times: shared.times, failures: shared.failures)
    }

    private static func path(_ random: inout SplitMix, _ cursors: [String]) -> String {
        let words = ["marble", "mug", "glass", "red", "blue", "cat"]
        switch random.below(20) {
        case 0..<6: return "/api/v1/pictures?limit=100"
        case 6..<12 where !cursors.isEmpty:
            return "/api/v1/pictures?limit=100&after=" + cursors[random.below(cursors.count)]
        case 12..<15: return "/api/v1/pictures?limit=100&q=" + words[random.below(words.count)]
        case 15..<18: return "/api/v1/reading?caret=2&q=" + words[random.below(words.count)].prefix(2)
        case 18: return "/api/v1/status"
        default: return "/api/v1/tags"
        }
    }
}

/// What the threads of a load have seen.
private final class LoadState: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var times: [Double] = []
    private(set) var failures = 0

    func add(_ time: Double, _ isGood: Bool) {
        lock.withLock {
            times.append(time)
            if !isGood { failures += 1 }
        }
    }
}

/// `atelier serve` of the built program.
private final class ServerProcess {
    private let process = Process()
    let port: Int
    let token: String

    init(root: String) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Run.atelier)
        process.arguments = ["serve", "--json", "--port", "0", "-L", root]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            guard let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty else { break }
            line += byte
        }
        guard let entry = try JSONSerialization.jsonObject(with: line) as? [String: Any],
            let port = entry["port"] as? Int,
            let address = entry["gallery"] as? String, let token = address.split(separator: "token=").last
        else { throw BenchmarkError.failed(program: "atelier serve", status: 1) }
        (self.port, self.token) = (port, String(token))
    }

    func stop() {
        process.interrupt()
        process.waitUntilExit()
    }

    var megabytes: Int { figure("VmRSS:") }
    var peakMegabytes: Int { figure("VmHWM:") }
    /// What no file stands behind: the program and files that it maps are in the system's cache as well.
    var anonymousMegabytes: Int { figure("RssAnon:") }

    private func figure(_ name: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 / 1000 } ?? -1
    }
}
