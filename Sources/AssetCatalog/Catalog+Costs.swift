package import AssetModel
internal import GRDB

/// What runs of one kind were or may be paid for, summed up: those of one day, model, host and state that were billed alike.
package struct BilledRuns: Hashable, Sendable {
    /// The day they were written down, in whole days since 1970, UTC.
    package let day: Int64
    /// The remote model.
    package let model: String
    /// Where they went.
    package let host: RemoteHost
    /// How far they have come.
    package let state: Run.State
    /// The set that holds one of their references today; nil when they were not asked for by set, and for those in none.
    package let set: String?
    /// How many runs.
    package let runCount: Int
    /// The pixels that their plans expect, all pictures together; nil when no size was planned.
    package let plannedPixels: Double?
    /// How many pictures they asked for, one where a request does not say.
    package let plannedImages: Int
    /// How many of their pictures are in the library.
    package let outputCount: Int
    /// The pixels of those.
    package let outputPixels: Double
    /// What fal billed for all of them together; nil when it did not say.
    package let billing: Run.Billing?
}

extension Catalog {
    /// Every run that was sent, or may have been, and has not failed or been stopped; and any that fal billed. Grouped; oldest day
    /// first. `bySet` tells them by the sets that hold one of their references today: a run of two sets is counted in both.
    ///
    /// `since` is the first moment that counts. Cost: one pass over the runs' rows, none over their JSON.
    package func billedRuns(since: Timestamp?, bySet: Bool) async throws(CatalogError) -> [BilledRuns] {
        try await read { db in
            let statement = try db.cachedStatement(sql: Self.billedRunsQuery(bySet: bySet))
            statement.arguments = [since?.milliseconds ?? .min]
            var groups: [BilledRuns] = []
            try SQL(db: db).forEach(statement) { groups.append(try Self.billedRuns($0)) }
            return groups
        }
    }

    private static func billedRunsQuery(bySet: Bool) -> String {
        let sets = """
            LEFT JOIN (SELECT DISTINCT generationInput.generation AS run, namedSet.name AS name
                       FROM namedSet JOIN setMember ON setMember.namedSet = namedSet.id
                       JOIN generationInput ON generationInput.asset = setMember.asset
                       WHERE namedSet.name IS NOT NULL) AS membership ON membership.run = generation.id
            """
        return """
            SELECT plannedAt / 86400000, model.text, host.text, state, \(bySet ? "membership.name" : "NULL"),
                   count(*), sum(CAST(plannedWidth AS REAL) * plannedHeight * coalesce(plannedImages, 1)),
                   sum(coalesce(plannedImages, 1)), sum(outputCount), sum(CAST(outputPixels AS REAL)),
                   sum(billedUnits), billedPrice, unit.text, currency.text
            FROM generation JOIN word AS model ON model.id = generation.model
            JOIN word AS host ON host.id = generation.host
            LEFT JOIN word AS unit ON unit.id = billedUnit LEFT JOIN word AS currency ON currency.id = billedCurrency
            \(bySet ? sets : "")
            WHERE (state IN ('sending', 'submitted', 'finished') OR billedBy IS NOT NULL)
                  AND plannedBy IS NOT NULL AND plannedAt >= ?
            GROUP BY 1, generation.model, generation.host, state, 5, plannedWidth IS NULL, billedBy IS NULL,
                     billedPrice, billedUnit, billedCurrency
            ORDER BY 1
            """
    }

    private static func billedRuns(_ row: SQLRow) throws -> BilledRuns {
        guard let state = row.text(3).flatMap(Run.State.init(rawValue:)) else {
            throw CatalogError.damaged("unreadable run")
        }
        let billing = row.number(10).map {
            Run.Billing(units: $0, unitPrice: row.number(11), unit: row.text(12), currency: row.text(13))
        }
        return BilledRuns(
            day: row.integer(0) ?? 0, model: row.text(1) ?? "", host: RemoteHost(row.text(2) ?? ""), state: state,
            set: row.text(4), runCount: Int(row.integer(5) ?? 0), plannedPixels: row.number(6),
            plannedImages: Int(row.integer(7) ?? 0), outputCount: Int(row.integer(8) ?? 0),
            outputPixels: row.number(9) ?? 0, billing: billing)
    }
}
