import AssetModel

/// Programs that write one object of JSON with plain names: mflux, RuinedFooocus, and any other with a prompt and a seed,
/// which is named by its own word for itself and only likely.
///
/// Names are compared without case, underscores, hyphens and blanks, because every program writes them in its own way.
enum ProgramRecipe {
    /// Members under which a program names itself.
    private static let ownNames = [
        "software", "generator", "app", "application", "program", "createdby", "generatedby", "tool", "engine",
        "appname",
    ]
    /// How deep the object may lie in others, and how many are looked at.
    private static let (deepest, maximumCount) = (3, 200)

    static func read(_ texts: EmbeddedTexts) -> EmbeddedRecipe? {
        for (text, json) in texts.objects {
            var outer: [String: JSONValue] = [:]
            if case .object(let members) = json { outer = named(members) }
            var left = maximumCount
            if let found = search(json, beside: outer, depth: 0, left: &left, texts) {
                return EmbeddedRecipe(recipe: found.recipe, rule: found.rule, payload: [text])
            }
        }
        return nil
    }

    /// The first object with a prompt and a seed: the value itself, else inside it, members by name. Nodes of a graph are none: what
    /// they say depends on what is connected to them.
    private static func search(
        _ json: JSONValue, beside outer: [String: JSONValue], depth: Int, left: inout Int, _ texts: EmbeddedTexts
    ) -> (recipe: Recipe, rule: String)? {
        guard left > 0, depth <= deepest else { return nil }
        left -= 1
        switch json {
        case .array(let elements):
            for element in elements.prefix(maximumCount) {
                if let found = search(element, beside: outer, depth: depth + 1, left: &left, texts) { return found }
            }
        case .object(let members):
            guard members["class_type"] == nil, members["nodes"] == nil else { return nil }
            if let found = recipe(members, beside: outer, texts) { return found }
            for (_, value) in members.sorted(by: { $0.key < $1.key }) {
                if let found = search(value, beside: outer, depth: depth + 1, left: &left, texts) { return found }
            }
        case .string(let words) where words.first == "{" || words.first == "[":
            guard let inner = BoundedJSON.value(of: words, limits: texts.limits) else { return nil }
            return search(inner, beside: outer, depth: depth + 1, left: &left, texts)
        default: break
        }
        return nil
    }

    /// The members by their plain names; of two that become one, the first by its written name counts.
    private static func named(_ members: [String: JSONValue]) -> [String: JSONValue] {
        var plain: [String: JSONValue] = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let name = Self.plain(name)
            if plain[name] == nil { plain[name] = value }
        }
        return plain
    }

    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    }

    private static func recipe(
        _ written: [String: JSONValue], beside outer: [String: JSONValue], _ texts: EmbeddedTexts
    ) -> (recipe: Recipe, rule: String)? {
        let members = named(written)
        var used: Set<String> = []
        let object = JSONValue.object(members)
        func take<Value>(_ names: [String], _ value: (String) -> Value?) -> Value? {
            for name in names {
                guard let found = value(name) else { continue }
                used.insert(name)
                return found
            }
            return nil
        }
        func words(_ name: String) -> String? { object.words(name).flatMap { $0.isBlank || $0 == "None" ? nil : $0 } }
        let prompt = take(["prompt", "positiveprompt", "positive", "textprompt", "caption"], words)
        let seed = take(["seed", "noiseseed", "randomseed"], object.seedNumber)
        // A text that is itself JSON is no prompt but a graph.
        guard let prompt, let seed, prompt.first != "{", prompt.first != "[" else { return nil }
        let (generator, rule, isCertain) = program(members, beside: outer, texts)
        var recipe = Recipe(generator: generator, certainty: isCertain ? .certain : .likely, prompt: prompt, seed: seed)
        recipe.negativePrompt = take(["negativeprompt", "negative", "uc"], words)
        recipe.steps = take(
            ["steps", "numinferencesteps", "inferencesteps", "samplingsteps", "numsteps"], object.stepNumber)
        recipe.guidance = take(["guidance", "guidancescale", "cfg", "cfgscale", "scale"], object.decimal)
        recipe.sampler = take(["samplername", "sampler", "scheduler", "schedulername"], words)
        recipe.model = take(
            ["basemodelname", "modelname", "model", "basemodel", "checkpoint", "ckptname", "modelid", "endpoint"], words
        )
        if let size = object.pixelSize() {
            recipe.size = size
            used.formUnion(["width", "height"])
        } else {
            recipe.size = take(["size", "resolution", "imagesize"]) { name in
                words(name).flatMap { PixelSize(parsing: $0.lowercased().filter { !$0.isWhitespace }) }
            }
        }
        recipe.settings = written.sorted { $0.key < $1.key }.compactMap { name, value in
            let plain = plain(name)
            if used.contains(plain) || ownNames.contains(plain) { return nil }
            return scalar(value).map { .init(name: name, value: $0) }
        }
        return (recipe, rule)
    }

    private static func scalar(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text.isBlank ? nil : text
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .unsigned(let number): String(number)
        case .number(let number): String(number)
        case .null, .array, .object: nil
        }
    }

    /// Who wrote it, the rule's name, and whether a mark of its own says so.
    private static func program(
        _ members: [String: JSONValue], beside outer: [String: JSONValue], _ texts: EmbeddedTexts
    ) -> (name: String, rule: String, isCertain: Bool) {
        if members["mfluxversion"] != nil || outer["mfluxversion"] != nil { return ("mflux", "mflux.json", true) }
        let own = ownNames.lazy.compactMap { JSONValue.object(members).words($0) ?? JSONValue.object(outer).words($0) }
            .first { !$0.isBlank && $0.utf8.count <= 64 }
        if own == "RuinedFooocus" { return ("RuinedFooocus", "ruinedfooocus.json", true) }
        let beside = [texts.first(.png, "Software"), texts.first(.exif, "Software"), texts.first(.xmp, "CreatorTool")]
            .compactMap(\.self).map(\.text).first { !$0.isBlank && $0.utf8.count <= 64 }
        return (own ?? beside ?? "unknown", "json.prompt", false)
    }
}
