import ArgumentParser
import Foundation

/// Making the catalog of a journal, beside the same rows and the same indexes made by SQLite without a wrapper, and what people
/// wait for in a library of that size. Bounds stand beside what was measured and are not enforced.
struct FoldBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fold", abstract: "Folding a journal of many runs, beside plain SQLite.",
        discussion: """
            The catalog is made by the first command that opens the library. Plain SQLite makes a database of the same rows, which
            were written to text files: the same tables, the same indexes at the end, in one transaction and one process.

            verify is measured without blobs, since a million pictures are not at hand: it reports each as missing. When the last of
            these reports had been written is told, so that the comparison with the journal stands alone.

            Example: swift run -c release atelier-bench fold --runs 1000000
            """)

    @Option(help: "How many runs the journal holds.")
    var runs = 100_000

    @Option(help: "How often fold and plain SQLite run, in turn.")
    var rounds = 1

    @Option(help: "How often each short command runs.")
    var repeats = 7

    @Option(help: "An older atelier, to import with it in turn.")
    var old: String?

    @Option(help: "Where to work (default: a new folder beside this one).")
    var folder: String?

    @Flag(help: "Keep the folder.")
    var keep = false

    @Flag(help: "Only write the library.")
    var onlyWrite = false

    func run() throws {
        let folder =
            folder ?? FileManager.default.currentDirectoryPath + "/.build-bench-\(UInt32.random(in: 1...999_999))"
        defer { if !keep { try? FileManager.default.removeItem(atPath: folder) } }
        let library = BenchLibrary(root: folder + "/library")
        try Run(Run.atelier, ["init", library.root])
        let (workload, clock) = (JournalWorkload(runs: runs), ContinuousClock())
        var tally = JournalWorkload.Tally()
        let writing = try clock.measure { tally = try library.write(workload, replica: 1) }
        print("\(Machine.description); load before \(Machine.load)")
        print(
            "\(runs) runs, \(tally.lines) lines, \(tally.byteCount / 1_000_000) MB of journal, \(tally.promptBytes / 1_000_000) MB "
                + "of prompts, written in \(Table.seconds(writing))\n")
        if onlyWrite { return }

        let table = Table()
        try measureFold(library, tally, scratch: folder, table)
        try measureShort(library, scratch: folder, table)
        try measureMerge(library, workload, table)
        if let old { try measureImports(old, scratch: folder, table) }
    }

    /// From nothing, beside plain SQLite; then what verify takes.
    private func measureFold(
        _ library: BenchLibrary, _ tally: JournalWorkload.Tally, scratch: String, _ table: Table
    ) throws {
        var (folds, plains) = ([Run](), [Run]())
        let (texts, database) = (scratch + "/texts", scratch + "/plain.sqlite")
        for round in 0..<rounds {
            library.removeCatalog()
            folds.append(try Run(Run.atelier, ["search", "seed:7", "-L", library.root]))
            if round == 0 { _ = try PlainCopy.dump(library.catalog, to: texts) }
            try? FileManager.default.removeItem(atPath: database)
            plains.append(try Run(CommandLine.arguments[0], ["load-plain", texts, database]))
        }
        let (fold, plain) = (folds.middle, plains.middle)
        let limit = Int(2.5 * Double(tally.promptBytes)) + 400 * runs
        table.row("fold from nothing", fold.text, "")
        table.row("plain SQLite, the same rows and indexes", plain.text, "")
        table.row("speed of the fold, plain SQLite is 1", Table.number(plain.seconds / fold.seconds), "at least 0.5")
        table.row(
            "the same by processor time", Table.number(plain.processorSeconds / fold.processorSeconds), "")
        table.row("memory of the fold", "\(Int(fold.peakMegabytes)) MB", "200 MB")
        table.row("catalog", Table.megabytes(library.catalogByteCount), "\(limit / 1_000_000) MB")
        table.row("plain SQLite's file", Table.megabytes(BenchLibrary.byteCount(database)), "")

        let problems = scratch + "/problems"
        try Data().write(to: URL(fileURLWithPath: problems))
        let watch = GrowthWatch(problems)
        let verify = try Run(Run.atelier, ["verify", "--json", "-L", library.root], output: problems, expected: 12)
        let blobs = watch.stop()
        table.row("verify, every blob missing", verify.text, "")
        table.row("… until the last missing blob was told", Table.seconds(blobs), "")
        table.row(
            "… the rest, in folds", Table.number((verify.seconds - blobs) / fold.seconds), "at most 1.3")
        table.row("memory of verify", "\(Int(verify.peakMegabytes)) MB", "250 MB")
        for path in [texts, database, problems] { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Whole processes in a library that is up to date.
    private func measureShort(_ library: BenchLibrary, scratch: String, _ table: Table) throws {
        let pictures = scratch + "/pictures"
        try Workload.write(10 + repeats, kilobytes: 20, to: pictures)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: pictures).filter { $0.contains("-") }.sorted()
            .map { "\(pictures)/\($0)" }
        let references = paths.prefix(10).flatMap { ["--ref", $0] }
        try Run(Run.atelier, ["import", "-L", library.root] + paths.prefix(10))
        var (start, search, imports, plan) = (Series(), Series(), Series(), Series())
        for round in 0..<repeats {
            start.add(try Run(Run.atelier, ["--version"]).seconds)
            search.add(try Run(Run.atelier, ["search", "seed:7", "-L", library.root]).seconds)
            imports.add(
                try Run(Run.atelier, ["import", paths[10 + round], "-L", library.root, "--no-fingerprints"]).seconds)
            plan.add(try Run(Run.atelier, ["plan", "x", "-L", library.root] + references).seconds)
        }
        table.row("atelier --version", start.text, "")
        table.row("atelier search seed:7", search.text, "0.060 s")
        table.row("atelier import of one file", imports.text, "0.150 s")
        table.row("atelier plan with ten references", plan.text, "0.060 s")
    }

    /// What another machine wrote in the middle of the time, brought here.
    private func measureMerge(_ library: BenchLibrary, _ workload: JournalWorkload, _ table: Table) throws {
        var late = workload
        (late.runs, late.seed, late.importsReferences) = (500, 43, false)
        late.start += Int64(runs / 2) * workload.step + 5_000
        _ = try library.write(late, replica: 2)
        let merge = try Run(Run.atelier, ["search", "seed:7", "-L", library.root])
        table.row("merging 1,000 late lines, one search", merge.text, "2 s")
        var search = Series()
        for _ in 0..<repeats {
            search.add(try Run(Run.atelier, ["search", "seed:7", "-L", library.root]).seconds)
        }
        table.row("atelier search seed:7 afterwards", search.text, "0.060 s")
    }

    /// Both programs in turn, each into a library of its own.
    private func measureImports(_ old: String, scratch: String, _ table: Table) throws {
        for (files, kilobytes) in [(1000, 124), (30, 5400)] {
            let source = "\(scratch)/source\(files)"
            try Workload.write(files, kilobytes: kilobytes, to: source)
            var (ours, theirs) = (Series(), Series())
            for round in 0..<5 {
                for (program, isOld) in [(Run.atelier, false), (old, true)] {
                    let root = "\(scratch)/library\(files)-\(round)-\(isOld)"
                    try Run(program, ["init", root])
                    let seconds = try Run(program, ["import", source, "-L", root]).seconds
                    if isOld { theirs.add(seconds) } else { ours.add(seconds) }
                    try FileManager.default.removeItem(atPath: root)
                }
            }
            table.row("import of \(files) files of \(kilobytes) kB", ours.text, theirs.text)
        }
    }
}

