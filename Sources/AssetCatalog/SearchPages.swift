import AssetModel
internal import GRDB

/// Pages of answers in any order, each found by the key where the last one ended.
///
/// - By time, the plan's own order: nothing is sorted.
/// - By rating, one value after the other, each by time.
/// - By seed or size, along their indexes; among words, the matches are sorted and as many kept as a page has.
/// - At random, by a number that is made of the item and of the first page's seed: stable, and without repetition.
/// - In the order of a set, by the places of its members, which are looked up for each page: a tenth of a microsecond a member.
/// - By relevance: see `SearchRelevance`.
struct SearchPages {
    /// Where one answer stands.
    struct Place: Hashable {
        let item: Int64
        var key: Int64?
        var context: Int64 = 0
    }

    let plan: SearchPlan
    let condition: SearchCondition
    /// What a random order begins with.
    let randomSeed: UInt64

    /// `isWhole` when all answers are wanted, not a page of them.
    init(_ condition: SearchCondition, _ db: Database, randomSeed: UInt64, isWhole: Bool = false) throws {
        let condition = try SearchVocabulary(db: db, isWhole: isWhole).resolved(condition)
        plan = try SearchPlan(condition, db)
        self.condition = condition
        self.randomSeed = randomSeed
    }

    func page(_ order: SearchQuery.Order, limit: Int, after cursor: SearchCursor?) throws -> [Place] {
        switch order.key {
        case .created:
            return try plan.items(isNewestFirst: order.isDescending, behind: cursor?.item, limit: limit)
                .map { Place(item: $0) }
        case .rating:
            let ratings = order.isDescending ? [5, 4, 3, 2, 1, 0] : [0, 1, 2, 3, 4, 5]
            return try inTurn(ratings.map { Int64($0) }, limit, cursor) { rating, item, limit in
                let equal = SQLPiece(
                    sql: "searchItem.rating = \(rating)" + (rating > 0 ? " AND searchItem.rating > 0" : ""))
                return try plan.items(isNewestFirst: true, behind: item, limit: limit, and: equal)
            }
        case .seed: return try bySeed(order.isDescending, limit, cursor)
        case .size:
            return try sorted(
                by: "searchItem.width * searchItem.height", order.isDescending, limit,
                behind: cursor.map { ($0.key ?? 0, $0.item) })
        case .random:
            let seed = cursor?.context ?? Int64(bitPattern: randomSeed)
            return try sorted(by: Self.shuffle(seed), false, limit, behind: cursor.map { ($0.key ?? 0, $0.item) })
                .map { Place(item: $0.item, key: $0.key, context: seed) }
        case .relevance: return try SearchRelevance(plan, condition).page(limit, cursor)
        case .set:
            guard let members = try members() else {
                return try plan.items(isNewestFirst: true, behind: cursor?.item, limit: limit).map { Place(item: $0) }
            }
            var places: [Place] = []
            try plan.rows(plan.selection(", searchItem.asset", narrow: true)) { row in
                places.append(Place(item: row.plainInteger(0), key: members[row.plainInteger(1)] ?? .max))
            }
            if let cursor {
                let last = (cursor.key ?? 0, cursor.item)
                places.removeAll { ($0.key ?? 0, $0.item) <= last }
            }
            return Array(places.sorted { ($0.key ?? 0, $0.item) < ($1.key ?? 0, $1.item) }.prefix(limit))
        }
    }

    /// The places of the members of the set that all answers are in, by asset; nil when there is none, or it is not there.
    func members() throws -> [Int64: Int64]? {
        guard let name = condition.orderingSet, let set = try Catalog.setRow(named: name, plan.db) else { return nil }
        var members: [Int64: Int64] = [:]
        _ = try SQL(db: plan.db).rows(
            "SELECT asset FROM setMember WHERE namedSet = ? ORDER BY entry, place", set["id"] as Int64
        ) { members[$0.plainInteger(0)] = Int64(members.count) }
        return members
    }

