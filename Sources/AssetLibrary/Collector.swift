import AssetCatalog
import AssetModel
import FalAPI
import Foundation

/// Waits for a submitted run and brings its outputs into the library.
struct Collector: Sendable {
    let records: RunRecords
    let queue: FalQueue
    let downloader: OutputDownloader
    let prices: PriceList

    /// Waits for a submitted run, fetches its outputs and indexes them. Safe to repeat: nothing is submitted here.
    ///
    /// What can be fetched is kept even when something else cannot: then the run stays unfinished with the answer and what
    /// arrived written down, and the error says what is missing. It stays so until all has come or a person discards it: it was paid for.
    func collect(
        _ run: Run, _ request: RemoteRequest, uploadedCount: Int = 0, reusedCount: Int = 0,
        _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> FinishedRun {
        let clock = ContinuousClock()
        let start = clock.now
        let (response, earlier, billing) = try await answer(run, request, onProgress)
        let duration = clock.now - start
        let outputs = try await downloader.download(
            response, having: ArrivedOutputs(pictures: run.outputs, files: run.files, answer: earlier), onProgress)
        let said = outputs.responseWithoutPictures
        if let later = outputs.later {
            if later.category == .cancelled { throw later }
            throw await keep(outputs, billing, of: run, missing: later, request)
        }
        var drift =
            Drift.comparing(
                parameters: run.parameters, plannedSize: run.plannedSize, outputs: outputs.pictures,
                response: said)
        drift += outputs.losses
        // An endpoint that is not described may answer in words alone: those are kept, and there is nothing else to come.
        let isAnswerEnough = run.plannedSize == nil && outputs.losses.isEmpty
        guard !outputs.pictures.isEmpty || !outputs.files.isEmpty || isAnswerEnough else {
            // An answer that holds no usable picture will not hold any later; what it said is kept.
            let error = LibraryError(
                .refused, code: "no_pictures", outputs.losses.first?.description ?? "fal's answer holds no pictures",
                requestID: request.id)
            throw await records.ended(run, while: .submitted, error, said, drift: drift)
        }
        do {
            try await records.finished(
                .init(
                    generation: run.id, outputs: outputs.pictures, response: said, drift: drift,
                    files: outputs.files, billing: billing), run.filing)
        } catch {
            let error = LibraryError(error)
            throw LibraryError(
                error.category, error.code,
                "fal has finished it, and this could not be recorded, so the run stays open: \(error.message)",
                .resume(run.id), cause: error.cause, requestID: request.id)
        }
        return FinishedRun(
            run: try await uncancelled { try await records.run(run.id) }, uploadedCount: uploadedCount,
            reusedCount: reusedCount,
            seconds: Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
    }

    /// A run that another process is ending, once that is recorded: who cancels it asks fal first and writes it down after. nil when it is
    /// still open after three seconds.
    private func ended(_ id: Run.ID) async throws -> Run? {
        for _ in 0..<30 {
            let now = try await uncancelled { try await records.run(id) }
            if now.state.isFinal { return now }
            try await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }

    /// Writes down what arrived of a run whose other outputs could not be fetched; the error says what the record says.
    private func keep(
        _ outputs: OutputDownloader.Outputs, _ billing: Run.Billing?, of run: Run, missing: LibraryError,
        _ request: RemoteRequest
    ) async -> LibraryError {
        let said = outputs.responseWithoutPictures
        let count = said.answerFiles.count
        let noun = (outputs.files.isEmpty ? "picture" : "file") + (count == 1 ? "" : "s")
        var arrivedCount = outputs.pictures.count + outputs.files.count
        var sentence = "\(arrivedCount) of \(count) \(noun) arrived, the run stays open: \(missing.message)"
        var reason = missing
        do {
            try await records.keep(
                [
                    .arrived(
                        .init(
                            generation: run.id, outputs: outputs.pictures, response: said, files: outputs.files,
                            billing: billing))
                ], room: .outcome)
        } catch {
            let trouble = LibraryError(error)
            arrivedCount = 0
            sentence = "the run stays open as it was, what arrived could not be recorded: \(trouble.message)"
            if missing.category == .unavailable { reason = trouble } else { sentence += "; \(missing.message)" }
        }
        return LibraryError(
            reason.category, "outputs_missing", sentence, .fetchOrDiscard(run.id), cause: reason.cause,
            requestID: request.id, isPartial: arrivedCount > 0)
    }

    /// The answer of a run: fal's, for which this waits. When it came before, that one is `earlier`, and fal is asked again, because the
    /// URLs of a fresh answer may be served where the old ones are not; when it does not give one, the earlier one must do. And what fal
    /// billed: what it said first counts.
    private func answer(
        _ run: Run, _ request: RemoteRequest, _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> (response: JSONValue, earlier: JSONValue?, billing: Run.Billing?) {
        let queued = QueuedRequest(request)
        if let text = try await records.history.catalog.response(of: run.id) {
            let earlier = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
            do {
                let (fresh, billing) = try await result(queued, of: run)
                return (
                    fresh.answerFiles.count >= earlier.answerFiles.count ? fresh : earlier, earlier,
                    run.billing ?? billing
                )
            } catch {
                if Task.isCancelled { throw error }
                return (earlier, earlier, run.billing)
            }
        }
        do {
            try await queue.waitUntilCompleted(queued) { status in
                switch status.state {
                case .inQueue(let position): onProgress(.queued(position: position))
                case .inProgress: onProgress(.running)
                case .completed: break
                }
                for line in status.logs { onProgress(.log(line.message)) }
            }
            let (response, billing) = try await result(queued, of: run)
            return (response, nil, billing)
        } catch let error as FalError where error.isUnknownRequest {
            // Another process may have cancelled or closed it, and fal forgets what was stopped.
            if let now = try? await ended(run.id) {
                throw LibraryError(
                    .conflict, code: "ended_meanwhile",
                    "\(run.id): was \(now.state == .cancelled ? "cancelled" : "closed") meanwhile", run: run.id)
            }
            // Never an end by itself: what one server does not find, another may, and it was paid for.
            throw LibraryError(
                .refused, "fal.\(error.code)",
                "fal does not find request \(request.id) now; the run stays open, and fal's dashboard may show what became of it",
                .fetchOrDiscard(run.id), cause: .fal(error), requestID: request.id)
        } catch let error as FalError where error.endsTheRun {
            if error.isMissingFile {
                // It ran and could not read a reference, which may have cost; submitting it again is a person's decision,
                // and then the references are uploaded again.
                try? await records.forgetUploads(try await records.history.catalog.inputURLs(of: run.id))
            }
            throw await records.ended(run, while: .submitted, error)
        }
    }

    /// What fal says came of a run, and what it billed, by today's price.
    private func result(_ queued: QueuedRequest, of run: Run) async throws -> (JSONValue, Run.Billing?) {
        let result = try await queue.result(of: queued)
        let response = try Self.response(result.bytes, requestID: queued.requestID)
        guard let units = result.billableUnits else { return (response, nil) }
        return (response, Run.Billing(units: units, price: await prices.today(run.model)))
    }

    private static func response(_ bytes: [UInt8], requestID: String) throws -> JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        } catch {
            throw FalError.unintelligible(what: "the result is not JSON", requestID: requestID)
        }
    }
}
