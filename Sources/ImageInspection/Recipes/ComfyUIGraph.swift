import AssetModel

/// A ComfyUI graph as it ran: nodes by id, each with its inputs.
///
/// Both forms become this one. The API's form (`prompt`) names every input. The editor's form (`workflow`) is read by
/// `ComfyUIEditorForm`, which leaves out whatever does not run: bends in lines, muted and bypassed nodes, frames.
struct ComfyUIGraph {
    /// One output of a node.
    struct Output: Hashable {
        let node: String
        let slot: Int
    }

    /// What stands at an input.
    enum Input {
        case link(Output)
        case value(JSONValue)
    }

    /// One box of the graph.
    struct Node {
        /// The class of the node, such as `KSampler`.
        let kind: String
        var inputs: [String: Input] = [:]
        /// The inputs that are links: in file order in the editor's form, by name in the API's.
        var links: [String] = []
        /// Whether the names of its values were guessed from their places.
        var isGuessed = false

        func output(_ name: String) -> Output? {
            if case .link(let output)? = inputs[name] { output } else { nil }
        }

        func value(_ name: String) -> JSONValue? {
            if case .value(let value)? = inputs[name] { value } else { nil }
        }

        mutating func set(_ name: String, _ input: Input) {
            if case .link = input, output(name) == nil { links.append(name) }
            inputs[name] = input
        }
    }

    let nodes: [String: Node]
    /// All ids, short ones first, so that numbers stand in their order.
    let ids: [String]

    init?(nodes: [String: Node]) {
        if nodes.isEmpty { return nil }
        self.nodes = nodes
        ids = nodes.keys.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }

    /// The API's form: an object of nodes by id. Members of other forms, such as Civitai's `extra`, are passed over.
    init?(api json: JSONValue) {
        guard case .object(let members) = json else { return nil }
        var nodes: [String: Node] = [:]
        for (id, value) in members {
            guard let kind = value["class_type"]?.text, case .object(let inputs)? = value["inputs"] else { continue }
            var node = Node(kind: kind)
            for name in inputs.keys.sorted() {
                guard let value = inputs[name] else { continue }
                if let pair = value.elements, pair.count == 2, let source = Self.id(pair[0]), let slot = pair[1].int {
                    node.set(name, .link(Output(node: source, slot: slot)))
                } else {
                    node.set(name, .value(value))
                }
            }
            nodes[id] = node
        }
        self.init(nodes: nodes)
    }

    /// Ids are numbers in one form and text in the other; inside frames `57:8`.
    static func id(_ value: JSONValue) -> String? {
        value.text ?? value.int.map(String.init)
    }

    /// Whether JSON is a graph in the API's form: at least one member is a node.
    static func isAPIForm(_ json: JSONValue) -> Bool {
        guard case .object(let members) = json else { return false }
        return members.values.contains { $0["class_type"]?.text != nil && $0["inputs"] != nil }
    }

    /// Whether JSON is a graph in the editor's form: a list of nodes, of which the first has a type.
    static func isEditorForm(_ json: JSONValue) -> Bool {
        guard let nodes = json["nodes"]?.elements else { return false }
        return nodes.first.map { $0["type"]?.text != nil && $0["id"] != nil } ?? false
    }
}
