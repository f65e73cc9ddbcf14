import AssetCatalog
public import AssetModel

/// What became of one unfinished run.
public enum ResumeOutcome: Hashable, Sendable {
    /// Its outputs are in the library now.
    case finished(FinishedEdit)
    /// It was perhaps sent, and nobody knows; sending it again could cost twice, so nothing was done.
    case unknown(Generation)
    /// It could not be brought to an end now; the error says whether later.
    case failed(Generation, LibraryError)
    /// It belongs to another account or server than the one configured now; nothing was done.
    case elsewhere(Generation)
}

extension Library {
    /// Generations that have not ended, oldest first.
    public func unfinishedGenerations() async throws(LibraryError) -> [Generation] {
        do { return try await catalog.unfinishedGenerations() } catch { throw LibraryError(error) }
    }

    /// The newest generations, in any state.
    public func generations(limit: Int) async throws(LibraryError) -> [Generation] {
        do {
            return try await catalog.generations(in: Generation.State.allCases, limit: limit)
        } catch {
            throw LibraryError(error)
        }
    }

    /// Brings unfinished runs to their end, oldest first: what was submitted is collected, what was never sent is sent.
    /// What was perhaps sent is reported and left alone.
    ///
    /// `only` picks one; nil means all. A run that fails does not stop the others.
    public func resumeUnfinished(
        only: Generation.ID? = nil, onProgress: @escaping @Sendable (Generation.ID, EditProgress) -> Void = { _, _ in },
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
            for generation in unfinished {
                onOutcome(try await resume(generation, current) { onProgress(generation.id, $0) })
            }
        } catch {
            throw LibraryError(error)
        }
    }

    /// Gives up a generation that has not ended, without asking fal: for one whose outcome nobody knows, once a person has
    /// looked. Whatever fal made of it stays at fal.
    public func discard(_ id: Generation.ID) async throws(LibraryError) {
        do {
            guard let generation = try await catalog.generation(id), !generation.state.isFinal else {
                throw LibraryError(.invalidInput, code: "already_ended", "\(id): has ended already")
            }
            try await record([
                .failed(.init(generation: id, code: "discarded", reason: "given up by hand, whatever fal made of it"))
            ])
        } catch {
            throw LibraryError(error)
        }
    }

    private func giveUp(_ generation: Generation) async throws -> LibraryError {
        let error = LibraryError(
            .notFound, code: "sandbox_gone",
            "its sandbox lived only as long as the command that asked; nothing is lost",
            generation: generation.id)
        try await record([.failed(.init(generation: generation.id, code: error.code, reason: error.message))])
        return error
    }

    private func resume(
        _ generation: Generation, _ remote: Remote, _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> ResumeOutcome {
        guard generation.host == remote.host else { return .elsewhere(generation) }
        do {
            return try await withTransport(remote) { transport in
                switch generation.nextStep {
                case .submit:
                    .finished(try await submitAndCollect(generation, remote, transport, onProgress))
                case .collect(let request):
                    .finished(try await collect(generation, request, transport, onProgress))
                case .confirm, .nothing:
                    .unknown(generation)
                }
            }
        } catch {
            let error = LibraryError(error)
            if error.category == .cancelled { throw error }
            return .failed(generation, error.concerning(generation.id))
        }
    }
}
