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
            warnings += about(reference, number: index + 1)
        }
        warnings += shrunken(references)
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

    /// One sentence for all, since it is their number that makes them small.
    private static func shrunken(_ references: [EditPlan.Reference]) -> [String] {
        let small = references.enumerated().filter { _, reference in
            let (seen, stored) = (reference.view.seen, reference.view.stored)
            return min(seen.width, seen.height) < smallestUseful && seen.pixelCount < stored.pixelCount
        }
        guard let first = small.first else { return [] }
        let numbers = small.map { "\($0.offset + 1)" }.joined(separator: ", ")
        return [
            "\(small.count == 1 ? "reference \(numbers) is" : "references \(numbers) are") shrunk below \(smallestUseful) pixels "
                + "(seen at \(first.element.view.seen)): fewer references would be seen larger"
        ]
    }

    private static func about(_ reference: EditPlan.Reference, number: Int) -> [String] {
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
