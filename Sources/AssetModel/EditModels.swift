/// A remote model that the library can plan for. All that is known about it stands here, as values: adding a model is adding an
/// entry to `EditModels`.
public struct EditModel: Identifiable, Hashable, Sendable {
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
    /// The formats that may be asked for.
    public let outputFormats: [ImageFormat]
    /// Whether it makes use of a reference's alpha. One that does not sees whatever colours are hidden under it, so transparency is
    /// flattened before a reference is sent.
    public let usesAlpha: Bool
    /// What it costs a megapixel of what comes back; references do not count. The last resort, where no price was read from fal's
    /// list.
    public let price: UnitPrice

    /// How it chooses the size it returns when references are given.
    package let sizesWithReferences: SizeBehavior
    /// How it chooses the size it returns without any.
    package let sizesWithoutReferences: SizeBehavior
    /// What it fills in where a request leaves a field out; two requests that differ only in that ask for the same.
    package let defaults: [InputField: JSONValue]

    /// How a model chooses a size; the planner knows what each means.
    package enum SizeBehavior: Hashable, Sendable {
        /// One of eleven sizes by the nearest ratio, or the only reference's ratio.
        case hiDreamO1List
        /// Sides cut down to multiples of 32.
        case hiDreamO1Grid
    }
}

/// The remote models that the library can plan for.
public enum EditModels {
    /// Every entry, the usual one for edits first.
    public static let all: [EditModel] = [
        hiDreamO1("/edit", "edits and combines up to many references", needsReferences: true),
        hiDreamO1("", "makes pictures from text, references welcome", needsReferences: false),
        hiDreamO1("/dev/edit", "edits faster and cheaper, in fewer steps", needsReferences: true, isDev: true),
        hiDreamO1("/dev", "makes pictures faster and cheaper, in fewer steps", needsReferences: false, isDev: true),
    ]

    /// The model to edit with when none is named.
    public static let defaultForEdits = "fal-ai/hidream-o1-image/edit"
    /// The model to make pictures from text with when none is named.
    public static let defaultForText = "fal-ai/hidream-o1-image"

    /// The formats that every model is known to read; anything else is sent as PNG.
    ///
    /// fal's pages promise no list. The published model opens pictures with Pillow, and these three are what all of its versions
    /// read in full.
    public static let readableFormats: Set<ImageFormat> = [.png, .jpeg, .webp]

    /// The entry of an endpoint id; nil for an endpoint that is not described.
    public static func entry(_ id: String) -> EditModel? { byID[id] }

    private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

    // Ranges, defaults and prices: fal's model pages and `llms.txt`, as of 2026-09, complete for the base endpoint, by
    // analogy for the others. Alpha: the published code opens every reference with Pillow and converts it to RGB.
    private static func hiDreamO1(
        _ path: String, _ summary: String, needsReferences: Bool, isDev: Bool = false
    ) -> EditModel {
        EditModel(
            id: "fal-ai/hidream-o1-image" + path, summary: summary, needsReferences: needsReferences,
            steps: 1...(isDev ? 28 : 50), guidance: 0...20, imageCount: 1...4, outputFormats: [.png, .jpeg, .webp],
            usesAlpha: false,
            price: .init(
                amount: isDev ? 0.005 : 0.01, unit: "megapixels", seenOn: "2026-09",
                source: "fal's model pages (llms.txt)"),
            sizesWithReferences: .hiDreamO1List, sizesWithoutReferences: .hiDreamO1Grid,
            defaults: [
                .size: .size(width: 2048, height: 2048), .steps: .integer(isDev ? 28 : 50),
                .guidance: .integer(isDev ? 0 : 5), .imageCount: .integer(1), .outputFormat: .string("png"),
                .safetyChecker: .bool(true), .keepAspect: .bool(false),
            ])
    }
}
