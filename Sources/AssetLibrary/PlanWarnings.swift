import AssetModel
import SizePlanning

/// What a person should know about a plan before paying, a sentence each.
enum PlanWarnings {
    /// Below this, in pixels of the shorter side, a model sees little more than colours and shapes.
    private static let smallestUseful = 512

    static func about(
        _ request: EditRequest, _ size: SizePlan, _ references: [EditPlan.Reference], _ planner: SizePlanner
    ) -> [String] {
        var warnings = size.reasons.compactMap { reason -> String? in
            switch reason {
            case .keepAspectIgnored, .sizeIgnored, .tooThin: reason.description
            default: nil
            }
        }
        warnings += shape(request, size)
        for (index, reference) in references.enumerated() {
            warnings += about(reference, number: index + 1, isAlone: references.count == 1)
        }
        if request.sending.access == .privateLink, !references.isEmpty {
            warnings.append(
                "the references are sent for your account alone; fal does not say whether its models may read them then"
            )
        }
        // The model's default is square, whatever the only reference looks like: people are surprised by that once.
        if request.size == .modelDefault, size.rule == .closestRatio, let only = size.references.first?.stored,
            references.count == 1,
            let kept = try? planner.output(.keepAspect, width: only.width, height: only.height),
            abs(kept.ratio / size.output.ratio - 1) > 0.1
        {
            warnings.append("the result will be \(size.output); with --keep-aspect it would be \(kept)")
        }
        return warnings
    }

    /// Whether the size asked for has a shape that the model does not know.
    private static func shape(_ request: EditRequest, _ size: SizePlan) -> [String] {
        guard size.rule == .closestRatio, case .exactly(let width?, let height?) = request.size,
            let asked = PixelSize(width: width, height: height)
        else { return [] }
        let off = max(asked.ratio, size.output.ratio) / min(asked.ratio, size.output.ratio) - 1
        guard off > 0.1 else { return [] }
        return [
            "no supported size has the shape of \(asked): \(size.output), the nearest, is off by \(Int(off * 100)) %"
        ]
    }

    private static func about(_ reference: EditPlan.Reference, number: Int, isAlone: Bool) -> [String] {
        let facts = reference.picture.facts
        var warnings: [String] = []
        // With a copy of it both are taken care of.
        if reference.copy?.format == nil, !EditModels.readableFormats.contains(facts.format) {
            warnings.append(
                "reference \(number) is \(facts.format.rawValue), which the endpoint may not read; png, jpeg or webp is safe"
            )
        }
        if !reference.isUpright {
            warnings.append(
                "reference \(number) is stored turned (EXIF orientation \(facts.orientation.rawValue)): "
                    + "the model sees \(facts.storedSize), not \(facts.displaySize) upright")
        }
        if reference.view.croppedShare > 0.1 {
            warnings.append(
                "of reference \(number) about \(Int(reference.view.croppedShare * 100)) % is cropped away")
        }
        if !isAlone, min(reference.view.seen.width, reference.view.seen.height) < smallestUseful {
            warnings.append("reference \(number) is seen at only \(reference.view.seen)")
        }
        if facts.frameCount > 1 {
            let uses = reference.copy == nil ? "expect the model to use the first" : "the first is sent"
            warnings.append("reference \(number) has \(facts.frameCount) frames; \(uses)")
        }
        return warnings
    }
}

extension PixelSize {
    /// Width over height.
    var ratio: Double { Double(width) / Double(height) }
}
