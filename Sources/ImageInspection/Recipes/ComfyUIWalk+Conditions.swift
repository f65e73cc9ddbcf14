import AssetModel

extension ComfyUIWalk {
    /// The texts that reach an input for a condition on one side, in the order in which they were put together.
    mutating func prompts(at start: ComfyUIGraph.Input?, side: String) -> [String] {
        var seen: Set<ComfyUIGraph.Output> = []
        var found: [String] = []
        var stack = [start]
        while found.count < 64, let next = stack.popLast() {
            switch arrival(next) {
            case .value(let value)?:
                if let text = value.text?.orNilWhenBlank, !found.contains(text) { found.append(text) }
            case .link(let output)?:
                guard seen.insert(output).inserted else { continue }
                guard let node = node(output.node) else {
                    isSure = false
                    continue
                }
                // What comes out of here is nothing, whatever went in.
                if node.kind == "ConditioningZeroOut" { continue }
                let (texts, isEncoder) = encoded(by: node, output, side: side)
                for text in texts where !found.contains(text) { found.append(text) }
                if !isEncoder { stack.append(contentsOf: conditions(of: node, side: side).reversed()) }
            case nil: break
            }
        }
        return found
    }

    /// The conditions that a node takes in.
    private mutating func conditions(of node: ComfyUIGraph.Node, side: String) -> [ComfyUIGraph.Input?] {
        if let names = ComfyUIKinds.conditions[node.kind] { return names.map { node.inputs[$0] } }
        if !ComfyUIKinds.passesConditions(node.kind) { isSure = false }
        if node.output(side) != nil { return [node.inputs[side]] }
        let names = node.links.filter { $0.begins(with: ["cond"]) }
        if !names.isEmpty { return names.map { node.inputs[$0] } }
        // A node of which nothing is known: whatever comes in that is not a model, a picture or the like.
        isSure = false
        let others: [StaticString] = [
            "model", "clip", "vae", "image", "mask", "control_net", "latent", "samples", "pixels", "pipe",
        ]
        return node.links.filter { !$0.begins(with: others) }.prefix(4)
            .map { node.inputs[$0] }
    }

    /// The prompts written in a node that encodes text, or in the nodes that hand text to it, and whether it is such a node.
    private mutating func encoded(
        by node: ComfyUIGraph.Node, _ output: ComfyUIGraph.Output, side: String
    ) -> (texts: [String], isEncoder: Bool) {
        if ComfyUIKinds.texts[node.kind] != nil, node.output("clip") == nil {
            return ([text(.link(output))?.orNilWhenBlank].compactMap(\.self), true)
        }
        var isEncoder = false
        let wasSure = isSure
        for names in Self.groups(of: node, side: side) {
            var texts: [String] = []
            for name in names {
                guard let input = node.inputs[name], isText(input, name: name, side: side) else { continue }
                isEncoder = true
                if let text = text(input)?.orNilWhenBlank, !texts.contains(text) { texts.append(text) }
            }
            if !texts.isEmpty {
                if !isUnderstood(node) { isSure = false }
                // A group before this one that was blank or unknown decides nothing about it.
                return (texts, true)
            }
        }
        if !isEncoder { isSure = wasSure }
        return ([], isEncoder)
    }

    private static func groups(of node: ComfyUIGraph.Node, side: String) -> [[String]] {
        if ComfyUIKinds.conditions[node.kind] != nil || node.kind.hasPrefix("GLIGEN") { return [] }
        return ComfyUIKinds.encoded + [["\(side)_prompt"], [side]]
    }

    /// Whether an input can hold a prompt. What is linked to `positive` is a condition, unless it is a text.
    private func isText(_ input: ComfyUIGraph.Input, name: String, side: String) -> Bool {
        switch input {
        case .value(let value): return value.text != nil
        case .link(let output):
            guard name == side else { return true }
            return graph.nodes[output.node].map { ComfyUIKinds.texts[$0.kind] != nil } ?? false
        }
    }

    /// Whether a node encodes the text as it is written.
    private func isUnderstood(_ node: ComfyUIGraph.Node) -> Bool {
        if node.isGuessed { return false }
        if node.kind.mentions(["(nsp)"]) { return false }
        return node.kind.mentions(["textencode"]) || ComfyUIKinds.texts[node.kind] != nil
            || ComfyUIKinds.outputs[node.kind] != nil || node.kind.hasPrefix("easy ")
    }

    /// The texts of every node that encodes one, but for those that any sampler is to avoid.
    mutating func allPrompts() -> [String] {
        var all: [String] = []
        var avoided: Set<String> = []
        for id in graph.ids where all.count < 256 {
            guard let node = node(id) else { break }
            if let negative = node.inputs["negative"], avoided.count < 256 {
                avoided.formUnion(prompts(at: negative, side: "negative"))
            }
            guard
                node.output("clip") != nil || node.kind.mentions(["textencode"]) || node.inputs["positive"] != nil
                    || node.inputs["prompt"] != nil || node.inputs["positive_prompt"] != nil
            else { continue }
            let output = ComfyUIGraph.Output(node: id, slot: 0)
            var texts = encoded(by: node, output, side: "positive").texts
            // Models with several text encoders have a text for each, of which the recipe names the first.
            for name in ["t5xxl", "clip_l", "clip_g", "text_g", "text_l", "llama"] where node.inputs[name] != nil {
                texts.append(contentsOf: [text(node.inputs[name])?.orNilWhenBlank].compactMap(\.self))
            }
            for text in texts where !all.contains(text) { all.append(text) }
        }
        return all.filter { !avoided.contains($0) }
    }
}
