package import AssetModel

extension RecipeDifference {
    /// `left right same_run differs fields texts references`.
    package var json: JSONObject {
        [
            "left": .object(left.json), "right": .object(right.json), "same_run": JSONValue(commonRun),
            "differs": JSONValue(!isEmpty),
            "fields": JSONValue(
                fields.map {
                    [
                        "name": JSONValue($0.name), "aspect": JSONValue($0.aspect?.rawValue), "left": $0.left ?? .null,
                        "right": $0.right ?? .null,
                    ]
                }),
            "texts": JSONValue(
                texts.map { text in
                    [
                        "name": JSONValue(text.name), "space_only": JSONValue(text.words.isSame),
                        "pieces": JSONValue(
                            text.words.pieces.map {
                                [
                                    "kind": JSONValue($0.kind.rawValue), "space": JSONValue($0.space),
                                    "text": JSONValue($0.text),
                                ]
                            }),
                    ]
                }),
            "references": JSONValue(
                references.map {
                    [
                        "change": JSONValue($0.from == nil ? "added" : $0.to == nil ? "removed" : "moved"),
                        "asset": JSONValue($0.asset), "from": JSONValue($0.from), "to": JSONValue($0.to),
                    ]
                }),
        ]
    }
}

extension RecipeDifference.Side {
    /// `run image asset`: the run and which of its pictures, from 0; or the picture with a recipe.
    fileprivate var json: JSONObject {
        switch self {
        case .run(let run, let image):
            [
                "run": JSONValue(run.id), "image": JSONValue(image),
                "asset": JSONValue(image.flatMap { run.outputs.indices.contains($0) ? run.outputs[$0].asset : nil }),
            ]
        case .recipe(_, let asset): ["run": .null, "image": .null, "asset": JSONValue(asset)]
        }
    }
}