/// The library that is measured.
struct BenchLibrary {
    let root: String

    var catalog: String { root + "/catalog.sqlite" }

    /// Writes a workload as the journal of a machine of its own; what stands in `atelier.json` names the library.
    func write(_ workload: JournalWorkload, replica: Int) throws -> JournalWorkload.Tally {
        struct Header: Decodable { let library: String }
        let header = try Data(contentsOf: URL(fileURLWithPath: root + "/atelier.json"))
        let library = try JSONDecoder().decode(Header.self, from: header).library
        let replica = "01990000-0000-7000-8000-00000000000\(replica)"
        return try workload.write(to: "\(root)/journal/\(replica)", library: library, replica: replica)
    }

    func removeCatalog() {
        for path in ["", "-wal", "-shm"].map({ catalog + $0 }) { try? FileManager.default.removeItem(atPath: path) }
    }

    /// With what SQLite has not brought into the file yet.
    var catalogByteCount: Int { Self.byteCount(catalog) + Self.byteCount(catalog + "-wal") }

    static func byteCount(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
}

/// A Markdown table of what was measured. Each row is printed as soon as it is known: a million runs take their time.
struct Table {
    private static let widths = (name: 40, value: 38)

    init() {
        row("", "measured", "bound, or the old program")
        Swift.print("|---|---|---|")
    }

    func row(_ name: String, _ value: String, _ bound: String) {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        Swift.print("| \(padded(name, Self.widths.name)) | \(padded(value, Self.widths.value)) | \(bound) |")
        fflush(nil)
    }

    static func seconds(_ duration: Duration) -> String {
        seconds(Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
    }

    static func seconds(_ value: Double) -> String { String(format: value < 10 ? "%.3f s" : "%.1f s", value) }

    static func number(_ value: Double) -> String { String(format: "%.2f", value) }

    static func megabytes(_ byteCount: Int) -> String { "\(byteCount / 1_000_000) MB" }
}

extension Run {
    /// Wall time, processor time and memory.
    var text: String {
        "\(Table.seconds(seconds)), \(Table.seconds(processorSeconds)) of processor, \(Int(peakMegabytes)) MB"
    }
}

extension [Run] {
    /// The one of median time.
    var middle: Run { sorted { $0.seconds < $1.seconds }[count / 2] }
}
