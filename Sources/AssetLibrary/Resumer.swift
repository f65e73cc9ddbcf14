import AssetCatalog
public import AssetModel

/// What became of one unfinished run.
public enum ResumeOutcome: Hashable, Sendable {
    /// Its outputs are in the library now.
    case finished(FinishedRun)
    /// It may have been submitted; submitting it again could cost twice, so nothing was done. The reason says why fal's request
    /// history did not tell.
    case unknown(Run, UnknownReason)
    /// It could not be brought to an end now; the error says whether later.
    case failed(Run, LibraryError)
    /// It belongs to another account or server than the one configured now; nothing was done.
    case elsewhere(Run)
    /// Not begun, because an earlier one met a trouble that all would meet.
    case notBegun(Run)
}

/// Sorts the runs that have not ended by what can be done about them, without asking any server.
struct UnfinishedRuns: Sendable {
    let records: RunRecords

    /// What can be done about some runs.
    struct Sorted: Sendable {
        /// Those that can be brought to an end now.
        var ready: [Run] = []
        /// Those that may have been submitted, and that fal's request history may tell of.
        var unknown: [Run] = []

        var isEmpty: Bool { ready.isEmpty && unknown.isEmpty }
    }

    /// Those that can be brought to an end, or asked about, oldest first. `onOutcome` is told about the others; a run of a sandbox
    /// that is gone can never be finished, and ends here.
    func sorted(
        only: Run.ID?, on host: RemoteHost?, _ onOutcome: (ResumeOutcome) -> Void
    ) async throws -> Sorted {
        var sorted = Sorted()
        let unfinished = try await records.history.catalog.unfinishedGenerations()
        let mayBe = unfinished.contains(where: Self.mayBeOnItsWay)
        let onTheirWay = mayBe ? try await records.onTheirWay.runs() : []
        for read in unfinished where only == nil || read.id == only {
            var run = read
            if Self.mayBeOnItsWay(run), !onTheirWay.contains(run.id) {
                // Who sends a run gives it back once the answer is recorded, so it may have come further since it was read.
                run = try await records.run(run.id)
                if run.state.isFinal { continue }
            }
            if run.host.isEphemeral, run.host != host, onTheirWay.contains(run.id) {
                onOutcome(.failed(run, RunsOnTheirWay.inSandbox(run.id)))
            } else if run.host.isEphemeral, run.host != host {
                let error = try await giveUp(run)
                onOutcome(await records.outcome(of: run, error))
            } else if run.nextStep == .confirm {
                if onTheirWay.contains(run.id) {
                    onOutcome(.failed(run, RunsOnTheirWay.underWay(run.id)))
                } else if run.host == host {
                    sorted.unknown.append(run)
                } else {
                    onOutcome(.unknown(run, run.terms.isStored ? .notAsked : .notStored))
                }
            } else if let host, run.host != host {
                onOutcome(.elsewhere(run))
            } else if only == nil, run.nextStep == .submit, try await records.history.isPlannedElsewhere(run.id) {
                onOutcome(.failed(run, Self.plannedElsewhere(run)))
            } else {
                sorted.ready.append(run)
            }
        }
        return sorted
    }

    /// Whether what to do about a run depends on the process that may be bringing it to its end.
    private static func mayBeOnItsWay(_ run: Run) -> Bool { run.nextStep == .confirm || run.host.isEphemeral }

    /// Two copies of a library hold the same plans: if each sent them by itself, they would be paid for twice.
    private static func plannedElsewhere(_ run: Run) -> LibraryError {
        LibraryError(
            .outcomeUnknown, code: "planned_elsewhere",
            "planned in another copy of this library, which may submit it too; not submitted here",
            remedy: .resume(run.id), run: run.id)
    }

    /// Ends a run without asking fal.
    func discard(_ id: Run.ID) async throws {
        let run = try await records.run(id)
        try await records.onTheirWay.expectNot(run)
        try await records.history.record(records.verb) { writer in
            guard let state = try writer.state(of: id), !state.isFinal else { throw LibraryError.alreadyEnded(id) }
            // A plan that is being sent by now is not ended behind its sender's back.
            guard state == run.state else { throw RunsOnTheirWay.underWay(id) }
            return (
                [
                    .failed(
                        .init(
                            generation: id, code: "discarded", reason: "discarded by you; its result on fal is unknown")
                    )
                ],
                ()
            )
        }
    }

    private func giveUp(_ run: Run) async throws -> LibraryError {
        let error = LibraryError(
            .notFound, code: "sandbox_gone",
            "its sandbox lived only as long as the command that used it; nothing is lost", run: run.id)
        let ending = JournalEntry.Fact.failed(.init(generation: run.id, code: error.code, reason: error.message))
        try await records.history.record(records.verb) { writer in
            (try writer.state(of: run.id)?.isFinal == true ? [] : [ending], ())
        }
        return error
    }
}

/// Brings runs of earlier to their end.
struct Resumer: Sendable {
    let runner: Runner

    /// How many runs are followed at once.
    private static let width = 8

    /// What was submitted is collected, what was never submitted is submitted. A trouble that every run would meet ends it.
    func finish(
        _ runs: [Run], _ onProgress: @escaping @Sendable (Run.ID, RunProgress) -> Void,
        _ onOutcome: (ResumeOutcome) -> Void
    ) async throws {
        var waiting = runs.map(\.id)[...]
        try await inParallel(runs, width: Self.width) { run in
            (run.id, try await finish(run) { onProgress(run.id, $0) })
        } onResult: { id, outcome in
            waiting.removeAll { $0 == id }
            onOutcome(outcome)
            if case .failed(_, let error) = outcome { return !error.stopsRuns }
            return true
        }
        let left = Set(waiting)
        for run in runs where left.contains(run.id) { onOutcome(.notBegun(run)) }
    }

    /// Brings one run to its end; only an interruption is thrown, and leaves everything to the next resume.
    func finish(
        _ run: Run, _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> ResumeOutcome {
        do {
            return .finished(try await runner.finish(run, keepingPlan: true, onProgress))
        } catch {
            if LibraryError(error).category == .cancelled { throw error }
            return await runner.records.outcome(of: run, error)
        }
    }

    /// Submits a run again whose outcome is unknown, as a new run of the same request. The old one ends, and says which took its
    /// place.
    func resubmit(
        _ id: Run.ID, _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> FinishedRun {
        let records = runner.records
        let name = records.newID()
        let old = try await records.run(id)
        guard old.nextStep == .confirm else {
            if old.state.isFinal { throw LibraryError.alreadyEnded(id) }
            throw LibraryError(
                .invalidInput, code: "outcome_known", "\(id): its outcome is not unknown", remedy: .resume(id), run: id)
        }
        guard old.host == runner.host else { throw LibraryError.elsewhere(old) }
        try await records.onTheirWay.expectNot(old)
        let ending = JournalEntry.Fact.failed(
            .init(
                generation: id, code: "resubmitted",
                reason: "closed: outcome unknown; you resubmitted it as \(name)"
            ))
        try await records.history.record(records.verb) { writer in
            guard try writer.state(of: id) == .sending else {
                throw LibraryError(.busy, code: "already_known", "\(id): its outcome has just become known", run: id)
            }
            return ([ending] + JournalEntry.Fact.planned(again: old, as: name), ())
        }
        onProgress(.planned(name))
        return try await runner.finish(name, onProgress)
    }
}
