import AssetModel

/// One sheet of ComfyUI's editor: the whole graph, or the inside of a subgraph or group node in one of its uses.
struct ComfyUIScope {
    /// A line between two boxes.
    struct Link {
        let origin: String
        let slot: Int
        let kind: String
    }

    /// What stands before the ids of its boxes, such as `57:`.
    let prefix: String
    private(set) var boxes: [String: ComfyUIBox] = [:]
    /// The ids of its boxes, in file order.
    private(set) var order: [String] = []
    private(set) var links: [String: Link] = [:]
    /// The box that stands for it on the sheet around it.
    let container: (scope: Int, box: ComfyUIBox)?
    /// The id that stands for the sheet's own inputs as the origin of links.
    let entry: String
    /// The names of the sheet's inputs.
    private(set) var inputNames: [String] = []
    /// The link that leads to each of the sheet's outputs.
    private(set) var exits: [Int: String] = [:]
    /// Values of boxes inside that were typed on the box outside.
    private(set) var overrides: [String: [String: JSONValue]] = [:]

    /// The whole graph. Links that Use Everywhere drew by itself are kept beside the others.
    init(root json: JSONValue) {
        prefix = ""
        container = nil
        entry = ""
        add(boxes: json)
        add(links: json)
        for (index, link) in (json["extra"]?["ue_links"]?.elements ?? []).enumerated() {
            guard let target = link["downstream"].flatMap(ComfyUIGraph.id), let slot = link["downstream_slot"]?.int,
                let origin = link["upstream"].flatMap(ComfyUIGraph.id)
            else { continue }
            let id = "everywhere \(index)"
            links[id] = Link(
                origin: origin, slot: link["upstream_slot"]?.int ?? 0, kind: link["type"]?.text ?? "")
            boxes[target]?.connect(slot, to: id)
        }
        drawEverywhere()
    }

    /// Draws the lines that Use Everywhere draws when a graph is run, where they are not kept: from what comes into one of
    /// its boxes to every open input of that type. Which inputs it leaves out can be set, so the boxes reached are guesses.
    private mutating func drawEverywhere() {
        for id in order {
            guard let box = boxes[id], box.isEverywhere else { continue }
            for (place, input) in box.inputs.enumerated() {
                guard let link = input.link, let kind = links[link]?.kind, !kind.isEmpty else { continue }
                let side = box.kind == "Prompts Everywhere" ? (place == 0 ? "positive" : "negative") : nil
                for target in order where boxes[target]?.isEverywhere == false {
                    boxes[target]?.connectOpenInputs(of: kind, named: side, to: link)
                }
            }
        }
    }

    /// A subgraph: its inputs and outputs are boxes with ids of their own, by custom −10 and −20.
    init(subgraph json: JSONValue, prefix: String, container: (scope: Int, box: ComfyUIBox)) {
        self.prefix = prefix
        self.container = container
        entry = json["inputNode"]?["id"].flatMap(ComfyUIGraph.id) ?? "-10"
        inputNames = (json["inputs"]?.elements ?? []).map { $0["name"]?.text ?? "" }
        add(boxes: json)
        add(links: json)
        let exit = json["outputNode"]?["id"].flatMap(ComfyUIGraph.id) ?? "-20"
        for link in json["links"]?.elements ?? [] {
            if let id = link["id"].flatMap(ComfyUIGraph.id), link["target_id"].flatMap(ComfyUIGraph.id) == exit {
                exits[link["target_slot"]?.int ?? 0] = id
            }
        }
        for (slot, output) in (json["outputs"]?.elements ?? []).enumerated() where exits[slot] == nil {
            exits[slot] = output["linkIds"]?.elements?.first.flatMap(ComfyUIGraph.id)
        }
        for (box, name, value) in container.box.promoted { overrides[box, default: [:]][name] = value }
    }

