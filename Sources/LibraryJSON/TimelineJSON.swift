package import AssetLibrary
package import AssetModel

extension SearchTimeline {
    /// `count days order position ratios segments stacks` as UTF-8; ratios and stacks as base64, one byte an answer.
    ///
    /// It is written piece by piece: a tree of values, their texts and the copies between them were ten times a long timeline's size.
    package func jsonBytes(at position: LibraryPosition) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 + days.count * 36 + segments.count * 80 + (count + 2) / 3 * 8)
        var text = JSONText(after: consume bytes)
        text.append(mark: "{")
        text.append(key: "count", isFirst: true)
        text.append(JSONValue(count))
        text.append(key: "days")
        text.append(
            JSONValue(days.map { ["day": JSONValue($0.day), "count": JSONValue($0.count)] as JSONObject }))
        text.append(key: "order")
        text.append(JSONValue(order.rawValue))
        text.append(key: "position")
        text.append(JSONValue(position.text))
        text.append(key: "ratios")
        text.append(base64: ratios)
        text.append(key: "segments")
        text.append(mark: "[")
        for (number, segment) in segments.enumerated() {
            if number > 0 { text.append(mark: ",") }
            let members: JSONObject = ["after": JSONValue(segment.after?.text), "count": JSONValue(segment.count)]
            text.append(.object(members))
        }
        text.append(mark: "]")
        text.append(key: "stacks")
        text.append(base64: stacks)
        text.append(mark: "}")
        return text.bytes
    }
}

extension LibraryChange {
    /// `position verb assets runs sets tags arrival uploads own`.
    package var json: JSONObject {
        [
            "position": JSONValue(position.text), "verb": JSONValue(verb), "assets": JSONValue(assets.map(\.hex)),
            "runs": JSONValue(runs.map(\.text)), "sets": JSONValue(sets), "tags": JSONValue(tags),
            "arrival": JSONValue(isArrival), "uploads": JSONValue(concernsUploads), "own": JSONValue(isOwn),
        ]
    }
}
