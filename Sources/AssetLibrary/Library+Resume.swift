import AssetCatalog
public import AssetModel
import FalAPI

/// What became of one unfinished run.
public enum ResumeOutcome: Hashable, Sendable {
    /// Its outputs are in the library now.
    case finished(FinishedEdit)
    /// It was perhaps sent, and nobody knows; sending it again could cost twice, so nothing was done.
    case unknown(Run)
    /// It could not be brought to an end now; the error says whether later.
    case failed(Run, LibraryError)
    /// It belongs to another account or server than the one configured now; nothing was done.
    case elsewhere(Run)
}

extension Library {
    /// How many runs are followed at once.
    private static let resumeWidth = 8

    /// Generations that have not ended, oldest first.
    public func unfinishedGenerations() async throws(LibraryError) -> [Run] {
        do { return try await catalog.unfinishedGenerations() } catch { throw LibraryError(error) }
    }

    /// The newest generations, in any state.
    public func generations(limit: Int) async throws(LibraryError) -> [Run] {
        do {
            return try await catalog.generations(in: Run.State.allCases, limit: limit)
        } catch {
            throw LibraryError(error)
        }
    }

    /// Brings unfinished runs to their end, eight at a time and begun oldest first: what was submitted is collected, what was
    /// never sent is sent. What was perhaps sent is reported and left alone.
    ///
    /// `only` picks one; nil means all. A run that fails does not stop the others. `onOutcome` is called in the order in
    /// which they end.
    public func resumeUnfinished(
        only: Run.ID? = nil, onProgress: @escaping @Sendable (Run.ID, EditProgress) -> Void = { _, _ in },
        onOutcome: (ResumeOutcome) -> Void
    ) async throws(LibraryError) {
        do {
            var unfinished = try await catalog.unfinishedGenerations().filter { only == nil || $0.id == only }
            // What went to a sandbox that is gone can never be finished, and stands in nobody's way once that is written.
            for generation in unfinished where generation.host.isPassing && generation.host != remote?.host {
                onOutcome(.failed(generation, try await giveUp(generation)))
            }
            unfinished.removeAll { $0.host.isPassing && $0.host != remote?.host }
            for generation in unfinished where generation.nextStep == .confirm { onOutcome(.unknown(generation)) }
            unfinished.removeAll { $0.nextStep == .confirm }
            guard !unfinished.isEmpty else { return }
            let current = try needRemote()
            for generation in unfinished where generation.host != current.host { onOutcome(.elsewhere(generation)) }
            unfinished.removeAll { $0.host != current.host }
            try await withTransport(current) { transport in
                try await Self.inParallel(unfinished, width: Self.resumeWidth) { generation in
                    try await resume(generation, current, transport) { onProgress(generation.id, $0) }
                } onResult: {
                    onOutcome($0)
                    return true
                }
            }
        } catch {
            throw LibraryError(error)
        }
    }

    /// Does something to each of many, so many at a time, begun in order. `onResult` gets the results as they come and says
    /// whether to begin another; an error ends all.
    static func inParallel<Item: Sendable, Result: Sendable>(
        _ items: [Item], width: Int, _ body: @escaping @Sendable (Item) async throws -> Result,
        onResult: (Result) -> Bool
    ) async throws {
        try await withThrowingTaskGroup(of: Result.self) { group in
            var (next, goesOn) = (0, true)
            func startNext() {
                guard next < items.count, goesOn else { return }
                let item = items[next]
                next += 1
                group.addTask { try await body(item) }
            }
            for _ in 0..<max(1, width) { startNext() }
            while let result = try await group.next() {
                if !onResult(result) { goesOn = false }
                startNext()
            }
        }
    }

    /// Gives up a generation that has not ended, without asking fal: for one whose outcome nobody knows, once a person has
    /// looked. Whatever fal made of it stays at fal.
    public func discard(_ id: Run.ID) async throws(LibraryError) {
        do {
            guard let generation = try await catalog.generation(id), !generation.state.isFinal else {
                throw LibraryError(.invalidInput, code: "already_ended", "\(id): has ended already")
            }
            try await history.record(
                "discard",
                [.failed(.init(generation: id, code: "discarded", reason: "given up by hand, whatever fal made of it"))]
            )
        } catch {
            throw LibraryError(error)
        }
    }

    /// Sends a run again whose outcome nobody knows, as a new run of the same recipe. Costs money on fal, a second time if
    /// the first was accepted; so only a person may ask for it. The old run ends, and says which one took its place.
    ///
    /// Errors: it has ended, or its outcome is known; another account's.
    public func resubmit(
        _ id: Run.ID, onProgress: @escaping @Sendable (EditProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> FinishedEdit {
        let name = newName()
        do {
            let remote = try needRemote()
            let old = try await known(id)
            guard old.nextStep == .confirm else {
                throw LibraryError(
                    .invalidInput, code: "outcome_known",
                    old.state.isFinal
                        ? "\(id): has ended already; `atelier rerun \(id)` makes it again"
                        : "\(id): its outcome is not unknown; `atelier resume \(id)` goes on with it")
            }
            guard old.host == remote.host else {
                throw LibraryError(
                    .invalidInput, code: "elsewhere",
                    "\(id): belongs to \(old.host), and that is not the account or server set now")
            }
            let facts: [JournalEntry.Fact] = [
                .failed(
                    .init(
                        generation: id, code: "resubmitted",
                        reason: "nobody knows what became of it; sent again by hand as \(name)")),
                .planned(
                    .init(
                        generation: name, model: old.model, prompt: old.prompt, parameters: old.parameters,
                        references: old.references, size: old.plannedSize, host: old.host, terms: old.terms)),
            ]
            try await history.record("resubmit") { writer in
                guard try writer.state(of: id) == .sending else {
                    throw LibraryError(.busy, code: "already_known", "\(id): its outcome has just become known")
                }
                return (facts, ())
            }
        } catch {
            throw LibraryError(error)
        }
        onProgress(.planned(name))
        return try await finish(name, onProgress: onProgress)
    }

    private func giveUp(_ generation: Run) async throws -> LibraryError {
        let error = LibraryError(
            .notFound, code: "sandbox_gone",
            "its sandbox lived only as long as the command that asked; nothing is lost",
            generation: generation.id)
        try await history.record(
            "resume", [.failed(.init(generation: generation.id, code: error.code, reason: error.message))])
        return error
    }

    /// Brings one run to its end; only an interruption is thrown.
    func resume(
        _ generation: Run, _ remote: Remote, _ transport: FalTransport,
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> ResumeOutcome {
        do {
            // An interrupted resume leaves everything to the next one.
            return .finished(try await finish(generation, remote, transport, keepingPlan: true, onProgress))
        } catch {
            let error = LibraryError(error)
            if error.category == .cancelled { throw error }
            return .failed(generation, error.concerning(generation.id))
        }
    }
}
