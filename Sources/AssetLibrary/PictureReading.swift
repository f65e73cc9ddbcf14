import AssetModel
import ImageInspection

/// Everything that inspection says about a picture on its way in, or read again: what a journal entry keeps of it.
struct PictureReading: Hashable, Sendable {
    let facts: ImageFacts
    let recipe: EmbeddedRecipe?
    let note: EmbeddedText?
    /// The words of what no rule understood.
    let unread: String?

    /// Half of the reader's usual limits: a batch of entries is held in memory, and the longest texts met are below 1 MiB.
    private static let reader = RecipeReader(
        limits: RecipeLimits(maximumTextLength: 2 << 20, maximumTotalLength: 4 << 20))

    /// Reads a file whose bytes will not change. A PNG with alpha and no other recipe may hide one in its pixels, as NovelAI
    /// does: when its first rows look like that it is decoded, and when that fails there is none.
    init(ofFileAt path: String, _ inspector: ImageInspector) throws(InspectionError) {
        let reading: RecipeReading
        (facts, reading, _) = try Self.reader.read(fileAt: path, factsBy: inspector)
        recipe = reading.recipe ?? HiddenRecipe.read(ofFileAt: path, facts, Self.reader)
        note = recipe == nil ? reading.note : nil
        // A description beside a hidden recipe is still to be found.
        let beside = reading.recipe == nil && recipe != nil ? reading.note?.text : nil
        unread = [beside, reading.unread].compactMap(\.self).joined(separator: "\n").nonEmpty
    }

    /// About how much memory its texts take.
    var textLength: Int {
        let beside = (note?.text.utf8.count ?? 0) + (unread?.utf8.count ?? 0)
        return (recipe?.payload ?? []).reduce(beside) { $0 + $1.text.utf8.count }
    }
}

extension String {
    /// Nil instead of an empty text.
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
