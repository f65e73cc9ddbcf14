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
    /// `since` is the first moment that counts. Cost: what the fold keeps by day, whatever the number of runs, as long as `since` begins a
    /// day; else one pass over the runs. By set, also the runs that used a member of one.
    package func billedRuns(since: Timestamp?, bySet: Bool) async throws(CatalogError) -> [BilledRuns] {
        try await read { db in
            func groups(_ sql: String) throws -> [BilledRuns] {
                let statement = try db.cachedStatement(sql: sql)
                statement.arguments = [since?.milliseconds ?? .min]
                var groups: [BilledRuns] = []
                try SQL(db: db).forEach(statement) { groups.append(try BilledRuns($0)) }
                return groups
            }
            let isWholeDay = (since?.milliseconds ?? 0) % 86_400_000 == 0
            let all = try groups(isWholeDay ? Self.keptRuns : Self.countedRuns(from: "generation", set: "NULL"))
            guard bySet else { return all }
            let inSets = try groups(
                Self.countedRuns(
                    from: "(\(Self.members)) AS member JOIN generation ON generation.id = run", set: "setName"))
            let inAny = try groups(
                Self.countedRuns(
                    from:
                        "(SELECT DISTINCT run FROM (\(Self.members))) AS member JOIN generation ON generation.id = run",
                    set: "NULL"))
            return BilledRuns.subtracting(inAny, from: all) + inSets
        }
    }

    /// What names the words of a tally's row.
    static let tallyWords = """
        JOIN word AS model ON model.id = model JOIN word AS host ON host.id = host
        LEFT JOIN word AS unit ON unit.id = runTally.unit LEFT JOIN word AS currency ON currency.id = runTally.currency
        """

    private static let keptRuns = """
        SELECT day, model.text, host.text, state, NULL, isSized, nullif(units, -1.0), nullif(price, -1.0), unit.text,
               currency.text, runs, pixels, images, outputs, outputPixels
        FROM runTally \(tallyWords) WHERE ? <= day * 86400000 ORDER BY day
        """

    /// Each run of which a reference is in a set, once for each set.
    private static let members = """
        SELECT DISTINCT generationInput.generation AS run, namedSet.name AS setName
        FROM namedSet JOIN setMember ON setMember.namedSet = namedSet.id
        JOIN generationInput ON generationInput.asset = setMember.asset
        WHERE namedSet.name IS NOT NULL
        """

    private static func countedRuns(from source: String, set: String) -> String {
        """
        SELECT plannedAt / 86400000, model.text, host.text, state, \(set), plannedWidth IS NOT NULL, billedUnits, billedPrice,
               unit.text, currency.text, count(*), sum(coalesce(plannedWidth * plannedHeight, 0) * coalesce(plannedImages, 1)),
               sum(coalesce(plannedImages, 1)), sum(outputCount), sum(outputPixels)
        FROM \(source) JOIN word AS model ON model.id = generation.model JOIN word AS host ON host.id = generation.host
        LEFT JOIN word AS unit ON unit.id = billedUnit LEFT JOIN word AS currency ON currency.id = billedCurrency
        WHERE (state IN ('sending', 'submitted', 'finished') OR billedBy IS NOT NULL)
              AND plannedBy IS NOT NULL AND plannedAt >= ?
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ORDER BY 1
        """
    }
}

extension BilledRuns {
    fileprivate init(_ row: SQLRow) throws {
        guard let state = row.text(3).flatMap(Run.State.init(rawValue:)) else {
            throw CatalogError.damaged("unreadable run")
        }
        let count = Int(row.integer(10) ?? 0)
        day = row.integer(0) ?? 0
        model = row.text(1) ?? ""
        host = RemoteHost(row.text(2) ?? "")
        self.state = state
        set = row.text(4)
        runCount = count
        plannedPixels = row.integer(5) == 1 ? row.number(11) : nil
        plannedImages = Int(row.integer(12) ?? 0)
        outputCount = Int(row.integer(13) ?? 0)
        outputPixels = row.number(14) ?? 0
        // What each of them was billed.
        billing = row.number(6).map {
            Run.Billing(
                units: $0 * Double(count), unitPrice: row.number(7), unit: row.text(8), currency: row.text(9))
        }
    }

    /// What of some groups is left without others, which are a part of them.
    fileprivate static func subtracting(_ part: [BilledRuns], from all: [BilledRuns]) -> [BilledRuns] {
        var parts = Dictionary(grouping: part, by: \.kind)
        return all.compactMap { group in
            guard let other = parts[group.kind]?.popLast() else { return group }
            return group.runCount == other.runCount ? nil : group.without(other)
        }
    }

    /// What the runs of a group share.
    private struct Kind: Hashable {
        let day: Int64
        let model: String
        let host: RemoteHost
        let state: Run.State
        let isSized: Bool
        let units: Double?
        let price: Double?
        let unit: String?
        let currency: String?
    }

    private var kind: Kind {
        Kind(
            day: day, model: model, host: host, state: state, isSized: plannedPixels != nil,
            units: billing.map { $0.units / Double(runCount) }, price: billing?.unitPrice, unit: billing?.unit,
            currency: billing?.currency)
    }

    private func without(_ other: BilledRuns) -> BilledRuns {
        BilledRuns(
            day: day, model: model, host: host, state: state, set: set, runCount: runCount - other.runCount,
            plannedPixels: plannedPixels.map { $0 - (other.plannedPixels ?? 0) },
            plannedImages: plannedImages - other.plannedImages, outputCount: outputCount - other.outputCount,
            outputPixels: outputPixels - other.outputPixels,
            billing: billing.map {
                Run.Billing(
                    units: $0.units - (other.billing?.units ?? 0), unitPrice: $0.unitPrice, unit: $0.unit,
                    currency: $0.currency)
            })
    }
}
