public import AssetModel

/// Everything decided about a run before anything is sent. Making one touches nothing and costs nothing.
public struct RunPlan: Hashable, Sendable {
    /// What was asked for.
    public let request: RunRequest
    /// The pictures, in the order of the request.
    public let references: [Reference]
    /// The model input as it will be sent; URLs that do not exist yet read `upload:<digest>`.
    public let input: JSONValue
    /// What will come back; nil for an endpoint that is not described, of which nothing is known.
    public let estimate: Estimate?
    /// What the endpoint costs a unit; nil when no price is on record.
    public let price: UnitPrice?
    /// What a person should know before paying.
    public let warnings: [PlanWarning]

    /// What the run is expected to cost, in US dollars: by megapixels, images or requests. Nil without a price, for a size that is not
    /// known before, and for a unit that only fal can count, such as seconds.
    public var cost: Double? { price?.cost(estimate?.size.output, request.parameters) }

    /// What a described model is expected to return.
    public struct Estimate: Hashable, Sendable {
        /// The size that will come back, what the model sees of each reference, and why.
        public let size: SizePlan
        /// Millions of output pixels, all pictures together.
        public let megapixels: Double
    }

    /// One picture of a plan.
    public struct Reference: Hashable, Sendable {
        /// The picture.
        public let picture: ReferencePicture
        /// Where in the input it stands, such as `images[0]`; empty when it stands where the model takes references.
        public let places: [String]
        /// What the model is expected to see of it; `stored` is the size that is sent. Nil when the model is not described.
        public let view: SizePlan.ReferenceView?
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
        /// What is done to the picture before it is sent, each in a few words; empty when it goes as it is.
        public var changes: [String] { copy?.changes(of: picture.facts) ?? [] }
        /// Whether what is sent has alpha.
        public var sendsAlpha: Bool { picture.facts.hasAlpha && copy?.background == nil }
        /// Bits of the widest channel of what is sent: at most 8 for every copy.
        public var sentBitDepth: Int { copy == nil ? picture.facts.bitDepth : min(8, picture.facts.bitDepth) }
        /// Whether it goes as it is because it has several frames.
        var isAnimationSent: Bool {
            copy == nil && picture.facts.frameCount > 1
                && EditModels.readableFormats.contains(picture.facts.format)
        }
        /// Whether the model gets the picture as people see it.
        public var isUpright: Bool { copy?.isTurned == true || picture.facts.orientation == .upright }
    }

    /// How its references are sent, as the run will remember it.
    var sending: ReferenceSending {
        ReferenceSending(
            copies: references.map(\.copy), access: request.sending.access, lifetime: request.sending.lifetime)
    }

    /// The journal's words for it, under a name and meant for one host.
    func facts(_ id: Run.ID, _ host: RemoteHost) throws -> [JournalEntry.Fact] {
        JournalEntry.Fact.planned(
            id, model: request.model, prompt: request.prompt, parameters: request.parameters,
            references: try ReferenceSet(request.references.map(\.asset)), size: estimate?.size.output, host: host,
            sending: sending, terms: request.terms, filing: request.filing)
    }
}

extension JournalEntry.Fact {
    /// A run that was decided, with all that sending it later, or again, must not forget.
    static func planned(
        _ id: Run.ID, model: String, prompt: String, parameters: JSONValue, references: ReferenceSet, size: PixelSize?,
        host: RemoteHost, sending: ReferenceSending, terms: SubmitTerms, filing: Run.Filing
    ) -> [JournalEntry.Fact] {
        let planned = JournalEntry.Fact.planned(
            .init(
                generation: id, model: model, prompt: prompt, parameters: parameters, references: references,
                size: size,
                host: host, terms: terms, filing: filing))
        guard !sending.isUsual, !references.members.isEmpty else { return [planned] }
        let copies = references.members.indices.map { sending.copy(at: $0) }
        return [
            planned,
            .uploadsPlanned(
                .init(generation: id, copies: copies, access: sending.access, lifetime: sending.lifetime)),
        ]
    }

    /// The same run under another name.
    static func planned(again run: Run, as id: Run.ID) -> [JournalEntry.Fact] {
        planned(
            id, model: run.model, prompt: run.prompt, parameters: run.parameters, references: run.references,
            size: run.plannedSize, host: run.host, sending: run.sending, terms: run.terms, filing: run.filing)
    }
}
