import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct CostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost", abstract: "Show the estimated cost of runs by day, model and set.",
        discussion: """
            Estimated from the output pixels and the prices on fal's pages; your invoice decides. A run whose references are in two sets is counted in both. Failed and cancelled runs are not counted, nor are those of --sandbox.

            Example:
              atelier cost --since 2026-11-01
            """)

    @Option(help: ArgumentHelp("Only runs since this day, UTC.", valueName: "yyyy-mm-dd"))
    var since: String?

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let output = outputs.output
        var first: Timestamp?
        if let since {
            guard let day = Timestamp(parsing: "\(since)T00:00:00.000Z") else {
                throw LibraryError(
                    .invalidInput, code: "bad_day", "invalid day “\(since)”: use YYYY-MM-DD, such as 2026-11-23")
            }
            first = day
        }
        let start = first
        try await libraryOptions.withLibrary { library in
            let report = try await library.costs(since: start)
            for (title, kind, rows) in [
                ("By day", "day", report.days), ("By model", "model", report.models), ("By set", "set", report.sets),
            ] {
                if !rows.isEmpty { try output.line(title) }
                for row in rows { try output.item(row.json(by: kind), "  " + Self.line(row, kind)) }
            }
            try output.item(
                report.total.json(by: "total"),
                Self.line(report.total, "total") + " (prices of \(EditModels.pricesSeenOn))")
        }
    }

    private static func line(_ row: CostReport.Row, _ kind: String) -> String {
        let name =
            kind == "total" ? "Total" : row.name.isEmpty ? "(no set)" : kind == "set" ? "@\(row.name)" : row.name
        let unknown = row.unknownCount > 0 ? " (\(row.unknownCount) may never have been accepted)" : ""
        let unpriced = row.estimatedPrice != nil && row.unpricedCount > 0
        let price =
            row.estimatedPrice.map(Phrase.dollars) ?? (row.runCount == 0 ? Phrase.dollars(0) : "no price on record")
        return "\(Phrase.padded(name, 28)) \(price)  \(Phrase.count(row.runCount, "run"))\(unknown), "
            + "\(Phrase.decimal(row.megapixels, 1)) megapixels"
            + (unpriced ? ", no price on record for \(Phrase.count(row.unpricedCount, "run"))" : "")
    }
}
