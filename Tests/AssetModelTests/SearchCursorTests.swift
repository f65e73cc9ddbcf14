import AssetModel
import Testing

struct SearchCursorTests {
    private static let cursors = SearchQuery.Order.allCases.flatMap { order in
        [nil, 0, -1, .min, .max].map { SearchCursor(order: order, key: $0, item: 4_711 << 22, context: -3) }
    }

    @Test(arguments: cursors)
    func `the text of a cursor gives the cursor, and needs no escapes in a URL`(cursor: SearchCursor) {
        #expect(SearchCursor(parsing: cursor.text) == cursor)
        #expect(
            cursor.text.utf8.allSatisfy { byte in
                "abcdefghijklmnopqrstuvwxyz0123456789.-_".utf8.contains(byte)
            })
    }

    @Test func `a foreign or damaged text is no cursor`() {
        for text in ["", "1", "50", "mug", "1.....", "2.a.a.a.-created.0", String(repeating: ".", count: 1000)] {
            #expect(SearchCursor(parsing: text) == nil)
        }
        let text = Self.cursors[0].text
        for index in text.indices {
            var damaged = text
            damaged.replaceSubrange(index...index, with: text[index] == "7" ? "8" : "7")
            #expect(SearchCursor(parsing: damaged) == nil, "\(damaged)")
        }
    }
}
