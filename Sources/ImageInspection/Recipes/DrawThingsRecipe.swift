import AssetModel

/// Draw Things: XMP that names it as the creator tool and holds JSON as user comment; the same JSON in EXIF.
///
/// In that JSON `c` is the prompt and `uc` what to avoid. Older files have an infotext of its own as description only:
/// the prompt, a line that begins with a minus, a line of settings.
enum DrawThingsRecipe {
    private static let name = "Draw Things"

    static func read(_ texts: EmbeddedTexts) -> EmbeddedRecipe? {
        let tool = texts.first(.xmp, "CreatorTool").flatMap { $0.text == name ? $0 : nil }
        for (text, json) in texts.objects.sorted(by: { $0.text.carrier == .xmp && $1.text.carrier != .xmp }) {
            guard let recipe = recipe(json, isNamed: tool != nil) else { continue }
            let payload = [text] + [tool].compactMap(\.self)
            return EmbeddedRecipe(recipe: recipe, rule: "drawthings.user_comment", payload: payload)
        }
        guard let tool, let text = texts.first(.xmp, "description"), let info = texts.infotext(text) else { return nil }
        var recipe = info.recipe(name, .certain)
        if let written = recipe.prompt {
            let (prompt, negative) = sides(written)
            recipe.prompt = prompt
            recipe.negativePrompt = negative
        }
        return EmbeddedRecipe(recipe: recipe, rule: "drawthings.description", payload: [text, tool])
    }

    private static func recipe(_ json: JSONValue, isNamed: Bool) -> Recipe? {
        guard json["c"]?.text != nil, json["uc"]?.text != nil, let seed = json.seedNumber("seed"),
            isNamed || json["model"]?.text != nil && json["sampler"] != nil
        else { return nil }
        return Recipe(
            generator: name, certainty: isNamed ? .certain : .likely, prompt: json.words("c"),
            negativePrompt: json.words("uc"), seed: seed, steps: json.stepNumber("steps"),
            guidance: json.decimal("scale"), sampler: json.words("sampler"), model: json.words("model"),
            size: json.words("size").flatMap { PixelSize(parsing: $0) })
    }

    /// The last line that begins with a minus is what to avoid.
    private static func sides(_ written: String) -> (String?, String?) {
        guard let line = written.lastIndex(of: "\n") else { return (written.orNil, nil) }
        let last = written[written.index(after: line)...]
        guard last.first == "-" else { return (written.orNil, nil) }
        return (String(written[..<line]).orNil, String(last.dropFirst()).orNil)
    }
}
