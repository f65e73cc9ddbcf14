import AssetCatalog
public import AssetModel
import FalAPI
import SizePlanning

/// Everything decided before anything is sent. Making one touches nothing and costs nothing.
public struct EditPlan: Hashable, Sendable {
    /// What was asked for.
    public let request: EditRequest
    /// The size that will come back, what the model sees of each reference, and why.
    public let size: SizePlan
    /// The references, in order.
    public let references: [Reference]
    /// The model input as it will be sent; URLs that do not exist yet read `upload:<digest>`.
    public let input: JSONValue
    /// Millions of output pixels, all pictures together.
    public let megapixels: Double
    /// What that costs, in US dollars, by the price seen on `pricedAt`.
    public let estimatedPrice: Double
    /// When the price was looked up.
    public let pricedAt: String
    /// Where the price was read.
    public let priceSource: String
    /// What a person should know before paying.
    public let warnings: [String]

    /// One reference of a plan.
    public struct Reference: Hashable, Sendable {
        /// The picture.
        public let picture: ReferencePicture
        /// What the model is expected to see of it; `stored` is the size that is sent.
        public let view: SizePlan.ReferenceView
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
        /// Whether the model gets the picture as people see it.
        public var isUpright: Bool { copy?.isTurned == true || picture.facts.orientation == .upright }
    }

    /// What is written down before anything is sent.
    var intent: Intent {
        Intent(
            model: request.model, prompt: request.prompt, parameters: request.parameters(), size: size.output,
            pictures: request.references, copies: references.map(\.copy), sending: request.sending,
            terms: request.terms)
    }
}

extension Library {
    /// Decides everything about an edit or generation. No network, no change; of references that are in the library already no
    /// file is read.
    ///
    /// Errors: a field out of its range, an unknown model or asset, a reference given twice, a picture that cannot be sent.
    public func plan(_ request: EditRequest) async throws(LibraryError) -> EditPlan {
        do {
            return try await makePlan(request)
        } catch {
            throw LibraryError(error)
        }
    }

    private func makePlan(_ request: EditRequest) async throws -> EditPlan {
        let model = try EditModels.model(request.model)
        try request.check(against: model)
        try FalQueue.check(request.model, SubmitOptions(request.terms))
        _ = try request.referenceSet()
        let planner = SizePlanner(policy: model.sizes(references: request.references.count))
        let (size, copies) = try Self.sizes(request, planner)
        var references: [EditPlan.Reference] = []
        for ((picture, view), copy) in zip(zip(request.references, size.references), copies) {
            let outlook = try await outlook(picture, copy, request.sending)
            references.append(
                .init(
                    picture: picture, view: view, copy: copy, reusedURL: outlook.url, byteCount: outlook.byteCount,
                    isByteCountExact: outlook.isExact))
        }
        let megapixels = size.output.megapixels * Double(request.imageCount ?? 1)
        return EditPlan(
            request: request, size: size, references: references,
            input: .input(
                prompt: request.prompt,
                references: references.map {
                    ($0.picture.asset, $0.reusedURL ?? "upload:\($0.picture.asset.hex)")
                },
                parameters: request.parameters()),
            megapixels: megapixels, estimatedPrice: megapixels * model.pricePerMegapixel, pricedAt: model.pricedAt,
            priceSource: model.priceSource,
            warnings: PlanWarnings.about(request, size, references, planner)
                + [try await warning(about: request)].compactMap(\.self))
    }

    /// What will have to be sent of a picture: nothing when a URL is known, else so many bytes, which are an estimate as long as
    /// the copy does not exist.
    func outlook(
        _ picture: ReferencePicture, _ copy: UploadCopy?, _ sending: Sending
    ) async throws -> (url: String?, byteCount: Int64, isExact: Bool) {
        let order = UploadOrder(
            asset: picture.asset, facts: picture.facts, copy: copy, access: sending.access, lifetime: sending.lifetime)
        if let remote, let upload = try await catalog.upload(order.key(on: remote.host), now: environment.now()) {
            return (upload.url, upload.byteCount, true)
        }
        guard let copy else { return (nil, picture.facts.byteCount, true) }
        let (bytes, isExact) = CopyMaker(library: self).byteCount(copy, of: picture.asset, picture.facts)
        return (nil, bytes, isExact)
    }

    /// The size plan for what will really be sent, and how each reference's copy differs from it.
    static func sizes(
        _ request: EditRequest, _ planner: SizePlanner
    ) throws -> (size: SizePlan, copies: [UploadCopy?]) {
        let formats = EditModels.readableFormats
        var copies: [UploadCopy?] = []
        for (index, picture) in request.references.enumerated() {
            copies.append(
                try request.sending.copy(of: picture.facts, readable: formats, "reference \(index + 1)"))
        }
        func sentSizes() -> [PixelSize] {
            zip(request.references, copies).map { $1?.size(of: $0.facts) ?? $0.facts.storedSize }
        }
        var size = try planner.plan(request.size, references: sentSizes(), keepAspect: request.keepAspect)
        guard request.sending.shrink, !request.sending.asIs else { return (size, copies) }
        let smaller = planner.smallestEqual(sentSizes(), to: size, request.size, keepAspect: request.keepAspect)
        for (index, picture) in request.references.enumerated() {
            copies[index] = try request.sending.copy(
                of: picture.facts, readable: formats, "reference \(index + 1)", shrunkTo: smaller[index])
        }
        size = try planner.plan(request.size, references: sentSizes(), keepAspect: request.keepAspect)
        return (size, copies)
    }

}
