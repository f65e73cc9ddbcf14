package import AssetLibrary
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

extension SearchBox {
    /// The published JSON: that of the query (`query`, `order`, `limit`, `as_text`), `spans` (`start`, `length`, `kind`) and `suggestions`
    /// (`text`, `start`, `length`, `kind`, `detail`, `count`); places are in UTF-16 units.
    package var json: JSONObject {
        reading.query.json(reading.remarks).adding([
            "spans": JSONValue(
                spans.map { span in
                    [
                        "start": JSONValue(span.start), "length": JSONValue(span.length),
                        "kind": JSONValue(span.kind.rawValue),
                    ]
                }),
            "suggestions": JSONValue(
                suggestions.map { suggestion in
                    [
                        "text": JSONValue(suggestion.text), "start": JSONValue(suggestion.start),
                        "length": JSONValue(suggestion.length), "kind": JSONValue(suggestion.kind.rawValue),
                        "detail": JSONValue(suggestion.detail), "count": JSONValue(suggestion.count),
                    ]
                }),
        ])
    }
}
