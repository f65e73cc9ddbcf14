import AssetCatalog
public import AssetModel
import FalAPI

/// What became of a wish to stop a run.
public enum CancelOutcome: Hashable, Sendable {
    /// It was never sent, and will not be.
    case neverSent(Run)
    /// fal took it out of the queue, or stopped it; there will be no pictures.
    case stopped(Run)
    /// fal was asked to stop it, and it is running still: it may complete and be paid for all the same.
    case requested(Run)
    /// It had completed before; its pictures are in the library now.
    case completed(FinishedEdit)
    /// fal does not know it, or not any more. Nothing was changed.
    case notFound(Run)
}

extension Library {
    /// How long a running request is watched after it was asked to stop: so many looks, a quarter of a second apart.
    private static let looksAfterCancel = 20

    /// Stops a run. One that was only written down ends here; one that fal has is called off there, and what fal answers
    /// decides: a run that completed first was paid for, so its pictures are collected.
    ///
    /// Errors: it has ended; it was perhaps sent, so that nobody knows fal's name for it; another account's.
    public func cancel(_ id: Run.ID) async throws(LibraryError) -> CancelOutcome {
        do {
            let generation = try await known(id)
            switch generation.nextStep {
            case .submit:
                try await history.record("cancel") { writer in
                    guard try writer.state(of: id) == .planned else {
                        throw LibraryError(.busy, code: "already_sent", "\(id): another process has just sent it")
                    }
                    return ([.cancelled(.init(generation: id))], ())
                }
                return .neverSent(try await known(id))
            case .collect(let request):
                return try await cancel(generation, request)
            case .confirm:
                throw LibraryError(
                    .outcomeUnknown, code: "unknown",
                    "\(id): was perhaps sent, and nobody knows fal's name for it, so it cannot be stopped here",
                    generation: id)
            case .nothing:
                throw LibraryError(.invalidInput, code: "already_ended", "\(id): has ended already")
            }
        } catch {
            throw LibraryError(error).concerning(id)
        }
    }

    private func cancel(_ generation: Run, _ request: RemoteRequest) async throws -> CancelOutcome {
        let remote = try needRemote()
        guard generation.host == remote.host else {
            throw LibraryError(
                .invalidInput, code: "elsewhere",
                "\(generation.id): belongs to \(generation.host), and that is not the account or server set now")
        }
        return try await withTransport(remote) { transport in
            switch try await FalQueue(transport).cancel(QueuedRequest(request)) {
            case .notFound: return .notFound(generation)
            case .alreadyCompleted: return try await collected(generation, request, transport)
            case .requested: return try await watch(generation, request, transport)
            }
        }
    }

    /// Looks at what fal makes of the wish: a waiting request is gone at once, a running one may take its time.
    private func watch(
        _ generation: Run, _ request: RemoteRequest, _ transport: FalTransport
    ) async throws -> CancelOutcome {
        for _ in 0..<Self.looksAfterCancel {
            do {
                let status = try await FalQueue(transport).status(of: QueuedRequest(request), logs: false)
                if status.state == .completed { return try await collected(generation, request, transport) }
            } catch FalError.rejected(404, _, _, _) {
                await end(generation, while: .submitted, CancellationError())
                return .stopped(try await known(generation.id))
            }
            try await Task.sleep(for: .milliseconds(250))
        }
        return .requested(generation)
    }

    /// A completed run's pictures, or its end when it completed without any because it was called off.
    private func collected(
        _ generation: Run, _ request: RemoteRequest, _ transport: FalTransport
    ) async throws -> CancelOutcome {
        do {
            return .completed(try await collect(generation, request, transport) { _ in })
        } catch {
            let now = try await known(generation.id)
            if now.state == .cancelled { return .stopped(now) }
            throw error
        }
    }
}
