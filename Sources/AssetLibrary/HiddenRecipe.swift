import AssetModel
import ImageInspection
import ImageRendering

/// A recipe in the lowest bits of a PNG's alpha, as NovelAI hides it: found only by decoding.
enum HiddenRecipe {
    /// The largest picture, in pixels, that is decoded to look for a hidden text: 16 MB for a moment. The
    /// generator that hides one makes pictures of at most 3 megapixels.
    private static let pixelLimit = 1 << 22

    /// Whether a picture with these facts can hide one: a PNG with alpha. The generator writes 8 bits of red, green, blue and alpha;
    /// other forms have no lowest alpha bit to write in.
    static func isPossible(in facts: ImageFacts) -> Bool {
        facts.format == .png && facts.hasAlpha && facts.channels == 4 && facts.bitDepth == 8 && facts.frameCount == 1
    }

    /// Whether it is small enough to look.
    static func isReadable(_ facts: ImageFacts) -> Bool { facts.storedSize.pixelCount <= pixelLimit }

    /// The recipe, or nil when there is none, or the picture cannot be decoded. Decodes the first rows, and the whole picture only when
    /// they look like it.
    static func read(ofFileAt path: String, _ facts: ImageFacts, _ reader: RecipeReader) -> EmbeddedRecipe? {
        guard isPossible(in: facts), isReadable(facts), mayHideText(path, facts),
            let bitmap = try? ImageDecoder(pixelLimit: pixelLimit).decode(fileAt: path)
        else { return nil }
        let alpha = stride(from: 3, to: bitmap.pixels.count, by: 4).map { bitmap.pixels[$0] }
        return reader.read(alpha: alpha, width: bitmap.size.width, height: bitmap.size.height)
    }

    /// Looks at the first rows only: decoding every picture with alpha took most of an import's time. A picture that is too
    /// low for that look, or stored so that it cannot be had cheaply, is decoded.
    private static func mayHideText(_ path: String, _ facts: ImageFacts) -> Bool {
        let rows = RecipeReader.hiddenBeginningLength
        guard facts.storedSize.height >= rows,
            let alpha = try? ImageDecoder(pixelLimit: pixelLimit).firstAlpha(fileAt: path, rows: rows)
        else { return true }
        return RecipeReader.mayHideText(firstColumn: alpha)
    }
}
