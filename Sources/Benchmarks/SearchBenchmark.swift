import ArgumentParser
import AssetLibrary
import AssetModel
import Foundation
import Logging

/// Searches in a large library inside one process, and whole commands, beside the peers that are installed.
struct SearchBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Searches in a library of many runs, beside plain FTS5, Tantivy, PostgreSQL and ripgrep.",
        discussion: """
            Each class of query is asked as often as --queries says, warm, inside one process; the table shows the median and the 95th
            percentile in milliseconds, and how many answers all queries of the class had, which must be the same for every peer that
            answers the same question. Bounds are those for a million runs.

            Example: swift run -c release atelier-bench search --runs 1000000 --peers Tests/Peers/search_peers.py
            """)

    @Option(help: "How many runs the library holds.")
    var runs = 100_000

    @Option(help: "How many queries a class has.")
    var queries = 200

    @Option(help: "How often each short command runs.")
    var repeats = 7

    @Option(help: "The script that asks Tantivy and PostgreSQL; without it they are not measured.")
    var peers: String?

    @Option(help: "The Python that runs it.")
    var python = "python3"

    @Option(help: "Where to work (default: a new folder beside this one); a library that is there is used again.")
    var folder: String?

    @Flag(help: "Keep the folder.")
    var keep = false

    func run() async throws {
        let folder =
            folder ?? FileManager.default.currentDirectoryPath + "/.build-bench-\(UInt32.random(in: 1...999_999))"
        defer { if !keep { try? FileManager.default.removeItem(atPath: folder) } }
        let bench = BenchLibrary(root: folder + "/library")
        print("\(Machine.description); load before \(Machine.load)")
        if !FileManager.default.fileExists(atPath: bench.root) {
            try Run(Run.atelier, ["init", bench.root])
            _ = try bench.write(JournalWorkload(runs: runs, curates: true), replica: 1)
        }
        let fold = try Run(Run.atelier, ["stats", "-L", bench.root])
        print("\(runs) runs, first command with the fold: \(fold.text)\n")
        let library = try await Library.open(at: bench.root, logger: Logger(label: "bench"))
        defer { library.close() }
        let table = Table()
        try await SearchClasses(library: library, queries: queries, folder: folder, python: python, peers: peers)
            .measure(bench, table)
        try await measureChanges(library, table)
        try measureCommands(bench, table)
        table.row("memory of this process", "\(MemoryFigure.peakMegabytes) MB", "300 MB")
        try measureSize(bench, table)
    }

    /// What changes something, in the same process.
    private func measureChanges(_ library: Library, _ table: Table) async throws {
        let assets = try await library.search(SearchQuery(parsing: "kind:generated"), limit: 1000).map(\.asset)
        var (one, many, back) = (Series(), Series(), Series())
        for round in 0..<repeats {
            one.add(try await milliseconds { try await library.tag([assets[round]], with: ["one\(round)"]) })
            many.add(try await milliseconds { try await library.tag(assets, with: ["many\(round)"]) })
            back.add(try await milliseconds { try await library.untag(assets, ["many\(round)"]) })
        }
        table.row("tagging one picture, ms", one.text(1), "10")
        table.row("tagging 1,000 pictures, ms", many.text(1), "100")
        table.row("taking the tag off again, ms", back.text(1), "100")
    }

    /// Whole processes.
    private func measureCommands(_ bench: BenchLibrary, _ table: Table) throws {
        for (name, arguments, bound) in [
            ("atelier --version", ["--version"], ""), ("atelier search WORD", ["search", "glam"], "0.045 s"),
            ("atelier search WORD tag:", ["search", "glam", "tag:tag7"], "0.045 s"),
            ("atelier stats", ["stats"], "0.100 s"),
            ("atelier cost", ["cost"], "0.100 s"),
        ] {
            var series = Series()
            for _ in 0..<repeats {
                series.add(
                    try Run(Run.atelier, arguments + (arguments == ["--version"] ? [] : ["-L", bench.root])).seconds)
            }
            table.row(name, series.text, bound)
        }
    }

    private func measureSize(_ bench: BenchLibrary, _ table: Table) throws {
        let database = try PlainDatabase(bench.catalog)
        let index = Int(try database.texts("SELECT sum(length(block)) FROM searchIndex_data").first?.first ?? "") ?? 0
        let prompts =
            Int(try database.texts("SELECT sum(length(CAST(prompt AS BLOB))) FROM generation").first?.first ?? "") ?? 1
        table.row(
            "full-text index, of the prompts' bytes", Table.number(Double(index) / Double(prompts)), "at most 2.5")
        table.row("catalog, bytes a run", "\(bench.catalogByteCount / max(1, runs))", "")
    }
}

/// How long something takes.
func milliseconds(_ body: () async throws -> Void) async throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try await body()
    let time = (clock.now - start).components
    return Double(time.seconds) * 1e3 + Double(time.attoseconds) / 1e15
}

/// What this process holds.
enum MemoryFigure {
    /// The most it ever held, in megabytes; -1 where the system does not say.
    static var peakMegabytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 / 1000 } ?? -1
    }
}
