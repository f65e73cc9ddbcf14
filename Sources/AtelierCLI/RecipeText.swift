import AssetLibrary
import AssetModel

/// A recipe, and the place it was found in, as people read it.
enum RecipeText {
    /// One line: who made it, and what is known of how.
    static func line(_ recipe: Recipe) -> String {
        var parts: [String] = []
        if let seed = recipe.seed { parts.append("seed \(seed)") }
        if let steps = recipe.steps { parts.append(Phrase.count(steps, "step")) }
        if let model = recipe.model { parts.append(Phrase.oneLine(model, 40)) }
        let how = parts.isEmpty ? "" : ", \(parts.joined(separator: ", "))"
        return "made with \(recipe.generator)\(how)" + (recipe.prompt.map { ": \(Phrase.oneLine($0))" } ?? "")
    }

    /// Everything that is known, one thing a line.
    static func lines(_ recipe: Recipe, rule: String?) -> [String] {
        let origin = rule.map { "  (\(recipe.certainty.rawValue), from \($0))" } ?? ""
        var lines = ["made with \(recipe.generator)\(origin)"]
        if let prompt = recipe.prompt { lines.append("prompt: \(prompt)") }
        if let avoided = recipe.negativePrompt { lines.append("negative prompt: \(avoided)") }
        if let seed = recipe.seed { lines.append("seed \(seed)") }
        var parts: [String] = []
        if let steps = recipe.steps { parts.append(Phrase.count(steps, "step")) }
        if let guidance = recipe.guidance { parts.append("guidance \(guidance)") }
        if let sampler = recipe.sampler { parts.append("sampler \(sampler)") }
        if let model = recipe.model { parts.append("model \(model)") }
        if let size = recipe.size { parts.append("asked for \(size)") }
        if !parts.isEmpty { lines.append(parts.joined(separator: ", ")) }
        for prompt in recipe.otherPrompts { lines.append("other prompt: \(prompt)") }
        if !recipe.otherSeeds.isEmpty {
            let seeds = recipe.otherSeeds.map(String.init).joined(separator: ", ")
            lines.append("\(recipe.otherSeeds.count == 1 ? "other seed" : "other seeds") \(seeds)")
        }
        if !recipe.settings.isEmpty {
            let settings = recipe.settings.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
            lines.append("settings: \(Phrase.oneLine(settings, 400))")
        }
        return lines
    }

    /// Which rule matched, and where every text lies.
    static func explanation(_ found: EmbeddedFindings) -> [String] {
        var lines: [String] = []
        if let recipe = found.recipe {
            lines.append("rule \(recipe.rule) matched, \(recipe.recipe.certainty.rawValue)")
        } else {
            lines.append(found.note == nil ? "no recipe found" : "no recipe found; there is a note")
        }
        for text in found.texts {
            let use = found.recipe?.payload.contains(text) == true ? "recipe" : text == found.note ? "note" : "not used"
            lines.append("\(place(text.carrier, text.keyword, text.place)): \(use)")
        }
        for text in found.omitted {
            lines.append("\(place(text.carrier, text.keyword, text.place)): left out, \(text.reason)")
        }
        return lines
    }

    private static func place(_ carrier: EmbeddedText.Carrier, _ keyword: String, _ place: EmbeddedText.Place) -> String
    {
        "\(place.block) at byte \(place.offset), \(Phrase.count(place.length, "byte")), \(carrier.rawValue) "
            + "“\(Phrase.oneLine(keyword))”"
    }
}
