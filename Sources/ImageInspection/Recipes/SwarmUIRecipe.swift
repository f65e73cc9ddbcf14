import AssetModel

/// SwarmUI: JSON with the member `sui_image_params`, mostly in `parameters` of a PNG or the user comment of
/// the others.
enum SwarmUIRecipe {
    static func read(_ texts: EmbeddedTexts) -> EmbeddedRecipe? {
        for (text, json) in texts.objects {
            guard let settings = json["sui_image_params"], case .object = settings else { continue }
            let recipe = Recipe(
                generator: "SwarmUI", certainty: .certain, prompt: settings.words("prompt"),
                negativePrompt: settings.words("negativeprompt"), seed: settings.seedNumber("seed"),
                steps: settings.stepNumber("steps"),
                guidance: settings.decimal("fluxguidancescale") ?? settings.decimal("cfgscale"),
                sampler: settings.words("sampler"), model: settings.words("model"), size: settings.pixelSize())
            guard recipe.prompt != nil || recipe.seed != nil else { continue }
            return EmbeddedRecipe(recipe: recipe, rule: "swarmui.sui_image_params", payload: [text])
        }
        return nil
    }
}
