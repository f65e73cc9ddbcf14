import AssetCatalog
public import AssetModel
import FalAPI

/// What became of a run that was to be stopped.
public enum CancelOutcome: Hashable, Sendable {
    /// It was never submitted, and will not be.
    case neverSent(Run)
    /// fal took it out of the queue, or stopped it; there will be no pictures.
    case stopped(Run)
    /// fal was asked to stop it, and it is still running: it may complete and be paid for all the same.
    case requested(Run)
    /// It had already completed; its pictures are in the library now.
    case completed(FinishedRun)
    /// fal does not know it, or no longer. Nothing was changed.
    case notFound(Run)
}

/// Stops runs.
struct Canceller: Sendable {
    let records: RunRecords
    let queue: FalQueue
    let collector: Collector
    let host: RemoteHost

    /// How often, and how many milliseconds apart, a running request is looked at after it was asked to stop.
    private static let looks = (count: 20, interval: 250)

    /// fal's answer decides: a run that completed first was paid for, so its pictures are collected.
    func cancel(_ run: Run, _ request: RemoteRequest) async throws -> CancelOutcome {
        guard run.host == host else { throw LibraryError.elsewhere(run) }
        return switch try await queue.cancel(QueuedRequest(request)) {
        case .notFound: .notFound(try await records.run(run.id))
        case .alreadyCompleted: try await collected(run, request)
        case .removed: try await stopped(run)
        case .requested: try await watch(run, request)
        }
    }

    /// Looks at what fal makes of it: a waiting request is gone at once, a running one may take its time.
    private func watch(_ run: Run, _ request: RemoteRequest) async throws -> CancelOutcome {
        for _ in 0..<Self.looks.count {
            do {
                let status = try await queue.status(of: QueuedRequest(request), logs: false)
                if status.state == .completed { return try await collected(run, request) }
            } catch let error as FalError where error.isUnknownRequest {
                return try await stopped(run)
            }
            try await Task.sleep(for: .milliseconds(Self.looks.interval))
        }
        return .requested(try await records.run(run.id))
    }

    private func stopped(_ run: Run) async throws -> CancelOutcome {
        let error = await records.ended(run, while: .submitted, CancellationError())
        guard error.category == .cancelled, error.remedy == nil else { throw error }
        return .stopped(try await records.run(run.id))
    }

    /// A completed run's pictures, or its end when it completed without any because it was cancelled.
    private func collected(_ run: Run, _ request: RemoteRequest) async throws -> CancelOutcome {
        do {
            return .completed(try await collector.collect(run, request) { _ in })
        } catch {
            let now = try await records.run(run.id)
            if now.state == .cancelled { return .stopped(now) }
            throw error
        }
    }
}

extension RunRecords {
    /// What fal must be asked about a run that is to be stopped; nil when it ended here, because it was never submitted.
    func requestToCancel(_ id: Run.ID) async throws -> (run: Run, request: RemoteRequest)? {
        let run = try await run(id)
        switch run.nextStep {
        case .submit: return nil
        case .collect(let request): return (run, request)
        case .confirm:
            try await onTheirWay.expectNot(run)
            throw LibraryError(
                .outcomeUnknown, code: "unknown",
                "\(id): may have been submitted, and fal's name for it is not known, so it cannot be cancelled",
                remedy: .resubmitOrDiscard(id), run: id)
        case .nothing: throw LibraryError.alreadyEnded(id)
        }
    }

    /// Ends a run that was never submitted.
    func cancelPlan(_ id: Run.ID) async throws -> Run {
        try await history.record(verb) { writer in
            guard try writer.state(of: id) == .planned else {
                throw LibraryError(.busy, code: "already_sent", "\(id): another process has just submitted it", run: id)
            }
            return ([.cancelled(.init(generation: id))], ())
        }
        return try await run(id)
    }
}
