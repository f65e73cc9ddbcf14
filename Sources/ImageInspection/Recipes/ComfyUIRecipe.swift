import AssetModel

/// ComfyUI: walks its graph from the node that saves to the sampler, and from there to prompts, seed, model and size.
///
/// A graph may save several pictures, and each of them carries the whole of it; which node saved this one is not written
/// anywhere. Then only what all of them agree on is said. Every walk visits a node once, so a cyclic graph ends.
enum ComfyUIRecipe {
    static func read(_ texts: EmbeddedTexts) -> EmbeddedRecipe? {
        guard let (graph, rule, payload) = ComfyUIGraph.read(texts) else { return nil }
        let walk = Walk(graph: graph)
        var recipes: [Recipe] = []
        let savers = walk.savers
        // Every saver costs a walk. No person saves that many pictures with one graph.
        guard savers.count <= 64 else { return nil }
        for saver in savers {
            guard let sampler = walk.sampler(before: saver) else { continue }
            let recipe = walk.recipe(of: sampler)
            if !recipes.contains(recipe) { recipes.append(recipe) }
        }
        guard var recipe = recipes.first else { return nil }
        for other in recipes.dropFirst() {
            recipe = common(recipe, other)
        }
        // A sampler alone, of which nothing could be read, is not a recipe.
        guard recipe.prompt != nil || recipe.seed != nil else { return nil }
        return EmbeddedRecipe(recipe: recipe, rule: rule, payload: payload)
    }

    /// What two recipes agree on.
    private static func common(_ one: Recipe, _ other: Recipe) -> Recipe {
        func same<Value: Equatable>(_ path: KeyPath<Recipe, Value?>) -> Value? {
            one[keyPath: path] == other[keyPath: path] ? one[keyPath: path] : nil
        }
        return Recipe(
            generator: one.generator, certainty: .likely, prompt: same(\.prompt),
            negativePrompt: same(\.negativePrompt),
            seed: same(\.seed), steps: same(\.steps), guidance: same(\.guidance), sampler: same(\.sampler),
            model: same(\.model), size: same(\.size))
    }

    /// The walks through one graph.
    private struct Walk {
        let graph: ComfyUIGraph

        /// The ids of the nodes that save a picture; those that only show one, when none saves. Sorted.
        var savers: [String] {
            let sorted = graph.nodes.keys.sorted { ($0.count, $0) < ($1.count, $1) }
            func ids(_ word: String) -> [String] {
                sorted.filter { id in
                    guard let node = graph.nodes[id], node.kind.contains(word) else { return false }
                    return link(node, "images") != nil || link(node, "image") != nil
                }
            }
            let savers = ids("Save")
            return savers.isEmpty ? ids("Preview") : savers
        }

        private func link(_ node: ComfyUIGraph.Node, _ name: String) -> (id: String, slot: Int)? {
            if case .link(let id, let slot)? = node.inputs[name] { (id, slot) } else { nil }
        }

        private func links(_ node: ComfyUIGraph.Node) -> [String] {
            node.order.compactMap { link(node, $0)?.id }
        }

        private func isSampler(_ node: ComfyUIGraph.Node) -> Bool {
            guard link(node, "latent_image") != nil || link(node, "latent") != nil || link(node, "samples") != nil
            else {
                return false
            }
            return link(node, "positive") != nil && node.inputs["steps"] != nil
                || link(node, "guider") != nil && link(node, "sigmas") != nil
                || link(node, "positive") != nil && link(node, "sigmas") != nil
        }

        /// Whether a sampler only continues with the noise of another one, as a refiner does.
        private func continues(_ node: ComfyUIGraph.Node) -> Bool {
            if case .value(let value)? = node.inputs["add_noise"] {
                return value.text == "disable" || value.flag == false
            }
            return false
        }

        /// The nearest sampler upstream of a node that brings its own noise; breadth first.
        func sampler(before id: String) -> String? {
            var seen: Set = [id]
            var queue = [id]
            var position = 0
            while position < queue.count {
                let current = queue[position]
                position += 1
                guard let node = graph.nodes[current] else { continue }
                if isSampler(node), !continues(node) { return current }
                for next in links(node) where seen.insert(next).inserted { queue.append(next) }
            }
            return nil
        }

        /// Everything that hangs on a sampler.
        func recipe(of id: String) -> Recipe {
            var recipe = Recipe(generator: "ComfyUI", certainty: .certain)
            guard let node = graph.nodes[id] else { return recipe }
            let guider = link(node, "guider").flatMap { graph.nodes[$0.id] }
            let noise = link(node, "noise").flatMap { graph.nodes[$0.id] }
            let conditions = guider ?? node
            recipe.seed =
                number(noise ?? node, ["noise_seed", "seed"]).flatMap { JSONValue.object(["n": $0]).seedNumber("n") }
            let sigmas = link(node, "sigmas").flatMap { first(["steps"], from: $0.id, along: ["sigmas"]) } ?? node
            recipe.steps = number(sigmas, ["steps"]).flatMap { JSONValue.object(["n": $0]).stepNumber("n") }
            let chooser = link(node, "sampler").flatMap { graph.nodes[$0.id] } ?? node
            if case .value(let value)? = chooser.inputs["sampler_name"] { recipe.sampler = value.text?.orNil }
            recipe.guidance = number(conditions, ["cfg"]).flatMap { JSONValue.object(["n": $0]).decimal("n") }
            let positive = link(conditions, "positive") ?? link(conditions, "conditioning")
            if let positive {
                recipe.prompt = prompt(from: positive, side: "positive")
                // Distilled models have their guidance in the prompt's branch, and a cfg of 1 that does nothing.
                if recipe.guidance == nil || recipe.guidance == 1,
                    let node = first(["guidance"], from: positive.id, along: ["conditioning", "positive"]),
                    let value = number(node, ["guidance"])
                {
                    recipe.guidance = JSONValue.object(["n": value]).decimal("n")
                }
            }
            if let negative = link(conditions, "negative") {
                recipe.negativePrompt = prompt(from: negative, side: "negative")
            }
            recipe.model = model(from: link(conditions, "model") ?? link(node, "model"))
            recipe.size = size(from: link(node, "latent_image") ?? link(node, "latent") ?? link(node, "samples"))
            return recipe
        }