    /// Values of a key one after the other, and of each the items in the order of time.
    private func inTurn(
        _ values: [Int64], _ limit: Int, _ cursor: SearchCursor?,
        _ items: (_ value: Int64, _ behind: Int64?, _ limit: Int) throws -> [Int64]
    ) throws -> [Place] {
        var places: [Place] = []
        for value in values.drop(while: { $0 != cursor?.key ?? $0 }) where places.count < limit {
            let behind = value == cursor?.key ? cursor?.item : nil
            places += try items(value, behind, limit - places.count).map { Place(item: $0, key: value) }
        }
        return places
    }

    /// A seed is an unsigned number, and stands as a signed one: from 2^63 on they follow the others. What has no seed comes last.
    private func bySeed(_ isDescending: Bool, _ limit: Int, _ cursor: SearchCursor?) throws -> [Place] {
        let halves = ["searchItem.seed >= 0", "searchItem.seed < 0"]
        let first = cursor.map { cursor in cursor.key.map { ($0 < 0) == isDescending ? 0 : 1 } ?? 2 } ?? 0
        var places: [Place] = []
        for (number, half) in (isDescending ? halves.reversed() : halves).enumerated()
        where number >= first && places.count < limit {
            let behind = number == first ? cursor.flatMap { cursor in cursor.key.map { ($0, cursor.item) } } : nil
            places += try sorted(
                by: "searchItem.seed", isDescending, limit - places.count, behind: behind, and: SQLPiece(sql: half))
        }
        guard places.count < limit else { return places }
        let behind = first == 2 ? cursor?.item : nil
        return try places
            + plan.items(
                isNewestFirst: true, behind: behind, limit: limit - places.count,
                and: SQLPiece(sql: "searchItem.seed IS NULL")
            ).map { Place(item: $0) }
    }

    private func sorted(
        by key: String, _ isDescending: Bool, _ limit: Int, behind last: (key: Int64, item: Int64)?,
        and more: SQLPiece? = nil
    ) throws -> [Place] {
        var piece = plan.selection(", \(key) AS sortKey", narrow: true)
        if let more { piece = piece + " AND " + more }
        if let last {
            let isPast = isDescending ? "<" : ">"
            piece =
                piece
                + SQLPiece(
                    sql: " AND (\(key) \(isPast)= ? AND (\(key) \(isPast) ? OR searchItem.id \(isPast) ?))",
                    arguments: [last.key, last.key, last.item])
        }
        let direction = isDescending ? "DESC" : "ASC"
        piece =
            piece
            + SQLPiece(
                sql: " ORDER BY \(key) \(direction), searchItem.id \(direction) LIMIT ?", arguments: [limit])
        var places: [Place] = []
        try plan.rows(piece) { places.append(Place(item: $0.integer(0) ?? 0, key: $0.integer(1))) }
        return places
    }

    /// A number of an item that looks drawn, in SQL: SQLite's integers must not overflow, so it is made modulo the prime 2^31 - 1.
    static func shuffle(_ seed: Int64) -> String {
        let prime: Int64 = 2_147_483_647
        let (first, second) = (1 + (seed & 0x3FFF_FFFF), 1 + (seed >> 30 & 0x3FFF_FFFF))
        let item = "((searchItem.id >> 10) + (searchItem.id & 1023) * 7919)"
        let line = "((\(item) % \(prime) * \(first) + \(second)) % \(prime))"
        return "((\(line) * \(line) % \(prime) * \(second) + \(line)) % \(prime))"
    }
}

extension SearchQuery.Order {
    /// What answers can be sorted by.
    enum Key: String { case created, rating, seed, size, random, relevance, set }

    var key: Key { Key(rawValue: isDescending ? String(rawValue.dropFirst()) : rawValue) ?? .created }

    /// A `-` turns an order round, as in `-created`, the newest first.
    var isDescending: Bool { rawValue.hasPrefix("-") }
}

extension SearchCondition {
    /// The set that everything it holds for is in; of several, the first.
    package var orderingSet: String? {
        switch self {
        case .term(.set(let name)): name
        case .all(let parts):
            parts.lazy.compactMap { if case .term(.set(let name)) = $0 { name } else { nil } }.first
        default: nil
        }
    }
}
