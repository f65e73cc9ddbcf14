import Foundation

/// A JSON value whose shape is not relied on: what is missing, null or of another type is simply not there.
///
/// fal's answers gain fields and differ between hosts and ages, so only what is needed is read and the rest
/// is ignored.
enum LooseJSON: Sendable, Hashable, Decodable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([LooseJSON])
    case object([String: LooseJSON])

    /// Reads a whole document; nil when it is not JSON.
    init?(parsing bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(LooseJSON.self, from: Data(bytes)) else { return nil }
        self = value
    }

    /// Reads any JSON value.
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([LooseJSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: LooseJSON].self))
        }
    }

    /// The member of an object; nil when it is missing or this is not an object.
    subscript(key: String) -> LooseJSON? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    var string: String? { if case .string(let value) = self { value } else { nil } }

    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    var array: [LooseJSON]? { if case .array(let values) = self { values } else { nil } }

    var integer: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// A scalar, or a list of scalars, as a person would write it; nil for null and objects.
    var text: String? {
        switch self {
        case .null, .object: nil
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): Int(exactly: value).map(String.init) ?? String(value)
        case .string(let value): value
        case .array(let values): values.compactMap(\.text).joined(separator: ", ")
        }
    }
}
