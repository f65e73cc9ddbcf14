package import AssetModel

/// Turns a request and its references into the size that will come back, and says why.
///
/// Pure arithmetic: the same input gives the same plan.
package struct SizePlanner: Sendable {
    private let policy: SizePolicy

    /// A planner for one model's rules.
    package init(policy: SizePolicy) {
        self.policy = policy
    }

    /// The plan for `references` (stored sizes, in order).
    ///
    /// `keepAspect` acts only with exactly one reference and a model that can; otherwise the plan says that it is
    /// ignored. Errors: a side out of range, a reference too thin to be scaled.
    package func plan(
        _ request: SizeRequest, references: [PixelSize], keepAspect: Bool = false
    ) throws(SizePlanningError) -> SizePlan {
        var reasons: [SizePlan.Reason] = []
        if keepAspect, let rule = policy.keepAspect, let only = references.first, references.count == 1 {
            let resize = AspectResize(side: rule.side, step: rule.step)
            let result = try resize.resize(width: only.width, height: only.height)
            if request != .modelDefault { reasons.append(.sizeIgnored) }
            reasons.append(.keptAspect(of: only, budget: rule.side * rule.side))
            let view = view(of: only, as: result, count: 1)
            return finish(.keepAspect, request, output: result.size, references: [view], reasons: reasons)
        }
        if keepAspect { reasons.append(.keepAspectIgnored(references: references.count)) }

        let asked = try pixels(of: request, reasons: &reasons)
        let rule: SizeRule, output: PixelSize
        switch policy.allowed {
        case .list(let list):
            (rule, output) = (.closestRatio, try list.size(width: asked.width, height: asked.height))
            if output != PixelSize(width: asked.width, height: asked.height) {
                reasons.append(.snappedToList(from: "\(asked.width)x\(asked.height)", to: output))
            }
        case .grid(let step, let maximumPixels):
            (rule, output) = (.multipleOf32, fit(asked, step: step, maximumPixels: maximumPixels, reasons: &reasons))
        }
        let views = try views(of: references, output: output, reasons: &reasons)
        return finish(rule, request, output: output, references: views, reasons: reasons)
    }

    /// The size that one rule makes of two numbers, without any request around it: what `atelier size` answers.
    ///
    /// Errors as the model's own arithmetic fails: no ratio (height 0), or too thin to keep.
    package func output(_ rule: SizeRule, width: Int, height: Int) throws(SizePlanningError) -> PixelSize {
        switch (rule, policy.allowed, policy.keepAspect) {
        case (.closestRatio, .list(let list), _):
            return try list.size(width: width, height: height)
        case (.keepAspect, _, let numbers?):
            return try AspectResize(side: numbers.side, step: numbers.step).resize(width: width, height: height).size
        case (.multipleOf32, .grid(let step, let maximumPixels), _):
            guard width > 0, height > 0 else { throw .noRatio(width: width, height: height) }
            var reasons: [SizePlan.Reason] = []
            return fit((width, height), step: step, maximumPixels: maximumPixels, reasons: &reasons)
        default:
            throw .ruleNotOfThisModel(rule)
        }
    }

    /// The rule that decides for a model with this policy when no reference's ratio is kept.
    package var usualRule: SizeRule {
        switch policy.allowed {
        case .list: .closestRatio
        case .grid: .multipleOf32
        }
    }

    // MARK: - The steps

    private func pixels(
        of request: SizeRequest, reasons: inout [SizePlan.Reason]
    ) throws(SizePlanningError) -> (width: Int, height: Int) {
        switch request {
        case .modelDefault:
            reasons.append(.defaulted(to: policy.defaultSize))
            return (policy.defaultSize.width, policy.defaultSize.height)
        case .preset(let preset):
            let sides = preset.sides
            if let size = PixelSize(width: sides.width, height: sides.height) { reasons.append(.preset(preset, size)) }
            return sides
        case .exactly(let width, let height):
            if width == nil || height == nil { reasons.append(.missingSide(policy.missingSide)) }
            let sides = (width ?? policy.missingSide, height ?? policy.missingSide)
            for side in [sides.0, sides.1] where !(1...policy.maximumSide ~= side) {
                throw .sideOutOfRange(side, maximum: policy.maximumSide)
            }
            return sides
        }
    }

    private func fit(
        _ asked: (width: Int, height: Int), step: Int, maximumPixels: Int, reasons: inout [SizePlan.Reason]
    ) -> PixelSize {
        var (width, height) = (Double(asked.width), Double(asked.height))
        if width * height > Double(maximumPixels) {
            let scale = (Double(maximumPixels) / (width * height)).squareRoot()
            (width, height) = (width * scale, height * scale)
            reasons.append(.reducedToBudget(maximumPixels))
        }
        func cut(_ length: Double) -> Int { Int(length) / step * step }
        let (across, down) = (cut(width), cut(height))
        if Double(across) != width || Double(down) != height { reasons.append(.roundedDown(step: step)) }
        if min(across, down) < step { reasons.append(.raisedToStep(step)) }
        // A side that was raised must not lift the whole above the budget.
        func bounded(_ length: Int, beside other: Int) -> Int {
            max(step, min(length, maximumPixels / max(other, step) / step * step))
        }
        let size = PixelSize(width: bounded(across, beside: down), height: bounded(down, beside: across))
        return size ?? policy.defaultSize
    }

    /// What the model sees of several references: each is scaled to a side that shrinks as their number grows.
    ///
    /// Source: `pipeline.py` of HiDream-O1-Image: 1 → L, 2 → L·48/64, 3–4 → L/2, 5–8 → L·24/64, more → L/4, where L is
    /// the output's longer side; no upper limit on the number.
    private func views(
        of references: [PixelSize], output: PixelSize, reasons: inout [SizePlan.Reason]
    ) throws(SizePlanningError) -> [SizePlan.ReferenceView] {
        guard !references.isEmpty else { return [] }
        let longest = max(output.width, output.height)
        let side =
            switch references.count {
            case 1: longest
            case 2: longest * 48 / 64
            case 3...4: longest / 2
            case 5...8: longest * 24 / 64
            default: longest / 4
            }
        if references.count > 1 { reasons.append(.referencesShared(count: references.count, side: side)) }
        var views: [SizePlan.ReferenceView] = []
        for reference in references {
            let result = try AspectResize(side: side, step: 32).resize(width: reference.width, height: reference.height)
            views.append(view(of: reference, as: result, count: references.count))
        }
        return views
    }

    private func view(of reference: PixelSize, as result: AspectResize.Result, count: Int) -> SizePlan.ReferenceView {
        let side = Self.conditionSide(count: count)
        let ratio = Double(result.size.width) / Double(result.size.height)
        let width = (Double(side * side) * ratio).squareRoot()
        let condition = PixelSize(width: Int(width) / 32 * 32, height: Int(width / ratio) / 32 * 32)
        return SizePlan.ReferenceView(
            stored: reference, seen: result.size, croppedShare: result.croppedShare, condition: condition)
    }

    /// The side of the text encoder's copy, from the same source: 384 up to 4 references, 288 up to 8, then 192.
    private static func conditionSide(count: Int) -> Int {
        switch count {
        case ...4: 384
        case 5...8: 288
        default: 192
        }
    }

    private func finish(
        _ rule: SizeRule, _ asked: SizeRequest, output: PixelSize, references: [SizePlan.ReferenceView],
        reasons: [SizePlan.Reason]
    ) -> SizePlan {
        let limit = Self.conditionSide(count: references.count) / 32
        let thin = references.enumerated().filter { $0.element.condition == nil }
            .map { SizePlan.Reason.tooThin(position: $0.offset + 1, maximumRatio: limit * limit) }
        return SizePlan(rule: rule, asked: asked, output: output, references: references, reasons: reasons + thin)
    }
}
