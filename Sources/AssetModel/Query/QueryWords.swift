/// The words of the query language, for whoever helps a person to type one.
public enum QueryWords {
    /// Every field's name, without the colon.
    public static let fields = SearchField.allCases.map(\.rawValue)

    /// The values that a field takes, where they can be listed; empty for fields that take numbers, names or ids, and for what is no
    /// field.
    public static func values(of field: String) -> [String] {
        switch SearchField(rawValue: field) {
        case .format: ImageFormat.allCases.map(\.rawValue)
        case .kind: AssetKind.allCases.map(\.rawValue)
        case .has: SearchTerm.Property.allCases.map(\.rawValue)
        case .is: SearchTerm.Shape.allCases.map(\.rawValue) + ["favourite", "trashed"]
        case .drift: Drift.Kind.allCases.map(\.rawValue) + ["any"]
        case .nsfw, .fav: ["true", "false"]
        case .sort: SearchQuery.Order.allCases.map(\.rawValue)
        case .rating: [">=4", "5", "0"]
        case .date, .after, .before: ["today", "yesterday", "7d", "1m"]
        case .ratio: ["1:1", "4:3", "3:4", "16:9", "9:16"]
        default: []
        }
    }

    /// What a field's value names.
    public enum Thing: Hashable, Sendable {
        case tag, set, model, generator, id
    }

    /// What a field's value names in a library; nil where it names nothing.
    public static func thing(of field: String) -> Thing? {
        switch field {
        case "tag": .tag
        case "set": .set
        case "model": .model
        case "generator": .generator
        case "ref", "parent", "child", "ancestor", "descendant", "like": .id
        default: nil
        }
    }
}
