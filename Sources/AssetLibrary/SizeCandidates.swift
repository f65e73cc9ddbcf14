public import AssetModel
import SizePlanning

/// One size that a model could be asked for, and what it would make of the references.
public struct SizeCandidate: Hashable, Sendable {
    /// The size that would come back.
    public let size: PixelSize
    /// The rule that gives it.
    public let rule: SizeRule
    /// Whether it is what the request gives as it is.
    public let isPlanned: Bool
    /// Millions of output pixels, all pictures together.
    public let megapixels: Double
    /// What that costs, in US dollars; nil when it cannot be told before.
    public let estimatedPrice: Double?
    /// The references, in order.
    public let references: [Reference]

    /// The share of the references that does not fit into the size's shape, on average, 0 to 1.
    public var outsideShare: Double {
        references.reduce(0) { $0 + $1.outsideShare } / Double(max(1, references.count))
    }

    /// What becomes of one reference.
    public struct Reference: Hashable, Sendable {
        /// Which.
        public let asset: ContentDigest
        /// The share of it that would lie outside if it filled a picture of this shape, 0 to 1.
        public let outsideShare: Double
        /// The share that the model itself cuts off to get sides it can work with, 0 to 1.
        public let croppedShare: Double
        /// The pixels that the model works with.
        public let seen: PixelSize
    }
}

extension Planner {
    /// Every size that a request's model supports with references, and the kept ratio where that is possible: best fit first, then
    /// more pixels seen of the references. Pure arithmetic.
    static func candidates(for request: RunRequest, _ price: UnitPrice?) throws -> [SizeCandidate] {
        let model = try EditModels.model(request.model)
        guard !request.references.isEmpty else {
            throw LibraryError(
                .invalidInput, code: "no_reference", "without a reference there is nothing to compare sizes by",
                remedy: .addReference)
        }
        try model.check(request)
        let policy = model.sizes(withReferences: true)
        let planner = SizePlanner(policy: policy)
        let planned = try sizes(request, planner, model).size
        var plain = request
        plain.keepAspect = false
        plain.sending.shrink = false
        var plans: [SizePlan] = []
        for size in policy.listedSizes {
            plain.size = .exactly(width: size.width, height: size.height)
            plans.append(try sizes(plain, planner, model).size)
        }
        if policy.keepAspect != nil, request.references.count == 1 {
            plain.size = .modelDefault
            plain.keepAspect = true
            if let kept = try? sizes(plain, planner, model).size { plans.append(kept) }
        }
        return plans.map { candidate($0, planned, request, price) }.sorted { one, other in
            (one.outsideShare, -one.seenPixels) < (other.outsideShare, -other.seenPixels)
        }
    }

    private static func candidate(
        _ plan: SizePlan, _ planned: SizePlan, _ request: RunRequest, _ price: UnitPrice?
    ) -> SizeCandidate {
        let megapixels = plan.output.megapixels * Double(request.imageCount ?? 1)
        let references = zip(request.references, plan.references).map { picture, view in
            let (wanted, own) = (plan.output.ratio, view.stored.ratio)
            return SizeCandidate.Reference(
                asset: picture.asset, outsideShare: 1 - min(wanted, own) / max(wanted, own),
                croppedShare: view.croppedShare, seen: view.seen)
        }
        return SizeCandidate(
            size: plan.output, rule: plan.rule, isPlanned: plan.output == planned.output && plan.rule == planned.rule,
            megapixels: megapixels, estimatedPrice: price?.cost(plan.output, request.parameters), references: references
        )
    }
}

extension SizeCandidate {
    fileprivate var seenPixels: Int { references.reduce(0) { $0 + $1.seen.pixelCount } }
}
