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
    /// A reference has been sent.
    case uploaded(ContentDigest)
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
            try await record([
                .planned(
                    .init(
                        generation: id, model: plan.request.model, prompt: plan.request.prompt,
                        parameters: plan.request.parameters(), references: try plan.request.referenceSet(),
                        size: plan.size.output))
            ])
            onProgress(.planned(id))
            guard let generation = try await catalog.generation(id) else { throw CatalogError.damaged("a lost plan") }
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
        let request = try await submit(generation, urls, remote, transport)
        onProgress(.submitted(requestID: request.id))
        return try await collect(
            generation, request, transport, uploadedCount: uploadedCount, reusedCount: urls.count - uploadedCount,
            onProgress)
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
            let uploads = try await upload(generation.references.members, remote, transport) { event in
                switch event {
                case .reused(let upload): onProgress(.reused(upload.digest))
                case .sending(let digest, let sent, let total): onProgress(.uploading(digest, sent: sent, of: total))
                case .sent(let upload): onProgress(.uploaded(upload.digest))
                }
            }
            return (uploads.map(\.upload.url), uploads.count { $0.isNew })
        } catch {
            // Nothing was submitted, and this process can say so: the plan ends here rather than waiting for a resume
            // that nobody expects to cost money.
            try await end(generation, error)
            throw error
        }
    }

    // MARK: - Submit

    private func submit(
        _ generation: Generation, _ urls: [String], _ remote: Remote, _ transport: FalTransport
    ) async throws -> RemoteRequest {
        let input = JSONValue.input(prompt: generation.prompt, urls: urls, parameters: generation.parameters)
        let body = Array(try JSONEncoder().encode(input))
        try await record([.sending(.init(generation: generation.id, host: remote.host, urls: urls))])
        let queued: QueuedRequest
        do {
            queued = try await FalQueue(transport).submit(body, to: generation.model)
        } catch {
            // An unknown outcome stays `sending`: perhaps it runs, and only a person may decide to pay again.
            if LibraryError(error).category != .outcomeUnknown { try await end(generation, error) }
            throw error
        }
        let request = RemoteRequest(
            id: queued.requestID, statusURL: queued.statusURL, responseURL: queued.responseURL,
            cancelURL: queued.cancelURL)
        // Cancelled or not, the request id must be written down: the run is paid for.
        try await recordShielded([.submitted(.init(generation: generation.id, request: request))])
        return request
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
            response = try JSONDecoder().decode(JSONValue.self, from: Data(try await queue.result(of: queued)))
        } catch let error as FalError where error.endsTheRun {
            try await end(generation, error)
            throw error
        }
        let duration = clock.now - start
        let outputs: Collector.Outputs
        do {
            outputs = try await Collector(library: self, transport: transport).collect(response, onProgress)
        } catch {
            // An answer that holds no usable pictures will not hold any later; what it said is kept.
            if LibraryError(error).category == .refused { try await end(generation, error, response) }
            throw error
        }
        try await recordShielded([
            .finished(
                .init(generation: generation.id, outputs: outputs.pictures, response: outputs.responseWithoutPictures))
        ])
        guard let finished = try await catalog.generation(generation.id) else {
            throw CatalogError.damaged("a lost generation")
        }
        return FinishedEdit(
            generation: finished, differences: Self.differences(asked: generation, got: finished, response),
            uploadedCount: uploadedCount, reusedCount: reusedCount,
            seconds: Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
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

    /// Writes down that a run ended without outputs.
    private func end(_ generation: Generation, _ error: any Error, _ response: JSONValue? = nil) async throws {
        let error = LibraryError(error)
        try await recordShielded([
            error.category == .cancelled
                ? .cancelled(.init(generation: generation.id))
                : .failed(
                    .init(generation: generation.id, code: error.code, reason: error.message, response: response))
        ])
    }

    /// Records even when the task is cancelled: what happened with money must not depend on who still waits.
    private func recordShielded(_ facts: [JournalEntry.Fact]) async throws {
        // A child task inherits cancellation, and SQLite's write is refused in a cancelled task; this one does not.
        try await Task { try await record(facts) }.value
    }
}

extension FalError {
    /// Whether this answer means that a submitted run will never have a result.
    fileprivate var endsTheRun: Bool {
        switch self {
        case .failed, .rejected: true
        default: false
        }
    }
}
