public import AssetModel
import FalAPI

/// Everything decided about a run of any endpoint before anything is sent: which pictures go where, and the exact request.
///
/// What comes back and what it costs is not known for such an endpoint, and nothing here pretends to.
public struct RunPlan: Hashable, Sendable {
    /// What was asked for.
    public let request: RunRequest
    /// The pictures, in the order of the request.
    public let references: [Reference]
    /// The model input as it will be sent; URLs that do not exist yet read `upload:<digest>`.
    public let input: JSONValue
    /// What a person should know before paying.
    public let warnings: [String]

    /// One picture of a plan.
    public struct Reference: Hashable, Sendable {
        /// The picture.
        public let picture: ReferencePicture
        /// Where in the input it stands, such as `images[0]`.
        public let places: [String]
        /// How what is sent differs from the picture; nil when nothing does.
        public let copy: UploadCopy?
        /// A URL that will be used again; nil when the bytes must be sent.
        public let reusedURL: String?
        /// How many bytes will be sent if they must be.
        public let byteCount: Int64
        /// Whether that is known; an estimate as long as the copy does not exist.
        public let isByteCountExact: Bool

        /// How many bytes must be sent now.
        public var uploadByteCount: Int64 { reusedURL == nil ? byteCount : 0 }
    }

    /// What is written down before anything is sent.
    var intent: Intent {
        Intent(
            model: request.endpoint, prompt: request.prompt, parameters: request.parameters, size: nil,
            pictures: request.references, copies: references.map(\.copy), sending: request.sending,
            terms: request.terms)
    }
}

extension Library {
    /// Decides everything about a run of any endpoint. No network, no change.
    ///
    /// Errors: no endpoint id, terms that fal would not take, a picture that cannot be sent.
    public func plan(_ request: RunRequest) async throws(LibraryError) -> RunPlan {
        do {
            try FalQueue.check(request.endpoint, SubmitOptions(request.terms))
            guard !request.prompt.contains("\0") else {
                throw LibraryError(
                    .invalidInput, code: "bad_prompt", "the prompt holds a NUL character, which cannot be kept")
            }
            let fields = request.input.pictureFields
            var references: [RunPlan.Reference] = []
            for picture in request.references {
                let places = fields.filter { $0.asset == picture.asset }.map(\.path)
                let copy = try request.sending.copy(
                    of: picture.facts, readable: EditModels.readableFormats, places.first ?? picture.asset.short)
                let outlook = try await outlook(picture, copy, request.sending)
                references.append(
                    .init(
                        picture: picture, places: places, copy: copy, reusedURL: outlook.url,
                        byteCount: outlook.byteCount, isByteCountExact: outlook.isExact))
            }
            var warnings: [String] = []
            if request.sending.access == .privateLink, !references.isEmpty {
                warnings.append(
                    "the pictures are sent for your account alone; fal does not say whether its models may read them then"
                )
            }
            warnings += [warning(about: try await earlierRun(of: request))].compactMap(\.self)
            return RunPlan(
                request: request, references: references,
                input: .input(
                    prompt: request.prompt,
                    references: references.map {
                        ($0.picture.asset, $0.reusedURL ?? "upload:\($0.picture.asset.hex)")
                    },
                    parameters: request.parameters),
                warnings: warnings)
        } catch {
            throw LibraryError(error)
        }
    }

    /// Runs a plan for any endpoint, by the same steps and with the same promises as an edit: upload → submit once → wait →
    /// download → index. Costs money on fal, and nobody here knows how much.
    ///
    /// What comes and is no picture is kept as bytes (`Run.files`); the whole answer is written down in any case.
    public func run(
        _ plan: RunPlan, onProgress: @escaping @Sendable (EditProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> FinishedEdit {
        try await run(plan.intent, onProgress)
    }

    /// The run that already gave, or is about to give, what a request for any endpoint asks for; as for an `EditRequest`.
    public func earlierRun(of request: RunRequest) async throws(LibraryError) -> EarlierRun? {
        guard request.seed != nil else { return nil }
        do { return try await earlierRun(of: request.identity) } catch { throw LibraryError(error) }
    }
}
