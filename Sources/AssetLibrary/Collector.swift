import AssetCatalog
import AssetModel
import FalAPI
import Foundation

/// Waits for a submitted run and brings its outputs into the library.
struct Collector: Sendable {
    let records: RunRecords
    let queue: FalQueue
    let downloader: OutputDownloader

    /// Waits for a submitted run, fetches its outputs and indexes them. Safe to repeat: nothing is submitted here.
    ///
    /// What can be fetched is kept even when something else cannot: then the run stays unfinished with the answer and what
    /// arrived written down, since fal forgets its answers within the hour, and the error says what is missing.
    func collect(
        _ run: Run, _ request: RemoteRequest, uploadedCount: Int = 0, reusedCount: Int = 0,
        _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> FinishedRun {
        let clock = ContinuousClock()
        let start = clock.now
        let response = try await answer(run, request, onProgress)
        let duration = clock.now - start
        let outputs = try await downloader.download(response, having: (run.outputs, run.files), onProgress)
        let said = outputs.responseWithoutPictures
        if let later = outputs.later {
            // A failing disk fails here again; the trouble that came first is the one to tell.
            try? await records.keep([
                .arrived(
                    .init(generation: run.id, outputs: outputs.pictures, response: said, files: outputs.files))
            ])
            let error = LibraryError(later)
            if error.category == .cancelled { throw later }
            let count = said.answerFiles.count
            let noun = outputs.files.isEmpty ? "pictures" : "files"
            let arrivedCount = outputs.pictures.count + outputs.files.count
            throw LibraryError(
                error.category, "outputs_missing",
                "\(arrivedCount) of \(count) \(noun) arrived, the run stays open: \(error.message)", .resume(run.id),
                cause: error.cause, requestID: request.id, isPartial: arrivedCount > 0)
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
            await records.end(run, while: .submitted, error, said, drift: drift)
            throw error
        }
        try await records.keep([
            .finished(
                .init(
                    generation: run.id, outputs: outputs.pictures, response: said, drift: drift, files: outputs.files))
        ])
        return FinishedRun(
            run: try await uncancelled { try await records.run(run.id) }, uploadedCount: uploadedCount,
            reusedCount: reusedCount,
            seconds: Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
    }

    /// The answer of a run: the one that was recorded when it came before, else fal's, for which this waits.
    private func answer(
        _ run: Run, _ request: RemoteRequest, _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> JSONValue {
        if let text = try await records.history.catalog.response(of: run.id) {
            return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        }
        let queued = QueuedRequest(request)
        do {
            try await queue.waitUntilCompleted(queued) { status in
                switch status.state {
                case .inQueue(let position): onProgress(.queued(position: position))
                case .inProgress: onProgress(.running)
                case .completed: break
                }
                for line in status.logs { onProgress(.log(line.message)) }
            }
            return try Self.response(try await queue.result(of: queued), requestID: request.id)
        } catch let error as FalError where error.isUnknownRequest {
            throw LibraryError(
                .refused, "fal.\(error.code)",
                "fal no longer has request \(request.id); its dashboard may show what became of it", .discard(run.id),
                cause: .fal(error), requestID: request.id)
        } catch let error as FalError where error.endsTheRun {
            if error.isMissingFile {
                // It ran and could not read a reference, which may have cost; submitting it again is a person's decision,
                // and then the references are uploaded again.
                try? await records.forgetUploads(try await records.history.catalog.inputURLs(of: run.id))
            }
            await records.end(run, while: .submitted, error)
            throw error
        }
    }

    private static func response(_ bytes: [UInt8], requestID: String) throws -> JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        } catch {
            throw FalError.unintelligible(what: "the result is not JSON", requestID: requestID)
        }
    }
}
