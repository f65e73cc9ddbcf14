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
    /// Whether the pixels were looked at, of a PNG that may hide a recipe in them and has no other; nil for any other picture.
    public let pixels: PixelReading?
    /// All texts, in file order.
    public let texts: [EmbeddedText]
    /// Texts that were seen and not read.
    public let omitted: [Omission]

    /// What was done about pixels that may hide a recipe.
    public enum PixelReading: String, Hashable, Sendable {
        /// They were decoded, as far as needed.
        case read
        /// They were not: it was not asked for, or the picture is too large.
        case notRead = "not_read"
    }

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

    /// The findings of a reading. `hidden` is the recipe in the pixels, where they were looked at and hide one.
    init(_ reading: RecipeReading, hidden: EmbeddedRecipe? = nil, pixels: PixelReading? = nil) {
        recipe = reading.recipe ?? hidden
        note = recipe == nil ? reading.note : nil
        self.pixels = pixels
        unread = reading.unread
        texts = reading.texts
        omitted = reading.omitted.map {
            Omission(carrier: $0.carrier, keyword: $0.keyword, reason: $0.reason.rawValue, place: $0.place)
        }
    }
}