    /// A group node, the older kind: boxes and links by index, and inputs that nothing inside feeds are those of the group.
    init(group json: JSONValue, prefix: String, container: (scope: Int, box: ComfyUIBox)) {
        self.prefix = prefix
        self.container = container
        entry = "group"
        let inner = json["nodes"]?.elements ?? []
        var fed: [Int: [Int: String]] = [:]
        var used: [Int: Set<Int>] = [:]
        for (index, link) in (json["links"]?.elements ?? []).enumerated() {
            guard let parts = link.elements, parts.count >= 4, let origin = parts[0].int, let slot = parts[1].int,
                let target = parts[2].int, let input = parts[3].int
            else { continue }
            links["inner \(index)"] = Link(origin: String(origin), slot: slot, kind: parts.last?.text ?? "")
            fed[target, default: [:]][input] = "inner \(index)"
            used[origin, default: []].insert(slot)
        }
        var shown: [Int: Set<Int>] = [:]
        for place in json["external"]?.elements ?? [] {
            if let index = place.elements?.first?.int, let slot = place.elements?.dropFirst().first?.int {
                shown[index, default: []].insert(slot)
            }
        }
        let values = Self.groupValues(inner, container.box)
        var outerInputs = container.box.inputs.map(\.name)
        for (index, node) in inner.enumerated() {
            guard var box = ComfyUIBox(node, values: values?[index]) else { continue }
            if values == nil { box.isGuessed = true }
            for slot in box.inputs.indices {
                box.disconnect(slot)
                if let link = fed[index]?[slot] {
                    box.connect(slot, to: link)
                } else if let place = outerInputs.firstIndex(where: {
                    $0 == box.inputs[slot].name || $0.hasSuffix(" " + box.inputs[slot].name)
                }) {
                    // Each input of the group belongs to one box, the first that has it.
                    let link = "outer \(index) \(slot)"
                    links[link] = Link(origin: entry, slot: inputNames.count, kind: box.inputs[slot].kind)
                    inputNames.append(outerInputs[place])
                    outerInputs[place] = ""
                    box.connect(slot, to: link)
                }
            }
            for slot in 0..<box.outputCount
            where used[index]?.contains(slot) != true || shown[index]?.contains(slot) == true {
                let link = "exit \(index) \(slot)"
                links[link] = Link(origin: String(index), slot: slot, kind: "")
                exits[exits.count] = link
            }
            boxes[String(index)] = box
            order.append(String(index))
        }
    }

    /// The values of a group node dealt out to its boxes; nil when their number is another one.
    private static func groupValues(_ inner: [JSONValue], _ box: ComfyUIBox) -> [[JSONValue]]? {
        let counts = inner.map { $0["widgets_values"]?.elements?.count ?? 0 }
        guard counts.reduce(0, +) == box.rawValues.count else { return nil }
        var position = 0
        return counts.map { count in
            defer { position += count }
            return Array(box.rawValues[position..<position + count])
        }
    }

    private mutating func add(boxes json: JSONValue) {
        for value in json["nodes"]?.elements ?? [] {
            guard let id = value["id"].flatMap(ComfyUIGraph.id), let box = ComfyUIBox(value) else { continue }
            if boxes.updateValue(box, forKey: id) == nil { order.append(id) }
        }
    }

    private mutating func add(links json: JSONValue) {
        for link in json["links"]?.elements ?? [] {
            if let parts = link.elements, parts.count >= 6, let id = ComfyUIGraph.id(parts[0]),
                let origin = ComfyUIGraph.id(parts[1])
            {
                links[id] = Link(origin: origin, slot: parts[2].int ?? 0, kind: parts[5].text ?? "")
            } else if let id = link["id"].flatMap(ComfyUIGraph.id),
                let origin = link["origin_id"].flatMap(ComfyUIGraph.id)
            {
                links[id] = Link(
                    origin: origin, slot: link["origin_slot"]?.int ?? 0, kind: link["type"]?.text ?? "")
            }
        }
    }
}
