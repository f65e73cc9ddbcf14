import AssetCatalog
public import AssetModel

extension Library {
    /// What a run asked for, to be asked again, as it is or changed. With the seed that the model drew, when none was asked
    /// for, so that the same picture comes; `request.seed = nil` draws another.
    ///
    /// Errors: a reference that the library has no facts of; a parameter that this program cannot ask for.
    public func request(again generation: Run) async throws(LibraryError) -> EditRequest {
        do {
            let known = try await catalog.assets(generation.references.members)
            var request = EditRequest(model: generation.model, prompt: generation.prompt)
            request.references = try generation.references.members.map { digest in
                guard let asset = known[digest] else {
                    throw LibraryError(
                        .notFound, code: "unknown_asset",
                        "\(digest.short): a reference of \(generation.id) is not in the library")
                }
                return ReferencePicture(asset: digest, facts: asset.facts, path: nil)
            }
            if case .object(let fields) = generation.parameters {
                for (name, value) in fields { try request.set(name, to: value) }
            }
            request.seed = request.seed ?? generation.seed
            return request
        } catch {
            throw LibraryError(error)
        }
    }
}

extension EditRequest {
    /// The parameters that `set` knows, in fal's words.
    public static let parameterNames = [
        "enable_safety_checker", "guidance_scale", "image_size", "keep_original_aspect", "num_images",
        "num_inference_steps", "output_format", "seed", "sync_mode",
    ]

    /// Sets one parameter by fal's name for it, from what a person typed; an empty text leaves it to the model.
    public mutating func set(_ name: String, to text: String) throws(LibraryError) {
        let value: JSONValue
        switch text {
        case "": value = .null
        case "true": value = .bool(true)
        case "false": value = .bool(false)
        default:
            if let number = UInt64(text) {
                value = .seed(number)
            } else if let number = Double(text), number.isFinite {
                value = .number(number)
            } else if name == "image_size", let size = Self.sides(text) {
                value = size
            } else {
                value = .string(text)
            }
        }
        try set(name, to: value)
    }

    /// Sets one parameter as it stood in a request.
    mutating func set(_ name: String, to value: JSONValue) throws(LibraryError) {
        var isFine = true
        func taking<T>(_ found: T?) -> T? {
            isFine = found != nil || value == .null
            return found
        }
        switch name {
        case "seed": seed = taking(value.seed)
        case "num_images": imageCount = taking(value.int)
        case "num_inference_steps": steps = taking(value.int)
        case "guidance_scale": guidance = taking(value.double)
        case "output_format":
            outputFormat = taking(value.text.flatMap { ImageFormat(rawValue: $0 == "jpg" ? "jpeg" : $0) })
        case "enable_safety_checker": safetyChecker = taking(value.flag)
        case "keep_original_aspect": keepAspect = taking(value.flag) ?? false
        case "sync_mode": syncMode = taking(value.flag) ?? false
        case "image_size": size = taking(SizeRequest(value)) ?? .modelDefault
        default:
            throw LibraryError(
                .invalidInput, code: "unknown_parameter",
                "“\(name)” is not a parameter that can be set; known are "
                    + Self.parameterNames.joined(separator: ", "))
        }
        guard isFine else {
            throw LibraryError(.invalidInput, code: "bad_parameter", "\(name) cannot be what was given for it")
        }
    }

    private static func sides(_ text: String) -> JSONValue? {
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int64($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1] else { return nil }
        return .object(["width": .integer(width), "height": .integer(height)])
    }
}

extension SizeRequest {
    /// Reads `image_size` as it stands in a request; nil for what is none.
    fileprivate init?(_ value: JSONValue) {
        switch value {
        case .string(let name):
            guard let preset = SizePreset(rawValue: name) else { return nil }
            self = .preset(preset)
        case .object:
            self = .exactly(width: value["width"]?.int, height: value["height"]?.int)
        default: return nil
        }
    }
}

extension JSONValue {
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
