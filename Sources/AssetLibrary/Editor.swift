import AssetCatalog
public import AssetModel
import AssetStore
import FalAPI
import Foundation

/// What a run reports while it is under way.
public enum EditProgress: Hashable, Sendable {
    /// The generation is written down under this id.
    case planned(Generation.ID)
    /// A reference's earlier upload is used again.
    case reused(ContentDigest)
    /// A reference is being sent.
    case uploading(ContentDigest, sent: Int64, of: Int64)
    /// Another task or process is sending this reference; we wait for it.
    case waitingForUpload(ContentDigest)
    /// A reference has been sent.
    case uploaded(ContentDigest)
    /// A reference's earlier upload was gone, and it has been sent again.
    case renewed(ContentDigest)
    /// fal has the request.
    case submitted(requestID: String)
    /// It waits behind this many others; nil when fal does not say.
    case queued(position: Int?)
    /// The model is at work.
    case running
    /// A line of the model's log.
    case log(String)
    /// An output is being fetched, number `position` (from 1) of `count`.
    case downloading(position: Int, count: Int)
}

/// A run whose outputs are in the library.
public struct FinishedEdit: Hashable, Sendable {
    /// The generation with its outputs.
    public let generation: Generation
    /// What differs from what was asked: size, seed, format, number of pictures, flags. One sentence each.
    public let differences: [String]
    /// How many references were sent, and how many earlier uploads were used again.
    public let uploadedCount: Int
    /// See `uploadedCount`.
    public let reusedCount: Int
    /// From the submit to the answer, in seconds.
    public let seconds: Double
}

