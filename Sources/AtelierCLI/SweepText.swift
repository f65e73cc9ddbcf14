import AssetLibrary
import AssetModel

/// A sweep for people and programs.
enum SweepText {
    static func line(_ summary: SweepSummary) -> String {
        var parts = ["\(summary.finishedCount) made"]
        if summary.earlierCount > 0 { parts.append("\(summary.earlierCount) in the library before") }
        if summary.failedCount > 0 { parts.append("\(summary.failedCount) failed") }
        if summary.unknownCount > 0 {
            parts.append(
                "\(summary.unknownCount) unknown (`atelier jobs` shows them, `atelier resume` says what can be done)")
        }
        if summary.waitingCount > 0 {
            parts.append("\(summary.waitingCount) not begun (the same sweep again goes on, or `atelier resume`)")
        }
        if summary.overBudgetCount > 0 { parts.append("\(summary.overBudgetCount) left out by the budget") }
        return parts.joined(separator: ", ")
    }

    static func object(_ item: SweepPlan.Item) -> JSONValue {
        let (step, id, prompt, seed): (String, Run.ID?, String, UInt64?) =
            switch item {
            case .send(let plan): ("send", nil, plan.request.prompt, plan.request.seed)
            case .sendPlanned(let run): ("send", run.id, run.prompt, run.seed)
            case .collect(let run): ("collect", run.id, run.prompt, run.seed)
            case .unknown(let run): ("unknown", run.id, run.prompt, run.seed)
            case .finished(let run): ("already_in_library", run.id, run.prompt, run.seed)
            }
        return .object([
            "kind": .string("wish"), "step": .string(step), "id": Rendering.text(id?.text), "prompt": .string(prompt),
            "seed": Rendering.seed(seed), "estimated_price_usd": .number(item.estimatedPrice),
        ])
    }

    static func line(_ item: SweepPlan.Item) -> String {
        func text(_ prompt: String, _ seed: UInt64?) -> String {
            (seed.map { "seed \($0)  " } ?? "") + Phrase.oneLine(prompt)
        }
        return switch item {
        case .send(let plan): "would be sent          \(text(plan.request.prompt, plan.request.seed))"
        case .sendPlanned(let run): "would be sent, \(run.id)  \(text(run.prompt, run.seed))"
        case .collect(let run): "would be collected, \(run.id)  \(text(run.prompt, run.seed))"
        case .unknown(let run): "perhaps sent, \(run.id)  \(text(run.prompt, run.seed))"
        case .finished(let run): "in the library, \(run.id)  \(text(run.prompt, run.seed))"
        }
    }

    /// One wish's end: its pictures, or why there are none.
    static func show(_ outcome: ResumeOutcome, _ library: Library, _ output: Output) throws {
        func tell(_ generation: Run, _ code: String, _ message: String) throws {
            guard output.isJSON else { return Console.note("\(generation.id): \(message)") }
            let object = Rendering.generation(generation) { library.path(of: $0.asset, $0.facts.format) }
            try output.item(.object(object.merging(["error": Rendering.error(code, message)]) { $1 }), "")
        }
        switch outcome {
        case .finished(let edit): try EditText.show(edit, library, output)
        case .unknown(let run):
            try tell(
                run, "unknown", "perhaps sent, and nobody answered; `atelier resume \(run.id)` says what can be done")
        case .failed(let run, let error): try tell(run, error.code, error.message)
        case .elsewhere(let run): try tell(run, "elsewhere", "belongs to \(run.host)")
        }
    }
}
