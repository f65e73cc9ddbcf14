import AssetModel

/// Reads the fields of an input one by one and collects what is wrong with them, worded as fal's servers word it.
struct FieldReader {
    let fields: [String: JSONValue]
    private(set) var problems: [InputProblem] = []

    init(fields: [String: JSONValue]) {
        self.fields = fields
    }

    mutating func text(_ name: String, required: Bool = false) -> String? {
        guard let value = fields[name] else {
            if required { missing(name) }
            return nil
        }
        guard let text = value.text else {
            note([.string(name)], "Input should be a valid string", type: "string_type", input: value)
            return nil
        }
        return text
    }

    mutating func texts(_ name: String, atLeastOne: Bool) -> [String] {
        // Where the field is optional, null is the same as nothing.
        guard let value = fields[name], atLeastOne || value != .null else {
            if atLeastOne { missing(name) }
            return []
        }
        guard let elements = value.elements else {
            note([.string(name)], "Input should be a valid list", type: "list_type", input: value)
            return []
        }
        if atLeastOne, elements.isEmpty {
            note(
                [.string(name)], "List should have at least 1 item", type: "sequence_too_short",
                context: ["min_length": .integer(1)], input: value)
        }
        var texts: [String] = []
        for (position, element) in elements.enumerated() {
            if let text = element.text {
                texts.append(text)
            } else {
                note(
                    [.string(name), .integer(Int64(position))], "Input should be a valid string", type: "string_type",
                    input: element)
            }
        }
        return texts
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = fields[name] else { return nil }
        return integer([.string(name)], value, in: range)
    }

    mutating func number(_ name: String, in range: ClosedRange<Int>) -> Double? {
        guard let value = fields[name] else { return nil }
        let number: Double
        switch value {
        case .integer(let integer): number = Double(integer)
        case .unsigned(let integer): number = Double(integer)
        case .number(let double): number = double
        default:
            note([.string(name)], "Input should be a valid number", type: "float_type", input: value)
            return nil
        }
        return check([.string(name)], value, number, in: range) ? number : nil
    }

    /// A seed is any whole number of 64 bits; null means that the model chooses.
    mutating func seed(_ name: String) -> JSONValue? {
        switch fields[name] {
        case nil, .null: return nil
        case .integer(let value): return .integer(value)
        case .unsigned(let value): return .unsigned(value)
        case let value?:
            note([.string(name)], "Input should be a valid integer", type: "int_type", input: value)
            return nil
        }
    }

    mutating func flag(_ name: String) -> Bool? {
        guard let value = fields[name] else { return nil }
        if value.flag == nil {
            note([.string(name)], "Input should be a valid boolean", type: "bool_type", input: value)
        }
        return value.flag
    }

    mutating func choice(_ name: String, of names: [String]) -> String? {
        guard let value = fields[name] else { return nil }
        guard let text = value.text, names.contains(text) else {
            noteChoice(name, of: names, input: value)
            return nil
        }
        return text
    }

    mutating func size(_ name: String) -> SizeRequest {
        switch fields[name] {
        case nil, .null:
            return .modelDefault
        case .string(let text):
            if let preset = SizePreset(rawValue: text) { return .preset(preset) }
            noteChoice(name, of: SizePreset.allCases.map(\.rawValue), input: .string(text))
        case .object(let sides):
            let allowed = 1...14_142
            let width = sides["width"].flatMap { integer([.string(name), .string("width")], $0, in: allowed) }
            let height = sides["height"].flatMap { integer([.string(name), .string("height")], $0, in: allowed) }
            return .exactly(width: width, height: height)
        case let value?:
            note([.string(name)], "Input should be a valid dictionary", type: "dict_type", input: value)
        }
        return .modelDefault
    }

    // MARK: - Problems

    private mutating func integer(_ location: [JSONValue], _ value: JSONValue, in range: ClosedRange<Int>) -> Int? {
        guard let integer = value.int else {
            if case .number = value {
                note(
                    location, "Input should be a valid integer, got a number with a fractional part",
                    type: "int_from_float", input: value)
            } else {
                note(location, "Input should be a valid integer", type: "int_type", input: value)
            }
            return nil
        }
        return check(location, value, Double(integer), in: range) ? integer : nil
    }

    private mutating func check(
        _ location: [JSONValue], _ value: JSONValue, _ number: Double, in range: ClosedRange<Int>
    ) -> Bool {
        if number < Double(range.lowerBound) {
            note(
                location, "Input should be greater than or equal to \(range.lowerBound)", type: "greater_than_equal",
                context: ["ge": .integer(Int64(range.lowerBound))], input: value)
        } else if number > Double(range.upperBound) {
            note(
                location, "Input should be less than or equal to \(range.upperBound)", type: "less_than_equal",
                context: ["le": .integer(Int64(range.upperBound))], input: value)
        } else {
            return true
        }
        return false
    }

    private mutating func missing(_ name: String) {
        note([.string(name)], "Field required", type: "missing", input: .object(fields))
    }

    private mutating func noteChoice(_ name: String, of names: [String], input: JSONValue) {
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        note(
            [.string(name)], "Input should be one of \(list)", type: "one_of",
            context: ["expected": .array(names.map(JSONValue.string))], input: input)
    }

    private mutating func note(
        _ location: [JSONValue], _ message: String, type: String, context: [String: JSONValue]? = nil,
        input: JSONValue? = nil
    ) {
        problems.append(InputProblem(location, message, type: type, context: context, input: input))
    }
}
