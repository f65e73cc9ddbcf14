import AssetLibrary
import AssetModel
import LibraryJSON

/// A plan for people.
enum PlanText {
    static func lines(_ plan: RunPlan) -> String {
        var lines: [String] = []
        if let size = plan.estimate?.size {
            lines.append("\(plan.request.model): \(size.output)")
            lines += size.reasons.map { "  - \(RemedyText.sentence($0))" }
        } else {
            lines.append("\(plan.request.model): size set by the endpoint")
        }
        for (index, reference) in plan.references.enumerated() { lines.append(line(reference, number: index + 1)) }
        let megapixels = plan.estimate.map { "\(Phrase.decimal($0.megapixels, 2)) megapixels, " } ?? ""
        lines.append(megapixels + PriceText.estimate(plan))
        lines.append("request: \(request(plan))")
        return lines.joined(separator: "\n")
    }

    /// The plan on standard output, what to know before paying on standard error; `again` says that a run of earlier does not count.
    static func show(_ plan: RunPlan, again: Bool = false, _ output: Output) throws {
        try output.item(plan.json, lines(plan))
        for warning in plan.warnings { output.remark("note: \(RemedyText.sentence(warning, again: again))") }
    }

    /// The request as one line; a file that is not uploaded yet by the beginning of its id.
    private static func request(_ plan: RunPlan) -> String {
        var text = JSONText.line(plan.input)
        for reference in plan.references where reference.reusedURL == nil {
            let asset = reference.picture.asset
            text = text.replacing("upload:\(asset.hex)", with: "upload:\(asset.short)")
        }
        return text
    }

    private static func line(_ reference: RunPlan.Reference, number: Int) -> String {
        let name = reference.picture.path ?? reference.picture.asset.short
        let copy = reference.changes.isEmpty ? "" : " (\(reference.changes.joined(separator: ", ")))"
        let about = reference.isByteCountExact ? "" : "about "
        let sending =
            reference.reusedURL == nil
            ? "to upload, \(about)\(Phrase.bytes(reference.uploadByteCount))" : "already uploaded"
        let place = reference.places.isEmpty ? "reference \(number)" : reference.places.joined(separator: ", ")
        guard let view = reference.view else {
            return "\(place): \(name), \(reference.picture.facts.storedSize)\(copy); \(sending)"
        }
        let cropped =
            view.croppedShare >= 0.005 ? ", \(Phrase.decimal(view.croppedShare * 100, 1))% cropped" : ""
        return
            "\(place): \(name), \(reference.picture.facts.storedSize)\(copy) seen as \(view.seen)\(cropped); \(sending)"
    }
}

/// One size among those a model supports, for people: a table of fixed columns.
enum CandidateText {
    static let heading = "  size        cropped  each reference as the model sees it"
    /// Sizes of references that fit a line.
    private static let shownCount = 6

    static func line(_ candidate: SizeCandidate) -> String {
        let mark = candidate.isPlanned ? "* " : "  "
        let rule = candidate.rule == .keepAspect ? "  (--keep-aspect)" : ""
        let outside = Phrase.padded("\(Phrase.decimal(candidate.outsideShare * 100, 1))%", 9)
        let rest = candidate.references.count - shownCount
        let seen =
            candidate.references.prefix(shownCount).map { "\($0.seen)" }.joined(separator: " ")
            + (rest > 0 ? " and \(rest) more" : "")
        return mark + Phrase.padded("\(candidate.size)", 12) + outside + seen + rule
    }
}
