import AssetModel
import SizePlanning

/// What a plan's values give reason to warn about.
extension PlanWarning {
    static func about(_ size: SizePlan, of request: RunRequest, _ planner: SizePlanner) -> [PlanWarning] {
        var warnings = size.reasons.compactMap { reason -> PlanWarning? in
            switch reason {
            case .keepAspectIgnored, .sizeIgnored, .tooThin, .missingSide: .size(reason)
            default: nil
            }
        }
        if size.rule == .closestRatio, case .exactly(let width?, let height?) = request.size,
            let asked = PixelSize(width: width, height: height)
        {
            let deviation = max(asked.ratio, size.output.ratio) / min(asked.ratio, size.output.ratio) - 1
            if deviation > 0.1 {
                warnings.append(.unsupportedShape(asked: asked, nearest: size.output, deviation: deviation))
            }
        }
        // The model's default is square, whatever the only reference looks like: people are surprised by that once.
        if request.size == .modelDefault, size.rule == .closestRatio, let only = size.references.first?.stored,
            size.references.count == 1,
            let kept = try? planner.output(.keepAspect, width: only.width, height: only.height),
            abs(kept.ratio / size.output.ratio - 1) > 0.1
        {
            warnings.append(.aspectNotKept(output: size.output, kept: kept))
        }
        return warnings
    }

    static func about(_ references: [RunPlan.Reference]) -> [PlanWarning] {
        references.enumerated().flatMap { about($1, at: $0 + 1) } + shrunken(references)
    }

    static func about(_ sending: Sending, _ references: [RunPlan.Reference]) -> [PlanWarning] {
        sending.access == .privateLink && !references.isEmpty ? [.privateReferences] : []
    }

    /// What is left of depth and transparency in what is sent.
    static func aboutPixels(of references: [RunPlan.Reference], for model: EditModel?) -> [PlanWarning] {
        references.enumerated().flatMap { index, reference -> [PlanWarning] in
            let (position, facts) = (index + 1, reference.picture.facts)
            var warnings: [PlanWarning] = []
            if reference.sentBitDepth > 8 { warnings.append(.deepSent(position: position, bits: facts.bitDepth)) }
            if reference.sendsAlpha, model?.usesAlpha != true {
                let why: TransparencyReason =
                    model == nil ? .unknownUse : reference.isAnimationSent ? .animation : .asIs
                warnings.append(.transparencySent(position: position, why: why))
            }
            return warnings
        }
    }

    private static func about(_ reference: RunPlan.Reference, at position: Int) -> [PlanWarning] {
        let facts = reference.picture.facts
        var warnings: [PlanWarning] = []
        // With a copy of it both are taken care of.
        if reference.copy?.format == nil, !EditModels.readableFormats.contains(facts.format) {
            warnings.append(.unreadableFormat(position: position, facts.format))
        }
        if !reference.isUpright {
            warnings.append(
                .storedTurned(
                    position: position, facts.orientation, stored: facts.storedSize, upright: facts.displaySize))
        }
        if let share = reference.view?.croppedShare, share > 0.1 {
            warnings.append(.cropped(position: position, share: share))
        }
        if facts.frameCount > 1 {
            warnings.append(
                .severalFrames(position: position, count: facts.frameCount, isFirstSent: reference.copy != nil))
        }
        return warnings
    }

    /// One warning for all, since it is their number that makes them small.
    private static func shrunken(_ references: [RunPlan.Reference]) -> [PlanWarning] {
        let small = references.enumerated().compactMap { index, reference -> (position: Int, seen: PixelSize)? in
            guard let view = reference.view, min(view.seen.width, view.seen.height) < smallestUsefulSide,
                view.seen.pixelCount < view.stored.pixelCount
            else { return nil }
            return (index + 1, view.seen)
        }
        guard let first = small.first else { return [] }
        return [.shrunk(positions: small.map(\.position), seen: first.seen)]
    }
}

extension PixelSize {
    /// Width over height.
    var ratio: Double { Double(width) / Double(height) }
}
