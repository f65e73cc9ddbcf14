package import AssetModel

extension SearchQuery {
    /// `query` as it would be typed, `order`, `limit`, and `as_text`: what was read as words, each with `text` and `reason`.
    package func json(_ remarks: [SearchReading.Remark]) -> JSONObject {
        [
            "query": JSONValue(description), "order": JSONValue(order.rawValue),
            "limit": limit.map { JSONValue($0) } ?? .null,
            "as_text": .array(
                remarks.map { .object(["text": JSONValue($0.text), "reason": JSONValue($0.reason)]) }),
        ]
    }
}
