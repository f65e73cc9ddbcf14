import AssetModel

/// A model's input that has passed every check of its fields.
struct ModelInput: Sendable, Hashable {
    var prompt: String
    var references: [String]
    var size: SizeRequest
    var keepAspect: Bool
    /// As given, and returned unchanged; nil when the model chooses.
    var seed: JSONValue?
    var count: Int
    var format: ImageFormat
    /// Pictures come in the answer itself, as data URIs.
    var inline: Bool

    /// The formats a model writes, by fal's names.
    static let formats: [ImageFormat] = [.jpeg, .png, .webp]

    /// Checks every field and reports all that is wrong at once. Unknown fields are ignored, as fal ignores them.
    init(_ body: JSONValue, for model: SandboxModel) throws(ModelFailure) {
        guard case .object(let fields) = body else {
            throw ModelFailure([InputProblem([], "Input should be a valid dictionary", type: "dict_type", input: body)])
        }
        var reader = FieldReader(fields: fields)
        guard !model.isEcho else {
            self = ModelInput(echoing: fields, &reader)
            return
        }
        prompt = reader.text("prompt", required: true) ?? ""
        references = reader.texts("reference_image_urls", atLeastOne: model.needsReferences)
        size = reader.size("image_size")
        _ = reader.integer("num_inference_steps", in: 1...model.maximumSteps)
        _ = reader.number("guidance_scale", in: 0...20)
        seed = reader.seed("seed")
        count = reader.integer("num_images", in: 1...4) ?? 1
        format = reader.choice("output_format", of: Self.formats.map(\.rawValue)).flatMap(ImageFormat.init) ?? .png
        inline = reader.flag("sync_mode") ?? false
        _ = reader.flag("enable_safety_checker")
        keepAspect = reader.flag("keep_original_aspect") ?? false
        guard reader.problems.isEmpty else { throw ModelFailure(reader.problems) }
    }

    /// Takes what an unknown endpoint's input has in common with the known ones, and complains about nothing.
    private init(echoing fields: [String: JSONValue], _ reader: inout FieldReader) {
        prompt = reader.text("prompt") ?? ""
        references = Self.addresses(in: .object(fields))
        size = reader.size("image_size")
        keepAspect = false
        seed = reader.seed("seed")
        count = reader.integer("num_images", in: 1...4) ?? 1
        format = reader.choice("output_format", of: Self.formats.map(\.rawValue)).flatMap(ImageFormat.init) ?? .png
        inline = reader.flag("sync_mode") ?? false
    }

    /// Every address in an input, objects by the order of their keys.
    private static func addresses(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): text.hasPrefix("http://") || text.hasPrefix("https://") ? [text] : []
        case .array(let elements): elements.flatMap(addresses)
        case .object(let members): members.sorted { $0.key < $1.key }.flatMap { addresses(in: $0.value) }
        default: []
        }
    }
}
