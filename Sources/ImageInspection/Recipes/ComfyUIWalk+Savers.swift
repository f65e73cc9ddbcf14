import AssetModel

extension ComfyUIWalk {
    /// The nodes in which a picture ends, in groups from the most likely: savers by name and other nodes that take pictures and
    /// that nothing consumes, those that only show; and last the samplers that nothing consumes, which save by themselves.
    func savers() -> [[String]] {
        var consumed: Set<String> = []
        for node in graph.nodes.values {
            for name in node.links { node.output(name).map { _ = consumed.insert($0.node) } }
        }
        var groups: [[String]] = [[], [], [], []]
        for id in graph.ids {
            guard let node = graph.nodes[id] else { continue }
            let rank = node.links.contains(where: Self.isPicture) ? ComfyUIKinds.savingRank(node.kind) : nil
            if let rank, rank != 1 || !consumed.contains(id) {
                groups[rank].append(id)
            } else if !consumed.contains(id), !node.links.isEmpty {
                groups[3].append(id)
            }
        }
        // An unknown node at the end may save as well as one that says so, and is asked after it.
        return [groups[0] + groups[1], groups[2], groups[3]].filter { !$0.isEmpty }
    }

    private static func isPicture(_ name: String) -> Bool {
        name.begins(with: ["image"]) || name == "samples" || name == "video" || name == "frames"
    }

    /// The recipe of a graph that calls a hosted model: the nearest node with a prompt of its own before a saver.
    ///
    /// What a node of an unknown kind does with its prompt is not known, so it is `likely` at most.
    mutating func hostedRecipe(before id: String) -> Recipe? {
        var seen: Set<String> = [id]
        var queue = [id]
        var position = 0
        while position < queue.count {
            let current = queue[position]
            position += 1
            guard let node = node(current) else { continue }
            for name in ["prompt", "positive_prompt", "text_prompt", "prompt_text", "positive", "text"] {
                // Nodes that write on pictures have a text too, and no seed.
                guard name != "text" || node.inputs["seed"] != nil, let input = node.inputs[name],
                    let prompt = text(input)?.orNilWhenBlank
                else { continue }
                return hosted(node, prompt)
            }
            let names = node.links.filter(ComfyUIKinds.carriesPixels)
            for name in names.isEmpty ? node.links : names {
                if let next = source(node.inputs[name])?.node, seen.insert(next).inserted { queue.append(next) }
            }
        }
        return nil
    }

    private mutating func hosted(_ node: ComfyUIGraph.Node, _ prompt: String) -> Recipe {
        var values: [String: JSONValue] = [:]
        for name in [
            "seed", "noise_seed", "steps", "num_inference_steps", "guidance", "guidance_scale", "cfg", "width",
            "height",
        ] {
            if let input = node.inputs[name] { values[name] = number(input) }
        }
        let json = JSONValue.object(values)
        // Width and height count only where the size has no name.
        let preset = node.value("image_size")?.text.flatMap(SizePreset.init(rawValue:))?.sides
        let size = preset.flatMap { PixelSize(width: $0.width, height: $0.height) }
        return Recipe(
            generator: "ComfyUI", certainty: .likely, prompt: prompt,
            negativePrompt: node.inputs["negative_prompt"].flatMap { text($0)?.orNilWhenBlank },
            seed: json.seedNumber("seed") ?? json.seedNumber("noise_seed"),
            steps: json.stepNumber("steps") ?? json.stepNumber("num_inference_steps"),
            guidance: json.decimal("guidance") ?? json.decimal("guidance_scale") ?? json.decimal("cfg"),
            model: ["model", "model_name"].lazy.compactMap { node.value($0)?.text?.orNil }.first,
            size: size ?? json.pixelSize())
    }

    /// Every seed in the graph, but for those of samplers that add no noise.
    mutating func allSeeds() -> [UInt64] {
        var all: [UInt64] = []
        for id in graph.ids where all.count < 256 {
            guard let node = node(id) else { break }
            if let noise = node.value("add_noise"), noise.text == "disable" || noise.flag == false { continue }
            for name in ["seed", "noise_seed"] where node.inputs[name] != nil {
                let seed = number(node.inputs[name]).flatMap { JSONValue.object(["n": $0]).seedNumber("n") }
                if let seed, !all.contains(seed) { all.append(seed) }
            }
        }
        return all
    }
}
