package import AssetLibrary
import AssetModel

extension DuplicateGroup {
    /// `keep reason others`: the asset to keep, why, and the others, each with `distance` and `turned`.
    package func json(in library: Library) -> JSONObject {
        [
            "keep": .object(kept.json(in: library)), "reason": JSONValue(reason.rawValue),
            "others": JSONValue(
                others.map { other in
                    other.asset.json(in: library).adding([
                        "distance": JSONValue(other.distance), "turned": JSONValue(other.isTurned),
                    ])
                }),
        ]
    }
}

extension Lookalike {
    /// `id distance turned`.
    package var json: JSONObject {
        ["id": JSONValue(asset), "distance": JSONValue(distance), "turned": JSONValue(isTurned)]
    }
}
