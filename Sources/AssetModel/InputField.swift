/// The fields of a model's input that the library understands, by fal's names for them: the only place that spells them.
package enum InputField: String, Hashable, Sendable, CaseIterable {
    case prompt
    case seed
    case references = "reference_image_urls"
    case size = "image_size"
    case keepAspect = "keep_original_aspect"
    case imageCount = "num_images"
    case steps = "num_inference_steps"
    case guidance = "guidance_scale"
    case outputFormat = "output_format"
    case safetyChecker = "enable_safety_checker"
    case syncMode = "sync_mode"

    /// The sides of a size that is not one of fal's named ones.
    package static let (width, height) = ("width", "height")
}

extension JSONValue {
    /// A field of this input, or nil when it is not there.
    package subscript(field: InputField) -> JSONValue? { self[field.rawValue] }

    /// This input with a field set, or taken away. What is no object stays as it is.
    package func setting(_ field: InputField, to value: JSONValue?) -> JSONValue { setting(field.rawValue, to: value) }

    /// The same for a field of any name.
    package func setting(_ name: String, to value: JSONValue?) -> JSONValue {
        guard case .object(var members) = self else { return self }
        members[name] = value
        return .object(members)
    }

    /// A size of this many pixels, as an input holds it; a missing side is left to the model.
    package static func size(width: Int?, height: Int?) -> JSONValue {
        var sides: [String: JSONValue] = [:]
        sides[InputField.width] = width.map { .integer(Int64($0)) }
        sides[InputField.height] = height.map { .integer(Int64($0)) }
        return .object(sides)
    }
}
