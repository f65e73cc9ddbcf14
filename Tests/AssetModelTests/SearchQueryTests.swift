import AssetModel
import Foundation
import Testing

struct SearchQueryTests {
    /// 2026-11-26, 14:30 in Berlin.
    private static let clock = SearchClock(now: Timestamp(parsing: "2026-11-26T13:30:00.000Z")) { moment in
        let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt
        return Int64(berlin.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)))
    }

    @Test(arguments: SearchExamples.all)
    func `every example of the documentation means what it says`(example: SearchExample) {
        let reading = SearchReading(of: example.typed)
        #expect(reading.query.description == example.meaning, "\(example.typed)")
        #expect(reading.remarks.isEmpty == (example.remark == nil), "\(example.typed): \(reading.remarks)")
        if let remark = example.remark {
            #expect(reading.remarks.contains { ($0.reason ?? "no such field") == remark }, "\(reading.remarks)")
        }
    }

    @Test func `the documentation has at least eighty examples, right and wrong`() {
        #expect(SearchExamples.all.count >= 80)
        #expect(SearchExamples.all.count { $0.remark != nil } >= 15)
    }

    @Test func `no text throws, and what is printed is read as the same query`() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "mug", "MÄRBLE", "OR", "AND", "(", ")", "-", "--", "\"", "*", " ", "  ", "\n", ":", "..", ",", "@", "seed:",
            "seed:7",
            "seed:1..3", "tag:", "tag:a", "set:\"b c\"", "date:2026-03", "after:2026", "mp:>=2", "mp:0.00001",
            "ratio:16:9",
            "size:64x48", "is:square", "has:tag", "model:", "path:", "x\"y", "\0", "👩‍👩‍👧", "漢字", "e\u{301}", "\u{301}",
            "limit:3",
            "sort:created", "nsfw:no", "ref:ab", "1.2", ">", "<", "=", "'", "ß", "١٢", "kind:generated", "format:jpg",
            "drift:any", "rating:>=4", "fav:", "is:trashed", "note:\"a b\"", "parent:g7/2", "like:ab~3", "*ramic*",
            "*b",
            "sort:relevance", "sort:-size", "ancestor:ab", "title:x",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            let query = SearchReading(of: text, clock: Self.clock).query
            let again = SearchReading(of: query.description, clock: Self.clock)
            #expect(again.query == query, "“\(text)” → “\(query)” → “\(again.query)”")
            #expect(again.remarks.isEmpty, "“\(text)” → “\(query)”: \(again.remarks)")
        }
    }

    @Test func `ten thousand words and a thousand brackets are read at once, and cut`() {
        let page = (0..<10_000).map { "word\($0)" }.joined(separator: " ")
        let reading = SearchReading(of: page)
        #expect(reading.query.condition.terms.count == SearchQuery.maximumTermCount)
        #expect(reading.remarks.map(\.reason) == ["only the first 100 terms are used"])
        let deep = String(repeating: "(", count: 1000) + "mug" + String(repeating: ")", count: 1000)
        #expect(SearchQuery(parsing: deep) == SearchQuery(parsing: "mug"))
        #expect(SearchQuery(parsing: String(repeating: "-(", count: 1000) + "mug").condition.terms.count <= 1)
    }

    @Test(
        arguments: [
            ("date:today", "2026-11-25T23:00:00.000Z", "2026-11-26T23:00:00.000Z"),
            ("date:yesterday", "2026-11-24T23:00:00.000Z", "2026-11-25T23:00:00.000Z"),
            ("date:2026-03", "2026-02-28T23:00:00.000Z", "2026-03-31T22:00:00.000Z"),
            // The clocks go back on that day, which has 25 hours.
            ("date:2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"),
            ("after:7d", "2026-11-19T13:30:00.000Z", nil), ("after:12h", "2026-11-26T01:30:00.000Z", nil),
            ("after:2w", "2026-11-12T13:30:00.000Z", nil), ("after:1m", "2026-10-26T13:30:00.000Z", nil),
            ("before:1y", nil, "2025-11-26T13:30:00.000Z"), ("before:today", nil, "2026-11-25T23:00:00.000Z"),
        ] as [(String, String?, String?)])
    func `a day begins where the person is`(text: String, from: String?, until: String?) {
        let query = SearchReading(of: text, clock: Self.clock).query
        let expected = SearchTerm.created(
            from: from.flatMap { Timestamp(parsing: $0) }, until: until.flatMap { Timestamp(parsing: $0) })
        #expect(query.condition == .term(expected))
    }

    @Test func `taken literally, everything is words`() {
        let query = SearchQuery(literally: "seed:7 -mug OR (x)")
        #expect(query.condition.terms == ["seed", "7", "mug", "OR", "x"].map { .text([$0]) })
        #expect(SearchQuery(literally: "!!!").condition == .nothing)
        #expect(SearchQuery(literally: "  ").condition == .everything)
    }
}
