import AssetModel

/// Compares values with the schemas of an OpenAPI document, in the subset that ours uses: `type properties required items enum oneOf $ref`.
struct JSONShape {
    let document: JSONValue

    /// Where a value is not what a schema says; empty when it is. Keys that the schema does not name are reported too: what is published is
    /// written down.
    func problems(_ value: JSONValue, _ schema: JSONValue, at path: String = "") -> [String] {
        if let reference = schema["$ref"]?.text {
            guard let named = resolved(reference) else { return ["\(path): there is no \(reference)"] }
            return problems(value, named, at: path)
        }
        if let choices = schema["oneOf"]?.elements {
            let each = choices.map { problems(value, $0, at: path) }
            return each.contains(where: \.isEmpty) ? [] : each.min { $0.count < $1.count } ?? []
        }
        if let allowed = schema["enum"]?.elements, !allowed.contains(value) {
            return ["\(path): \(value) is no choice"]
        }
        let types = schema["type"].map { $0.elements?.compactMap(\.text) ?? [$0.text].compactMap(\.self) } ?? []
        if !types.isEmpty, !types.contains(where: { Self.has(value, type: $0) }) {
            return ["\(path): \(value) is not \(types)"]
        }
        var found: [String] = []
        if case .object(let members) = value, let properties = schema["properties"],
            case .object(let known) = properties
        {
            for key in schema["required"]?.elements?.compactMap(\.text) ?? [] where members[key] == nil {
                found.append("\(path)/\(key): is missing")
            }
            for (key, member) in members {
                if let schema = known[key] {
                    found += problems(member, schema, at: "\(path)/\(key)")
                } else {
                    found.append("\(path)/\(key): is not described")
                }
            }
        }
        if let elements = value.elements, let schema = schema["items"] {
            for (index, element) in elements.enumerated() { found += problems(element, schema, at: "\(path)/\(index)") }
        }
        return found
    }

    private func resolved(_ reference: String) -> JSONValue? {
        reference.split(separator: "/").dropFirst().reduce(document as JSONValue?) { $0?[String($1)] }
    }

    private static func has(_ value: JSONValue, type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("string", .string), ("boolean", .bool), ("array", .array), ("object", .object),
            ("integer", .integer), ("integer", .unsigned), ("number", .integer), ("number", .unsigned),
            ("number", .number):
            true
        default: false
        }
    }
}
