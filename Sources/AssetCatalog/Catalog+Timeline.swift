package import AssetModel
package import Foundation
internal import GRDB

extension Catalog {
    /// Every answer of a query in its order, for laying them out; and how far the journal was applied when it was made. A random order begins
    /// with `randomSeed`.
    ///
    /// Cost: one walk over the narrow rows of the answers, a tenth of a microsecond each in orders by time; the others sort them besides, a
    /// microsecond each. By relevance see `SearchRelevance`.
    package func timeline(
        of query: SearchQuery, in timeZone: TimeZone, randomSeed: UInt64 = 0,
        segmentSize: Int = SearchTimeline.segmentSize
    ) async throws(CatalogError) -> (timeline: SearchTimeline, positions: [JournalPosition]) {
        try await read { db in
            // Relevance scores the words that a page is found by, so its timeline is read as its pages are.
            let isWhole = query.limit == nil && query.order != .relevance
            let pages = try SearchPages(query.condition, db, randomSeed: randomSeed, isWhole: isWhole)
            let timeline = try pages.timeline(query.order, limit: query.limit, timeZone, segmentSize)
            return (timeline, try CatalogWriter(db: db).positions())
        }
    }
}

extension SearchPages {
    /// The columns of each row behind its id; where answers are sorted by something, that follows as the fourth.
    private static let columns = ", searchItem.width, searchItem.height, searchItem.promptKey"

    /// All answers in the order of `page`, whose cursors its segments begin with.
    func timeline(
        _ order: SearchQuery.Order, limit: Int?, _ timeZone: TimeZone, _ segmentSize: Int
    ) throws -> SearchTimeline {
        var maker = TimelineMaker(order, timeZone, segmentSize)
        switch order.key {
        case .created:
            try plan.walk(Self.columns, isNewestFirst: order.isDescending, limit: limit) { maker.add($0, key: nil) }
        case .rating:
            try sort(
                &maker, by: "searchItem.rating",
                "searchItem.rating \(order.isDescending ? "DESC" : "ASC"), searchItem.id DESC", limit)
        case .seed:
            let direction = order.isDescending ? "DESC" : "ASC"
            try sort(
                &maker, by: "searchItem.seed", and: "searchItem.seed IS NOT NULL",
                "searchItem.seed < 0 \(direction), searchItem.seed \(direction), searchItem.id \(direction)", limit)
            try sort(
                &maker, by: "NULL", and: "searchItem.seed IS NULL", "searchItem.id DESC",
                limit.map { max(0, $0 - maker.count) })
        case .size:
            let direction = order.isDescending ? "DESC" : "ASC"
            let size = "searchItem.width * searchItem.height"
            try sort(&maker, by: size, "\(size) \(direction), searchItem.id \(direction)", limit)
        case .random:
            let seed = Int64(bitPattern: randomSeed)
            // No number of an item is below 0.
            maker.begin(context: seed, before: (-1, .min))
            try sort(&maker, by: Self.shuffle(seed), "sortKey, searchItem.id", limit)
        case .set:
            guard let members = try members() else {
                try plan.walk(Self.columns, isNewestFirst: true, limit: limit) { maker.add($0, key: nil) }
                break
            }
            var rows: [(place: Int64, item: Int64, width: Int64, height: Int64)] = []
            try plan.rows(plan.selection(Self.columns + ", searchItem.asset", narrow: true)) { row in
                rows.append(
                    (
                        members[row.plainInteger(4)] ?? .max, row.plainInteger(0), row.plainInteger(1),
                        row.plainInteger(2)
                    ))
            }
            rows.sort { ($0.place, $0.item) < ($1.place, $1.item) }
            for row in rows.prefix(limit ?? .max) {
                maker.add(item: row.item, width: row.width, height: row.height, prompt: 0, key: row.place)
            }
        case .relevance:
            let context = try SearchRelevance(plan, condition).walk(Self.columns, limit: limit) {
                maker.add($0, key: $1)
            }
            if let context { maker.begin(context: context, before: (.max, .max)) }
        }
        return maker.timeline()
    }

    private func sort(
        _ maker: inout TimelineMaker, by key: String, and condition: String = "1", _ order: String, _ limit: Int?
    ) throws {
        var piece = plan.selection(Self.columns + ", \(key) AS sortKey", narrow: true)
        piece = piece + " AND \(condition) ORDER BY \(order)"
        if let limit { piece = piece + SQLPiece(sql: " LIMIT ?", arguments: [limit]) }
        try plan.rows(piece) { maker.add($0, key: $0.integer(4)) }
    }
}

