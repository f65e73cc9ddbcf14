import AssetCatalog
import AssetModel
import FalAPI
import Foundation

/// Brings one run to its end: upload → submit once → wait → download → index.
struct Runner: Sendable {
    let records: RunRecords
    let importer: Importer
    let uploads: ReferenceUploads
    let queue: FalQueue
    let collector: Collector
    let earlier: EarlierRuns
    let host: RemoteHost

    /// Records a plan and runs it.
    func run(
        _ plan: RunPlan, _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> FinishedRun {
        guard let id = try await recordPlans([plan]).first else { throw CatalogError.damaged("a plan without a name") }
        onProgress(.planned(id))
        return try await finish(id, onProgress)
    }

    /// Records plans, all in one action. References that are files still are imported first, all in one batch; the plans were
    /// made for their bytes, so those must not have changed.
    func recordPlans(_ plans: [RunPlan]) async throws -> [Run.ID] {
        var files: [String: ContentDigest] = [:]
        for picture in plans.flatMap(\.request.references) {
            if let path = picture.path { files[path] = picture.asset }
        }
        let paths = files.keys.sorted()
        for (path, asset) in zip(paths, try await importer.importReferences(paths)) where files[path] != asset {
            throw LibraryError(
                .storage, code: "file_changed", "\(path): the file has changed since the run was planned")
        }
        try Task.checkCancellation()
        return try await records.recordPlans(plans, for: host, unless: earlier)
    }

    /// The next step of a run, as it was recorded, and all that follow it.
    func finish(
        _ id: Run.ID, keepingPlan: Bool = false, _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> FinishedRun {
        do {
            let run = try await uncancelled { try await records.run(id) }
            return try await finish(run, keepingPlan: keepingPlan, onProgress)
        } catch {
            throw LibraryError(error).concerning(id)
        }
    }

    /// The same for a run that was just read. `keepingPlan` leaves a plan to a later resume when it was not submitted for a reason that
    /// is not its own (`LibraryError.leavesPlan`): so do a sweep and a resume, which go on as a whole. Without it the plan ends.
    func finish(
        _ run: Run, keepingPlan: Bool = false, _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> FinishedRun {
        guard run.host == host else { throw LibraryError.elsewhere(run) }
        guard run.nextStep != .confirm else {
            let known = try await answered(run)
            return try await finish(known, keepingPlan: keepingPlan, onProgress)
        }
        // No other process may close it meanwhile, or take a sandbox of this one for gone.
        return try await records.onTheirWay.whileFollowing(run.id) {
            try await step(run, keepingPlan: keepingPlan, onProgress)
        }
    }

    /// A run that was read while it was being sent, now that its answer is recorded. Errors: a process is sending it still, or its outcome
    /// is unknown.
    private func answered(_ run: Run) async throws -> Run {
        guard let known = try await records.onTheirWay.answered(run) else {
            throw LibraryError(
                .outcomeUnknown, code: "unknown",
                "\(run.id): may have been submitted, and its outcome is unknown; it is not submitted again by itself",
                remedy: .resubmitOrDiscard(run.id), run: run.id)
        }
        return known
    }

    private func step(
        _ run: Run, keepingPlan: Bool, _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> FinishedRun {
        switch run.nextStep {
        case .submit: return try await submitAndCollect(run, keepingPlan: keepingPlan, onProgress)
        case .collect(let request): return try await collector.collect(run, request, onProgress)
        case .confirm: throw RunsOnTheirWay.underWay(run.id)
        case .nothing: throw LibraryError.alreadyEnded(run.id)
        }
    }

    // MARK: - Upload and submit

    private func submitAndCollect(
        _ run: Run, keepingPlan: Bool, _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> FinishedRun {
        var sent: (urls: [String], uploadedCount: Int)
        do {
            sent = try await uploads.urls(of: run, onProgress)
        } catch {
            // Nothing was submitted, and this process can say so: the plan ends here rather than waiting for a resume
            // that is not expected to cost money.
            if keepingPlan, LibraryError(error).leavesPlan { throw error }
            throw await records.ended(run, while: .planned, error)
        }
        let request: RemoteRequest
        var attempts: [EntryID] = []
        do {
            request = try await submit(run, sent.urls, from: .planned, keepingPlan, &attempts, onProgress)
        } catch let error as FalError where error.isMissingFile && !sent.urls.isEmpty {
            // A clear refusal: nothing was queued. A URL died between the probe and the submit, so all references are uploaded
            // again and the request is retried, once.
            onProgress(.renewing)
            do {
                try await records.forgetUploads(sent.urls)
                sent = try await uploads.urls(of: run, onProgress)
            } catch {
                if keepingPlan, LibraryError(error).leavesPlan {
                    await records.stands(run, refusing: attempts)
                    throw error
                }
                throw await records.ended(run, while: .sending, error)
            }
            request = try await submit(run, sent.urls, from: .sending, keepingPlan, &attempts, onProgress)
        }
        return try await collector.collect(
            run, request, uploadedCount: sent.uploadedCount, reusedCount: sent.urls.count - sent.uploadedCount,
            onProgress)
    }

    /// Submits once and records the request id, as one piece that no cancellation takes apart.
    ///
    /// `from` is the state that the run must be in: `planned`, or `sending` after a clear refusal that this process met. A
    /// refusal because of an unreadable file leaves the run in `sending` the first time, for the caller to go on; `attempts` are the lines
    /// that said so.
    private func submit(
        _ run: Run, _ urls: [String], from state: Run.State, _ keepingPlan: Bool, _ attempts: inout [EntryID],
        _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> RemoteRequest {
        try await records.onTheirWay.whileSending(run.id) {
            try await send(run, urls, from: state, keepingPlan, &attempts, onProgress)
        }
    }

    private func send(
        _ run: Run, _ urls: [String], from state: Run.State, _ keepingPlan: Bool, _ attempts: inout [EntryID],
        _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> RemoteRequest {
        let body = try run.input(urls: urls).canonicalBytes()
        // Two processes may hold the same plan; the lock decides who submits it.
        attempts += try await records.history.recordLines(records.verb) { writer in
            let now = try writer.state(of: run.id)
            guard now == state else {
                if now?.isFinal == true {
                    throw LibraryError(
                        .conflict, code: "ended_meanwhile", "\(run.id): was stopped before it was sent", run: run.id)
                }
                throw LibraryError(
                    .busy, code: "already_sent", "\(run.id): another process has already submitted it")
            }
            return [.sending(.init(generation: run.id, urls: urls))]
        }
        let made = attempts
        return try await uncancelled {
            let queued: QueuedRequest
            do throws(FalError) {
                queued = try await queue.submit(body, to: run.model, options: SubmitOptions(run.terms))
            } catch {
                if error.isMissingFile, state == .planned, !urls.isEmpty { throw error }
                let trouble = LibraryError(error)
                // An unknown outcome stays `sending`: it may be running, and only a person may decide to pay again.
                if trouble.category == .outcomeUnknown { throw error }
                if keepingPlan, trouble.leavesPlan {
                    await records.stands(run, refusing: made)
                    throw error
                }
                throw await records.ended(run, while: .sending, error)
            }
            let request = RemoteRequest(
                id: queued.requestID, statusURL: queued.statusURL, responseURL: queued.responseURL,
                cancelURL: queued.cancelURL)
            onProgress(.submitted(requestID: request.id))
            do {
                try await records.keep([.submitted(.init(generation: run.id, request: request))])
            } catch {
                throw FalError.outcomeUnknown(
                    reason: "it was accepted, but its request id could not be recorded: \(LibraryError(error).message)",
                    requestID: request.id)
            }
            return request
        }
    }
}

extension Run {
    /// The whole model input.
    func input(urls: [String]) -> JSONValue {
        .input(
            prompt: prompt, references: zip(references.members, urls).map { ($0, $1) }, parameters: parameters)
    }
}

extension JSONValue {
    /// The text with sorted keys, as a plan shows it.
    fileprivate func canonicalBytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
