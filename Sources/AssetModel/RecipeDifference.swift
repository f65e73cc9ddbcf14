/// In what two ways of making a picture differ: everything that was asked for, and what came back.
public struct RecipeDifference: Hashable, Sendable {
    /// One of the two: a run, one picture of a run, or what another generator wrote into a picture.
    public enum Side: Hashable, Sendable {
        /// A run; with a position (from 0), one of its pictures.
        case run(Run, image: Int?)
        /// An imported picture with its recipe.
        case recipe(Recipe, asset: ContentDigest)
    }

    /// Whether a value was asked for or came back.
    public enum Aspect: String, Hashable, Sendable, CaseIterable {
        case asked, got
    }

    /// One value that differs.
    public struct Field: Hashable, Sendable {
        /// What it is called: `model generator sampler seed size steps guidance images format`, else the field's name in the model's
        /// input, with dots between the levels.
        public let name: String
        /// Whether it was asked for or came back; nil where that is the same.
        public let aspect: Aspect?
        /// The value of each side; nil where it has none.
        public let left, right: JSONValue?
    }

    /// A text that differs: `prompt` or `negative_prompt`.
    public struct Text: Hashable, Sendable {
        /// What it is called.
        public let name: String
        /// Word by word; where all words are the same, only white space differs.
        public let words: WordDifference
    }

    /// A reference that was added, removed or moved.
    public struct Reference: Hashable, Sendable {
        /// The picture.
        public let asset: ContentDigest
        /// Its place in the first, from 0; nil when it was added.
        public let from: Int?
        /// Its place in the second, from 0; nil when it was removed.
        public let to: Int?
    }

    /// The two that were compared.
    public let left, right: Side
    /// The values that differ.
    public let fields: [Field]
    /// The texts that differ.
    public let texts: [Text]
    /// The references that differ, those of the first in their order and then those that were added. One that only moved up because
    /// another was taken away is not among them.
    public let references: [Reference]

    /// Compares two. Cost: the length of the prompts, see `SequenceDifference`.
    public init(_ left: Side, _ right: Side) {
        self.left = left
        self.right = right
        fields = Self.fields(left.values, right.values)
        texts = [("prompt", left.prompt, right.prompt), ("negative_prompt", left.negativePrompt, right.negativePrompt)]
            .filter { $0.1 != $0.2 }.map { Text(name: $0.0, words: WordDifference($0.1, $0.2)) }
        references = Self.references(left.references, right.references)
    }

    /// The run that both are pictures of; nil when there is none.
    public var commonRun: Run.ID? {
        guard case .run(let one, _) = left, case .run(let other, _) = right, one.id == other.id else { return nil }
        return one.id
    }

    /// Whether nothing differs.
    public var isEmpty: Bool { fields.isEmpty && texts.isEmpty && references.isEmpty }

    // MARK: - Comparing

    /// What was asked for and what came back, by name.
    struct Values {
        var asked: [String: JSONValue] = [:]
        var got: [String: JSONValue] = [:]

        mutating func set(_ name: String, _ value: JSONValue?) {
            asked[name] = value
            got[name] = value
        }
    }

    private static let firstNames = [
        "model", "generator", "sampler", "state", "seed", "size", "steps", "guidance", "images", "format",
    ]

    private static func fields(_ left: Values, _ right: Values) -> [Field] {
        let all = Set([left.asked, left.got, right.asked, right.got].flatMap(\.keys))
        let names = firstNames.filter(all.contains) + all.subtracting(firstNames).sorted()
        return names.flatMap { name -> [Field] in
            let asked = (left.asked[name], right.asked[name])
            var got = (left.got[name], right.got[name])
            if got != (nil, nil) { got = (got.0 ?? asked.0, got.1 ?? asked.1) }
            if asked == got || got == (nil, nil) {
                return asked.0 == asked.1 ? [] : [Field(name: name, aspect: nil, left: asked.0, right: asked.1)]
            }
            var fields: [Field] = []
            if asked.0 != asked.1 { fields.append(Field(name: name, aspect: .asked, left: asked.0, right: asked.1)) }
            if got.0 != got.1 { fields.append(Field(name: name, aspect: .got, left: got.0, right: got.1)) }
            return fields
        }
    }

