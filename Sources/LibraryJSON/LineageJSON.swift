package import AssetModel

extension Lineage {
    /// `id kind nodes edges omitted`: the thing asked for, every picture and run with `id kind more_up more_down`, and `kind run asset
    /// position` for each use and each making.
    package var json: JSONObject {
        let things: [(Subject, JSONObject)] =
            pictures.values.sorted { $0.id.hex < $1.id.hex }.map { (.asset($0.id), $0.json) }
            + steps.values.sorted { ($0.plannedAt.milliseconds, $0.id) < ($1.plannedAt.milliseconds, $1.id) }
            .map { (.run($0.id), $0.json) }
        return [
            "id": JSONValue(root.text), "kind": JSONValue(root.kind),
            "nodes": JSONValue(
                things.map { subject, json in
                    json.adding([
                        "more_up": JSONValue(up[subject]?.omitted ?? 0),
                        "more_down": JSONValue(down[subject]?.omitted ?? 0),
                    ])
                }),
            "edges": JSONValue(links.map(\.json)), "omitted": JSONValue(omittedCount),
        ]
    }
}

extension Lineage.Subject {
    /// The id in full.
    package var text: String {
        switch self {
        case .asset(let digest): digest.hex
        case .run(let id): id.text
        }
    }

    /// `asset` or `run`.
    package var kind: String { if case .asset = self { "asset" } else { "run" } }
}

extension Lineage.Picture {
    fileprivate var json: JSONObject {
        [
            "id": JSONValue(id), "kind": JSONValue("asset"), "width": JSONValue(size?.width),
            "height": JSONValue(size?.height), "name": JSONValue(name), "title": JSONValue(title),
            "trashed": JSONValue(isTrashed), "prompt": JSONValue(recipePrompt),
            "seed": JSONValue(seed: recipeSeed),
        ]
    }
}

extension Lineage.Step {
    fileprivate var json: JSONObject {
        [
            "id": JSONValue(id), "kind": JSONValue("run"), "state": JSONValue(state.rawValue),
            "model": JSONValue(model), "prompt": JSONValue(prompt), "seed": JSONValue(seed: seed),
            "references": JSONValue(referenceCount), "outputs": JSONValue(outputCount),
            "planned_at": JSONValue(plannedAt),
        ]
    }
}

extension Lineage.Link {
    fileprivate var json: JSONObject {
        [
            "kind": JSONValue(role.rawValue), "run": JSONValue(run), "asset": JSONValue(asset),
            "position": JSONValue(position),
        ]
    }
}
