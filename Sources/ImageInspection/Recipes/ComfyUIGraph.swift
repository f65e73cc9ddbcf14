import AssetModel

/// A ComfyUI graph in one form: nodes by id, each with its inputs, from the form of the API or that of the editor.
///
/// The API's form (`prompt`) names every input. The editor's form (`workflow`) lists the values of a node's fields without
/// names, so they are known only for the nodes in `fieldNames`; the rest of the graph is still there to be walked through.
struct ComfyUIGraph {
    /// What stands at an input.
    enum Input {
        case link(node: String, slot: Int)
        case value(JSONValue)
    }

    /// One box of the graph.
    struct Node {
        let kind: String
        var inputs: [String: Input] = [:]
        /// Inputs in the order in which the file lists them, where it does.
        var order: [String] = []
    }

    private(set) var nodes: [String: Node] = [:]

    /// A graph and the texts it came from: `prompt` before `workflow`, because it says what was run.
    static func read(_ texts: EmbeddedTexts) -> (graph: ComfyUIGraph, rule: String, payload: [EmbeddedText])? {
        let found = Self.texts(in: texts)
        for (name, text, json) in found {
            let graph = name == "prompt" ? ComfyUIGraph(api: json) : ComfyUIGraph(editor: json)
            guard let graph else { continue }
            let others = found.filter { $0.text.place != text.place }.map(\.text)
            return (graph, "comfyui.\(name)", [text] + others)
        }
        return nil
    }

    /// The texts that may hold a graph, `prompt` first: PNG keywords, EXIF texts that begin with the name and a colon
    /// (as ComfyUI writes WebP), and a user comment that is an object with both.
    static func texts(in texts: EmbeddedTexts) -> [(name: String, text: EmbeddedText, json: JSONValue)] {
        var found: [(name: String, text: EmbeddedText, json: JSONValue)] = []
        for text in texts.all {
            switch text.carrier {
            case .png where text.keyword == "prompt" || text.keyword == "workflow":
                if let json = texts.json(text) { found.append((text.keyword, text, json)) }
            case .exif where text.keyword != "UserComment":
                for name in ["prompt", "workflow"] where text.text.prefix(9).lowercased().hasPrefix(name + ":") {
                    let body = text.text.dropFirst(name.count + 1)
                    if let json = BoundedJSON.value(of: body, limits: texts.limits) { found.append((name, text, json)) }
                }
            case .exif, .comment, .xmp:
                guard let json = texts.json(text) else { continue }
                for name in ["prompt", "workflow"] {
                    switch json[name] {
                    case .object?: json[name].map { found.append((name, text, $0)) }
                    case .string(let inner)?:
                        if let json = BoundedJSON.value(of: inner, limits: texts.limits) {
                            found.append((name, text, json))
                        }
                    default: break
                    }
                }
            default: break
            }
        }
        return found.filter { isGraph($0.json) }.sorted { $0.name < $1.name }
    }

    private static func isGraph(_ json: JSONValue) -> Bool {
        guard case .object(let members) = json else { return false }
        if json["nodes"]?.elements != nil { return true }
        return members.values.contains { $0["class_type"]?.text != nil && $0["inputs"] != nil }
    }

    /// The API's form: an object of nodes by id.
    init?(api json: JSONValue) {
        guard case .object(let members) = json else { return nil }
        for (id, value) in members {
            guard let kind = value["class_type"]?.text, case .object(let inputs)? = value["inputs"] else { continue }
            var node = Node(kind: kind)
            for (name, value) in inputs {
                if let pair = value.elements, pair.count == 2, let source = Self.id(pair[0]), let slot = pair[1].int {
                    node.inputs[name] = .link(node: source, slot: slot)
                } else {
                    node.inputs[name] = .value(value)
                }
            }
            node.order = inputs.keys.sorted()
            nodes[id] = node
        }
        if nodes.isEmpty { return nil }
    }

    /// The editor's form: lists of nodes and of links. A muted node does not run; a bypassed one lets its input through,
    /// and so does a bend in a line.
    init?(editor json: JSONValue) {
        guard let list = json["nodes"]?.elements else { return nil }
        var links: [String: (node: String, slot: Int, kind: String)] = [:]
        for link in json["links"]?.elements ?? [] {
            if let parts = link.elements, parts.count >= 6, let id = Self.id(parts[0]), let node = Self.id(parts[1]) {
                links[id] = (node, parts[2].int ?? 0, parts[5].text ?? "")
            } else if let id = link["id"].flatMap(Self.id), let node = link["origin_id"].flatMap(Self.id) {
                links[id] = (node, link["origin_slot"]?.int ?? 0, link["type"]?.text ?? "")
            }
        }
        for value in list {
            guard let id = value["id"].flatMap(Self.id), let kind = value["type"]?.text else { continue }
            let mode = value["mode"]?.int ?? 0
            guard mode != 2 else { continue }
            let isPassage = mode == 4 || kind == "Reroute"
            var node = Node(kind: isPassage ? "" : kind)
            for (index, name) in (isPassage ? [] : Self.fieldNames[kind] ?? []).enumerated() {
                guard let values = value["widgets_values"]?.elements, index < values.count, !name.isEmpty else {
                    continue
                }
                node.inputs[name] = .value(values[index])
            }
            for input in value["inputs"]?.elements ?? [] {
                guard let name = input["name"]?.text, let link = input["link"].flatMap(Self.id).flatMap({ links[$0] })
                else { continue }
                // What comes out of a passage is what came into it with the same type.
                let key = isPassage ? link.kind : name
                if isPassage, node.inputs[key] != nil { continue }
                node.inputs[key] = .link(node: link.node, slot: link.slot)
                node.order.append(key)
            }
            nodes[id] = node
        }
        if nodes.isEmpty { return nil }
    }

    /// Ids are numbers in one form and text in the other; in groups, `57:8`.
    private static func id(_ value: JSONValue) -> String? {
        value.text ?? value.int.map(String.init)
    }

    /// The fields of common nodes in the order in which the editor stores them; an empty name is not wanted.
    private static let fieldNames: [String: [String]] = [
        "KSampler": ["seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"],
        "KSamplerAdvanced": ["add_noise", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler"],
        "SamplerCustom": ["add_noise", "noise_seed", "", "cfg"],
        "RandomNoise": ["noise_seed"],
        "KSamplerSelect": ["sampler_name"],
        "BasicScheduler": ["scheduler", "steps", "denoise"],
        "Flux2Scheduler": ["steps"],
        "CFGGuider": ["cfg"],
        "FluxGuidance": ["guidance"],
        "CLIPTextEncode": ["text"],
        "CLIPTextEncodeFlux": ["clip_l", "t5xxl", "guidance"],
        "CLIPTextEncodeSDXL": [
            "width", "height", "crop_w", "crop_h", "target_width", "target_height", "text_g", "text_l",
        ],
        "CheckpointLoaderSimple": ["ckpt_name"],
        "CheckpointLoader": ["config_name", "ckpt_name"],
        "UNETLoader": ["unet_name"],
        "UnetLoaderGGUF": ["unet_name"],
        "EmptyLatentImage": ["width", "height"],
        "EmptySD3LatentImage": ["width", "height"],
        "EmptyFlux2LatentImage": ["width", "height"],
        "PrimitiveNode": ["value"],
        "PrimitiveInt": ["value"],
        "PrimitiveString": ["value"],
        "PrimitiveStringMultiline": ["value"],
    ]
}
