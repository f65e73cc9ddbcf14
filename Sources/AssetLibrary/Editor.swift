import AssetCatalog
public import AssetModel
import AssetStore
import FalAPI
import Foundation

extension Library {
    /// Runs a plan: upload → submit once → wait → download → index. Costs money on fal.
    ///
    /// The plan is in the journal before anything is sent, `sending` before the request leaves, the request id before
    /// the first poll. An error before the submit means that nothing was sent. `outcomeUnknown` means that the submit was
    /// perhaps accepted; it is never repeated by itself. Any later trouble leaves the run to `resumeUnfinished`.
    ///
    /// It runs whether or not the library has the pictures already: `earlierRun(of:)` tells that beforehand.
    public func run(
        _ plan: EditPlan, onProgress: @escaping @Sendable (EditProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> FinishedEdit {
        try await run(plan.intent, onProgress)
    }

    func run(
        _ intent: Intent, _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws(LibraryError) -> FinishedEdit {
        let id: Run.ID
        do {
            let ids = try await writeDown([intent])
            guard let first = ids.first else { throw CatalogError.damaged("a plan without a name") }
            id = first
        } catch {
            throw LibraryError(error)
        }
        onProgress(.planned(id))
        return try await finish(id, onProgress: onProgress)
    }

    /// Brings one run that has not ended to its end: sends what was only written down, collects what was submitted.
    ///
    /// Errors: it has ended; `outcomeUnknown` for one that was perhaps sent, which nothing sends again; another account's.
    public func finish(
        _ id: Run.ID, onProgress: @escaping @Sendable (EditProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> FinishedEdit {
        do {
            let remote = try needRemote()
            let generation = try await Self.uncancelled { try await known(id) }
            return try await withTransport(remote) { transport in
                try await finish(generation, remote, transport, onProgress)
            }
        } catch {
            throw LibraryError(error).concerning(id)
        }
    }

    /// The next step of a run and all that follow it.
    func finish(
        _ generation: Run, _ remote: Remote, _ transport: FalTransport, keepingPlan: Bool = false,
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> FinishedEdit {
        guard generation.host == remote.host else {
            throw LibraryError(
                .invalidInput, code: "elsewhere",
                "\(generation.id): belongs to \(generation.host), and that is not the account or server set now")
        }
        switch generation.nextStep {
        case .submit:
            return try await submitAndCollect(generation, remote, transport, keepingPlan: keepingPlan, onProgress)
        case .collect(let request):
            return try await collect(generation, request, transport, onProgress)
        case .confirm:
            throw LibraryError(
                .outcomeUnknown, code: "unknown",
                "\(generation.id): was perhaps sent, and nobody answered; it is not sent again by itself",
                generation: generation.id)
        case .nothing:
            throw LibraryError(.invalidInput, code: "already_ended", "\(generation.id): has ended already")
        }
    }

    /// Writes plans down, all in one batch, before anything is sent for any of them; their ids in order.
    ///
    /// References that are files still are taken in first, each once.
    func writeDown(_ intents: [Intent]) async throws -> [Run.ID] {
        let remote = try needRemote()
        var taken: Set<String> = []
        for intent in intents {
            try await takeIn(intent.pictures.filter { $0.path.map { taken.insert($0).inserted } ?? false })
        }
        try Task.checkCancellation()
        let ids = intents.map { _ in newName() }
        try await history.record("run", try zip(ids, intents).flatMap { id, intent in try intent.facts(id, remote) })
        return ids
    }

    func newName() -> Run.ID { Run.ID(random: (environment.random(), environment.random())) }

    func known(_ id: Run.ID) async throws -> Run {
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

    // MARK: - Upload and submit

    /// `keepingPlan` leaves a plan that was not sent to a later resume even when someone interrupts: so does a sweep, which
    /// is resumed as a whole.
    private func submitAndCollect(
        _ generation: Run, _ remote: Remote, _ transport: FalTransport, keepingPlan: Bool,
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> FinishedEdit {
        var sent: (urls: [String], uploadedCount: Int)
        do {
            sent = try await upload(generation, remote, transport, onProgress)
        } catch {
            // Nothing was submitted, and this process can say so: the plan ends here rather than waiting for a resume
            // that nobody expects to cost money.
            if !keepingPlan || LibraryError(error).category != .cancelled {
                await end(generation, while: .planned, error)
            }
            throw error
        }
        let request: RemoteRequest
        do {
            request = try await submit(generation, sent.urls, from: .planned, transport, onProgress)
        } catch let error as FalError where error.saysThatAFileIsGone && !sent.urls.isEmpty {
            // A clear refusal: nothing was queued. A URL died between the probe and the submit, so all are made anew and
            // the request goes out once more, and only once.
            onProgress(.renewing)
            do {
                try await forgetUploads(sent.urls)
                sent = try await upload(generation, remote, transport, onProgress)
            } catch {
                await end(generation, while: .sending, error)
                throw error
            }
            request = try await submit(generation, sent.urls, from: .sending, transport, onProgress)
        }
        return try await collect(
            generation, request, transport, uploadedCount: sent.uploadedCount,
            reusedCount: sent.urls.count - sent.uploadedCount, onProgress)
    }

    /// Submits once and writes the request id down, as one piece that no cancellation takes apart.
    ///
    /// `from` is the state that the run must be in: `planned`, or `sending` after a clear refusal that this process met. A
    /// refusal because of an unreadable file leaves the run in `sending` the first time, for the caller to go on.
    private func submit(
        _ generation: Run, _ urls: [String], from state: Run.State, _ transport: FalTransport,
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> RemoteRequest {
        let body = try generation.input(urls: urls).canonicalBytes()
        return try await Self.uncancelled {
            // Two processes may hold the same plan; the lock decides who sends it.
            try await history.record("run") { writer in
                guard try writer.state(of: generation.id) == state else {
                    throw LibraryError(
                        .busy, code: "already_sent", "\(generation.id): another process has sent it already")
                }
                return ([.sending(.init(generation: generation.id, urls: urls))], ())
            }
            let queued: QueuedRequest
            do throws(FalError) {
                queued = try await FalQueue(transport).submit(
                    body, to: generation.model, options: SubmitOptions(generation.terms))
            } catch {
                let canGoOn = error.saysThatAFileIsGone && state == .planned && !urls.isEmpty
                // An unknown outcome stays `sending`: perhaps it runs, and only a person may decide to pay again.
                if !canGoOn, LibraryError(error).category != .outcomeUnknown {
                    await end(generation, while: .sending, error)
                }
                throw error
            }
            let request = RemoteRequest(
                id: queued.requestID, statusURL: queued.statusURL, responseURL: queued.responseURL,
                cancelURL: queued.cancelURL)
            onProgress(.submitted(requestID: request.id))
            do {
                try await history.record(
                    "run", [.submitted(.init(generation: generation.id, request: request))], persistently: true)
            } catch {
                throw FalError.outcomeUnknown(
                    reason:
                        "it was accepted, but its request id could not be written down: \(LibraryError(error).message)",
                    requestID: request.id)
            }
            return request
        }
    }

    // MARK: - Endings

    /// Writes down that a run ended without outputs, unless it has come further than `state`: another process may have
    /// taken the same plan and paid for it, and our trouble is not its end. When the writing fails, the first error is the
    /// one to tell; the run then stays unfinished and shows in `jobs`.
    func end(
        _ generation: Run, while state: Run.State, _ error: any Error, _ response: JSONValue? = nil,
        drift: [Drift]? = nil
    ) async {
        let wasCancelled = (error as? FalError)?.saysThatItWasCancelled == true
        let error = LibraryError(error)
        let fact: JournalEntry.Fact =
            error.category == .cancelled || wasCancelled
            ? .cancelled(.init(generation: generation.id))
            : .failed(
                .init(
                    generation: generation.id, code: error.code, reason: error.message, response: response,
                    drift: drift))
        try? await history.record("run", persistently: true) { writer in
            (try writer.state(of: generation.id) == state ? [fact] : [], ())
        }
    }
}

extension FalError {
    /// Whether this answer means that a submitted run will never have a result: it ran and failed, its input was
    /// refused, or it was called off. Anything else can pass, and the run was paid for.
    var endsTheRun: Bool {
        switch self {
        case .failed, .rejected(422, _, _, _): true
        default: saysThatItWasCancelled
        }
    }

    /// Whether fal could not read a file that the input names (protocol facts, section 5.3).
    var saysThatAFileIsGone: Bool { remoteType == "file_download_error" }

    /// Whether the run was called off before it made anything (protocol facts, section 5.4).
    var saysThatItWasCancelled: Bool { remoteType == "client_cancelled" }

    private var remoteType: String? {
        switch self {
        case .rejected(_, _, let type, _), .failed(_, let type, _): type
        default: nil
        }
    }
}

extension Run {
    /// The whole model input.
    fileprivate func input(urls: [String]) -> JSONValue {
        .input(
            prompt: prompt, references: zip(references.members, urls).map { ($0, $1) }, parameters: parameters)
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
