import AssetCatalog
public import AssetModel
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
    /// What a person should know before paying.
    public let warnings: [String]

    /// One reference of a plan.
    public struct Reference: Hashable, Sendable {
        /// The picture.
        public let picture: ReferencePicture
        /// What the model is expected to see of it.
        public let view: SizePlan.ReferenceView
        /// A URL that will be used again; nil when the bytes must be sent.
        public let reusedURL: String?
        /// How many bytes must be sent.
        public var uploadByteCount: Int64 { reusedURL == nil ? picture.facts.byteCount : 0 }
    }
}

extension Library {
    /// Decides everything about an edit or generation. No network, no change.
    ///
    /// Errors: a field out of its range, an unknown model or asset, a reference given twice.
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
        _ = try request.referenceSet()
        let planner = SizePlanner(policy: model.sizes(references: request.references.count))
        let size = try planner.plan(
            request.size, references: request.references.map(\.facts.storedSize), keepAspect: request.keepAspect)
        var references: [EditPlan.Reference] = []
        for (picture, view) in zip(request.references, size.references) {
            var url: String?
            if let remote {
                url = try await catalog.upload(
                    of: picture.asset, on: remote.host, access: .publicLink, now: environment.now())?.url
            }
            references.append(.init(picture: picture, view: view, reusedURL: url))
        }
        let megapixels = size.output.megapixels * Double(request.imageCount ?? 1)
        return EditPlan(
            request: request, size: size, references: references,
            input: .input(
                prompt: request.prompt, urls: references.map { $0.reusedURL ?? "upload:\($0.picture.asset.hex)" },
                parameters: request.parameters()),
            megapixels: megapixels, estimatedPrice: megapixels * model.pricePerMegapixel, pricedAt: model.pricedAt,
            warnings: Self.warnings(request, size, references, planner))
    }

    private static func warnings(
        _ request: EditRequest, _ size: SizePlan, _ references: [EditPlan.Reference], _ planner: SizePlanner
    ) -> [String] {
        var warnings = size.reasons.compactMap { reason -> String? in
            switch reason {
            case .keepAspectIgnored, .sizeIgnored, .tooThin: reason.description
            default: nil
            }
        }
        for (index, reference) in references.enumerated() {
            // What the models were seen to take; nobody has promised the others.
            let format = reference.picture.facts.format
            if ![.png, .jpeg, .webp, .gif].contains(format) {
                warnings.append(
                    "reference \(index + 1) is \(format.rawValue), which the endpoint may not read; png, jpeg or webp is safe"
                )
            }
            if reference.picture.facts.orientation != .upright {
                warnings.append(
                    "reference \(index + 1) is stored turned (EXIF orientation \(reference.picture.facts.orientation.rawValue)): "
                        + "the model sees \(reference.picture.facts.storedSize), not \(reference.picture.facts.displaySize) upright"
                )
            }
            if reference.view.croppedShare > 0.1 {
                warnings.append(
                    "of reference \(index + 1) about \(Int(reference.view.croppedShare * 100)) % is cropped away")
            }
            if min(reference.view.seen.width, reference.view.seen.height) < 512, references.count > 1 {
                warnings.append("reference \(index + 1) is seen at only \(reference.view.seen)")
            }
            if reference.picture.facts.frameCount > 1 {
                warnings.append(
                    "reference \(index + 1) has \(reference.picture.facts.frameCount) frames; expect the model to use the first"
                )
            }
        }
        // The model's default is square, whatever the only reference looks like: people are surprised by that once.
        if request.size == .modelDefault, size.rule == .closestRatio, references.count == 1,
            let only = references.first?.picture.facts.storedSize,
            let kept = try? planner.output(.keepAspect, width: only.width, height: only.height),
            abs(kept.ratio / size.output.ratio - 1) > 0.1
        {
            warnings.append("the result will be \(size.output); with --keep-aspect it would be \(kept)")
        }
        return warnings
    }
}

extension PixelSize {
    fileprivate var ratio: Double { Double(width) / Double(height) }
}
