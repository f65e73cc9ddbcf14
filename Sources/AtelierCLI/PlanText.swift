import AssetLibrary
import AssetModel
import LibraryJSON

/// A plan for people.
enum PlanText {
    static func lines(_ plan: EditPlan) -> String {
        var lines = ["\(plan.request.model): \(plan.size.output)  (\(plan.size.rule.rawValue))"]
        lines += plan.size.reasons.map { "  - \($0)" }
        for (index, reference) in plan.references.enumerated() { lines.append(line(reference, number: index + 1)) }
        lines.append(
            "\(Phrase.decimal(plan.megapixels, 2)) megapixels, about \(Phrase.dollars(plan.estimatedPrice))"
                + " (price of \(plan.pricedAt), \(plan.priceSource))")
        lines += plan.warnings.map { "note: \($0)" }
        lines.append("request: \(JSONText.line(plan.input))")
        return lines.joined(separator: "\n")
    }

    static func lines(_ plan: RunPlan) -> String {
        var lines = ["\(plan.request.endpoint): size set by the endpoint, no price on record"]
        for reference in plan.references {
            let name = reference.picture.path ?? reference.picture.asset.short
            let copy = reference.copy.map { " (\($0.reasons))" } ?? ""
            let about = reference.isByteCountExact ? "" : "about "
            let sending =
                reference.reusedURL == nil
                ? "to upload, \(about)\(Phrase.bytes(reference.uploadByteCount))" : "already uploaded"
            let places = reference.places.joined(separator: ", ")
            lines.append("\(places): \(name), \(reference.picture.facts.storedSize)\(copy); \(sending)")
        }
        lines += plan.warnings.map { "note: \($0)" }
        lines.append("request: \(JSONText.line(plan.input))")
        return lines.joined(separator: "\n")
    }

    private static func line(_ reference: EditPlan.Reference, number: Int) -> String {
        let view = reference.view
        let name = reference.picture.path ?? reference.picture.asset.short
        let copy = reference.copy.map { " (\($0.reasons))" } ?? ""
        let cropped =
            view.croppedShare >= 0.005 ? ", \(Phrase.decimal(view.croppedShare * 100, 1)) % cropped" : ""
        let about = reference.isByteCountExact ? "" : "about "
        let sending =
            reference.reusedURL == nil
            ? "to upload, \(about)\(Phrase.bytes(reference.uploadByteCount))" : "already uploaded"
        return "reference \(number): \(name), \(view.stored)\(copy) seen as \(view.seen)\(cropped); \(sending)"
    }
}

/// One size among those a model supports, for people: a table of fixed columns.
enum CandidateText {
    static let heading = "  size        outside  each reference as the model sees it"

    static func line(_ candidate: SizeCandidate) -> String {
        let mark = candidate.isPlanned ? "* " : "  "
        let rule = candidate.rule == .keepAspect ? "  (--keep-aspect)" : ""
        let outside = Phrase.padded("\(Phrase.decimal(candidate.outsideShare * 100, 1)) %", 9)
        let seen = candidate.references.map { "\($0.seen)" }.joined(separator: " ")
        return mark + Phrase.padded("\(candidate.size)", 12) + outside + seen + rule
    }
}
