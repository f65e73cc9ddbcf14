import AssetLibrary
import AssetModel
import Foundation
import LibraryJSON
import Testing

/// Timelines are written as text without a tree of values.
struct TimelineTextTests {
    @Test func `bytes become the base64 that Foundation makes of them`() {
        for count in 0..<260 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            var text = JSONText()
            text.append(base64: bytes)
            #expect(String(decoding: text.bytes, as: UTF8.self) == "\"\(Data(bytes).base64EncodedString())\"")
        }
    }

    @Test func `a timeline is the text that its values are`() {
        let cursor = SearchCursor(order: .newestFirst, key: nil, item: 77, context: 0)
        let position = LibraryPosition([])
        for count in [0, 1, 2, 501] {
            let (ratios, stacks) = ([UInt8](repeating: 130, count: count), [UInt8](repeating: 1, count: count))
            let timeline = SearchTimeline(
                order: .newestFirst, days: count == 0 ? [] : [.init(day: "2026-11-27", count: count)],
                segments: count == 0
                    ? [] : [.init(after: nil, count: 1), .init(after: cursor, count: max(1, count - 1))],
                ratios: ratios, stacks: stacks)
            let values: JSONObject = [
                "count": JSONValue(count),
                "days": JSONValue(
                    timeline.days.map { ["day": JSONValue($0.day), "count": JSONValue($0.count)] as JSONObject }),
                "order": JSONValue(timeline.order.rawValue), "position": JSONValue(position.text),
                "ratios": JSONValue(Data(ratios).base64EncodedString()),
                "segments": JSONValue(
                    timeline.segments.map {
                        ["after": JSONValue($0.after?.text), "count": JSONValue($0.count)] as JSONObject
                    }),
                "stacks": JSONValue(Data(stacks).base64EncodedString()),
            ]
            #expect(
                String(decoding: timeline.jsonBytes(at: position), as: UTF8.self) == JSONText.line(.object(values)))
        }
    }
}
