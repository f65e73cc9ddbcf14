import AssetModel

/// A box on a sheet of ComfyUI's editor, with the names of its values found.
struct ComfyUIBox {
    enum Mode {
        /// Never (2) runs; a bypassed one (4) lets its inputs through.
        case runs, muted, bypassed
    }

    struct Input {
        let name: String
        let kind: String
        /// Whether a person can type a value there instead.
        let isField: Bool
        var link: String?
    }

    let kind: String
    let mode: Mode
    private(set) var inputs: [Input] = []
    let outputCount: Int
    /// The values of its fields by name.
    let values: [String: JSONValue]
    /// The values as the editor lists them.
    let rawValues: [JSONValue]
    /// The values of boxes inside of a subgraph that are shown on this one.
    let promoted: [(box: String, name: String, value: JSONValue)]
    /// Whether the names were guessed from what the values look like.
    var isGuessed: Bool

    /// Reads a box; `values` stand in for its own, where a group node has changed them.
    init?(_ json: JSONValue, values given: [JSONValue]? = nil) {
        guard let kind = json["type"]?.text else { return nil }
        self.kind = kind
        switch json["mode"]?.int {
        case 2: mode = .muted
        case 4: mode = .bypassed
        default: mode = .runs
        }
        for input in json["inputs"]?.elements ?? [] {
            inputs.append(
                Input(
                    name: input["name"]?.text ?? "", kind: input["type"]?.text ?? "",
                    isField: input["widget"] != nil, link: input["link"].flatMap(ComfyUIGraph.id)))
        }
        outputCount = min(json["outputs"]?.elements?.count ?? 0, 256)
        rawValues = given ?? json["widgets_values"]?.elements ?? []
        if let proxies = json["properties"]?["proxyWidgets"]?.elements {
            let names = proxies.map {
                ($0.elements?.first.flatMap(ComfyUIGraph.id) ?? "", $0.elements?.last?.text ?? "")
            }
            (values, promoted) = Self.promotedValues(names, rawValues, json)
            isGuessed = false
        } else {
            let fields = ComfyUIFields(json, kind: kind, values: rawValues)
            values = fields.values
            isGuessed = fields.isGuessed
            promoted = []
        }
    }

    /// Whether it only leads a line on.
    var isLine: Bool {
        kind.hasPrefix("Reroute") && !kind.hasPrefix("ReroutePrimitive")
            || ["SetNode", "GetNode", "easy setNode", "easy getNode", "PrimitiveNode", "Note", "MarkdownNote"].contains(
                kind)
    }

    /// Whether it leads what comes in to all boxes that can take it; those with a question mark choose by title.
    var isEverywhere: Bool {
        ["Anything Everywhere", "Anything Everywhere3", "Prompts Everywhere"].contains(kind) && mode == .runs
    }

    var firstValue: JSONValue? { rawValues.first ?? values["value"] ?? values["Constant"] }

    mutating func connect(_ slot: Int, to link: String) {
        if inputs.indices.contains(slot), inputs[slot].link == nil { inputs[slot].link = link }
    }

    /// Leads a line to the open inputs of a type, of one name if that is given.
    mutating func connectOpenInputs(of type: String, named name: String?, to link: String) {
        for slot in inputs.indices where inputs[slot].link == nil && !inputs[slot].isField && inputs[slot].kind == type
        {
            guard name == nil || inputs[slot].name == name else { continue }
            inputs[slot].link = link
            isGuessed = true
        }
    }

    mutating func disconnect(_ slot: Int) {
        if inputs.indices.contains(slot) { inputs[slot].link = nil }
    }

    /// The values on the box of a subgraph, one for each of `proxyWidgets`: (id inside, name), where −1 is its own input.
    ///
    /// An input that has the name of a promoted field is the one through which the value goes in.
    private static func promotedValues(
        _ names: [(box: String, name: String)], _ raw: [JSONValue], _ json: JSONValue
    ) -> (values: [String: JSONValue], promoted: [(box: String, name: String, value: JSONValue)]) {
        guard names.count == raw.count else { return ([:], []) }
        var values: [String: JSONValue] = [:]
        var promoted: [(box: String, name: String, value: JSONValue)] = []
        for (proxy, value) in zip(names, raw) where value != .null {
            if values[proxy.name] == nil { values[proxy.name] = value }
            if proxy.box != "-1" { promoted.append((proxy.box, proxy.name, value)) }
        }
        return (values, promoted)
    }
}
