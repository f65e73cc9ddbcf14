import AssetModel

extension ComfyUIWalk {
    /// Whether a node makes noise into a picture: it has what that takes, whatever its name.
    private func isSampler(_ node: ComfyUIGraph.Node) -> Bool {
        let hasSteps = node.inputs["steps"] != nil
        let hasSeed = node.inputs["seed"] != nil || node.inputs["noise_seed"] != nil
        let hasPixels = ["latent_image", "latent", "samples"].contains { node.output($0) != nil }
        if node.output("guider") != nil, node.output("sigmas") != nil { return true }
        if node.output("positive") != nil || node.output("text_embeds") != nil || node.output("hyvid_embeds") != nil {
            return hasSteps && (hasSeed || hasPixels) || node.output("sigmas") != nil
                || node.isGuessed && hasPixels && node.output("model") != nil
        }
        if hasSteps, hasSeed, hasPixels { return true }
        guard ComfyUIKinds.pipes.contains(where: { node.output($0) != nil }) else {
            // Lines may be missing, and then what is typed says enough.
            return hasSteps && hasSeed && node.inputs["sampler_name"] != nil
        }
        return node.kind.mentions(["sampler"])
            || hasSteps && hasSeed && (node.output("image") != nil || node.output("latent_image") != nil)
    }

    /// Whether a sampler only continues with the noise of another one, as a refiner does.
    private func continues(_ node: ComfyUIGraph.Node) -> Bool {
        node.value("add_noise").map { $0.text == "disable" || $0.flag == false } ?? false
    }

    /// The samplers from which the pixels at some inputs come, none behind another one; nearest first.
    private mutating func samplers(before inputs: [ComfyUIGraph.Input?], strictly: Bool = true) -> [String] {
        var found: [String] = []
        var seen: Set<String> = []
        var queue = inputs
        var position = 0
        while position < queue.count {
            let next = source(queue[position])
            position += 1
            guard let id = next?.node, seen.insert(id).inserted, let node = node(id) else { continue }
            if isSampler(node) {
                found.append(id)
                continue
            }
            // A node with a prompt of its own has had a hand in the picture.
            if node.inputs["prompt"] != nil, node.output("clip") == nil { isSure = false }
            let names = strictly ? node.links.filter(ComfyUIKinds.carriesPixels) : node.links
            for name in names.isEmpty ? node.links : names { queue.append(node.inputs[name]) }
        }
        return found
    }

    /// The sampler that began the picture at a node: behind the nearest one, as long as its latents come from another.
    ///
    /// A second pass, a refiner, the later stages of a cascade and the detailers of faces go on with what the first made,
    /// and it is the first whose seed and steps make the picture again. One that adds no noise never counts as the first.
    mutating func firstPass(before id: String) -> String? {
        guard let saver = node(id) else { return nil }
        var chain: [String] = []
        if isSampler(saver) {
            chain = [id]
        } else {
            let names = saver.links.filter(ComfyUIKinds.carriesPixels)
            var found = samplers(before: names.map { saver.inputs[$0] })
            if found.isEmpty { found = samplers(before: saver.links.map { saver.inputs[$0] }, strictly: false) }
            if found.count > 1 { isSure = false }
            chain = Array(found.prefix(1))
        }
        while let last = chain.last, chain.count < 64, let node = node(last) {
            let guider = source(node.inputs["positive"]).flatMap { graph.nodes[$0.node] }
            let before =
                [lookup("latent", in: last), node.inputs["image"], node.inputs["pipe"], guider?.inputs["stage_c"]]
            let earlier = samplers(before: before).filter { !chain.contains($0) }
            if earlier.count > 1 { isSure = false }
            guard let next = earlier.first else { break }
            chain.append(next)
        }
        return chain.last { graph.nodes[$0].map { !continues($0) } ?? false } ?? chain.last
    }

    /// Everything that hangs on a sampler.
    mutating func recipe(of id: String) -> Recipe {
        var recipe = Recipe(generator: "ComfyUI", certainty: .certain)
        guard let node = graph.nodes[id] else { return recipe }
        if node.isGuessed { isSure = false }
        let guider = source(node.inputs["guider"])?.node ?? id
        let noise = source(node.inputs["noise"])?.node ?? id
        recipe.seed = number(lookup("seed", in: noise)).flatMap { JSONValue.object(["n": $0]).seedNumber("n") }
        let scheduler =
            first(["steps"], from: node.inputs["sigmas"], along: { $0.begins(with: ["sigmas"]) }) ?? id
        recipe.steps = number(lookup("steps", in: scheduler)).flatMap { JSONValue.object(["n": $0]).stepNumber("n") }
        let chooser = source(node.inputs["sampler"])?.node ?? id
        recipe.sampler = value(lookup("sampler", in: chooser))
        recipe.guidance = number(lookup("cfg", in: guider)).flatMap { JSONValue.object(["n": $0]).decimal("n") }
        let positive = lookup("positive", in: guider)
        recipe.prompt = joined(prompts(at: positive, side: "positive"), isNeeded: isLinked(positive))
        // Distilled models have their guidance in the prompt's branch, and a cfg of 1 that does nothing.
        if recipe.guidance == nil || recipe.guidance == 1 {
            let isOnTheWay = { (name: String) in name.begins(with: ["cond"]) || name == "positive" }
            if let id = first(["guidance"], from: positive, along: isOnTheWay),
                let value = number(graph.nodes[id]?.inputs["guidance"])
            {
                recipe.guidance = JSONValue.object(["n": value]).decimal("n") ?? recipe.guidance
            }
        }
        if let negative = lookup("negative", in: guider) {
            recipe.negativePrompt = joined(prompts(at: negative, side: "negative"), isNeeded: false)
        } else if let embeds = source(positive).flatMap({ graph.nodes[$0.node] }),
            embeds.inputs["negative_prompt"] != nil
        {
            recipe.negativePrompt = text(embeds.inputs["negative_prompt"])?.orNilWhenBlank
        }
        recipe.model = model(from: lookup("model", in: guider) ?? lookup("model", in: id))
        recipe.size = size(from: lookup("latent", in: id), node: id)
        return recipe
    }

