public import AssetModel

/// What a person wants made: a model, its input, and references as assets.
///
/// Everything beside the prompt and the references stands in `parameters`, in fal's words. For the fields that the described models
/// share there are typed properties, such as `seed`; they read and write `parameters`.
public struct RunRequest: Hashable, Sendable {
    /// fal's endpoint id, such as `fal-ai/hidream-o1-image/edit`.
    public var model: String
    /// The prompt, kept and sent byte for byte; empty when the input has none that is text.
    public var prompt: String
    /// The references, in the order in which the model gets them. One whose placeholder (`PictureField`) stands in `parameters`
    /// is sent in that place, the others in the field in which a described model takes references.
    public var references: [ReferencePicture]
    /// The rest of the input, an object.
    public var parameters: JSONValue
    /// How the references are sent.
    public var sending = Sending()
    /// How it is handed to fal's queue.
    public var terms = SubmitTerms()
    /// Where its pictures go when they are here, also when `resume` brings them.
    public var filing = Run.Filing()

    /// A request with everything but model, prompt and references left to the model.
    public init(model: String, prompt: String, references: [ReferencePicture] = []) {
        self.model = model
        self.prompt = prompt
        self.references = references
        parameters = .object([:])
    }

    /// The same with assets of a library as its references.
    public init(model: String, prompt: String, references: [Asset]) {
        self.init(model: model, prompt: prompt, references: references.map { ReferencePicture($0) })
    }

    /// A request whose whole input is JSON, in which pictures have placeholders.
    init(model: String, input: JSONValue, references: [ReferencePicture]) {
        prompt = input[.prompt]?.text ?? ""
        self.model = model
        self.references = references
        parameters = prompt.isEmpty ? input : input.setting(.prompt, to: nil)
    }

    /// What makes it the same request as another.
    var identity: RecipeIdentity {
        RecipeIdentity(model: model, prompt: prompt, parameters: parameters, references: references.map(\.asset))
    }

    /// The whole input, with placeholders where pictures will stand: in their places, or in the field in which the model takes
    /// references.
    public var input: JSONValue { input(urls: references.map { PictureField.placeholder(of: $0.asset) }) }

    /// The whole input with these texts in the references' places.
    func input(urls: [String]) -> JSONValue {
        .input(prompt: prompt, references: zip(references.map(\.asset), urls).map { ($0, $1) }, parameters: parameters)
    }
}

/// A picture to be given to a model: what it is and what was measured.
public struct ReferencePicture: Hashable, Sendable {
    /// The digest of its bytes.
    public let asset: ContentDigest
    /// Its measured facts.
    public let facts: ImageFacts
    /// The file to import before the run; nil when the picture is in the library already.
    public let path: String?

    /// An asset of the library.
    public init(_ asset: Asset) {
        self.init(asset: asset.id, facts: asset.facts, path: nil)
    }

    init(asset: ContentDigest, facts: ImageFacts, path: String?) {
        self.asset = asset
        self.facts = facts
        self.path = path
    }
}

extension JSONValue {
    /// The whole model input: prompt, parameters, and the references' URLs, each where its placeholder stands in the parameters,
    /// those without one in order in the field in which described models take references.
    static func input(
        prompt: String, references: [(asset: ContentDigest, url: String)], parameters: JSONValue
    ) -> JSONValue {
        var places: [ContentDigest: String] = [:]
        for reference in references { places[reference.asset] = reference.url }
        var placed: Set<ContentDigest> = []
        var input = parameters.replacingPictureFields { field in
            guard let asset = field.asset, let url = places[asset] else { return [field.text] }
            placed.insert(asset)
            return [url]
        }
        // An endpoint may know no prompt; one that is there and empty stands among the parameters.
        if !prompt.isEmpty { input = input.setting(.prompt, to: .string(prompt)) }
        let others = references.filter { !placed.contains($0.asset) }.map { JSONValue.string($0.url) }
        return others.isEmpty ? input : input.setting(.references, to: .array(others))
    }
}
