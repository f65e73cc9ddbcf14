import AssetModel
import ImageInspection
import ImageRendering

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

    /// The largest picture, in pixels, that is decoded to look for a hidden text: 16 MB for a moment. The
    /// generator that hides one makes pictures of at most 3 megapixels.
    private static let hiddenPixelLimit = 1 << 22

    /// Reads a file whose bytes will not change. A PNG with alpha and no other recipe may hide one in its pixels, as NovelAI
    /// does: when its first rows look like that it is decoded, and when that fails there is none.
    init(ofFileAt path: String, _ inspector: ImageInspector) throws(InspectionError) {
        let reading: RecipeReading
        (facts, reading) = try Self.reader.read(fileAt: path, factsBy: inspector)
        recipe = reading.recipe ?? Self.hiddenRecipe(path, facts)
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

    private static func hiddenRecipe(_ path: String, _ facts: ImageFacts) -> EmbeddedRecipe? {
        // The generator writes 8 bits of red, green, blue and alpha; other forms have no lowest alpha bit to write in.
        guard facts.format == .png, facts.hasAlpha, facts.channels == 4, facts.bitDepth == 8, facts.frameCount == 1,
            facts.storedSize.pixelCount <= hiddenPixelLimit, mayHideText(path, facts),
            let bitmap = try? ImageDecoder(pixelLimit: hiddenPixelLimit).decode(fileAt: path)
        else { return nil }
        let alpha = stride(from: 3, to: bitmap.pixels.count, by: 4).map { bitmap.pixels[$0] }
        return reader.read(alpha: alpha, width: bitmap.size.width, height: bitmap.size.height)
    }

    /// Looks at the first rows only: decoding every picture with alpha took most of an import's time. A picture that is too
    /// low for that look, or stored so that it cannot be had cheaply, is decoded.
    private static func mayHideText(_ path: String, _ facts: ImageFacts) -> Bool {
        let rows = RecipeReader.hiddenBeginningLength
        guard facts.storedSize.height >= rows,
            let alpha = try? ImageDecoder(pixelLimit: hiddenPixelLimit).firstAlpha(fileAt: path, rows: rows)
        else { return true }
        return RecipeReader.mayHideText(firstColumn: alpha)
    }
}

extension String {
    /// Nil instead of an empty text.
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
