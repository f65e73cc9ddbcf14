import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct CostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "Show what runs were estimated to cost and what fal billed, by day, model and set.",
        discussion: """
            The estimate is what `plan` said at that day's price; billed is what fal reported with the result, at that day's price, followed by the difference. Your invoice is authoritative. The price of an image is the average of all that are in the library.

            A run whose references are in two sets is counted in both. Failed and cancelled runs are not counted, nor are those of --sandbox.

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
                for row in rows {
                    try output.item(row.json(by: kind, pricedAt: report.pricedAt), "  " + Self.line(row, kind))
                }
            }
            try output.item(
                report.total.json(by: "total", pricedAt: report.pricedAt),
                Self.line(report.total, "total") + (report.pricedAt.map { " (prices of \($0))" } ?? ""))
        }
    }

    private static func line(_ row: CostReport.Row, _ kind: String) -> String {
        let name =
            kind == "total" ? "Total" : row.name.isEmpty ? "(no set)" : kind == "set" ? "@\(row.name)" : row.name
        let unknown = row.unknownCount > 0 ? " (\(row.unknownCount) may never have been accepted)" : ""
        var parts = [
            "\(Phrase.padded(name, 28)) \(estimate(row)), \(actual(row))  \(Phrase.count(row.runCount, "run"))\(unknown)",
            "\(Phrase.decimal(row.megapixels, 1)) megapixels",
        ]
        if row.pictureCount > 0 {
            let each = row.pricePerPicture.map { " at \(Phrase.dollars($0)) each" } ?? ""
            parts.append(Phrase.count(row.pictureCount, "image") + each)
        }
        return parts.joined(separator: ", ")
    }

    private static func estimate(_ row: CostReport.Row) -> String {
        if row.runCount == 0 { return "\(Phrase.dollars(0)) estimated" }
        guard let price = row.estimatedPrice else { return "no estimate" }
        let left = row.unpricedCount > 0 ? " without \(Phrase.count(row.unpricedCount, "run"))" : ""
        return "\(Phrase.dollars(price)) estimated\(left)"
    }

    private static func actual(_ row: CostReport.Row) -> String {
        if row.runCount == 0 { return "\(Phrase.dollars(0)) billed" }
        guard let price = row.actualPrice else { return "billed not known" }
        let share = row.billedCount < row.runCount ? " for \(row.billedCount) of them" : ""
        let drift =
            row.drift.map { abs($0) < 0.00005 ? "" : " (\($0 < 0 ? "-" : "+")\(Phrase.dollars(abs($0))))" } ?? ""
        return "\(Phrase.dollars(price)) billed\(share)\(drift)"
    }
}
