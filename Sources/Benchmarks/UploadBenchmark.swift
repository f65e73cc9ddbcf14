import ArgumentParser
import Foundation

/// Sending many files to the sandbox, beside `curl` and fal's own Python client, to the same sandbox in the same round.
struct UploadBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Uploads to a sandbox, beside curl and fal's own client.",
        discussion: """
            curl is one process that PUTs all files to places announced before, which is the least that an upload can be;
            atelier announces, sends, asks for the stored size and writes each URL down durably.

            Example: swift run -c release atelier-bench upload
            """)

    @Option(help: "How many files.")
    var files = 100

    @Option(help: "Their size on average, in megabytes.")
    var megabytes = 5

    @Option(help: "How many rounds; everything runs in each.")
    var rounds = 5

    @Option(help: "Where to work (default: a new folder beside this one).")
    var folder: String?

    func run() throws {
        let folder =
            folder ?? FileManager.default.currentDirectoryPath + "/.build-bench-\(UInt32.random(in: 1...999_999))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let source = folder + "/source"
        try Workload.write(files, kilobytes: megabytes * 1000, to: source)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: source).filter { $0.contains("-") }
            .map { "\(source)/\($0)" }
        let total = try paths.reduce(0.0) {
            $0 + Double(try FileManager.default.attributesOfItem(atPath: $1)[.size] as? Int ?? 0) / 1e6
        }
        let library = folder + "/library"
        try Run(Run.atelier, ["init", library])
        try Run(Run.atelier, ["import", source, "-L", library])
        let hasClient = (try? Run("python3", ["-c", "import fal_client"])) != nil

        print(
            "\(files) files of about \(megabytes) MB, \(rounds) rounds; MB/s as median (smallest–largest), whole processes"
        )
        for width in [1, 8] {
            var senders = [Sender("atelier upload"), Sender("curl, PUT only")]
            if hasClient { senders.append(Sender("fal-client")) }
            for _ in 0..<rounds {
                for index in senders.indices {
                    // A sandbox of its own: what was sent to an earlier one is not there, so everything goes again.
                    let sandbox = try BackgroundSandbox()
                    defer { sandbox.stop() }
                    let run =
                        switch index {
                        case 0: try upload(library, width, to: sandbox)
                        case 1: try curl(paths, width, to: sandbox, folder)
                        default: try pythonClient(source, width, to: sandbox)
                        }
                    senders[index].add(total / run.seconds, peak: run.peakMegabytes)
                }
            }
            print("\(width) at a time")
            for sender in senders {
                let name = sender.name.padding(toLength: 18, withPad: " ", startingAt: 0)
                let rate = sender.rates.text(0).padding(toLength: 22, withPad: " ", startingAt: 0)
                let ratio = senders[0].rates.median / sender.rates.median
                print(
                    "  \(name) \(rate) peak \(Int(sender.peak)) MB   atelier is \(String(format: "%.2f", ratio)) of it")
            }
        }
    }

    private struct Sender {
        let name: String
        private(set) var rates = Series()
        private(set) var peak = 0.0

        init(_ name: String) { self.name = name }

        mutating func add(_ rate: Double, peak: Double) {
            rates.add(rate)
            self.peak = max(self.peak, peak)
        }
    }

    private func upload(_ library: String, _ width: Int, to sandbox: BackgroundSandbox) throws -> Run {
        let names = try FileManager.default.contentsOfDirectory(atPath: library + "/blobs")
            .flatMap { try FileManager.default.contentsOfDirectory(atPath: "\(library)/blobs/\($0)") }
            .map { String($0.prefix(64)) }
        return try Run(
            "env",
            ["ATELIER_FAL_ENDPOINT=\(sandbox.url)", Run.atelier, "upload", "--parallel", "\(width)", "-L", library]
                + names)
    }

    private func curl(_ paths: [String], _ width: Int, to sandbox: BackgroundSandbox, _ folder: String) throws -> Run {
        var lines: [String] = []
        for path in paths {
            let place = try sandbox.announce(URL(fileURLWithPath: path).lastPathComponent)
            // "next" forgets the options; without "Expect:" each file would first wait a second for a go-ahead.
            lines += [
                "url = \"\(place)\"", "upload-file = \"\(path)\"", "output = \"/dev/null\"", "header = \"Expect:\"",
                "header = \"Content-Type: image/jpeg\"", "fail", "next",
            ]
        }
        let list = folder + "/curl"
        try Data(lines.dropLast().joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: list))
        let parallel = width > 1 ? ["--parallel", "--parallel-max", "\(width)"] : []
        return try Run("curl", ["-s", "-K", list] + parallel)
    }

    private func pythonClient(_ source: String, _ width: Int, to sandbox: BackgroundSandbox) throws -> Run {
        let script = """
            import glob, sys
            from concurrent.futures import ThreadPoolExecutor
            import fal_client.client as c
            c.REST_URL = c.CDN_URL = sys.argv[1]
            client = c.SyncClient(key="sandbox:sandbox")
            with ThreadPoolExecutor(int(sys.argv[3])) as pool:
                list(pool.map(client.upload_file, glob.glob(sys.argv[2] + "/*/*")))
            """
        return try Run("python3", ["-c", script, sandbox.url, source, "\(width)"])
    }
}
