import Testing

@testable import AssetModel

struct SearchSpanTests {
    @Test(
        arguments: [
            ("red mug", ["word red", "word mug"]),
            (
                "tag:white OR -\"off white\"*",
                ["field tag:white", "operator OR", "operator -", "phrase \"off white\"*"]
            ),
            (
                "@mugs AND (is:portrait)",
                ["field @mugs", "operator AND", "operator (", "field is:portrait", "operator )"]
            ),
            ("seed: 107 is:tiny colour:red", ["field seed: 107", "text is:tiny", "unknown colour:red"]),
            ("OR mug OR", ["word OR", "word mug", "word OR"]),
            ("!!! ) mug) tag:\"off", ["text !!!", "text )", "word mug)", "text tag:\"off"]),
            ("😀 *ramic* sort:-size limit:3", ["word 😀", "word *ramic*", "field sort:-size", "field limit:3"]),
            ("cat tag:", ["word cat", "word tag:"]),
        ])
    func `each piece of a text says what it was read as`(text: String, expected: [String]) {
        let spans = SearchReading.spans(of: text)
        #expect(spans.map { "\($0.kind.rawValue) \($0.text(in: text))" } == expected)
    }

    @Test func `pieces follow each other and leave out nothing but blanks, whatever was typed`() {
        let parts = [
            "(", ")", "-", "\"", " ", " ", "OR", "AND", "mug", "*", "@set", "tag:", "is:", "é", "👩‍👩‍👧", "x:", "7d",
            "\u{301}", "\n",
        ]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...12)).map { _ in parts.randomElement() ?? "" }.joined()
            var (end, left) = (0, "")
            for span in SearchReading.spans(of: text) {
                #expect(span.start >= end && span.length > 0)
                left += text.piece(end, span.start)
                end = span.end
            }
            left += text.piece(end, text.utf16.count)
            let isBlank = left.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
            #expect(isBlank && end <= text.utf16.count, "\(text.debugDescription)")
        }
    }

    @Test(
        arguments: [
            ("", 0, SearchCaret.Begun.word(""), 0, 0), ("mug ", 4, .word(""), 4, 0), ("red mu", 6, .word("mu"), 4, 2),
            ("tag:wh", 6, .value(field: "tag", "wh"), 0, 6),
            ("-tag:\"off wh", 12, .value(field: "tag", "off wh"), 1, 11),
            ("@mu red", 3, .set("mu"), 0, 3), ("is:por", 6, .value(field: "is", "por"), 0, 6),
            ("tag:", 4, .value(field: "tag", ""), 0, 4),
            ("marble", 3, .word("mar"), 0, 6), ("(ma", 3, .word("ma"), 1, 2), ("😀 ta", 99, .word("ta"), 3, 2),
        ])
    func `the caret knows what was begun`(
        text: String, caret: Int, begun: SearchCaret.Begun, start: Int, length: Int
    ) throws {
        let place = try #require(SearchCaret(in: text, at: caret, SearchReading.spans(of: text)))
        #expect(place.begun == begun && place.start == start && place.length == length)
    }

    @Test func `nothing is offered within a phrase or right before a word`() {
        for (text, caret) in [("\"red mu", 7), ("mug", 0)] {
            #expect(SearchCaret(in: text, at: caret, SearchReading.spans(of: text)) == nil)
        }
    }

    @Test func `every field is explained once`() {
        #expect(QueryWords.explained.map(\.field).sorted() == QueryWords.fields.sorted())
    }
}
