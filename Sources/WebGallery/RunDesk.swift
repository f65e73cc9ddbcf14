import AssetLibrary
import AssetModel
import LibraryJSON
import ServiceLifecycle

/// Brings runs to their end that a page asked for, and tells what happens: they go on when the page is closed.
///
/// When the server stops, they are left as an interrupted command leaves them: what fal has is collected by `resume`. An actor because
/// requests and runs arrive concurrently.
actor RunDesk: Service {
    private let hub: EventHub
    private var work: [Run.ID: Task<Void, Never>] = [:]
    /// What was heard of each last.
    private var heard: [Run.ID: JSONObject] = [:]
    /// Why the outcome of each was still unknown when it was looked up last.
    private var reasons: [Run.ID: UnknownReason] = [:]
    /// Ends with what is done in turn now.
    private var turn: Task<Void, Never>?

    init(hub: EventHub) { self.hub = hub }

    /// Waits for the end of the server, and ends the work then.
    func run() async throws {
        try? await gracefulShutdown()
        hub.close()
        let tasks = Array(work.values)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    /// What was heard last of a run that is under way here; nil for any other.
    func progress(of run: Run.ID) -> JSONObject? { heard[run] }

    /// Why a run's outcome is unknown, as it was found here last; nil when it was not looked up.
    func reason(of run: Run.ID) -> UnknownReason? { reasons[run] }

    /// Does one thing after the other, so that what was begun here is known to be under way when the next request finds it.
    func inTurn<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        let before = turn
        let (end, ended) = AsyncStream.makeStream(of: Void.self)
        turn = Task { for await _ in end {} }
        defer { ended.finish() }
        await before?.value
        return try await body()
    }

    /// Records a plan and begins it; answers as soon as it is recorded.
    func begin(_ plan: RunPlan, on session: FalSession) async throws -> Run.ID {
        try await record(session) { try await session.run(plan, onProgress: $0) }
    }

    /// Submits a run again under another name; answers with that as soon as it is recorded.
    func resubmit(_ run: Run.ID, on session: FalSession) async throws -> Run.ID {
        try await record(session) { try await session.resubmit(run, onProgress: $0) }
    }

    /// Goes on with a run; does nothing for one that is under way here.
    func resume(_ run: Run.ID, on session: FalSession) {
        guard work[run] == nil else { return }
        ended.remove(run)
        reasons[run] = nil
        heard[run] = ["kind": JSONValue("resuming")]
        work[run] = Task {
            var outcome: ResumeOutcome?
            do {
                try await session.resumeUnfinished(only: run) { id, progress in
                    self.hear(progress, id, session)
                } onOutcome: {
                    outcome = $0
                }
                self.end(run, outcome, session)
            } catch {
                self.fail(run, error, session)
            }
        }
    }

    /// Stops what is done here for a run that was never submitted.
    func stop(_ run: Run.ID) { work[run]?.cancel() }

    // MARK: - One run

    /// Begins work that first says under which id it is recorded.
    private func record(
        _ session: FalSession,
        _ body: @escaping @Sendable (@escaping @Sendable (RunProgress) -> Void) async throws -> FinishedRun
    ) async throws -> Run.ID {
        let (ids, named) = AsyncThrowingStream.makeStream(of: Run.ID.self)
        let task = Task {
            let name = RunName()
            do {
                let finished = try await body { progress in
                    if case .planned(let id) = progress {
                        name.set(id)
                        named.yield(id)
                    }
                    if let id = name.id { self.hear(progress, id, session) }
                }
                named.finish()
                self.end(finished.run.id, .finished(finished), session)
            } catch {
                named.finish(throwing: error)
                if let id = name.id { self.fail(id, error, session) }
            }
        }
        for try await id in ids {
            // It may have ended already.
            if !ended.contains(id) {
                work[id] = task
                if heard[id] == nil { heard[id] = RunProgress.planned(id).json }
            }
            return id
        }
        throw CancellationError()
    }

    private nonisolated func hear(_ progress: RunProgress, _ run: Run.ID, _ session: FalSession) {
        tell(run, progress.json, session)
        Task { await keep(progress.json, run) }
    }

    private func keep(_ progress: JSONObject, _ run: Run.ID) {
        if !ended.contains(run) { heard[run] = progress }
    }

    /// Runs that have ended here lately: what was heard before may arrive after.
    private var ended: Set<Run.ID> = []

    private func end(_ run: Run.ID, _ outcome: ResumeOutcome?, _ session: FalSession) {
        forget(run)
        switch outcome {
        case .finished(let finished):
            tell(
                run,
                [
                    "kind": JSONValue("finished"), "count": JSONValue(finished.run.outputs.count),
                    "assets": JSONValue(finished.run.outputs.map(\.asset.hex)),
                ], session)
        case .failed(_, let error): tell(run, ["kind": JSONValue("failed")], session, error)
        case .unknown(_, let reason):
            reasons[run] = reason
            tell(
                run,
                [
                    "kind": JSONValue("unknown"), "reason": JSONValue(reason.code),
                    "message": JSONValue(reason.sentence),
                ], session)
        case .elsewhere, .notBegun, nil: tell(run, ["kind": JSONValue("left")], session)
        }
    }

    private func fail(_ run: Run.ID, _ error: any Error, _ session: FalSession) {
        forget(run)
        let error = error as? LibraryError ?? LibraryError(.cancelled, code: "cancelled", "interrupted")
        tell(
            run, ["kind": JSONValue(error.category == .outcomeUnknown ? "unknown" : "failed")], session, error)
    }

    private func forget(_ run: Run.ID) {
        ended.insert(run)
        if ended.count > 10_000 { ended = [run] }
        work[run] = nil
        heard[run] = nil
    }

    private nonisolated func tell(
        _ run: Run.ID, _ progress: JSONObject, _ session: FalSession, _ error: LibraryError? = nil
    ) {
        hub.tell(
            "run",
            [
                "run": JSONValue(run), "on": JSONValue(session.remote.isFal ? "fal" : "sandbox"),
                "progress": .object(progress), "error": error.map { .object($0.json) } ?? .null,
            ])
    }
}
