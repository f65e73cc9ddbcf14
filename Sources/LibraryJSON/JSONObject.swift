import AssetLibrary
package import AssetModel

/// A published JSON object: what `--json`, the gallery's API and a webhook's report show of a thing.
///
/// Keys are snake_case, times are UTC, seeds and digests are text. A key that was published keeps its name and meaning for
/// good; new ones may join. A thing without a value has the key all the same, with null.
package typealias JSONObject = [String: JSONValue]

extension JSONValue {
    /// A text, or null.
    package init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }

    /// A whole number, or null.
    package init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }

    /// A number, or null.
    package init(_ number: Double?) { self = number.map(JSONValue.number) ?? .null }

    /// True, false, or null where it is not known.
    package init(_ flag: Bool?) { self = flag.map(JSONValue.bool) ?? .null }

    /// A moment, in UTC, or null.
    package init(_ time: Timestamp?) { self = time.map { .string($0.description) } ?? .null }

    /// The whole digest in hexadecimal, or null.
    package init(_ digest: ContentDigest?) { self = digest.map { .string($0.hex) } ?? .null }

    /// The id of a run, or null.
    package init(_ run: Run.ID?) { self = run.map { .string($0.text) } ?? .null }

    /// A seed, as text: not every reader of JSON keeps 64 bits of a number.
    package init(seed: UInt64?) { self = seed.map { .string(String($0)) } ?? .null }

    /// Texts in their order.
    package init(_ texts: [String]) { self = .array(texts.map(JSONValue.string)) }

    /// Objects in their order.
    package init(_ objects: [JSONObject]) { self = .array(objects.map(JSONValue.object)) }
}

extension JSONObject {
    /// This object with further keys; one that both have takes the new value.
    /// `path`, and for one that is not UTF-8 `path_encoded`, in the characters of a URL.
    package static func path(_ path: String) -> JSONObject {
        guard let encoded = FilePathText.percentEncoded(path) else { return ["path": JSONValue(path)] }
        return ["path": JSONValue(path), "path_encoded": JSONValue(encoded)]
    }

    package func adding(_ more: JSONObject) -> JSONObject { merging(more) { $1 } }
}
