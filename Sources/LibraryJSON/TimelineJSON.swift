package import AssetLibrary
package import AssetModel
import Foundation

extension SearchTimeline {
    /// `order count days segments ratios stacks`; the last two as base64, one byte an answer.
    package var json: JSONObject {
        [
            "order": JSONValue(order.rawValue), "count": JSONValue(count),
            "days": JSONValue(days.map { ["day": JSONValue($0.day), "count": JSONValue($0.count)] as JSONObject }),
            "segments": JSONValue(
                segments.map { ["after": JSONValue($0.after?.text), "count": JSONValue($0.count)] as JSONObject }),
            "ratios": JSONValue(Data(ratios).base64EncodedString()),
            "stacks": JSONValue(Data(stacks).base64EncodedString()),
        ]
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