    private static func references(_ left: [ContentDigest], _ right: [ContentDigest]) -> [Reference] {
        let places = Dictionary(right.enumerated().map { ($1, $0) }) { first, _ in first }
        let common = left.enumerated().compactMap { place, asset in places[asset].map { (asset, place, $0) } }
        let kept = Set(SequenceDifference.increasing(common.map(\.2)).map { common[$0].0 })
        let known = Set(left)
        return left.enumerated().compactMap { place, asset in
            kept.contains(asset) ? nil : Reference(asset: asset, from: place, to: places[asset])
        }
            + right.enumerated().compactMap { place, asset in
                known.contains(asset) ? nil : Reference(asset: asset, from: nil, to: place)
            }
    }
}

extension RecipeDifference.Side {
    var prompt: String {
        switch self {
        case .run(let run, _): run.prompt
        case .recipe(let recipe, _): recipe.prompt ?? ""
        }
    }

    var negativePrompt: String {
        switch self {
        case .run(let run, _): run.parameters["negative_prompt"]?.text ?? ""
        case .recipe(let recipe, _): recipe.negativePrompt ?? ""
        }
    }

    var references: [ContentDigest] {
        switch self {
        case .run(let run, _): run.references.members
        case .recipe: []
        }
    }

    var values: RecipeDifference.Values {
        switch self {
        case .run(let run, let image): Self.values(run, image)
        case .recipe(let recipe, _): Self.values(recipe)
        }
    }

    private static func values(_ run: Run, _ image: Int?) -> RecipeDifference.Values {
        var values = RecipeDifference.Values()
        values.set("model", .string(run.model))
        values.set("state", .string(run.state.rawValue))
        var given: [String: JSONValue] = [:]
        if case .object(let fields) = run.parameters { given = fields.filter { $0.value != .null } }
        // A field left out and the same field with its usual value ask for the same.
        for (field, value) in EditModels.entry(run.model)?.defaults ?? [:] where given[field.rawValue] == nil {
            given[field.rawValue] = value
        }
        for (name, value) in given where name != "negative_prompt" {
            add(value, name, to: &values.asked)
        }
        if values.asked["size"] == nil { values.asked["size"] = run.plannedSize.map { .string("\($0)") } }
        values.got["seed"] = run.seed.map { .string(String($0)) }
        let shown = image.map { run.outputs.indices.contains($0) ? [run.outputs[$0]] : [] } ?? run.outputs
        guard !shown.isEmpty else { return values }
        values.got["size"] = list(shown.map { $0.facts.storedSize.description })
        values.got["format"] = list(shown.map { $0.facts.format.rawValue })
        if image == nil { values.got["images"] = .integer(Int64(shown.count)) }
        if shown.contains(where: { $0.isFlagged == true }) { values.got["flagged"] = .bool(true) }
        return values
    }

    private static func values(_ recipe: Recipe) -> RecipeDifference.Values {
        var values = RecipeDifference.Values()
        values.set("model", recipe.model.map(JSONValue.string))
        values.set("generator", .string(recipe.generator))
        values.set("sampler", recipe.sampler.map(JSONValue.string))
        values.set("seed", recipe.seed.map { .string(String($0)) })
        values.set("size", recipe.size.map { .string("\($0)") })
        values.set("steps", recipe.steps.map { .integer(Int64($0)) })
        values.set("guidance", recipe.guidance.map(number))
        for setting in recipe.settings { values.set(setting.name, .string(setting.value)) }
        return values
    }

    /// A parameter by the name that people and recipes have for it.
    private static func add(_ value: JSONValue, _ name: String, to asked: inout [String: JSONValue]) {
        switch InputField(rawValue: name) {
        case .seed: asked["seed"] = value.seed.map { .string(String($0)) } ?? value
        case .steps: asked["steps"] = value
        case .guidance: asked["guidance"] = value
        case .imageCount: asked["images"] = value
        case .outputFormat: asked["format"] = value
        case .size:
            if let width = value[InputField.width]?.int, let height = value[InputField.height]?.int {
                asked["size"] = .string("\(width)x\(height)")
            } else {
                asked["size"] = value
            }
        default:
            guard case .object(let members) = value, !members.isEmpty else {
                asked[name] = value
                return
            }
            for (key, member) in members { add(member, "\(name).\(key)", to: &asked) }
        }
    }

    private static func list(_ texts: [String]) -> JSONValue {
        var seen: Set<String> = []
        return .string(texts.filter { seen.insert($0).inserted }.joined(separator: ", "))
    }

    /// A number as a journal has it: 5.0 is 5.
    private static func number(_ value: Double) -> JSONValue {
        Int64(exactly: value).map(JSONValue.integer) ?? .number(value)
    }
}
