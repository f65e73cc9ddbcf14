public import AssetModel

/// The fields that the described models share, as Swift types. Nil leaves a field to the model.
extension RunRequest {
    /// The size asked for.
    public var size: SizeRequest {
        get { parameters[.size].flatMap(SizeRequest.init) ?? .modelDefault }
        set { self[.size] = newValue.value }
    }

    /// Keep the only reference's aspect ratio.
    public var keepAspect: Bool {
        get { parameters[.keepAspect]?.flag ?? false }
        set { self[.keepAspect] = newValue ? .bool(true) : nil }
    }

    /// The seed; the model draws one when nil.
    public var seed: UInt64? {
        get { parameters[.seed]?.seed }
        set { self[.seed] = newValue.map(JSONValue.seed) }
    }

    /// How many pictures.
    public var imageCount: Int? {
        get { parameters[.imageCount]?.int }
        set { self[.imageCount] = newValue.map { .integer(Int64($0)) } }
    }

    /// How many inference steps.
    public var steps: Int? {
        get { parameters[.steps]?.int }
        set { self[.steps] = newValue.map { .integer(Int64($0)) } }
    }

    /// How strongly the prompt guides.
    public var guidance: Double? {
        get { parameters[.guidance]?.double }
        set { self[.guidance] = newValue.map(JSONValue.number) }
    }

    /// The format that comes back.
    public var outputFormat: ImageFormat? {
        get { parameters[.outputFormat]?.text.flatMap(ImageFormat.init(name:)) }
        set { self[.outputFormat] = newValue.map { .string($0.rawValue) } }
    }

    /// Whether fal's safety checker looks at the outputs.
    public var safetyChecker: Bool? {
        get { parameters[.safetyChecker]?.flag }
        set { self[.safetyChecker] = newValue.map(JSONValue.bool) }
    }

    /// Whether pictures come inside the answer instead of as URLs.
    public var syncMode: Bool {
        get { parameters[.syncMode]?.flag ?? false }
        set { self[.syncMode] = newValue ? .bool(true) : nil }
    }

    private subscript(field: InputField) -> JSONValue? {
        get { parameters[field] }
        set { parameters = parameters.setting(field, to: newValue) }
    }
}

extension RunRequest {
    /// The parameters that `set` knows for described models, in fal's words, sorted.
    public static let parameterNames = InputField.parameters.map(\.rawValue).sorted()

    /// Sets one parameter of a described model by fal's name for it, from what a person typed; an empty text leaves it to the
    /// model. Errors: an unknown name, a text that the field cannot hold.
    public mutating func set(_ name: String, to text: String) throws(LibraryError) {
        guard let field = InputField.parameters.first(where: { $0.rawValue == name }) else {
            throw LibraryError(
                .invalidInput, code: "unknown_parameter",
                "“\(name)” is not a parameter of \(model); it knows "
                    + Self.parameterNames.joined(separator: ", "))
        }
        guard !text.isEmpty else { return self[field] = nil }
        let value = Self.value(of: field, typed: text)
        guard value.isValid(for: field) else { throw Self.invalid(field) }
        self[field] = value
        if field == .outputFormat { outputFormat = outputFormat }
    }

    static func invalid(_ field: InputField) -> LibraryError {
        LibraryError(.invalidInput, code: "bad_parameter", "\(field.rawValue) cannot be what was given for it")
    }

    private static func value(of field: InputField, typed text: String) -> JSONValue {
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: break
        }
        if let number = UInt64(text) { return .seed(number) }
        if let number = Double(text), number.isFinite { return .number(number) }
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        if field == .size, sides.count == 2, let width = sides[0], let height = sides[1] {
            return .size(width: width, height: height)
        }
        return .string(text)
    }
}

extension InputField {
    /// Those that stand beside prompt and references.
    static let parameters = allCases.filter { $0 != .prompt && $0 != .references }
}

extension JSONValue {
    /// Whether a field of a described model can hold this; null leaves it to the model.
    func isValid(for field: InputField) -> Bool {
        guard self != .null else { return true }
        return switch field {
        case .prompt: text != nil
        case .references: elements != nil
        case .size: SizeRequest(self) != nil
        case .keepAspect, .safetyChecker, .syncMode: flag != nil
        case .seed: seed != nil
        case .imageCount, .steps: int != nil
        case .guidance: double != nil
        case .outputFormat: text.flatMap(ImageFormat.init(name:)) != nil
        }
    }

    /// The value of any number, else nil.
    fileprivate var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

extension ImageFormat {
    fileprivate init?(name: String) { self.init(rawValue: name == "jpg" ? "jpeg" : name) }
}

extension SizeRequest {
    /// Reads a size as it stands in a request; nil for what is none.
    fileprivate init?(_ value: JSONValue) {
        switch value {
        case .null: self = .modelDefault
        case .string(let name):
            guard let preset = SizePreset(rawValue: name) else { return nil }
            self = .preset(preset)
        case .object:
            self = .exactly(width: value[InputField.width]?.int, height: value[InputField.height]?.int)
        default: return nil
        }
    }

    /// As it stands in a request; nil when nothing is asked for.
    fileprivate var value: JSONValue? {
        switch self {
        case .modelDefault: nil
        case .preset(let preset): .string(preset.rawValue)
        case .exactly(let width, let height): .size(width: width, height: height)
        }
    }
}
