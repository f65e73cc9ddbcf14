extension QueryWords {
    /// Every field's name and what it asks in a few words; those that are used most come first.
    public static let explained: [(field: String, words: String)] = fieldsExplained.map { ($0.0.rawValue, $0.1) }

    private static let fieldsExplained: [(SearchField, String)] = [
        (.tag, "has this tag"), (.set, "is in this set"), (.rating, "stars: 4, >=3, 0"),
        (.is, "portrait, favourite, trashed…"),
        (.date, "day, month, or 7d"), (.model, "made with this model"), (.sort, "order of the answers"),
        (.kind, "generated, or imported as a reference"), (.has, "has a recipe, note, tag…"),
        (.seed, "made with this seed"), (.size, "2048x1536, as seen"), (.format, "png, jpeg, webp…"),
        (.ratio, "shape: 16:9"), (.mp, "megapixels: >4"), (.width, "width in pixels"), (.height, "height in pixels"),
        (.note, "words in the note or title"), (.title, "words in the note or title"), (.after, "made after a day"),
        (.before, "made before a day"), (.ref, "made with this as a reference"), (.like, "looks like this picture"),
        (.parent, "made with this as a reference"), (.child, "references of what made this"),
        (.ancestor, "all that came of this"),
        (.descendant, "all that this came from"), (.generator, "program that wrote its recipe"),
        (.path, "part of the file's path"),
        (.fav, "true or false"), (.drift, "came back other than asked"), (.nsfw, "flagged by the model"),
        (.limit, "at most this many answers"),
    ]

    /// What an order of `sort:` puts first.
    package static func words(of order: SearchQuery.Order) -> String {
        switch order {
        case .newestFirst: "newest first"
        case .oldestFirst: "oldest first"
        case .relevance: "best match first"
        case .bestFirst: "most stars first"
        case .worstFirst: "fewest stars first"
        case .seed: "lowest seed first"
        case .seedDescending: "highest seed first"
        case .largestFirst: "most pixels first"
        case .smallestFirst: "fewest pixels first"
        case .set: "the set's own order"
        default: "shuffled"
        }
    }

    /// What a value of a field means; nil where it says so itself.
    package static func words(of field: String, _ value: String) -> String? {
        switch SearchField(rawValue: field) {
        case .sort: SearchQuery.Order(rawValue: value).map(words(of:))
        case .date: ["7d": "the last seven days", "1m": "the last month"][value]
        case .rating: [">=4": "four stars or more", "5": "five stars", "0": "not rated"][value]
        case .kind: ["generated": "made by a run", "reference": "imported"][value]
        default: nil
        }
    }
}
