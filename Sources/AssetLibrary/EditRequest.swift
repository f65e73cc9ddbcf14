public import AssetModel

/// What a person wants made: all inputs of a model, with references as assets. Nil leaves a field to the model.
public struct EditRequest: Hashable, Sendable {
    /// The remote model's endpoint id.
    public var model: String
    /// The prompt, kept and sent byte for byte.
    public var prompt: String
    /// The references, in the order in which the model gets them.
    public var references: [ReferencePicture]
    /// The size asked for (`image_size`).
    public var size: SizeRequest
    /// Keep the only reference's ratio (`keep_original_aspect`).
    public var keepAspect: Bool
    /// The seed; the model draws one when nil.
    public var seed: UInt64?
    /// How many pictures (`num_images`).
    public var imageCount: Int?
    /// Inference steps (`num_inference_steps`).
    public var steps: Int?
    /// How strongly the prompt guides (`guidance_scale`).
    public var guidance: Double?
    /// The format that comes back (`output_format`): png, jpeg or webp.
    public var outputFormat: ImageFormat?
    /// Whether fal's safety checker looks at the outputs (`enable_safety_checker`).
    public var safetyChecker: Bool?
    /// Whether pictures come inside the answer instead of as URLs (`sync_mode`).
    public var syncMode: Bool
    /// How the references are sent.
    public var sending = Sending()
    /// How it is handed to fal's queue.
    public var terms = SubmitTerms()

    /// A request with everything but model, prompt and references left to the model.
    public init(model: String, prompt: String, references: [ReferencePicture] = []) {
        self.model = model
        self.prompt = prompt
        self.references = references
        size = .modelDefault
        keepAspect = false
        syncMode = false
    }

    /// The references as a set; an error when one stands twice.
    func referenceSet() throws(ReferenceSetError) -> ReferenceSet { try ReferenceSet(references.map(\.asset)) }

    /// Everything that is sent beside prompt and reference URLs, in fal's words.
    func parameters() -> JSONValue {
        var fields: [String: JSONValue] = [:]
        switch size {
        case .modelDefault: break
        case .preset(let preset): fields["image_size"] = .string(preset.rawValue)
        case .exactly(let width, let height):
            var sides: [String: JSONValue] = [:]
            if let width { sides["width"] = .integer(Int64(width)) }
            if let height { sides["height"] = .integer(Int64(height)) }
            fields["image_size"] = .object(sides)
        }
        if keepAspect { fields["keep_original_aspect"] = .bool(true) }
        if let seed { fields["seed"] = .seed(seed) }
        if let imageCount { fields["num_images"] = .integer(Int64(imageCount)) }
        if let steps { fields["num_inference_steps"] = .integer(Int64(steps)) }
        if let guidance { fields["guidance_scale"] = .number(guidance) }
        if let outputFormat { fields["output_format"] = .string(outputFormat.rawValue) }
        if let safetyChecker { fields["enable_safety_checker"] = .bool(safetyChecker) }
        if syncMode { fields["sync_mode"] = .bool(true) }
        return .object(fields)
    }

    /// Checks every field against the model's published ranges, so that nothing is sent that can only be refused.
    func check(against model: EditModel) throws(LibraryError) {
        func outside(_ field: String, _ value: some CustomStringConvertible, _ range: String) -> LibraryError {
            LibraryError(.invalidInput, code: "out_of_range", "\(field) is \(value); \(model.id) takes \(range)")
        }
        if prompt.allSatisfy(\.isWhitespace) {
            throw LibraryError(.invalidInput, code: "empty_prompt", "the prompt is empty")
        }
        if prompt.contains("\0") {
            throw LibraryError(
                .invalidInput, code: "bad_prompt", "the prompt holds a NUL character, which cannot be kept")
        }
        if model.needsReferences, references.isEmpty {
            throw LibraryError(
                .invalidInput, code: "no_reference", "\(model.id) needs at least one reference; give one with --ref")
        }
        if let imageCount, !model.imageCount.contains(imageCount) {
            throw outside(
                "the number of images", imageCount, "\(model.imageCount.lowerBound) to \(model.imageCount.upperBound)")
        }
        if let steps, !model.steps.contains(steps) {
            throw outside("the number of steps", steps, "\(model.steps.lowerBound) to \(model.steps.upperBound)")
        }
        if let guidance, !model.guidance.contains(guidance) {
            throw outside(
                "guidance", guidance, "\(Int(model.guidance.lowerBound)) to \(Int(model.guidance.upperBound))")
        }
        if let outputFormat, ![.png, .jpeg, .webp].contains(outputFormat) {
            throw outside("the output format", outputFormat.rawValue, "png, jpeg or webp")
        }
    }
}

/// A picture to be given to a model: what it is and what was measured.
public struct ReferencePicture: Hashable, Sendable {
    /// The digest of its bytes.
    public let asset: ContentDigest
    /// Its measured facts.
    public let facts: ImageFacts
    /// The file to take in before the run; nil when the picture is in the library already.
    public let path: String?
}

extension JSONValue {
    /// The references' place in the request.
    static let referenceField = "reference_image_urls"

    /// The whole model input: prompt, parameters, and the references' URLs, each where its placeholder stands in the parameters,
    /// those without one in order in the field of the typed endpoints.
    static func input(
        prompt: String, references: [(asset: ContentDigest, url: String)], parameters: JSONValue
    ) -> JSONValue {
        var places: [ContentDigest: String] = [:]
        for reference in references { places[reference.asset] = reference.url }
        var placed: Set<ContentDigest> = []
        let input = parameters.replacingPictureFields { field in
            guard let asset = field.asset, let url = places[asset] else { return [field.text] }
            placed.insert(asset)
            return [url]
        }
        guard case .object(var fields) = input else { return input }
        // An endpoint may know no prompt; one that is there and empty stands among the parameters.
        if !prompt.isEmpty { fields["prompt"] = .string(prompt) }
        let others = references.filter { !placed.contains($0.asset) }.map { JSONValue.string($0.url) }
        if !others.isEmpty { fields[referenceField] = .array(others) }
        return .object(fields)
    }
}
