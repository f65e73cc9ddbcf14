import AssetModel

/// A model's input that has passed every check of its fields.
struct ModelInput: Sendable, Hashable {
    var prompt: String
    var references: [String]
    var size: SizeRequest
    var keepAspect: Bool
    /// As given, so that it comes back exactly so; nil when the model shall choose.
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
}
