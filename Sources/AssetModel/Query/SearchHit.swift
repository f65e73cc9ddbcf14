/// One answer of a search: an imported picture, or one output of a generation.
public struct SearchHit: Hashable, Sendable {
    /// What it is.
    public let kind: AssetKind
    /// The asset.
    public let asset: ContentDigest
    /// Its measured facts.
    public let facts: ImageFacts
    /// The name of the file that it was first imported from; nil when it never was.
    public let name: String?
    /// The generation that made it; nil for a reference.
    public let generation: Run.ID?
    /// The prompt that made it: of a reference, the one that another generator wrote into it; nil when unknown.
    public let prompt: String?
    /// The seed that made it; nil when unknown.
    public let seed: UInt64?
    /// The model that made it; nil when unknown.
    public let model: String?
    /// The program that made a reference, such as `ComfyUI`, as its recipe says; nil for our own, and without a recipe.
    public let generator: String?
    /// A person's note, else the description in a reference's file; nil when there is neither.
    public let note: String?
    /// When it was imported or made.
    public let createdAt: Timestamp
    /// Its tags, sorted.
    public let tags: [String]
    /// Which picture of its run it is, counted from 1; nil for a reference.
    public let image: Int?
    /// How many pictures its run has; nil for a reference.
    public let imageCount: Int?
    /// The name that a person gave it; nil when it has none.
    public let title: String?
    /// 1 to 5 stars; 0 when it is not rated.
    public let rating: Int
    /// Whether it is a favourite.
    public let isFavourite: Bool
    /// Where it stands in the order of the answers: hand the last one's back to get the next page.
    public let cursor: SearchCursor

    package init(
        kind: AssetKind, asset: ContentDigest, facts: ImageFacts, name: String?, generation: Run.ID?,
        prompt: String?, seed: UInt64?, model: String?, generator: String? = nil, note: String? = nil,
        createdAt: Timestamp, tags: [String], cursor: SearchCursor, image: Int? = nil, imageCount: Int? = nil,
        title: String? = nil,
        rating: Int = 0, isFavourite: Bool = false
    ) {
        self.kind = kind
        self.asset = asset
        self.facts = facts
        self.name = name
        self.generation = generation
        self.prompt = prompt
        self.seed = seed
        self.model = model
        self.generator = generator
        self.note = note
        self.createdAt = createdAt
        self.tags = tags
        self.cursor = cursor
        self.image = image
        self.imageCount = imageCount
        self.title = title
        self.rating = rating
        self.isFavourite = isFavourite
    }

    /// What people and scripts call it: `RUN/3`, the run and which of its pictures, or the digest of a reference.
    public var id: String { generation.map { "\($0)/\(image ?? 1)" } ?? asset.hex }
}
