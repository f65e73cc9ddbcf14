import AssetModel

/// ComfyUI: walks its graph from the node that saved the picture to the sampler that began it, and from there to prompts,
/// seed, model and size.
///
/// A graph may save several pictures, and each of them carries the whole of it; which node saved this one is not written
/// anywhere. When they disagree, the one counts whose picture has this picture's size, or else the first, and the recipe is
/// `likely`. A graph without a sampler calls a hosted model, whose prompt and seed are inputs of a node. Every other
/// seed and prompt of the graph is kept beside the recipe.
enum ComfyUIRecipe {
    /// Every saver costs a walk, and no person saves that many pictures with one graph.
    private static let maximumSaverCount = 64

    static func read(_ texts: EmbeddedTexts) -> EmbeddedRecipe? {
        let found = ComfyUIGraphText.all(in: texts)
        for (index, text) in found.enumerated() {
            let graph =
                text.form == .prompt
                ? ComfyUIGraph(api: text.json) : ComfyUIEditorForm.graph(text.json, limits: texts.limits)
            guard let graph, let recipe = recipe(of: graph, texts) else { continue }
            let others = found.enumerated().filter { $0.offset != index }.map(\.element.text)
                .filter { $0.place != text.text.place }
            return EmbeddedRecipe(
                recipe: recipe, rule: "comfyui.\(text.form.rawValue)", payload: [text.text] + others)
        }
        guard !found.isEmpty, let extra = ComfyUIGraphText.extraMetadata(in: texts) else { return nil }
        return civitai(extra.json).map {
            EmbeddedRecipe(recipe: $0, rule: "comfyui.extraMetadata", payload: [extra.text])
        }
    }

    /// The recipe of one graph, or nil when nothing of one can be read.
    private static func recipe(of graph: ComfyUIGraph, _ texts: EmbeddedTexts) -> Recipe? {
        var walk = ComfyUIWalk(graph: graph, limits: texts.limits)
        guard var recipe = chosen(by: &walk, size: texts.size) else { return nil }
        // A sampler alone, of which nothing could be read, is not a recipe.
        guard recipe.prompt != nil || recipe.seed != nil else { return nil }
        recipe.otherSeeds = walk.allSeeds().filter { $0 != recipe.seed }
        let own = [recipe.prompt, recipe.negativePrompt].compactMap(\.self)
        recipe.otherPrompts = walk.allPrompts().filter { prompt in !own.contains { isPart(prompt, of: $0) } }
        return recipe
    }

    /// Whether a text is one of the texts that make up a prompt.
    private static func isPart(_ text: String, of prompt: String) -> Bool {
        prompt.hasPrefix(text) || prompt.hasSuffix(text)
            || text.utf8.count < 4_096 && prompt.utf8.count < 65_536 && prompt.contains("\n" + text + "\n")
    }

    /// The recipe of the node that saved the picture, or of what comes nearest to one.
    private static func chosen(by walk: inout ComfyUIWalk, size: PixelSize?) -> Recipe? {
        let groups = walk.savers()
        // Savers of one picture in several sizes have one first pass.
        var known: [String: (recipe: Recipe, isSure: Bool)] = [:]
        // What one saver saved comes from no sampler, as far as the graph says, and it may be this picture.
        var isNearest = true
        for savers in groups {
            var candidates: [(recipe: Recipe, size: PixelSize?)] = []
            for id in savers.prefix(maximumSaverCount) {
                walk.isSure = true
                guard let sampler = walk.firstPass(before: id) else {
                    isNearest = false
                    continue
                }
                let isSure = walk.isSure
                walk.isSure = true
                let found = known[sampler] ?? (walk.recipe(of: sampler), walk.isSure)
                known[sampler] = found
                var recipe = found.recipe
                recipe.certainty = isSure && found.isSure ? .certain : .likely
                candidates.append((recipe, size == nil || savers.count == 1 ? nil : walk.savedSize(at: id)))
            }
            if var recipe = choice(of: candidates, size: size) {
                if !isNearest { recipe.certainty = .likely }
                return recipe
            }
        }
        for savers in groups {
            for id in savers.prefix(maximumSaverCount) {
                if let recipe = walk.hostedRecipe(before: id) { return recipe }
            }
        }
        return nil
    }

    private static func choice(of candidates: [(recipe: Recipe, size: PixelSize?)], size: PixelSize?) -> Recipe? {
        let readable = candidates.filter { $0.recipe.prompt != nil || $0.recipe.seed != nil }
        guard let first = readable.first else { return nil }
        func agree(_ one: Recipe, _ other: Recipe) -> Bool {
            var (one, other) = (one, other)
            one.certainty = .likely
            other.certainty = .likely
            return one == other
        }
        if readable.allSatisfy({ agree($0.recipe, first.recipe) }) {
            return readable.first { $0.recipe.certainty == .certain }?.recipe ?? first.recipe
        }
        // Scaling latents rounds to eights.
        let fitting = readable.first { candidate in
            guard let one = candidate.size, let size else { return false }
            return abs(one.width - size.width) < 8 && abs(one.height - size.height) < 8
        }
        var recipe = (fitting ?? first).recipe
        recipe.certainty = .likely
        return recipe
    }

    /// What Civitai writes beside a graph that only enlarges: the settings of the picture it began with.
    private static func civitai(_ json: JSONValue) -> Recipe? {
        let recipe = Recipe(
            generator: "Civitai", certainty: .likely, prompt: json.words("prompt")?.orNilWhenBlank,
            negativePrompt: json.words("negativePrompt")?.orNilWhenBlank, seed: json.seedNumber("seed"),
            steps: json.stepNumber("steps"), guidance: json.decimal("cfgScale"), sampler: json.words("sampler"),
            size: json.pixelSize())
        return recipe.prompt != nil || recipe.seed != nil ? recipe : nil
    }
}
