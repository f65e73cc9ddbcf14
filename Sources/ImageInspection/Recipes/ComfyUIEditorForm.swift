import AssetModel

/// Reads ComfyUI's editor form into the graph that it stands for, as the editor does before it sends one to be run.
///
/// Subgraphs and group nodes are put in place of the box that stands for them, each time they are used. What only draws a
/// line is left out: bends, `SetNode` and `GetNode`, muted boxes (which do not run) and bypassed ones (which let their
/// inputs through by type). Sources: the editor's `graphToPrompt` and `groupNode`, and KJNodes' `setgetnodes`.
struct ComfyUIEditorForm {
    /// The most boxes of a graph with everything put in place, and how deep frames may stand in frames.
    private static let maximumBoxCount = 20_000
    private static let maximumDepth = 12

    private var scopes: [ComfyUIScope] = []
    /// The scope that a box stands for.
    private var inside: [Address: Int] = [:]
    /// The boxes that keep a line under a name.
    private var kept: [String: [Address]] = [:]
    private var boxCount = 0

    private struct Address: Hashable {
        let scope: Int
        let box: String
    }

    /// The graph of a text in the editor's form; nil when nothing in it runs.
    static func graph(_ json: JSONValue, limits: RecipeLimits) -> ComfyUIGraph? {
        var form = ComfyUIEditorForm()
        form.expand(json)
        return ComfyUIGraph(nodes: form.nodes(stepsLeft: limits.maximumStepCount))
    }

    // Putting frames in place

    private mutating func expand(_ json: JSONValue) {
        var definitions: [String: JSONValue] = [:]
        for definition in json["definitions"]?["subgraphs"]?.elements ?? [] {
            if let id = definition["id"]?.text { definitions[id] = definition }
        }
        let groups = json["extra"]?["groupNodes"]
        add(ComfyUIScope(root: json))
        var position = 0
        var depths = [0]
        while position < scopes.count {
            for id in scopes[position].order where depths[position] < Self.maximumDepth {
                guard boxCount < Self.maximumBoxCount else { return }
                guard let box = scopes[position].boxes[id], box.mode == .runs else { continue }
                let prefix = scopes[position].prefix + id + ":"
                let container = (scope: position, box: box)
                if let definition = definitions[box.kind] {
                    inside[Address(scope: position, box: id)] = scopes.count
                    add(ComfyUIScope(subgraph: definition, prefix: prefix, container: container))
                    depths.append(depths[position] + 1)
                } else if let group = Self.group(box.kind, groups) {
                    inside[Address(scope: position, box: id)] = scopes.count
                    add(ComfyUIScope(group: group, prefix: prefix, container: container))
                    depths.append(depths[position] + 1)
                }
            }
            position += 1
        }
    }

    /// The definition of a group node, whose kind is `workflow/` or `workflow>` and its name.
    private static func group(_ kind: String, _ groups: JSONValue?) -> JSONValue? {
        guard let groups, kind.hasPrefix("workflow/") || kind.hasPrefix("workflow>") else { return nil }
        return groups[String(kind.dropFirst("workflow/".count))]
    }

    private mutating func add(_ scope: ComfyUIScope) {
        boxCount += scope.boxes.count
        for id in scope.order {
            guard let box = scope.boxes[id], box.mode == .runs, box.kind == "SetNode" || box.kind == "easy setNode",
                let name = box.firstValue?.text
            else { continue }
            kept[name, default: []].append(Address(scope: scopes.count, box: id))
        }
        scopes.append(scope)
    }

    // Following lines

    /// What runs, with every link resolved to what runs before it.
    private func nodes(stepsLeft: Int) -> [String: ComfyUIGraph.Node] {
        var stepsLeft = stepsLeft
        var nodes: [String: ComfyUIGraph.Node] = [:]
        for (index, scope) in scopes.enumerated() {
            for id in scope.order {
                guard let box = scope.boxes[id], box.mode == .runs, !box.isLine,
                    inside[Address(scope: index, box: id)] == nil
                else { continue }
                var node = ComfyUIGraph.Node(kind: box.kind, isGuessed: box.isGuessed)
                for (name, value) in box.values { node.inputs[name] = .value(value) }
                for (name, value) in scope.overrides[id] ?? [:] { node.inputs[name] = .value(value) }
                for input in box.inputs {
                    guard let link = input.link else { continue }
                    if let source = source(of: link, in: index, &stepsLeft) {
                        node.set(input.name, source)
                    } else if node.inputs[input.name] != nil {
                        // What was typed there before the line was drawn, while nothing comes along the line.
                        node.isGuessed = true
                    }
                }
                nodes[scope.prefix + id] = node
            }
        }
        return nodes
    }

    /// Where a link begins: an output of a node that runs, or a value that was typed outside of a frame.
    private func source(of link: String, in scope: Int, _ stepsLeft: inout Int) -> ComfyUIGraph.Input? {
        var (link, scope) = (link, scope)
        for _ in 0..<128 {
            stepsLeft -= 1
            guard stepsLeft >= 0, let line = scopes[scope].links[link] else { return nil }
            if line.origin == scopes[scope].entry, let container = scopes[scope].container {
                // From inside a frame to the box that stands for it.
                let name =
                    scopes[scope].inputNames.indices.contains(line.slot) ? scopes[scope].inputNames[line.slot] : ""
                let inputs = container.box.inputs
                // By place only where the box has all of the sheet's inputs: one that was never linked may be left out.
                let isWhole = inputs.count == scopes[scope].inputNames.count
                let input =
                    inputs.first { $0.name == name }
                    ?? (isWhole && inputs.indices.contains(line.slot) ? inputs[line.slot] : nil)
                guard let outer = input?.link else { return container.box.values[name].map { .value($0) } }
                link = outer
                scope = container.scope
                continue
            }
            guard let box = scopes[scope].boxes[line.origin], box.mode != .muted else { return nil }
            if box.mode == .bypassed {
                let sameSlot = box.inputs.indices.contains(line.slot) ? [box.inputs[line.slot]] : []
                guard let next = (sameSlot + box.inputs).first(where: { $0.kind == line.kind && $0.link != nil })?.link
                else { return nil }
                link = next
            } else if let inner = inside[Address(scope: scope, box: line.origin)] {
                guard let next = scopes[inner].exits[line.slot] else { return nil }
                scope = inner
                link = next
            } else if box.kind == "PrimitiveNode" {
                return box.firstValue.map { .value($0) }
            } else if box.kind == "GetNode" || box.kind == "easy getNode" {
                let keepers = box.firstValue?.text.flatMap { kept[$0] } ?? []
                guard let keeper = keepers.first(where: { $0.scope == scope }) ?? keepers.first,
                    let next = scopes[keeper.scope].boxes[keeper.box]?.inputs.first(where: { $0.link != nil })?.link
                else { return nil }
                link = next
                scope = keeper.scope
            } else if box.isLine {
                guard let next = box.inputs.first(where: { $0.link != nil })?.link else { return nil }
                link = next
            } else {
                return .link(ComfyUIGraph.Output(node: scopes[scope].prefix + line.origin, slot: line.slot))
            }
        }
        return nil
    }
}
