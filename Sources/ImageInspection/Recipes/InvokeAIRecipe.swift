import AssetModel

/// InvokeAI, in the three forms of its history: `invokeai_metadata` (since 3), `sd-metadata` (2), `Dream` (1 and 2).
enum InvokeAIRecipe {
    private static let name = "InvokeAI"

    static func read(_ texts: EmbeddedTexts) -> EmbeddedRecipe? {
        if let text = texts.first(.png, "invokeai_metadata"), let json = texts.json(text), let recipe = current(json) {
            return EmbeddedRecipe(recipe: recipe, rule: "invokeai.invokeai_metadata", payload: [text])
        }
        // Moved to another place, the same object is known by words that are its own, or by its name around it.
        for (text, json) in texts.objects {
            let inner = json["invokeai_metadata"] ?? json
            guard json["invokeai_metadata"] != nil || inner["generation_mode"] != nil && inner["app_version"] != nil,
                let recipe = current(inner)
            else { continue }
            return EmbeddedRecipe(recipe: recipe, rule: "invokeai.invokeai_metadata", payload: [text])
        }
        let dream = texts.first(.png, "Dream")
        if let text = texts.first(.png, "sd-metadata"), let json = texts.json(text), let recipe = second(json) {
            let payload = [text] + [dream].compactMap(\.self)
            return EmbeddedRecipe(recipe: recipe, rule: "invokeai.sd-metadata", payload: payload)
        }
        if let dream, let recipe = first(dream.text) {
            return EmbeddedRecipe(recipe: recipe, rule: "invokeai.dream", payload: [dream])
        }
        return nil
    }

    private static func current(_ json: JSONValue) -> Recipe? {
        let prompt = json.words("positive_prompt")
        let seed = json.seedNumber("seed")
        guard prompt != nil || seed != nil else { return nil }
        let model = json["model"]
        return Recipe(
            generator: name, certainty: .certain, prompt: prompt, negativePrompt: json.words("negative_prompt"),
            seed: seed, steps: json.stepNumber("steps"),
            // Distilled models have a guidance of their own, and a scale of 1 that does nothing.
            guidance: json.decimal("guidance") ?? json.decimal("cfg_scale"), sampler: json.words("scheduler"),
            model: model?.words("name") ?? model?.words("model_name") ?? model?.text?.orNil, size: json.pixelSize())
    }

    private static func second(_ json: JSONValue) -> Recipe? {
        guard let image = json["image"] else { return nil }
        let written = image["prompt"]?.text ?? image["prompt"]?.elements?.first?.words("prompt")
        guard let written else { return nil }
        let (prompt, negative) = sides(written)
        return Recipe(
            generator: name, certainty: .certain, prompt: prompt, negativePrompt: negative,
            seed: image.seedNumber("seed"), steps: image.stepNumber("steps"), guidance: image.decimal("cfg_scale"),
            sampler: image.words("sampler"), model: json.words("model_weights"), size: image.pixelSize())
    }

    /// A command line: the prompt in quotes, then switches of one letter with their values behind a space or none.
    private static func first(_ line: String) -> Recipe? {
        guard line.first == "\"", let end = line.lastIndex(of: "\""), end > line.startIndex else { return nil }
        let written = String(line[line.index(after: line.startIndex)..<end])
        var switches: [Character: Substring] = [:]
        var open: Character?
        for word in line[line.index(after: end)...].split(separator: " ").prefix(200) {
            if word.hasPrefix("--") {
                open = nil
            } else if word.first == "-", let letter = word.dropFirst().first, letter.isLetter {
                let value = word.dropFirst(2)
                open = value.isEmpty ? letter : nil
                if !value.isEmpty, switches[letter] == nil { switches[letter] = value }
            } else if let letter = open {
                if switches[letter] == nil { switches[letter] = word }
                open = nil
            }
        }
        guard let steps = switches["s"].flatMap({ Int($0) }), let seed = switches["S"].flatMap({ UInt64($0) }) else {
            return nil
        }
        let (prompt, negative) = sides(written)
        var size: PixelSize?
        if let width = switches["W"].flatMap({ Int($0) }), let height = switches["H"].flatMap({ Int($0) }) {
            size = PixelSize(width: width, height: height)
        }
        return Recipe(
            generator: name, certainty: .certain, prompt: prompt, negativePrompt: negative, seed: seed,
            steps: 1...100_000 ~= steps ? steps : nil,
            guidance: switches["C"].flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil },
            sampler: switches["A"].map(String.init), size: size)
    }

    /// Up to version 2, words in square brackets are those to be avoided.
    private static func sides(_ written: String) -> (String?, String?) {
        var prompt = ""
        var negative: [String] = []
        var rest = written[...]
        while negative.count < 256, let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            prompt += rest[..<open]
            let words = rest[rest.index(after: open)..<close]
            if !words.isEmpty { negative.append(String(words)) }
            rest = rest[rest.index(after: close)...]
        }
        prompt += rest
        while !negative.isEmpty, prompt.last?.isWhitespace == true { prompt.removeLast() }
        return (prompt.orNil, negative.joined(separator: ", ").orNil)
    }
}
