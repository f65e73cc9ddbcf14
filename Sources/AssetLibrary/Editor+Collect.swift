import AssetCatalog
import AssetModel
import AssetStore
import FalAPI
import Foundation

extension Library {
    /// Waits for a submitted run, fetches its outputs and indexes them. Safe to repeat: nothing is submitted here.
    ///
    /// What can be fetched is kept even when something else cannot: then the run stays unfinished with the answer and what
    /// arrived written down, since fal forgets its answers within the hour, and the error says what is missing.
    func collect(
        _ generation: Run, _ request: RemoteRequest, _ transport: FalTransport, uploadedCount: Int = 0,
        reusedCount: Int = 0, _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> FinishedEdit {
        let clock = ContinuousClock()
        let start = clock.now
        let response = try await answer(generation, request, transport, onProgress)
        let duration = clock.now - start
        let outputs = try await Collector(library: self, transport: transport)
            .collect(response, having: (generation.outputs, generation.files), onProgress)
        let said = outputs.responseWithoutPictures
        if let later = outputs.later {
            // A failing disk fails here again; the trouble that came first is the one to tell.
            try? await history.record(
                "run",
                [
                    .arrived(
                        .init(
                            generation: generation.id, outputs: outputs.pictures, response: said, files: outputs.files))
                ],
                persistently: true)
            let error = LibraryError(later)
            if error.category == .cancelled { throw later }
            let count = said.answerFiles.count
            let noun = outputs.files.isEmpty ? "pictures" : "files"
            throw LibraryError(
                error.category, code: "outputs_missing",
                "\(outputs.pictures.count + outputs.files.count) of \(count) \(noun) came, the run stays open: \(error.message)",
                requestID: request.id)
        }
        var drift =
            Drift.comparing(
                parameters: generation.parameters, plannedSize: generation.plannedSize, outputs: outputs.pictures,
                response: said)
        drift += outputs.losses
        // An endpoint that nobody described may answer in words alone: those are kept, and there is nothing else to come.
        let isAnswerEnough = generation.plannedSize == nil && outputs.losses.isEmpty
        guard !outputs.pictures.isEmpty || !outputs.files.isEmpty || isAnswerEnough else {
            // An answer that holds no usable picture will not hold any later; what it said is kept.
            let error = LibraryError(
                .refused, code: "no_pictures", outputs.losses.first?.description ?? "fal's answer holds no pictures",
                requestID: request.id)
            await end(generation, while: .submitted, error, said, drift: drift)
            throw error
        }
        try await history.record(
            "run",
            [
                .finished(
                    .init(
                        generation: generation.id, outputs: outputs.pictures, response: said, drift: drift,
                        files: outputs.files))
            ], persistently: true)
        return FinishedEdit(
            generation: try await Self.uncancelled { try await known(generation.id) }, uploadedCount: uploadedCount,
            reusedCount: reusedCount,
            seconds: Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
    }

    /// The answer of a run: the one that was written down when it came before, else fal's, for which this waits.
    private func answer(
        _ generation: Run, _ request: RemoteRequest, _ transport: FalTransport,
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> JSONValue {
        if let text = try await catalog.response(of: generation.id) {
            return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        }
        let queue = FalQueue(transport)
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
        } catch let error as FalError where error.endsTheRun {
            if error.saysThatAFileIsGone {
                // It ran and could not read a reference, which may have cost; sending it again is a person's decision,
                // and then the references go anew.
                try? await forgetUploads(try await catalog.inputURLs(of: generation.id))
            }
            await end(generation, while: .submitted, error)
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

extension QueuedRequest {
    /// A request as it was written down.
    init(_ request: RemoteRequest) {
        self.init(
            requestID: request.id, statusURL: request.statusURL, responseURL: request.responseURL,
            cancelURL: request.cancelURL)
    }
}
