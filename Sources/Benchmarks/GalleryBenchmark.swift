import ArgumentParser
import AssetLibrary
import AssetModel
import Foundation
import Logging

/// What the gallery asks of a large library: inside one process, and over HTTP of the built program while an import runs.
struct GalleryBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gallery",
        abstract:
            "Lays out, pages and counts a library of many runs as the gallery does, and puts its server under load.",
        discussion: """
            The first table is measured inside one process, the second over HTTP on this machine: `atelier serve` answers a mix of requests at
            a fixed rate, each timed from when it was due, while `atelier import` takes in pictures. Bounds are those for a million runs.

            Example: swift run -c release atelier-bench gallery --runs 1000000
            """)

    @Option(help: "How many runs the library holds.")
    var runs = 100_000

    @Option(help: "How often each thing is asked.")
    var repeats = 9

    @Option(help: "Requests a second.")
    var rate = 200

    @Option(help: "For how many seconds the server is under load; 0 leaves the server out.")
    var seconds = 20

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
        let table = Table()
        let library = try await Library.open(at: bench.root, logger: Logger(label: "bench"))
        try await measureTimelines(library, table)
        try await measurePages(library, table)
        try await measureSearchBox(library, table)
        try await measureCounts(library, table)
        table.row("memory of this process", "\(MemoryFigure.peakMegabytes) MB", "")
        library.close()
        if seconds > 0 {
            print("")
            try await GalleryLoad(root: bench.root, folder: folder, rate: rate, seconds: seconds).measure(Table())
        }
    }

    private func measureTimelines(_ library: Library, _ table: Table) async throws {
        let cold = try await milliseconds { _ = try await library.timeline(of: SearchQuery()) }
        table.row("timeline of everything, cold, ms", Table.number(cold), "300")
        var warm = Series()
        for _ in 0..<repeats { warm.add(try await milliseconds { _ = try await library.timeline(of: SearchQuery()) }) }
        table.row("the same asked again, ms", warm.text(2), "")
        for (name, text) in [
            ("timeline, oldest first, ms", "sort:created"), ("timeline of a frequent word, ms", "mug"),
            ("timeline of a rating, ms", "rating:>=4"), ("timeline by rating, ms", "sort:-rating"),
            ("timeline by size, ms", "sort:-size"), ("timeline by seed, ms", "sort:seed"),
            ("timeline at random, ms", "sort:random"), ("timeline by relevance, ms", "mug sort:relevance"),
        ] {
            let query = library.reading(of: text).query
            table.row(name, Table.number(try await milliseconds { _ = try await library.timeline(of: query) }), "")
        }
    }

    private func measurePages(_ library: Library, _ table: Table) async throws {
        let segments = try await library.timeline(of: SearchQuery()).timeline.segments
        var (first, middle, last) = (Series(), Series(), Series())
        for round in 0..<repeats {
            first.add(try await milliseconds { _ = try await library.search(SearchQuery(), limit: 100) })
            let place = segments.count / 2 + round * 7
            let after = segments.isEmpty ? nil : segments[place % segments.count].after
            middle.add(try await milliseconds { _ = try await library.search(SearchQuery(), limit: 100, after: after) })
            let end = segments.last?.after
            last.add(try await milliseconds { _ = try await library.search(SearchQuery(), limit: 500, after: end) })
        }
        table.row("first page of 100, ms", first.text(2), "30 as served")
        table.row("page of 100 in the middle, ms", middle.text(2), "")
        table.row("last page, of 500, ms", last.text(2), "")
    }

    private func measureSearchBox(_ library: Library, _ table: Table) async throws {
        for text in ["", "ma", "tag:", "@", "marble gla", "model:"] {
            var series = Series()
            for _ in 0..<repeats { series.add(try await milliseconds { _ = try await library.searchBox(text) }) }
            table.row("search box at `\(text)`, ms", series.text(2), "10")
        }
    }

    private func measureCounts(_ library: Library, _ table: Table) async throws {
        var (counts, tags, sets) = (Series(), Series(), Series())
        for _ in 0..<repeats {
            counts.add(try await milliseconds { _ = try await library.counts() })
            tags.add(try await milliseconds { _ = try await library.tagCounts() })
            sets.add(try await milliseconds { _ = try await library.setSummaries() })
        }
        table.row("counts for the side, ms", counts.text(2), "10")
        table.row("tags with counts, ms", tags.text(2), "10")
        table.row("sets with counts, ms", sets.text(2), "10")
    }
}
