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
    /// What that costs, in US dollars, by the model's price.
    public let estimatedPrice: Double
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

extension Library {
    /// Every size that a request's model supports with references, and the kept ratio where that is possible, by how much of the
    /// references fits: best first, then more pixels seen of them. Pure arithmetic; touches nothing.
    ///
    /// Errors: those of `plan`, and a request without references, for which there is nothing to compare.
    public func candidates(for request: EditRequest) throws(LibraryError) -> [SizeCandidate] {
        do {
            let model = try EditModels.model(request.model)
            guard !request.references.isEmpty else {
                throw LibraryError(
                    .invalidInput, code: "no_reference",
                    "without a reference every size is as good as another; give one with --ref")
            }
            try request.check(against: model)
            let policy = model.sizes(references: request.references.count)
            let planner = SizePlanner(policy: policy)
            let planned = try Self.sizes(request, planner).size
            var plain = request
            plain.keepAspect = false
            plain.sending.shrink = false
            var plans: [SizePlan] = []
            for size in policy.listedSizes {
                plain.size = .exactly(width: size.width, height: size.height)
                plans.append(try Self.sizes(plain, planner).size)
            }
            if policy.keepAspect != nil, request.references.count == 1 {
                plain.size = .modelDefault
                plain.keepAspect = true
                if let kept = try? Self.sizes(plain, planner).size { plans.append(kept) }
            }
            return plans.map { Self.candidate($0, planned, request, model) }.sorted { one, other in
                (one.outsideShare, -one.seenPixels) < (other.outsideShare, -other.seenPixels)
            }
        } catch {
            throw LibraryError(error)
        }
    }

    private static func candidate(
        _ plan: SizePlan, _ planned: SizePlan, _ request: EditRequest, _ model: EditModel
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
            megapixels: megapixels, estimatedPrice: megapixels * model.pricePerMegapixel, references: references)
    }
}

extension SizeCandidate {
    fileprivate var seenPixels: Int { references.reduce(0) { $0 + $1.seen.pixelCount } }
}
