import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every image against its digest, and the catalog against the journal.",
        discussion: """
            Changes nothing. The exit code is 12 if there is a problem.

            Example:
              atelier verify
            """)

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let output = outputs.output
        let problems = try await libraryOptions.withLibrary { library in
            var broken: (any Error)?
            let summary = try await ProgressLine.during(
                "verifying", .things("image"), inPipe: libraryOptions.progress
            ) { line in
                try await library.verify(
                    onProblem: { problem in
                        do { try output.item(problem.json, RemedyText.sentence(problem)) } catch {
                            broken = broken ?? error
                        }
                    }, onProgress: { line.report(WorkProgress(done: $0, total: $1)) })
            }
            if let broken { throw broken }
            var text =
                "\(Phrase.count(summary.blobCount, "file")) verified, "
                + "\(summary.problemCount == 0 ? "no problems" : Phrase.count(summary.problemCount, "problem")) found"
            if summary.orphanCount > 0 {
                text +=
                    "; \(Phrase.count(summary.orphanCount, "file")) that no journal entry names, as an interrupted import leaves them"
            }
            if summary.leftoverCount > 0 {
                text +=
                    "; \(Phrase.count(summary.leftoverCount, "temporary file")) in staging, which the next import sweeps"
            }
            if !summary.isSearchIndexChecked {
                text += "; the search index was not checked, because another program is writing to the library"
            }
            try output.summary(summary.json, text)
            return summary.problemCount
        }
        if problems > 0 { throw ExitCode(ExitStatus.integrityProblem.rawValue) }
    }
}

struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Rebuild the catalog from the journal.",
        discussion: """
            The catalog is an index over the journal; rebuilding it loses nothing.

            If part of the journal is gone, as after restoring an older copy, the catalog is the last record of it and is kept. Put the missing files back from a backup, or use --accept-loss to go on without them.

            Example:
              atelier rebuild
            """)

    @Flag(help: "Rebuild even though part of the journal is lost.")
    var acceptLoss = false

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let count = try await ProgressLine.during("rebuilding", .bytes, inPipe: libraryOptions.progress) { line in
            try await Library.rebuild(
                at: libraryOptions.path, acceptingLoss: acceptLoss, logger: Console.logger,
                onProgress: { line.report($0) })
        }
        try outputs.output.summary(
            ["entries": JSONValue(count)],
            "rebuilt the catalog from \(Phrase.count(count, "journal entry", "journal entries"))")
    }
}

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show what the library holds, or what a search finds.",
        discussion: """
            With a query, counts what it finds by model, size, month (UTC), tag, set, rating, generator, and seeds that several images share.

            Examples:
              atelier stats
              atelier stats mug after:2026-03
            """)

    @Argument(parsing: .allUnrecognized, help: "What to count (default: the whole library).")
    var query: [String] = []

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        try await libraryOptions.withLibrary { library in
            if !query.isEmpty {
                let reading = library.reading(of: query.joined(separator: " "))
                SearchText.note(reading.remarks)
                let facets = try await library.facets(of: reading.query)
                return try outputs.output.item(facets.json, Self.text(facets))
            }
            let counts = try await library.statistics()
            let formats = counts.formats.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            let text = [
                library.root,
                "\(Phrase.count(counts.assetCount, "image")), \(Phrase.bytes(counts.byteCount))"
                    + (formats.isEmpty ? "" : " (\(formats.map { "\($0.value) \($0.key)" }.joined(separator: ", ")))"),
                "\(Phrase.count(counts.referenceCount, "reference")), \(Phrase.count(counts.outputCount, "output")) of "
                    + "\(Phrase.count(counts.generationCount, "run")), \(counts.unfinishedCount) unfinished",
                "\(Phrase.count(counts.setCount, "set")), \(Phrase.count(counts.tagCount, "tag")), "
                    + "\(Phrase.count(counts.uploadCount, "upload"))",
            ].joined(separator: "\n")
            try outputs.output.item(counts.json(of: library), text)
        }
    }

    /// The first of each list; JSON has all.
    private static func text(_ facets: SearchFacets) -> String {
        var lines = [Phrase.count(facets.count, "image")]
        for (title, counts) in [
            ("By kind", facets.kinds), ("By model", facets.models), ("By size", facets.sizes),
            ("By month", facets.months),
            ("By tag", facets.tags), ("By set", facets.sets), ("By rating", facets.ratings),
            ("By generator", facets.generators), ("By seed, if several images share it", facets.seeds),
        ] where !counts.isEmpty {
            lines.append(title)
            lines += counts.prefix(12).map {
                "  \(Phrase.padded(title == "By rating" && $0.name == "0" ? "unrated" : $0.name, 32)) \($0.count)"
            }
            if counts.count > 12 { lines.append("  and \(counts.count - 12) more; --json shows all") }
        }
        return lines.joined(separator: "\n")
    }
}
