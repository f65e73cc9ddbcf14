/// What makes two requests the same: endpoint, prompt, parameters, and references by digest and order.
///
/// Its canonical form is one run of bytes, and the SHA-256 of those is the name of the recipe. The form is bencode, as in
/// `d4:seedi7ee`: a text is its count of UTF-8 bytes, a colon and the bytes; a whole number `i7e`; a list `l…e`; a
/// dictionary `d…e` with its keys sorted by their bytes. Beside bencode: `t`, `f` and `n` for true, false and null, and
/// `x` with the 16 hexadecimal digits of an IEEE double and `e` for a number that is not whole.
///
/// The dictionary holds `endpoint`, `form` (1, so that another rule can never be taken for this one), `parameters`,
/// `prompt` byte for byte, and `references`, a list of digests. In `parameters`
/// - URLs never stand: a reference is its digest, wherever it was uploaded;
/// - what the endpoint would fill in is filled in, so that leaving a field out and giving its default are the same;
/// - a named size is its pixels, and a missing side is the 512 that fal puts there;
/// - `keep_original_aspect` is false where it does nothing, without exactly one reference;
/// - `sync_mode` is left out: it says how pictures travel, not which;
/// - 5 and 5.0 are one number.
package struct RecipeIdentity: Hashable, Sendable {
    /// The bytes whose SHA-256 names the recipe.
    package let canonicalForm: [UInt8]

    /// The identity of a request. `parameters` is everything that is sent beside prompt and reference URLs.
    package init(model: String, prompt: String, parameters: JSONValue, references: [ContentDigest]) {
        var fields: [String: JSONValue] = [:]
        if case .object(let given) = parameters { fields = given.filter { $0.value != .null } }
        for (field, value) in EditModels.entry(model)?.defaults ?? [:] where fields[field.rawValue] == nil {
            fields[field.rawValue] = value
        }
        fields[InputField.syncMode.rawValue] = nil
        if let size = fields[InputField.size.rawValue] { fields[InputField.size.rawValue] = Self.pixels(size) }
        if references.count != 1, fields[InputField.keepAspect.rawValue] != nil {
            fields[InputField.keepAspect.rawValue] = .bool(false)
        }
        var bytes: [UInt8] = []
        Self.append(
            .object([
                "form": .integer(1), "endpoint": .string(model), "prompt": .string(prompt),
                "parameters": .object(fields), "references": .array(references.map { .string($0.hex) }),
            ]), to: &bytes)
        canonicalForm = bytes
    }

    /// The identity of a run that was written down. `drawnSeed` is the seed that the model chose when none was asked for:
    /// with it, the run becomes the recipe that makes the same picture again. It changes nothing where a seed was asked for.
    package init(
        model: String, prompt: String, parameters: JSONValue, references: [ContentDigest], drawnSeed: UInt64?
    ) {
        var parameters = parameters
        if let drawnSeed, parameters[.seed]?.seed == nil {
            parameters = parameters.setting(.seed, to: .seed(drawnSeed))
        }
        self.init(model: model, prompt: prompt, parameters: parameters, references: references)
    }

    private static func pixels(_ size: JSONValue) -> JSONValue {
        switch size {
        case .string(let name):
            guard let sides = SizePreset(rawValue: name)?.sides else { return size }
            return .size(width: sides.width, height: sides.height)
        case .object(let sides):
            let missing: JSONValue = .integer(512)
            return .object(
                sides.merging([InputField.width: missing, InputField.height: missing]) { given, _ in given })
        default:
            return size
        }
    }

    private static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes += "n".utf8
        case .bool(let flag): bytes += (flag ? "t" : "f").utf8
        case .integer(let number): bytes += "i\(number)e".utf8
        case .unsigned(let number): bytes += "i\(number)e".utf8
        case .number(let number):
            if let whole = Int64(exactly: number) {
                bytes += "i\(whole)e".utf8
            } else if let whole = UInt64(exactly: number) {
                bytes += "i\(whole)e".utf8
            } else {
                let digits = String(number.bitPattern, radix: 16)
                bytes += "x\(String(repeating: "0", count: 16 - digits.count))\(digits)e".utf8
            }
        case .string(let text): append(text, to: &bytes)
        case .array(let elements):
            bytes += "l".utf8
            for element in elements { append(element, to: &bytes) }
            bytes += "e".utf8
        case .object(let members):
            bytes += "d".utf8
            for (key, member) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                append(key, to: &bytes)
                append(member, to: &bytes)
            }
            bytes += "e".utf8
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes += "\(text.utf8.count):".utf8
        bytes += text.utf8
    }
}
