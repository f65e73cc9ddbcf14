import AssetModel

/// NovelAI: settings as JSON in `Comment`, the prompt in `Description`, the model in `Source`.
///
/// The same texts stand in PNG chunks, as members of one object in a WebP's user comment, and in the alpha channel.
enum NovelAIRecipe {
    static func read(_ texts: EmbeddedTexts) -> EmbeddedRecipe? {
        if let comment = texts.first(.png, "Comment"), let settings = texts.json(comment) {
            let names = ["Software", "Source", "Description", "Title"]
            let beside = names.compactMap { texts.first(.png, $0) }
            let members = Dictionary(beside.map { ($0.keyword, JSONValue.string($0.text)) }) { first, _ in first }
            if let recipe = recipe(settings, beside: .object(members)) {
                return EmbeddedRecipe(recipe: recipe, rule: "novelai.comment", payload: [comment] + beside)
            }
        }
        for (text, whole) in texts.objects {
            // The settings alone, without the texts that stood beside them, are known by a word of their own.
            let isAlone = whole["request_type"] != nil || whole["signed_hash"] != nil
            guard
                let recipe = recipe(whole: whole, limits: texts.limits)
                    ?? (isAlone ? recipe(whole, beside: .object([:])) : nil)
            else { continue }
            return EmbeddedRecipe(recipe: recipe, rule: "novelai.user_comment", payload: [text])
        }
        return nil
    }

    /// Reads an object that has the texts as members.
    static func recipe(whole: JSONValue, limits: RecipeLimits) -> Recipe? {
        let settings = whole["Comment"]?.text.flatMap { BoundedJSON.value(of: $0, limits: limits) } ?? whole["Comment"]
        return settings.flatMap { recipe($0, beside: whole) }
    }

    private static func recipe(_ settings: JSONValue, beside: JSONValue) -> Recipe? {
        // `uc`, "undesired content", is a word of NovelAI alone.
        guard let seed = settings.seedNumber("seed"), settings["uc"] != nil || settings["v4_prompt"] != nil,
            settings["sampler"] != nil || settings["steps"] != nil
        else { return nil }
        let isSigned =
            beside.words("Software") == "NovelAI" || beside.words("Title")?.hasPrefix("NovelAI") == true
            || settings["signed_hash"] != nil
        let prompt =
            settings.words("prompt") ?? settings["v4_prompt"]?["caption"]?.words("base_caption")
            ?? beside.words("Description")
        let negative =
            settings.words("uc") ?? settings["v4_negative_prompt"]?["caption"]?.words("base_caption")
        return Recipe(
            generator: "NovelAI", certainty: isSigned ? .certain : .likely, prompt: prompt, negativePrompt: negative,
            seed: seed, steps: settings.stepNumber("steps"), guidance: settings.decimal("scale"),
            sampler: settings.words("sampler"), model: beside.words("Source"), size: settings.pixelSize())
    }
}
