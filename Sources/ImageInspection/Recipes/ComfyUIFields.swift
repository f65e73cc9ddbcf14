import AssetModel

/// The values of a box in ComfyUI's editor, by the names of its fields.
///
/// The editor lists values without names. The names are known, in this order: where the values are an object; where the box
/// names each of its fields as an input, as newer editors do; and from a table of common kinds. Else they are guessed from
/// what the values look like, since nearly all samplers keep seed, what to do with it next, steps and guidance in a row.
struct ComfyUIFields {
    private(set) var values: [String: JSONValue] = [:]
    private(set) var isGuessed = false

    init(_ json: JSONValue, kind: String, values list: [JSONValue]) {
        if case .object(let members)? = json["widgets_values"] {
            values = members
            return
        }
        let inputs = json["inputs"]?.elements ?? []
        let named = inputs.compactMap { $0["widget"]?["name"]?.text }
        if let pairs = Self.pairs(named, list) ?? Self.kinds[kind].map({ Array(zip($0, list)) }) {
            for (name, value) in pairs where !name.isEmpty { values[name] = value }
        } else if let pairs = Self.pairs(Self.typed(inputs), list) {
            for (name, value) in pairs { values[name] = value }
            isGuessed = true
        } else if !list.isEmpty {
            guess(list, inputs: inputs, outputs: json["outputs"]?.elements ?? [])
        }
    }

    /// The names of the inputs into which a person can type.
    private static func typed(_ inputs: [JSONValue]) -> [String] {
        inputs.filter { ["STRING", "INT", "FLOAT", "BOOLEAN", "COMBO"].contains($0["type"]?.text) }
            .compactMap { $0["name"]?.text }
    }

    /// What the editor writes behind a seed: what to do with it after a run.
    private static func isControl(_ value: JSONValue) -> Bool {
        ["fixed", "randomize", "increment", "decrement"].contains(value.text)
    }

    /// Names and values together, when there is a name for every value but those behind seeds.
    private static func pairs(_ names: [String], _ values: [JSONValue]) -> [(String, JSONValue)]? {
        guard !names.isEmpty, !values.isEmpty, names.count <= values.count else { return nil }
        var pairs: [(String, JSONValue)] = []
        var rest = values[...]
        for name in names {
            guard let value = rest.popFirst() else { return nil }
            pairs.append((name, value))
            if rest.first.map(isControl) == true, name.mentions(["seed"]), value.int != nil || value.seed != nil {
                rest = rest.dropFirst()
            }
        }
        return rest.isEmpty ? pairs : nil
    }

    private mutating func guess(_ list: [JSONValue], inputs: [JSONValue], outputs: [JSONValue]) {
        isGuessed = true
        let types = Set(inputs.compactMap { $0["type"]?.text })
        let made = Set(outputs.compactMap { $0["type"]?.text })
        if let place = list.indices.dropFirst().first(where: { Self.isControl(list[$0]) && list[$0 - 1].seed != nil }) {
            values["seed"] = list[place - 1]
            let behind = list[(place + 1)...]
            if let steps = behind.first, let count = steps.int, 1...1_000 ~= count { values["steps"] = steps }
            if let cfg = behind.dropFirst().first, Self.isNumber(cfg) { values["cfg"] = cfg }
        }
        if let sampler = list.first(where: { $0.text.map(Self.isSampler) ?? false }) {
            values["sampler_name"] = sampler
        }
        guard types.contains("CLIP") || made.contains("STRING") || made.contains("CONDITIONING") else { return }
        let words = list.compactMap(\.text).filter { !Self.isControl(.string($0)) }
        // Fields for texts come before those for settings, and settings are short.
        if let text = words.first(where: { $0.contains(" ") || $0.utf8.count > 24 }) ?? words.first {
            values[made.contains("STRING") && !types.contains("CLIP") ? "value" : "text"] = .string(text)
        }
    }

    private static func isNumber(_ value: JSONValue) -> Bool {
        switch value {
        case .integer, .number: true
        default: false
        }
    }

    private static func isSampler(_ name: String) -> Bool {
        [
            "euler", "dpm", "heun", "lms", "ddim", "ddpm", "lcm", "uni_pc", "res_", "er_sde", "ipndm", "deis",
            "sa_solver", "plms",
        ]
        .contains { name.hasPrefix($0) }
    }
}
