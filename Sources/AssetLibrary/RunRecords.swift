import AssetCatalog
import AssetModel
import FalAPI

/// What is recorded about runs as they go on.
struct RunRecords: Sendable {
    let history: History
    /// What a person would call the action that these records belong to.
    let verb: String

    /// A run that must be there.
    func run(_ id: Run.ID) async throws -> Run {
        guard let run = try await history.catalog.generation(id) else {
            throw LibraryError(.notFound, code: "unknown_id", "\(id): no run with this id", run: id)
        }
        return run
    }

    var onTheirWay: RunsOnTheirWay { RunsOnTheirWay(history: history) }

    func newID() -> Run.ID { Run.ID(random: (history.environment.random(), history.environment.random())) }

    /// Records facts that cost money if they were lost.
    func keep(_ facts: [JournalEntry.Fact], room: History.Room = .none) async throws {
        try await history.record(verb, facts, persistently: true, room: room)
    }

    /// Records that a run's outputs are here, and puts them where they were meant to go, as one action.
    func finished(_ fact: JournalEntry.Finished, _ filing: Run.Filing) async throws {
        let pictures = fact.outputs.map(\.asset).uniqued()
        try await history.record(verb, persistently: true, room: .outcome) { writer in
            var facts: [JournalEntry.Fact] = [.finished(fact)]
            if let set = filing.set, !pictures.isEmpty { facts += try Curator.joining(set, pictures, writer) }
            for tag in filing.tags { facts += try Curator.tagging(pictures, tag, writer) }
            // The same bytes may be in the trash from an earlier run; what was just made and paid for is not.
            facts += try Curator.marking(.trashed, nil, of: pictures, writer)
            return (facts, ())
        }
    }

    /// Records plans, all in one action, before anything is sent for any of them; their ids in order. Errors: what a plan asks for was begun
    /// by someone else since it was made.
    func recordPlans(_ plans: [RunPlan], for host: RemoteHost, unless earlier: EarlierRuns) async throws -> [Run.ID] {
        let ids = plans.map { _ in newID() }
        let facts = try zip(ids, plans).flatMap { id, plan in try plan.facts(id, host) }
        try await history.record(verb) { writer in
            for plan in plans { try earlier.expectNone(of: plan, writer) }
            return (facts, ())
        }
        return ids
    }

    /// Records that a run ended without outputs, unless it has come further than `state`: another process may have taken the same
    /// plan and paid for it, and our trouble is not its end. Returns the error to tell: the given one, which also says so when the end
    /// could not be recorded and the run stays as it was.
    func ended(
        _ run: Run, while state: Run.State, _ error: any Error, _ response: JSONValue? = nil, drift: [Drift]? = nil
    ) async -> LibraryError {
        let wasCancelled = (error as? FalError)?.wasCancelled == true
        let error = LibraryError(error)
        let fact: JournalEntry.Fact =
            error.category == .cancelled || wasCancelled
            ? .cancelled(.init(generation: run.id))
            : .failed(
                .init(
                    generation: run.id, code: error.code, reason: error.message, response: response, drift: drift))
        do {
            try await history.record(verb, persistently: true, room: .outcome) { writer in
                (try writer.state(of: run.id) == state ? [fact] : [], ())
            }
            return error
        } catch let trouble {
            let trouble = LibraryError(trouble)
            return LibraryError(
                error.category, error.code,
                "\(error.message); this end could not be recorded, so the run stays as it was: \(trouble.message)",
                .resume(run.id), cause: error.stopsRuns ? error.cause : trouble.cause, requestID: error.requestID,
                run: error.run)
        }
    }

    /// Records that fal refused a request for a reason that is not the run's, so that its plan stands again: the attempts were
    /// those of this process, and nothing was queued. When this cannot be recorded, the run stays `sending`, which a person decides
    /// about.
    func stands(_ run: Run, refusing attempts: [EntryID]) async {
        try? await keep([.refused(.init(generation: run.id, attempts: attempts))])
    }

    /// How a run stands after an error that did not end everything, as the record says it.
    func outcome(of run: Run, _ error: any Error) async -> ResumeOutcome {
        let error = LibraryError(error)
        let now = (try? await uncancelled { try await self.run(run.id) }) ?? run
        if error.category == .outcomeUnknown, now.nextStep == .confirm {
            return .unknown(now, now.terms.isStored ? .notAsked : .notStored)
        }
        return .failed(now, error.concerning(run.id))
    }

    /// Records that URLs are no longer served, so that nothing relies on them.
    func forgetUploads(_ urls: [String]) async throws { try await keep(urls.map { .uploadLost(.init(url: $0)) }) }
}
