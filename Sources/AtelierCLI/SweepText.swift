import AssetLibrary
import AssetModel
import LibraryJSON

/// A sweep for people and programs.
enum SweepText {
    static func line(_ summary: SweepSummary) -> String {
        var parts = ["\(Phrase.count(summary.finishedCount, "run")) finished"]
        if summary.earlierCount > 0 { parts.append("\(summary.earlierCount) already in library") }
        if summary.failedCount > 0 { parts.append("\(summary.failedCount) failed") }
        if summary.openCount > 0 { parts.append("\(summary.openCount) open (`atelier resume` continues)") }
        if summary.unknownCount > 0 {
            parts.append(
                "\(summary.unknownCount) unknown (see `atelier resume`)")
        }
        if summary.waitingCount > 0 {
            parts.append("\(summary.waitingCount) not submitted (`atelier resume` continues)")
        }
        if summary.overBudgetCount > 0 { parts.append("\(summary.overBudgetCount) over budget") }
        return parts.joined(separator: ", ")
    }

    /// What it is expected to cost, and by prices of when.
    static func price(_ sweep: SweepPlan) -> String {
        let untold = sweep.items.count { $0.isToBeSent && $0.estimatedPrice == nil }
        return "about \(Phrase.dollars(sweep.estimatedPrice))"
            + (sweep.pricedAt.map { " (prices of \($0))" } ?? "")
            + (untold > 0 ? ", and \(Phrase.count(untold, "run")) of unknown cost" : "")
    }

    static func line(_ item: SweepPlan.Item) -> String {
        func text(_ prompt: String, _ seed: UInt64?) -> String {
            (seed.map { "seed \($0)  " } ?? "") + Phrase.oneLine(prompt)
        }
        return switch item {
        case .send(let plan): "run                  \(text(plan.request.prompt, plan.request.seed))"
        case .sendPlanned(let run, _): "run, \(run.id)  \(text(run.prompt, run.seed))"
        case .collect(let run): "collect, \(run.id)  \(text(run.prompt, run.seed))"
        case .unknown(let run): "unknown, \(run.id)  \(text(run.prompt, run.seed))"
        case .finished(let run): "already in library, \(run.id)  \(text(run.prompt, run.seed))"
        }
    }

    /// How one run ended: its images, or why there are none.
    static func show(_ outcome: ResumeOutcome, _ library: Library, _ output: Output) throws {
        if case .finished(let edit) = outcome { return try EditText.show(edit, library, output) }
        try output.item(outcome.json(in: library), "")
        switch outcome {
        case .finished: break
        case .unknown(let run, _):
            output.remark("\(run.id): may have been submitted; `atelier resume \(run.id)` says what can be done")
        case .failed(let run, let error): output.remark("\(run.id): \(RemedyText.sentence(error))")
        case .notBegun(let run): output.remark("\(run.id): not started: it would fail as an earlier one did")
        case .elsewhere(let run): output.remark("\(run.id): belongs to \(run.host)")
        }
    }
}