    /// Prompts as one text. A prompt that must be there and is not found is not sure.
    private mutating func joined(_ texts: [String], isNeeded: Bool) -> String? {
        if texts.isEmpty, isNeeded { isSure = false }
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }

    /// Whether a prompt must come from somewhere: all but one that was typed in place, which may be blank.
    private func isLinked(_ input: ComfyUIGraph.Input?) -> Bool {
        if case .value? = input { false } else { true }
    }

    /// A name at an input, which may be handed on to it.
    private mutating func value(_ input: ComfyUIGraph.Input?) -> String? {
        guard let input else { return nil }
        if case .value(let value) = input { return value.text?.orNil }
        guard let source = source(input), let node = node(source.node) else { return nil }
        if let name = node.value("sampler_name")?.text { return name.orNil }
        return ComfyUIKinds.texts[node.kind] == nil ? nil : text(input)?.orNil
    }

    /// The file of the model that a sampler uses, through whatever changes a model on the way.
    private mutating func model(from start: ComfyUIGraph.Input?) -> String? {
        var input = arrival(start)
        for _ in 0..<128 {
            switch input {
            case .value(let value)?: return (value.text ?? value["content"]?.text)?.orNil
            case .link(let output)?:
                guard let node = node(output.node) else { return nil }
                let merged = node.kind.hasPrefix("ModelMerge") ? node.inputs["model1"] : nil
                input = arrival(merged ?? lookup("model", in: output.node) ?? node.inputs["model1"])
            case nil: return nil
            }
        }
        return nil
    }

    /// The size of the empty picture at the start, along the path of the pixels.
    private mutating func size(from start: ComfyUIGraph.Input?, node id: String) -> PixelSize? {
        let names = ["width", "empty_latent_width", "dimensions", "resolution"]
        let found = first(names, from: start, along: ComfyUIKinds.carriesPixels) ?? id
        // A size chosen from a menu counts, whatever stands in the fields beside it.
        let menu = graph.nodes[found].flatMap { $0.value("dimensions") ?? $0.value("resolution") }?.text
        if let size = menu.flatMap(Self.size(inMenu:)) { return size }
        for prefix in ["", "empty_latent_"] {
            if let width = number(lookup(prefix + "width", in: found))?.int,
                let height = number(lookup(prefix + "height", in: found))?.int
            {
                return PixelSize(width: width, height: height)
            }
        }
        return nil
    }

    /// The size with which the text of a menu begins, such as `1024 x 768 (4:3)`.
    private static func size(inMenu text: String) -> PixelSize? {
        let words = text.split(whereSeparator: { !$0.isNumber })
        guard words.count >= 2, text.first?.isNumber == true, let width = Int(words[0]), let height = Int(words[1]),
            text[words[0].endIndex..<words[1].startIndex].allSatisfy({ " x×*X".contains($0) })
        else { return nil }
        return PixelSize(width: width, height: height)
    }

    /// The size in which a picture is saved, as far as the graph tells: the size of the first node that has one, times what
    /// enlarges behind it. Nil when a model enlarges, because its factor is in its file.
    mutating func savedSize(at id: String) -> PixelSize? {
        var factor = 1.0
        var current = id
        for _ in 0..<64 {
            guard let node = node(current) else { return nil }
            if node.kind.contains("UpscaleWithModel") { return nil }
            for name in ["scale_by", "upscale_by"] where node.inputs[name] != nil {
                guard let value = number(node.inputs[name]) else { return nil }
                factor *= JSONValue.object(["n": value]).decimal("n") ?? 1
            }
            for prefix in ["", "empty_latent_"] where node.inputs[prefix + "width"] != nil {
                guard let width = number(node.inputs[prefix + "width"])?.int,
                    let height = number(node.inputs[prefix + "height"])?.int, 0..<1 << 20 ~= width,
                    0..<1 << 20 ~= height,
                    factor.isFinite, 0..<1_000 ~= factor
                else { return nil }
                return PixelSize(
                    width: Int((Double(width) * factor).rounded()), height: Int((Double(height) * factor).rounded()))
            }
            let input = node.links.first(where: ComfyUIKinds.carriesPixels).flatMap { node.inputs[$0] }
            guard let next = source(input ?? lookup("latent", in: current))?.node, next != current else { return nil }
            current = next
        }
        return nil
    }
}
