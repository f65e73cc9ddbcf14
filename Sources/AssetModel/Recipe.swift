/// What another generator wrote into a picture about how it was made, in one form for all of them.
///
/// Everything but the generator may be missing: what its text did not say for certain is nil, never a default.
public struct Recipe: Hashable, Sendable {
    /// How sure it is that the fields mean what they say.
    public enum Certainty: String, Hashable, Sendable, Codable, CaseIterable {
        /// The generator's own mark is there and the whole text keeps its form.
        case certain
        /// The text keeps the form, but a mark is missing or a choice had to be made, such as between two samplers.
        case likely
    }

    /// What was asked for; nil when unknown or empty. Byte for byte as the generator kept it.
    public var prompt: String?
    /// What was to be avoided; nil when unknown or empty.
    public var negativePrompt: String?
    /// The seed, all 64 bits.
    public var seed: UInt64?
    /// Sampling steps.
    public var steps: Int?
    /// How strongly the prompt was followed, mostly called CFG scale.
    public var guidance: Double?
    /// The sampler, as the generator names it.
    public var sampler: String?
    /// The model, as the generator names it: a title, a file name, or a file name with folders.
    public var model: String?
    /// The size that was asked for; the picture may have been enlarged since.
    public var size: PixelSize?
    /// The name of the program that made the picture, such as `ComfyUI`.
    public var generator: String
    /// How sure all this is.
    public var certainty: Certainty

    package init(
        generator: String, certainty: Certainty, prompt: String? = nil, negativePrompt: String? = nil,
        seed: UInt64? = nil, steps: Int? = nil, guidance: Double? = nil, sampler: String? = nil, model: String? = nil,
        size: PixelSize? = nil
    ) {
        self.generator = generator
        self.certainty = certainty
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.seed = seed
        self.steps = steps
        self.guidance = guidance
        self.sampler = sampler
        self.model = model
        self.size = size
    }
}

extension Recipe: Codable {
    private enum CodingKeys: String, CodingKey {
        case prompt, seed, steps, guidance, sampler, model, size, generator, certainty
        case negativePrompt = "negative_prompt"
    }

    /// Reads a recipe. The seed is text; a seed that is none is a decoding error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        var seed: UInt64?
        if let text = try container.decodeIfPresent(String.self, forKey: .seed) {
            seed = UInt64(text)
            if seed == nil {
                throw DecodingError.dataCorruptedError(
                    forKey: .seed, in: container, debugDescription: "not a seed: \(text)")
            }
        }
        self.init(
            generator: try container.decode(String.self, forKey: .generator),
            certainty: try container.decode(Certainty.self, forKey: .certainty),
            prompt: try container.decodeIfPresent(String.self, forKey: .prompt),
            negativePrompt: try container.decodeIfPresent(String.self, forKey: .negativePrompt),
            seed: seed,
            steps: try container.decodeIfPresent(Int.self, forKey: .steps),
            guidance: try container.decodeIfPresent(Double.self, forKey: .guidance),
            sampler: try container.decodeIfPresent(String.self, forKey: .sampler),
            model: try container.decodeIfPresent(String.self, forKey: .model),
            size: try container.decodeIfPresent(PixelSize.self, forKey: .size))
    }

    /// Writes what is known; the seed as text, because many readers of JSON have no 64 bits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(generator, forKey: .generator)
        try container.encode(certainty, forKey: .certainty)
        try container.encodeIfPresent(prompt, forKey: .prompt)
        try container.encodeIfPresent(negativePrompt, forKey: .negativePrompt)
        try container.encodeIfPresent(seed.map(String.init), forKey: .seed)
        try container.encodeIfPresent(steps, forKey: .steps)
        try container.encodeIfPresent(guidance, forKey: .guidance)
        try container.encodeIfPresent(sampler, forKey: .sampler)
        try container.encodeIfPresent(model, forKey: .model)
        try container.encodeIfPresent(size, forKey: .size)
    }
}

/// A recipe together with the texts it was read from and the rule that read it.
public struct EmbeddedRecipe: Hashable, Sendable, Codable {
    /// What was understood.
    public let recipe: Recipe
    /// The rule that matched, a stable name such as `automatic1111.parameters`.
    public let rule: String
    /// The raw texts that the rule used, the telling one first; never empty.
    public let payload: [EmbeddedText]

    package init(recipe: Recipe, rule: String, payload: [EmbeddedText]) {
        self.recipe = recipe
        self.rule = rule
        self.payload = payload
    }
}