        /// The value of the first of some inputs that is a number, through nodes that only hand one on.
        private func number(_ node: ComfyUIGraph.Node, _ names: [String]) -> JSONValue? {
            var node = node
            var names = names
            for _ in 0..<16 {
                guard let name = names.first(where: { node.inputs[$0] != nil }), let input = node.inputs[name] else {
                    return nil
                }
                switch input {
                case .value(let value): return value
                case .link(let id, _):
                    guard let next = graph.nodes[id] else { return nil }
                    node = next
                    names = ["value", "seed", "noise_seed", "int", "number", "INT", "FLOAT"]
                }
            }
            return nil
        }

        /// The first node upstream, along inputs of these names alone, that has one of the values.
        private func first(_ values: [String], from id: String, along names: [String]) -> ComfyUIGraph.Node? {
            var seen: Set<String> = []
            var queue = [id]
            var position = 0
            while position < queue.count {
                let id = queue[position]
                position += 1
                guard seen.insert(id).inserted, let node = graph.nodes[id] else { continue }
                if values.contains(where: { node.inputs[$0] != nil }) { return node }
                for name in names + ["CONDITIONING", "MODEL", "LATENT", "SIGMAS"] {
                    if let next = link(node, name) { queue.append(next.id) }
                }
            }
            return nil
        }

        /// The texts that reach a sampler on one side, joined by line ends when several do.
        private func prompt(from start: (id: String, slot: Int), side: String) -> String? {
            var seen: Set<String> = []
            var texts: [String] = []
            var stack = [start.id]
            while texts.count < 64, let id = stack.popLast() {
                guard seen.insert(id).inserted, let node = graph.nodes[id] else { continue }
                // What comes out of here is nothing, whatever went in.
                if node.kind == "ConditioningZeroOut" { continue }
                let own = text(of: node, side: side)
                if !own.isEmpty {
                    for text in own where !texts.contains(text) { texts.append(text) }
                    continue
                }
                let names =
                    link(node, side) != nil
                    ? [side]
                    : node.order.filter { $0.lowercased().hasPrefix("conditioning") || $0 == "cond" }
                stack.append(contentsOf: names.compactMap { link(node, $0)?.id }.reversed())
            }
            return texts.isEmpty ? nil : texts.joined(separator: "\n")
        }

        /// The prompts written in a node that encodes text, or in the nodes that hand text to it.
        private func text(of node: ComfyUIGraph.Node, side: String) -> [String] {
            for names in [
                ["text"], ["text_g", "text_l"], ["t5xxl"], ["clip_l"], ["prompt"], [side], ["\(side)_prompt"],
            ] {
                var texts: [String] = []
                for name in names {
                    guard let input = node.inputs[name], name != side || isValue(input) else { continue }
                    if let text = string(input)?.orNil, !texts.contains(text) { texts.append(text) }
                }
                if !texts.isEmpty { return texts }
            }
            return []
        }

        private func isValue(_ input: ComfyUIGraph.Input) -> Bool {
            if case .value = input { true } else { false }
        }

        /// The text at an input, through nodes that only hand one on. A node that computes text is not followed.
        private func string(_ input: ComfyUIGraph.Input) -> String? {
            var input = input
            for _ in 0..<16 {
                switch input {
                case .value(let value): return value.text
                case .link(let id, _):
                    guard let node = graph.nodes[id] else { return nil }
                    let names = ["populated_text", "value", "text", "string", "Text", "String", "prompt", "STRING"]
                    guard let next = names.lazy.compactMap({ node.inputs[$0] }).first else { return nil }
                    input = next
                }
            }
            return nil
        }

        /// The file of the model that a sampler uses, through whatever changes a model on the way.
        private func model(from start: (id: String, slot: Int)?) -> String? {
            guard let start else { return nil }
            let names = ["ckpt_name", "unet_name", "model_name", "base_ckpt_name"]
            guard let node = first(names, from: start.id, along: ["model"]) else { return nil }
            for name in names {
                if let input = node.inputs[name], let text = string(input)?.orNil { return text }
            }
            return nil
        }

        /// The size of the empty picture at the start, along the path of the pixels.
        private func size(from start: (id: String, slot: Int)?) -> PixelSize? {
            guard let start,
                let node = first(["width"], from: start.id, along: ["latent_image", "latent", "samples", "pixels"]),
                let width = number(node, ["width"])?.int, let height = number(node, ["height"])?.int
            else { return nil }
            return PixelSize(width: width, height: height)
        }
    }
}
