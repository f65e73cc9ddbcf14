package import AssetLibrary
package import AssetModel
import Foundation

extension SearchTimeline {
    /// The published JSON: `position`, `order`, `count`, `days` (`day`, `count`), `segments` (`after`, the cursor's text or null, and `count`),
    /// and `ratios` and `stacks` as base64 of one byte an answer.
    ///
    /// Written as text at once: values for a million answers would take longer than to find them. About 2.8 MB for a million.
    package func json(at position: String) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(ratios.count * 3 + segments.count * 80 + days.count * 40 + 200)
        func append(_ part: String) { text.append(contentsOf: part.utf8) }
        append("{\"count\":\(count),\"days\":[")
        for (number, day) in days.enumerated() {
            append("\(number > 0 ? "," : ""){\"count\":\(day.count),\"day\":\"\(day.day)\"}")
        }
        append("],\"order\":\"\(order.rawValue)\",\"position\":\"\(position)\",\"ratios\":\"")
        text.append(contentsOf: Data(ratios).base64EncodedData())
        append("\",\"segments\":[")
        for (number, segment) in segments.enumerated() {
            // A cursor's text has nothing to escape.
            let after = segment.after.map { "\"\($0.text)\"" } ?? "null"
            append("\(number > 0 ? "," : ""){\"after\":\(after),\"count\":\(segment.count)}")
        }
        append("],\"stacks\":\"")
        text.append(contentsOf: Data(stacks).base64EncodedData())
        append("\"}")
        return text
    }
}

extension LibraryChange {
    /// The published JSON: `position`, `verb`, `assets`, `runs`, `sets`, `tags`, `is_arrival` (pictures came or went), `concerns_uploads`,
    /// `is_own` (this program wrote it).
    package var json: JSONObject {
        [
            "position": JSONValue(position.text), "verb": JSONValue(verb), "assets": JSONValue(assets.map(\.hex)),
            "runs": JSONValue(runs.map(\.text)), "sets": JSONValue(sets), "tags": JSONValue(tags),
            "is_arrival": .bool(isArrival), "concerns_uploads": .bool(concernsUploads), "is_own": .bool(isOwn),
        ]
    }
}
