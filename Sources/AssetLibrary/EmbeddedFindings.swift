public import AssetModel
import ImageInspection

/// What a picture's file says in words: how another generator made it, or what a person wrote.
public struct EmbeddedFindings: Hashable, Sendable {
    /// The recipe, the rule that recognised it and the texts it was read from; nil when no rule did.
    public let recipe: EmbeddedRecipe?
    /// A description that is no recipe; nil when there is none, or a recipe.
    public let note: EmbeddedText?
    /// The words of texts that no rule understood, at most 16 KiB; nil when there are none.
    public let unread: String?
    /// All texts, in file order.
    public let texts: [EmbeddedText]
    /// Texts that were seen and not read.
    public let omitted: [Omission]

    /// A text that was seen and not read.
    public struct Omission: Hashable, Sendable {
        /// The kind of container.
        public let carrier: EmbeddedText.Carrier
        /// The name under which it stands, as far as it is known.
        public let keyword: String
        /// Why: `too_long` or `damaged`.
        public let reason: String
        /// Where it lies.
        public let place: EmbeddedText.Place
    }

    init(_ reading: RecipeReading) {
        recipe = reading.recipe
        note = reading.note
        unread = reading.unread
        texts = reading.texts
        omitted = reading.omitted.map {
            Omission(carrier: $0.carrier, keyword: $0.keyword, reason: $0.reason.rawValue, place: $0.place)
        }
    }
}
