/// An image someone may want again. Its id is the digest of its original bytes.
public struct Asset: Identifiable, Hashable, Sendable {
    /// The digest of the original.
    public let id: ContentDigest
    /// What inspection measured.
    public let facts: ImageFacts
    /// What another generator wrote into it about its making; nil when nothing was recognised.
    public let recipe: Recipe?
    /// The rule that recognised the recipe, such as `comfyui.prompt`; nil without one.
    public let recipeRule: String?
    /// A description in the file that is no recipe, such as a photographer's caption; nil when there is none.
    public let caption: String?
    /// The words of texts in the file that no rule understood, at most 16 KiB; nil when there are none.
    public let unread: String?
    /// How it came here, oldest first; at least one.
    public let origins: [Origin]
    /// Tags, sorted.
    public let tags: [String]
    /// The sets it is a member of, sorted by name.
    public let sets: [String]
    /// When the library first heard of it.
    public let addedAt: Timestamp
    /// What a person said of it.
    public let marks: Marks

    package init(
        id: ContentDigest, facts: ImageFacts, recipe: Recipe? = nil, recipeRule: String? = nil, caption: String? = nil,
        unread: String? = nil, origins: [Origin], tags: [String], sets: [String], addedAt: Timestamp,
        marks: Marks = Marks()
    ) {
        self.id = id
        self.facts = facts
        self.recipe = recipe
        self.recipeRule = recipeRule
        self.caption = caption
        self.unread = unread
        self.origins = origins
        self.tags = tags
        self.sets = sets
        self.addedAt = addedAt
        self.marks = marks
    }

    /// The person's note, else the description in the file; nil when there is neither.
    public var note: String? { marks.note ?? caption }
    /// The name that a person gave it; nil when it has none.
    public var title: String? { marks.title }
    /// 1 to 5 stars; 0 when it is not rated.
    public var rating: Int { marks.rating }
    /// Whether it is a favourite.
    public var isFavourite: Bool { marks.isFavourite }
    /// Whether it is in the trash.
    public var isTrashed: Bool { marks.isTrashed }

    /// The kind under which a search lists it: an asset that a generation made is `generated`, any other `reference`.
    public var kind: AssetKind {
        origins.contains { if case .generated = $0 { true } else { false } } ? .generated : .reference
    }
}

/// How an asset came into the library.
public enum Origin: Hashable, Sendable {
    /// A file was taken in; `path` is where it was seen, absolute.
    case imported(path: String, at: Timestamp)
    /// A generation made it, as its output number `position` (from 0).
    case generated(by: Run.ID, position: Int, at: Timestamp)
}

/// What something found by a search is.
public enum AssetKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// A picture that someone imported.
    case reference
    /// An output of a generation.
    case generated
}

/// Names that people give to sets and tags.
public enum Label {
    /// The name as it will be kept, or nil when it cannot be one: empty, longer than 100 characters, with a control
    /// character, a comma, or a character that begins something else on the command line (`@`, `-`).
    public static func normalized(_ text: String) -> String? {
        var name = Substring(text)
        while let first = name.first, first.isWhitespace { name.removeFirst() }
        while let last = name.last, last.isWhitespace { name.removeLast() }
        guard let first = name.first, first != "@", first != "-", name.count <= 100 else { return nil }
        let refused = name.unicodeScalars.contains {
            $0.properties.generalCategory == .control || $0 == "," || $0 == "\""
        }
        return refused ? nil : String(name)
    }

    /// Whether a name has characters that cannot be seen, by which it would look like another name or like none. Joiners are seen by what they
    /// do in scripts that have them, and in emoji: not among ASCII letters.
    package static func hasUnseenCharacters(_ name: String) -> Bool {
        var before: Unicode.Scalar?
        for scalar in name.unicodeScalars {
            defer { before = scalar }
            let isJoiner = scalar == "\u{200C}" || scalar == "\u{200D}"
            if isJoiner, let before, !before.isASCII { continue }
            if scalar.properties.generalCategory == .format || blank.contains(scalar) { return true }
        }
        return false
    }

    /// Letters and signs that have no shape.
    private static let blank: Set<Unicode.Scalar> = ["\u{115F}", "\u{1160}", "\u{2800}", "\u{3164}", "\u{FFA0}"]
}
