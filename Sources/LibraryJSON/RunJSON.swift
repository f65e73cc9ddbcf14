package import AssetLibrary
package import AssetModel

extension Run {
    /// The state by its published name: a request that was sent and never answered is `unknown`.
    package var stateName: String { nextStep == .confirm ? "unknown" : state.rawValue }

    /// `id kind state model prompt seed parameters references planned_width planned_height submit files request_id reason
    /// outputs drift billing planned_at created_at changed_at unknown_reason title note`. Each output has an `id`,
    /// the run's and its number.
    package func json(in library: Library) -> JSONObject {
        [
            "id": JSONValue(id), "kind": JSONValue("generation"), "state": JSONValue(stateName),
            "model": JSONValue(model), "prompt": JSONValue(prompt), "seed": JSONValue(seed: seed),
            "parameters": Self.withSeedAsText(parameters), "references": JSONValue(references.members.map(\.hex)),
            "planned_width": JSONValue(plannedSize?.width), "planned_height": JSONValue(plannedSize?.height),
            "submit": .object(terms.json), "files": JSONValue(files.map(\.json)), "request_id": JSONValue(request?.id),
            "reason": JSONValue(reason),
            "outputs": JSONValue(
                outputs.enumerated().map { index, output in
                    output.json(in: library).adding(["id": JSONValue("\(id)/\(index + 1)")])
                }),
            "drift": JSONValue(drift.map(\.json)), "billing": billing.map { .object($0.json) } ?? .null,
            "planned_at": JSONValue(plannedAt),
            "created_at": JSONValue(state == .finished ? changedAt : plannedAt), "changed_at": JSONValue(changedAt),
            "unknown_reason": JSONValue(nextStep == .confirm ? unaskedReason.code : nil),
            "title": JSONValue(marks.title), "note": JSONValue(marks.note),
        ]
    }

    /// Why its outcome is unknown as long as nothing was asked.
    package var unaskedReason: UnknownReason { terms.isStored ? .notAsked : .notStored }

    /// Parameters as we show them; the exact request and the answer stay as fal has them.
    private static func withSeedAsText(_ parameters: JSONValue) -> JSONValue {
        guard case .object(var fields) = parameters, let number = fields["seed"]?.seed else { return parameters }
        fields["seed"] = JSONValue(seed: number)
        return .object(fields)
    }
}

extension Run.Output {
    /// The facts, and `digest path flagged url`.
    package func json(in library: Library) -> JSONObject {
        facts.json.adding([
            "digest": JSONValue(asset), "path": JSONValue(library.path(of: asset, facts.format)),
            "flagged": JSONValue(isFlagged), "url": JSONValue(url),
        ])
    }
}

extension Run.KeptFile {
    /// `digest extension media_type byte_count url`: something that a run made and that is no picture.
    package var json: JSONObject {
        [
            "digest": JSONValue(digest), "extension": JSONValue(fileExtension), "media_type": JSONValue(mediaType),
            "byte_count": .integer(byteCount), "url": JSONValue(url),
        ]
    }
}

extension SubmitTerms {
    /// `priority hint start_timeout webhook store_io`: how a run is handed to the queue; null where fal's default holds.
    package var json: JSONObject {
        [
            "priority": JSONValue(priority?.rawValue), "hint": JSONValue(hint),
            "start_timeout": JSONValue(startTimeoutSeconds), "webhook": JSONValue(webhook),
            "store_io": JSONValue(isStored),
        ]
    }
}

extension Drift {
    /// `kind position asked got kept message`: one thing that came back otherwise than asked.
    package var json: JSONObject {
        [
            "kind": JSONValue(kind.rawValue), "position": JSONValue(position), "asked": JSONValue(asked),
            "got": JSONValue(got), "kept": JSONValue(kept), "message": JSONValue(description),
        ]
    }
}

extension FinishedRun {
    /// The run, and `differences uploaded reused already_in_library seconds`.
    package func json(in library: Library) -> JSONObject {
        run.json(in: library).adding([
            "differences": JSONValue(differences), "uploaded": JSONValue(uploadedCount),
            "reused": JSONValue(reusedCount), "already_in_library": JSONValue(isEarlier),
            "seconds": JSONValue((seconds * 1000).rounded() / 1000),
        ])
    }
}

extension ResumeOutcome {
    /// The run that has ended, or the run with `error` and, in the same words, `reason`; of an unknown one `unknown_reason` says what
    /// fal's request history had to say.
    package func json(in library: Library) -> JSONObject {
        func object(_ run: Run, _ error: JSONObject) -> JSONObject {
            run.json(in: library).adding(["error": .object(error), "reason": error["message"] ?? .null])
        }
        return switch self {
        case .finished(let edit): edit.json(in: library)
        case .unknown(let run, let reason):
            object(run, .error("unknown", "may have been submitted; fal never answered; \(reason.sentence)"))
                .adding(["unknown_reason": JSONValue(reason.code)])
        case .elsewhere(let run):
            object(run, .error("elsewhere", "belongs to \(run.host), which is not the account or server in use"))
        case .failed(let run, let error): object(run, error.json)
        case .notBegun(let run):
            object(run, .error("not_begun", "not started: it would fail as an earlier one did"))
        }
    }
}

extension CancelOutcome {
    /// The run, and `answer`: `never_sent stopped requested already_completed not_found`.
    package func json(in library: Library) -> JSONObject {
        switch self {
        case .neverSent(let run): run.json(in: library).adding(["answer": JSONValue("never_sent")])
        case .stopped(let run): run.json(in: library).adding(["answer": JSONValue("stopped")])
        case .requested(let run): run.json(in: library).adding(["answer": JSONValue("requested")])
        case .notFound(let run): run.json(in: library).adding(["answer": JSONValue("not_found")])
        case .completed(let edit): edit.json(in: library).adding(["answer": JSONValue("already_completed")])
        }
    }
}
