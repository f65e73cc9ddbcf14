import AssetModel

/// Easy Diffusion: each setting as a text of its own in a PNG, all in one object in the user comment of the others; the
/// names are those of its requests or, when its text form was chosen too, titles for people.
enum EasyDiffusionRecipe {
    /// Names in requests, and as titles.
    private static let titles = [
        ("guidance_scale", "Guidance Scale"), ("height", "Height"), ("negative_prompt", "Negative Prompt"),
        ("num_inference_steps", "Steps"), ("prompt", "Prompt"), ("sampler_name", "Sampler"), ("seed", "Seed"),
        ("use_stable_diffusion_model", "Stable Diffusion model"), ("width", "Width"),
    ]

    static func read(_ texts: EmbeddedTexts) -> EmbeddedRecipe? {
        for isTitled in [false, true] {
            var payload: [EmbeddedText] = []
            var settings: [String: JSONValue] = [:]
            for (name, title) in titles {
                guard let text = texts.first(.png, isTitled ? title : name) else { continue }
                settings[name] = .string(text.text)
                payload.append(text)
            }
            if let recipe = recipe(.object(settings)) {
                payload.sort { $0.keyword.lowercased() == "prompt" && $1.keyword.lowercased() != "prompt" }
                return EmbeddedRecipe(recipe: recipe, rule: "easydiffusion.chunks", payload: payload)
            }
        }
        for (text, json) in texts.objects {
            guard case .object(var settings) = json else { continue }
            for (name, title) in titles where settings[name] == nil {
                settings[name] = settings[title]
            }
            guard let recipe = recipe(.object(settings)) else { continue }
            return EmbeddedRecipe(recipe: recipe, rule: "easydiffusion.user_comment", payload: [text])
        }
        return nil
    }

    /// The member with the model has a name that no other program uses; without it nothing is said.
    private static func recipe(_ settings: JSONValue) -> Recipe? {
        guard let model = settings.words("use_stable_diffusion_model"), let seed = settings.seedNumber("seed"),
            let prompt = settings.words("prompt")
        else { return nil }
        return Recipe(
            generator: "Easy Diffusion", certainty: .certain, prompt: prompt,
            negativePrompt: settings.words("negative_prompt"), seed: seed,
            steps: settings.stepNumber("num_inference_steps"), guidance: settings.decimal("guidance_scale"),
            sampler: settings.words("sampler_name"),
            // A path of the machine that made it, with the separators of its system.
            model: model.split { $0 == "/" || $0 == "\\" }.last.map(String.init), size: settings.pixelSize())
    }
}
