public import AssetModel
import SizePlanning

/// A remote model we know how to ask. Its behaviour is data: adding one is adding an entry to `EditModels`.
public struct EditModel: Hashable, Sendable {
    /// fal's endpoint id, such as `fal-ai/hidream-o1-image/edit`.
    public let id: String
    /// One line for people.
    public let summary: String
    /// Whether a request without references is refused.
    public let needsReferences: Bool
    /// How many inference steps may be asked for.
    public let steps: ClosedRange<Int>
    /// How strongly the prompt may be asked to guide.
    public let guidance: ClosedRange<Double>
    /// How many pictures one request may ask for.
    public let imageCount: ClosedRange<Int>
    /// US dollars for a million output pixels, as seen in fal's documentation on `pricedAt`.
    public let pricePerMegapixel: Double
    /// When the price was looked up.
    public let pricedAt: String
    /// Where the price was read.
    public let priceSource: String

    /// How sizes work when references are given.
    let sizesWithReferences: SizePolicy
    /// How sizes work without.
    let sizesWithoutReferences: SizePolicy

    /// How sizes work for this number of references.
    func sizes(references: Int) -> SizePolicy {
        references > 0 ? sizesWithReferences : sizesWithoutReferences
    }
}

/// The remote models that have typed inputs.
public enum EditModels {
    /// Every entry, the usual one for edits first.
    public static let all: [EditModel] = [
        hiDreamO1("/edit", "edits and combines up to many references", needsReferences: true),
        hiDreamO1("", "makes pictures from text, references welcome", needsReferences: false),
        hiDreamO1("/dev/edit", "edits faster and cheaper, in fewer steps", needsReferences: true, isDev: true),
        hiDreamO1("/dev", "makes pictures faster and cheaper, in fewer steps", needsReferences: false, isDev: true),
    ]

    /// The formats that every model is known to read; anything else is sent as PNG.
    ///
    /// fal's pages promise no list. The published model opens pictures with Pillow, and these three are what all of its versions
    /// read in full.
    public static let readableFormats: Set<ImageFormat> = [.png, .jpeg, .webp]

    /// The model that `edit` uses when none is named.
    public static let defaultForEdits = "fal-ai/hidream-o1-image/edit"
    /// The model that `generate` uses when none is named.
    public static let defaultForText = "fal-ai/hidream-o1-image"

    /// The entry of an endpoint id; an error that lists the known ones for anything else.
    public static func model(_ id: String) throws(LibraryError) -> EditModel {
        guard let model = all.first(where: { $0.id == id }) else {
            let known = all.map(\.id).joined(separator: ", ")
            throw LibraryError(
                .invalidInput, code: "unknown_model",
                "\(id): not a model Atelier knows sizes and prices of; known are \(known); `atelier run` runs any other"
            )
        }
        return model
    }

    // Ranges and prices: fal's model pages, complete for the base endpoint, by analogy for the others.
    private static func hiDreamO1(
        _ path: String, _ summary: String, needsReferences: Bool, isDev: Bool = false
    ) -> EditModel {
        EditModel(
            id: "fal-ai/hidream-o1-image" + path, summary: summary, needsReferences: needsReferences,
            steps: 1...(isDev ? 28 : 50), guidance: 0...20, imageCount: 1...4, pricePerMegapixel: isDev ? 0.005 : 0.01,
            pricedAt: "2026-09",
            priceSource: "fal's model pages (llms.txt)", sizesWithReferences: .hiDreamO1Edit,
            sizesWithoutReferences: .hiDreamO1Create)
    }
}
