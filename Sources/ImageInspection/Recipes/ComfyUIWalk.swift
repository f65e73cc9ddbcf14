import AssetModel

/// The walks through one graph, and how sure their answers are.
///
/// Every step is counted against one account, and every walk visits an output once, so a graph of any size and with any
/// circles ends in bounded time.
struct ComfyUIWalk {
    let graph: ComfyUIGraph
    /// Whether everything met so far is understood. A walk that guesses, chooses or gives up makes it false.
    var isSure = true
    /// What the texts of outputs are, once they are known.
    var texts: [ComfyUIGraph.Output: (text: String?, isSure: Bool)] = [:]
    /// How many bytes joined and replaced texts may still take.
    var textBytesLeft: Int
    private var stepsLeft: Int
    /// How many walks stand in one another: a switch asks for its number, and a line that carries several things for a part.
    private var depth = 0
    private static let maximumDepth = 24

    init(graph: ComfyUIGraph, limits: RecipeLimits) {
        self.graph = graph
        textBytesLeft = limits.maximumTextLength
        stepsLeft = limits.maximumStepCount
    }

    /// A node, for one step; nil when there is none or no step is left.
    mutating func node(_ id: String) -> ComfyUIGraph.Node? {
        guard let node = graph.nodes[id] else { return nil }
        stepsLeft -= 1 + node.links.count / 8
        guard stepsLeft >= 0 else {
            isSure = false
            return nil
        }
        return node
    }

    /// What an input comes from, behind switches and lines that carry several things: a value, or the output of a node that
    /// does something.
    mutating func arrival(_ input: ComfyUIGraph.Input?) -> ComfyUIGraph.Input? {
        guard depth < Self.maximumDepth else {
            isSure = false
            return nil
        }
        depth += 1
        defer { depth -= 1 }
        var input = input
        for _ in 0..<64 {
            guard case .link(let output)? = input else { return input }
            guard let node = node(output.node) else { return nil }
            if let passage = ComfyUIKinds.passages[node.kind] {
                guard node.kind.hasPrefix("Context") == false || output.slot == 0 else {
                    input = part(of: output, node)
                    continue
                }
                input = chosen(by: passage, in: node)
            } else if ComfyUIKinds.outputs[node.kind] != nil {
                let next = part(of: output, node)
                // A pipe that comes out as a whole is the node's own.
                if next == nil { return input }
                input = next
            } else {
                return input
            }
        }
        isSure = false
        return nil
    }

    /// The node at the other end of an input.
    mutating func source(_ input: ComfyUIGraph.Input?) -> ComfyUIGraph.Output? {
        if case .link(let output)? = arrival(input) { output } else { nil }
    }

    /// What comes out of a slot of a node whose outputs are known by name; nil for the line itself.
    private mutating func part(of output: ComfyUIGraph.Output, _ node: ComfyUIGraph.Node) -> ComfyUIGraph.Input? {
        guard let names = ComfyUIKinds.outputs[node.kind], names.indices.contains(output.slot) else { return nil }
        let name = names[output.slot]
        return ComfyUIKinds.pipes.contains(name) ? nil : lookup(name, in: output.node)
    }

    /// The input that a switch lets through.
    private mutating func chosen(
        by passage: ComfyUIKinds.Passage, in node: ComfyUIGraph.Node
    ) -> ComfyUIGraph.Input? {
        switch passage {
        case .first(let names):
            if let input = names.lazy.compactMap({ node.inputs[$0] }).first { return input }
            return node.links.first.flatMap { node.inputs[$0] }
        case .firstNumbered(let prefix):
            return Self.numbered(prefix, in: node).lazy.compactMap { node.inputs[$0] }.first
        case .numbered(let selector, let prefix):
            let names = Self.numbered(prefix, in: node)
            if let number = number(node.inputs[selector])?.int { return node.inputs["\(prefix)\(number)"] }
            // With one input there is nothing to choose.
            if names.count > 1 { isSure = false }
            return names.first.flatMap { node.inputs[$0] }
        case .either(let selector, let first, let second):
            guard let one = node.inputs[first] else { return node.inputs[second] }
            guard let other = node.inputs[second] else { return one }
            switch number(node.inputs[selector]) {
            case .bool(let flag)?: return flag ? one : other
            case let value? where value.int != nil: return value.int == 0 || value.int == 2 ? other : one
            default:
                isSure = false
                return one
            }
        }
    }

    /// The inputs whose names have a beginning, sorted by the number behind it, or else by what stands there.
    static func numbered(_ prefix: String, in node: ComfyUIGraph.Node) -> [String] {
        node.inputs.keys.filter { $0.hasPrefix(prefix) }
            .sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }

    /// What a node has of a thing: its own, or else what comes along the lines that carry several things.
    mutating func lookup(_ thing: String, in id: String) -> ComfyUIGraph.Input? {
        let names = ComfyUIKinds.names(of: thing)
        var id = id
        for _ in 0..<64 {
            guard let node = node(id) else { return nil }
            for name in names {
                guard let input = node.inputs[name] else { continue }
                if case .value(.null) = input { continue }
                return input
            }
            guard let pipe = ComfyUIKinds.pipes.first(where: { node.output($0) != nil }),
                let next = pipeSource(node.inputs[pipe])
            else { return nil }
            id = next
        }
        return nil
    }

    /// The node that made a pipe.
    private mutating func pipeSource(_ input: ComfyUIGraph.Input?) -> String? {
        guard case .link(let output)? = input else { return nil }
        guard let node = node(output.node) else { return nil }
        // The outputs of these are looked up by the names of what they carry.
        if ComfyUIKinds.outputs[node.kind] != nil { return output.node }
        return source(input)?.node
    }

    /// The number or flag at an input, through nodes that only hand one on.
    mutating func number(_ input: ComfyUIGraph.Input?) -> JSONValue? {
        var input = arrival(input)
        for _ in 0..<16 {
            switch input {
            case .value(let value)?: return value
            case .link(let output)?:
                guard let node = node(output.node) else { return nil }
                if !ComfyUIKinds.numbers.contains(node.kind) || node.isGuessed {
                    isSure = false
                    if ComfyUIKinds.computes(node.kind) { return nil }
                }
                let names = [
                    "value", "seed", "noise_seed", "int", "float", "number", "Number", "INT", "FLOAT", "boolean",
                ]
                guard let name = names.first(where: { node.inputs[$0] != nil }) else { return nil }
                input = arrival(node.inputs[name])
            case nil: return nil
            }
        }
        isSure = false
        return nil
    }

    /// The first node upstream, along inputs of these names alone, that has one of the values.
    mutating func first(
        _ values: [String], from start: ComfyUIGraph.Input?, along isOnTheWay: (String) -> Bool
    ) -> String? {
        var seen: Set<String> = []
        var queue = [start]
        var position = 0
        while position < queue.count {
            let next = source(queue[position])
            position += 1
            guard let id = next?.node, seen.insert(id).inserted, let node = node(id) else { continue }
            if values.contains(where: { node.inputs[$0] != nil }) { return id }
            for name in node.links where isOnTheWay(name) { queue.append(node.inputs[name]) }
        }
        return nil
    }
}
