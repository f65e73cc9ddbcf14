import AssetModel

/// Fooocus: JSON or an infotext, in `parameters` of a PNG or the user comment of the others, or elsewhere.
///
/// Its mark is the text `fooocus_scheme` of a PNG, the EXIF tags `MakerNote` and `Software`, or a version that begins
/// with its name. In both forms the prompt is what the person typed, not what its styles made of it.
enum FooocusRecipe {
    private static let name = "Fooocus"

    static func read(_ texts: EmbeddedTexts) -> EmbeddedRecipe? {
        let marks = [
            texts.first(.png, "fooocus_scheme"), texts.first(.exif, "MakerNote"), texts.first(.exif, "Software"),
        ]
        .compactMap(\.self)
        .filter { $0.keyword == "fooocus_scheme" || $0.text.hasPrefix(name) || $0.text == "fooocus" }
        for text in texts.settings {
            if let info = texts.infotext(text) {
                guard info["Version"]?.hasPrefix(name) == true else { continue }
                var recipe = info.recipe(name, .certain)
                if let typed = info["Raw prompt"]?.orNil {
                    recipe.otherPrompts = [recipe.prompt].compactMap(\.self).filter { $0 != typed }
                    recipe.prompt = typed
                }
                recipe.negativePrompt = info["Raw negative prompt"]?.orNil ?? recipe.negativePrompt
                recipe.settings.removeAll { ["Raw prompt", "Raw negative prompt"].contains($0.name) }
                return EmbeddedRecipe(recipe: recipe, rule: "fooocus.a1111", payload: [text] + marks)
            }
            if let json = texts.json(text), let recipe = recipe(json, isMarked: !marks.isEmpty) {
                return EmbeddedRecipe(recipe: recipe, rule: "fooocus.json", payload: [text] + marks)
            }
        }
        return nil
    }

    private static func recipe(_ json: JSONValue, isMarked: Bool) -> Recipe? {
        let isNamed = json.words("version")?.hasPrefix(name) == true
        guard isMarked || isNamed, json["base_model"] != nil, json["prompt"]?.text != nil else { return nil }
        return Recipe(
            generator: name, certainty: .certain, prompt: json.words("prompt"),
            negativePrompt: json.words("negative_prompt"), seed: json.seedNumber("seed"),
            steps: json.stepNumber("steps"), guidance: json.decimal("guidance_scale"), sampler: json.words("sampler"),
            model: json.words("base_model"), size: json.words("resolution").flatMap(size))
    }

    /// Two numbers in brackets: `(896, 1152)`.
    private static func size(_ text: String) -> PixelSize? {
        let sides = text.split { !("0"..."9" ~= $0) }.compactMap { Int($0) }
        return sides.count == 2 ? PixelSize(width: sides[0], height: sides[1]) : nil
    }
}
