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

    func newID() -> Run.ID { Run.ID(random: (history.environment.random(), history.environment.random())) }

    /// Records facts that cost money if they were lost.
    func keep(_ facts: [JournalEntry.Fact]) async throws {
        try await history.record(verb, facts, persistently: true)
    }

    /// Records plans, all in one action, before anything is sent for any of them; their ids in order.
    func recordPlans(_ plans: [RunPlan], for host: RemoteHost) async throws -> [Run.ID] {
        let ids = plans.map { _ in newID() }
        try await history.record(verb, try zip(ids, plans).flatMap { id, plan in try plan.facts(id, host) })
        return ids
    }

    /// Records that a run ended without outputs, unless it has come further than `state`: another process may have taken the same
    /// plan and paid for it, and our trouble is not its end. When this cannot be recorded, the first error is the one to tell; the
    /// run then stays unfinished.
    func end(
        _ run: Run, while state: Run.State, _ error: any Error, _ response: JSONValue? = nil, drift: [Drift]? = nil
    ) async {
        let wasCancelled = (error as? FalError)?.wasCancelled == true
        let error = LibraryError(error)
        let fact: JournalEntry.Fact =
            error.category == .cancelled || wasCancelled
            ? .cancelled(.init(generation: run.id))
            : .failed(
                .init(
                    generation: run.id, code: error.code, reason: error.message, response: response, drift: drift))
        try? await history.record(verb, persistently: true) { writer in
            (try writer.state(of: run.id) == state ? [fact] : [], ())
        }
    }

    /// Records that URLs are no longer served, so that nothing relies on them.
    func forgetUploads(_ urls: [String]) async throws { try await keep(urls.map { .uploadLost(.init(url: $0)) }) }
}
