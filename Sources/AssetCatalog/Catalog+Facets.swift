package import AssetModel
internal import GRDB

extension Catalog {
    /// Counts what the answers of a query are, whatever its limit and order.
    ///
    /// Cost: the narrow row of each answer once, a third of a microsecond; and the rows of all tags and sets when the answers are many, else
    /// those of the answers.
    package func facets(of query: SearchQuery) async throws(CatalogError) -> SearchFacets {
        try await read { db in
            var tally = FacetTally()
            let plan = try SearchPlan(SearchVocabulary(db: db, isWhole: true).resolved(query.condition), db)
            let columns =
                ", "
                + ["asset", "generation", "model", "width", "height", "createdAt", "rating", "seed"]
                .map { "searchItem.\($0)" }.joined(separator: ", ")
            try plan.rows(plan.selection(columns, narrow: true)) { tally.add($0) }
            return try tally.facets(db)
        }
    }
}

/// Counts while rows go by. Values are small numbers here; their names are looked up at the end.
private struct FacetTally {
    private var count = 0
    private var imported: [Int64] = []
    private var models: [Int64: Int] = [:]
    private var sizes: [Int64: Int] = [:]
    private var days: [Int64: Int] = [:]
    private var ratings = [Int](repeating: 0, count: 6)
    private var seeds: [Int64] = []
    private var assets: [Int64] = []
    // The same value mostly comes again with the next row.
    private var lastModel = Streak()
    private var lastSize = Streak()
    private var lastDay = Streak()

    /// How often a value came without another one between.
    private struct Streak {
        var value: Int64 = .min
        var count = 0

        mutating func add(_ new: Int64, to counts: inout [Int64: Int]) {
            if new != value {
                flush(to: &counts)
                value = new
            }
            count += 1
        }

        mutating func flush(to counts: inout [Int64: Int]) {
            if count > 0 { counts[value, default: 0] += count }
            count = 0
        }
    }

    mutating func add(_ row: SQLRow) {
        count += 1
        let asset = row.integer(1) ?? 0
        assets.append(asset)
        if row.isNull(2) { imported.append(asset) }
        if let model = row.integer(3) { lastModel.add(model, to: &models) }
        if let width = row.integer(4), let height = row.integer(5) { lastSize.add(width << 32 | height, to: &sizes) }
        lastDay.add((row.integer(6) ?? 0) / 86_400_000, to: &days)
        ratings[Int(max(0, min(5, row.integer(7) ?? 0)))] += 1
        if let seed = row.integer(8) { seeds.append(seed) }
    }

    mutating func facets(_ db: Database) throws -> SearchFacets {
        lastModel.flush(to: &models)
        lastSize.flush(to: &sizes)
        lastDay.flush(to: &days)
        var months: [String: Int] = [:]
        for (day, count) in days {
            months[String(Timestamp(milliseconds: day * 86_400_000).description.prefix(7)), default: 0] += count
        }
        let (repeated, seedCount) = countSeeds()
        let generators = try labels(
            of: imported, among: "SELECT asset, generator FROM recipe",
            one: "SELECT generator FROM recipe WHERE asset = ?", db)
        let tags = try labels(
            of: assets, among: "SELECT asset, tag FROM assetTag WHERE isPresent = 1",
            one: "SELECT tag FROM assetTag WHERE asset = ? AND isPresent = 1", db)
        let sets = try labels(
            of: assets,
            among: """
                SELECT asset, name FROM namedSet JOIN setMember ON setMember.namedSet = namedSet.id WHERE name IS NOT NULL
                """,
            one: """
                SELECT name FROM setMember JOIN namedSet ON namedSet.id = setMember.namedSet
                WHERE asset = ? AND name IS NOT NULL
                """, db)
        let names = try models.map { (try Self.word($0, db), $1) }
        return SearchFacets(
            count: count,
            kinds: Self.sorted(
                [("reference", imported.count), ("generated", count - imported.count)].filter { $0.1 > 0 }),
            models: Self.sorted(names), sizes: Self.sorted(sizes.map { ("\($0 >> 32)x\($0 & 0xFFFF_FFFF)", $1) }),
            months: months.sorted { $0.key > $1.key }.map { .init($0.key, $0.value) }, tags: Self.sorted(tags),
            sets: Self.sorted(sets),
            ratings: (0...5).reversed().filter { ratings[$0] > 0 }.map { .init("\($0)", ratings[$0]) },
            generators: Self.sorted(generators),
            seeds: repeated.sorted { ($1.count, $0.seed) < ($0.count, $1.seed) }.prefix(SearchFacets.seedLimit)
                .map { .init("\($0.seed)", $0.count) },
            seedCount: seedCount, reusedSeedCount: repeated.count)
    }

    /// Seeds that came more than once, and how many different ones there were. Sorting is cheaper than a table of a million.
    private mutating func countSeeds() -> (repeated: [(seed: UInt64, count: Int)], seedCount: Int) {
        seeds.sort()
        var (repeated, seedCount, start): ([(seed: UInt64, count: Int)], Int, Int) = ([], 0, 0)
        while start < seeds.count {
            var end = start + 1
            while end < seeds.count, seeds[end] == seeds[start] { end += 1 }
            if end - start > 1 { repeated.append((UInt64(bitPattern: seeds[start]), end - start)) }
            (seedCount, start) = (seedCount + 1, end)
        }
        return (repeated, seedCount)
    }

    /// How many answers have each label of a table: asked of each answer when they are few, else by one pass over the table.
    private func labels(
        of assets: [Int64], among all: String, one: String, _ db: Database
    ) throws -> [(String, Int)] {
        var counts: [String: Int] = [:]
        let sql = SQL(db: db)
        if assets.count < 2000 {
            let statement = try db.cachedStatement(sql: one)
            for asset in assets {
                statement.arguments = [asset]
                try sql.forEach(statement) { counts[$0.text(0) ?? "", default: 0] += 1 }
            }
        } else {
            // A picture that two runs made is two answers.
            var places = [UInt8](repeating: 0, count: Int(assets.max() ?? 0) + 1)
            for asset in assets { places[Int(asset)] = places[Int(asset)] == .max ? .max : places[Int(asset)] + 1 }
            try sql.forEach(try db.cachedStatement(sql: all)) { row in
                guard let asset = row.integer(0), asset < places.count, places[Int(asset)] > 0 else { return }
                counts[row.text(1) ?? "", default: 0] += Int(places[Int(asset)])
            }
        }
        return counts.map { ($0.key, $0.value) }
    }

    private static func word(_ id: Int64, _ db: Database) throws -> String {
        try SQL(db: db).first("SELECT text FROM word WHERE id = ?", id) { $0.text(0) ?? "" } ?? ""
    }

    private static func sorted(_ counts: [(String, Int)]) -> [SearchFacets.Count] {
        counts.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map { .init($0.0, $0.1) }
    }
}
