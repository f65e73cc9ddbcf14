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

    /// A setting that has no field of its own.
    public struct Setting: Hashable, Sendable, Codable {
        /// Its name, as the generator writes it.
        public let name: String
        /// Its value as text, without quotes.
        public let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
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
    /// Every further seed, such as that of a second pass; without `seed`, none twice.
    public var otherSeeds: [UInt64]
    /// Every further prompt, such as that of a second pass; without `prompt` and `negativePrompt`, none twice.
    public var otherPrompts: [String]
    /// Every setting that has no field of its own, in the order of the file, or by name where a file has no order.
    public var settings: [Setting]

    package init(
        generator: String, certainty: Certainty, prompt: String? = nil, negativePrompt: String? = nil,
        seed: UInt64? = nil, steps: Int? = nil, guidance: Double? = nil, sampler: String? = nil, model: String? = nil,
        size: PixelSize? = nil, otherSeeds: [UInt64] = [], otherPrompts: [String] = [], settings: [Setting] = []
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
        self.otherSeeds = otherSeeds
        self.otherPrompts = otherPrompts
        self.settings = settings
    }
}

extension Recipe: Codable {
    private enum CodingKeys: String, CodingKey {
        case prompt, seed, steps, guidance, sampler, model, size, generator, certainty, settings
        case negativePrompt = "negative_prompt"
        case otherSeeds = "other_seeds"
        case otherPrompts = "other_prompts"
    }

    /// Reads a recipe. Seeds are text; one that is none is a decoding error. Lists may be absent.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func seed(_ text: String, _ key: CodingKeys) throws -> UInt64 {
            guard let seed = UInt64(text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "not a seed: \(text)")
            }
            return seed
        }
        self.init(
            generator: try container.decode(String.self, forKey: .generator),
            certainty: try container.decode(Certainty.self, forKey: .certainty),
            prompt: try container.decodeIfPresent(String.self, forKey: .prompt),
            negativePrompt: try container.decodeIfPresent(String.self, forKey: .negativePrompt),
            seed: try container.decodeIfPresent(String.self, forKey: .seed).map { try seed($0, .seed) },
            steps: try container.decodeIfPresent(Int.self, forKey: .steps),
            guidance: try container.decodeIfPresent(Double.self, forKey: .guidance),
            sampler: try container.decodeIfPresent(String.self, forKey: .sampler),
            model: try container.decodeIfPresent(String.self, forKey: .model),
            size: try container.decodeIfPresent(PixelSize.self, forKey: .size),
            otherSeeds: try (container.decodeIfPresent([String].self, forKey: .otherSeeds) ?? [])
                .map { try seed($0, .otherSeeds) },
            otherPrompts: try container.decodeIfPresent([String].self, forKey: .otherPrompts) ?? [],
            settings: try container.decodeIfPresent([Setting].self, forKey: .settings) ?? [])
    }

    /// Writes what is known; seeds as text, because many readers of JSON have no 64 bits.
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
        if !otherSeeds.isEmpty { try container.encode(otherSeeds.map(String.init), forKey: .otherSeeds) }
        if !otherPrompts.isEmpty { try container.encode(otherPrompts, forKey: .otherPrompts) }
        if !settings.isEmpty { try container.encode(settings, forKey: .settings) }
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
