package import AssetModel

extension LibraryCounts {
    /// The published JSON: `pictures`, `favourites`, `references`, `trash`, `running`, `unknown`, `on_fal`.
    package var json: JSONObject {
        [
            "pictures": JSONValue(pictures), "favourites": JSONValue(favourites), "references": JSONValue(references),
            "trash": JSONValue(trash), "running": JSONValue(running), "unknown": JSONValue(unknown),
            "on_fal": JSONValue(onFal),
        ]
    }
}

extension SetSummary {
    /// The published JSON: `name`, `count` (null when it is not known), `is_smart`, `query`, `cover`, `problem`, `created_at`.
    package var json: JSONObject {
        [
            "name": JSONValue(name), "count": JSONValue(count), "is_smart": .bool(isSmart), "query": JSONValue(query),
            "cover": JSONValue(cover), "problem": JSONValue(problem), "created_at": JSONValue(createdAt),
        ]
    }
}