/// Takes rows in their order and makes a timeline of them, without memory for any single one.
private struct TimelineMaker {
    private let order: SearchQuery.Order
    private let isByTime: Bool
    private let stacksPrompts: Bool
    private let segmentSize: Int
    private var ratios: [UInt8] = []
    private var stacks: [UInt8] = []
    /// The last answer of each segment but the last one.
    private var ends: [(key: Int64?, item: Int64)] = []
    private var last: (key: Int64?, item: Int64) = (nil, 0)
    private var lastPrompt: Int64 = 0
    private var context: Int64 = 0
    /// Behind what an order begins that needs a cursor to begin with.
    private var beginning: (key: Int64, item: Int64)?
    private var days: DayCounter
    private var shapes = ShapeMemory()

    var count: Int { ratios.count }

    init(_ order: SearchQuery.Order, _ timeZone: TimeZone, _ segmentSize: Int) {
        self.order = order
        self.segmentSize = segmentSize
        isByTime = order.key == .created
        stacksPrompts = isByTime || order.key == .relevance
        days = DayCounter(timeZone)
    }

    /// Says what all cursors carry on, and where the first one lies.
    mutating func begin(context: Int64, before place: (key: Int64, item: Int64)) {
        self.context = context
        beginning = place
    }

    mutating func add(_ row: SQLRow, key: Int64?) {
        add(
            item: row.plainInteger(0), width: row.plainInteger(1), height: row.plainInteger(2),
            prompt: row.plainInteger(3), key: key)
    }

    mutating func add(item: Int64, width: Int64, height: Int64, prompt: Int64, key: Int64?) {
        if ratios.count % segmentSize == 0, !ratios.isEmpty { ends.append(last) }
        last = (key, item)
        let isSameDay = isByTime ? days.add(item) : true
        stacks.append(stacksPrompts && isSameDay && prompt != 0 && prompt == lastPrompt ? 1 : 0)
        lastPrompt = prompt
        ratios.append(shapes.byte(width, height))
    }

    func timeline() -> SearchTimeline {
        var segments: [SearchTimeline.Segment] = []
        let starts = [nil] + ends.map(Optional.some)
        for (number, end) in starts.enumerated() where !ratios.isEmpty {
            let place = end ?? beginning.map { ($0.key, $0.item) }
            let cursor = place.map { SearchCursor(order: order, key: $0.key, item: $0.item, context: context) }
            let left = ratios.count - number * segmentSize
            segments.append(.init(after: cursor, count: min(segmentSize, left)))
        }
        return SearchTimeline(order: order, days: days.days, segments: segments, ratios: ratios, stacks: stacks)
    }
}

/// Counts items by the day of their place in time. Days are looked up once each, since the calendar takes a thousand times as long as a row.
private struct DayCounter {
    private let calendar: Calendar
    private var counts: [(start: Date, count: Int)] = []
    /// Between which items all lie that are of the day now counted.
    private var (first, end): (Int64, Int64) = (0, 0)

    init(_ timeZone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        self.calendar = calendar
    }

    /// Whether it is of the same day as the one before.
    mutating func add(_ item: Int64) -> Bool {
        if item >= first, item < end {
            counts[counts.count - 1].count += 1
            return true
        }
        let time = Date(timeIntervalSince1970: Double(CatalogWriter.milliseconds(ofItem: item)) / 1000)
        let day = calendar.dateInterval(of: .day, for: time) ?? DateInterval(start: time, duration: 1)
        (first, end) = (Self.item(at: day.start), Self.item(at: day.end))
        // A day that has no place among items ends with this one.
        end = max(end, item + 1)
        counts.append((day.start, 1))
        return false
    }

    private static func item(at date: Date) -> Int64 {
        CatalogWriter.item(atMilliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }

    var days: [SearchTimeline.Day] {
        counts.map { start, count in
            let parts = calendar.dateComponents([.year, .month, .day], from: start)
            func digits(_ number: Int?, _ length: Int) -> String {
                let text = String(number ?? 0)
                return String(repeating: "0", count: max(0, length - text.count)) + text
            }
            return .init(
                day: "\(digits(parts.year, 4))-\(digits(parts.month, 2))-\(digits(parts.day, 2))", count: count)
        }
    }
}

/// The bytes of shapes that came before: pictures have few sizes.
private struct ShapeMemory {
    private var known = [(size: Int64, byte: UInt8)](repeating: (0, 128), count: 256)

    mutating func byte(_ width: Int64, _ height: Int64) -> UInt8 {
        let size = width << 32 | height
        let place = Int(truncatingIfNeeded: (width &* 31 &+ height) & 255)
        if known[place].size == size { return known[place].byte }
        let byte = SearchRatio.byte(width: width, height: height)
        known[place] = (size, byte)
        return byte
    }
}