extension Library {
    /// Runs a plan: upload → submit once → wait → download → index. Costs money on fal.
    ///
    /// The plan is in the journal before anything is sent, `sending` before the request leaves, the request id before
    /// the first poll. An error before the submit means that nothing was sent. `outcomeUnknown` means that the submit was
    /// perhaps accepted; it is never repeated by itself. Any later trouble leaves the run to `resumeUnfinished`.
    public func run(
        _ plan: EditPlan, onProgress: @escaping @Sendable (EditProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> FinishedEdit {
        let id = Generation.ID(random: (environment.random(), environment.random()))
        do {
            let remote = try needRemote()
            try await takeIn(plan.request.references)
            try Task.checkCancellation()
            try await record([.planned(try plan.fact(id, remote))] + plan.uploadFacts(id))
        } catch {
            throw LibraryError(error)
        }
        onProgress(.planned(id))
        do {
            let remote = try needRemote()
            let generation = try await Self.uncancelled { try await known(id) }
            return try await withTransport(remote) { transport in
                try await submitAndCollect(generation, remote, transport, onProgress)
            }
        } catch {
            throw LibraryError(error).concerning(id)
        }
    }

    /// The steps of one run, from a plan that was written down.
    func submitAndCollect(
        _ generation: Generation, _ remote: Remote, _ transport: FalTransport,
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> FinishedEdit {
        let (urls, uploadedCount) = try await upload(generation, remote, transport, onProgress)
        let request = try await submit(generation, urls, transport, onProgress)
        return try await collect(
            generation, request, transport, uploadedCount: uploadedCount, reusedCount: urls.count - uploadedCount,
            onProgress)
    }

    private func known(_ id: Generation.ID) async throws -> Generation {
        guard let generation = try await catalog.generation(id) else { throw CatalogError.damaged("a lost generation") }
        return generation
    }

    /// Runs something to its end even when the caller was cancelled; the caller waits for it.
    public static func uncancelled<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        try await Task { try await body() }.value
    }

    /// Imports the references that are files still. The plan was made for their bytes, so those must not have changed.
    private func takeIn(_ references: [ReferencePicture]) async throws {
        for reference in references {
            guard let path = reference.path else { continue }
            guard try await importPicture(at: path) == reference.asset else {
                throw LibraryError(
                    .storage, code: "file_changed", "\(path): the file changed since it was planned with")
            }
        }
    }

    // MARK: - Upload

    /// The references' URLs in order, and how many of them had to be sent.
    private func upload(
        _ generation: Generation, _ remote: Remote, _ transport: FalTransport,
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> (urls: [String], uploadedCount: Int) {
        do {
            let uploads = try await upload(try await orders(for: generation), remote, transport, onProgress)
            try Task.checkCancellation()
            return (uploads.map(\.upload.url), uploads.count { $0.isNew })
        } catch {
            // Nothing was submitted, and this process can say so: the plan ends here rather than waiting for a resume
            // that nobody expects to cost money.
            await end(generation, while: .planned, error)
            throw error
        }
    }

    // MARK: - Submit

    /// Submits once and writes the request id down, as one piece that no cancellation takes apart.
    private func submit(
        _ generation: Generation, _ urls: [String], _ transport: FalTransport,
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> RemoteRequest {
        let body = try generation.input(urls: urls).canonicalBytes()
        return try await Self.uncancelled {
            // Two processes may hold the same plan; the lock decides who sends it.
            try await record([.sending(.init(generation: generation.id, urls: urls))]) { writer in
                guard try writer.state(of: generation.id) == .planned else {
                    throw LibraryError(
                        .busy, code: "already_sent", "\(generation.id): another process has sent it already")
                }
            }
            let queued: QueuedRequest
            do {
                queued = try await FalQueue(transport).submit(body, to: generation.model)
            } catch {
                // An unknown outcome stays `sending`: perhaps it runs, and only a person may decide to pay again.
                if LibraryError(error).category != .outcomeUnknown { await end(generation, while: .sending, error) }
                throw error
            }
            let request = RemoteRequest(
                id: queued.requestID, statusURL: queued.statusURL, responseURL: queued.responseURL,
                cancelURL: queued.cancelURL)
            onProgress(.submitted(requestID: request.id))
            do {
                try await record([.submitted(.init(generation: generation.id, request: request))], persistently: true)
            } catch {
                throw FalError.outcomeUnknown(
                    reason:
                        "it was accepted, but its request id could not be written down: \(LibraryError(error).message)",
                    requestID: request.id)
            }
            return request
        }
    }

    // MARK: - Collect

    /// Waits for a submitted run, fetches its outputs and indexes them. Safe to repeat: nothing is submitted here.
    func collect(
        _ generation: Generation, _ request: RemoteRequest, _ transport: FalTransport, uploadedCount: Int = 0,
        reusedCount: Int = 0, _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> FinishedEdit {
        let queue = FalQueue(transport)
        let queued = QueuedRequest(
            requestID: request.id, statusURL: request.statusURL, responseURL: request.responseURL,
            cancelURL: request.cancelURL)
        let clock = ContinuousClock()
        let start = clock.now
        let response: JSONValue
        do {
            try await queue.waitUntilCompleted(queued) { status in
                switch status.state {
                case .inQueue(let position): onProgress(.queued(position: position))
                case .inProgress: onProgress(.running)
                case .completed: break
                }
                for line in status.logs { onProgress(.log(line.message)) }
            }
            response = try Self.response(try await queue.result(of: queued), requestID: request.id)
        } catch let error as FalError where error.endsTheRun {
            await end(generation, while: .submitted, error)
            throw error
        }
        let duration = clock.now - start
        let outputs = try await Collector(library: self, transport: transport).collect(response, onProgress)
        guard !outputs.pictures.isEmpty else {
            // An answer that holds no usable picture will not hold any later; what it said is kept.
            let error = LibraryError(
                .refused, code: "no_pictures", outputs.refusals.first ?? "fal's answer holds no pictures",
                requestID: request.id)
            await end(generation, while: .submitted, error, outputs.responseWithoutPictures)
            throw error
        }
        try await record(
            [
                .finished(
                    .init(
                        generation: generation.id, outputs: outputs.pictures, response: outputs.responseWithoutPictures)
                )
            ], persistently: true)
        let finished = try await Self.uncancelled { try await known(generation.id) }
        return FinishedEdit(
            generation: finished,
            differences: Self.differences(asked: generation, got: finished, response) + outputs.refusals,
            uploadedCount: uploadedCount, reusedCount: reusedCount,
            seconds: Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
    }

    private static func response(_ bytes: [UInt8], requestID: String) throws -> JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        } catch {
            throw FalError.unintelligible(what: "the result is no JSON", requestID: requestID)
        }
    }

    /// Compares what came with what was asked for.
    static func differences(asked: Generation, got: Generation, _ response: JSONValue) -> [String] {
        var differences: [String] = []
        let wanted = asked.parameters["num_images"]?.int ?? 1
        if got.outputs.count != wanted {
            differences.append("\(wanted) pictures were asked for, \(got.outputs.count) came")
        }
        for (index, output) in got.outputs.enumerated() {
            let name = got.outputs.count == 1 ? "the picture" : "picture \(index + 1)"
            if output.facts.storedSize != asked.plannedSize {
                differences.append("\(name) is \(output.facts.storedSize), planned was \(asked.plannedSize)")
            }
            if let format = asked.parameters["output_format"]?.text, format != output.facts.format.rawValue {
                differences.append("\(name) is \(output.facts.format.rawValue), asked for was \(format)")
            }
            if output.isFlagged == true {
                differences.append("\(name) was flagged by fal's safety checker and may have come back black")
            }
        }
        if let seed = asked.parameters["seed"]?.seed, let answered = response["seed"]?.seed, seed != answered {
            differences.append("seed \(seed) was asked for, \(answered) was used")
        }
        return differences
    }

    // MARK: - Endings

    /// Writes down that a run ended without outputs, unless it has come further than `state`: another process may have
    /// taken the same plan and paid for it, and our trouble is not its end. When the writing fails, the first error is the
    /// one to tell; the run then stays unfinished and shows in `jobs`.
    func end(
        _ generation: Generation, while state: Generation.State, _ error: any Error, _ response: JSONValue? = nil
    ) async {
        let error = LibraryError(error)
        try? await record(
            [
                error.category == .cancelled
                    ? .cancelled(.init(generation: generation.id))
                    : .failed(
                        .init(generation: generation.id, code: error.code, reason: error.message, response: response))
            ], persistently: true
        ) { writer in
            guard try writer.state(of: generation.id) == state else { throw CancellationError() }
        }
    }
}

extension FalError {
    /// Whether this answer means that a submitted run will never have a result: it ran and failed, or its input was
    /// refused. Anything else can pass, and the run was paid for.
    fileprivate var endsTheRun: Bool {
        switch self {
        case .failed, .rejected(422, _, _, _): true
        default: false
        }
    }
}

extension EditPlan {
    /// What is written down before anything is sent.
    func fact(_ id: Generation.ID, _ remote: Remote) throws -> JournalEntry.Planned {
        JournalEntry.Planned(
            generation: id, model: request.model, prompt: request.prompt, parameters: request.parameters(),
            references: try request.referenceSet(), size: size.output, host: remote.host)
    }
}

extension Generation {
    /// The whole model input.
    fileprivate func input(urls: [String]) -> JSONValue {
        .input(prompt: prompt, urls: urls, parameters: parameters)
    }
}

extension JSONValue {
    /// The text with sorted keys, as `plan` shows it.
    fileprivate func canonicalBytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
