import AssetCatalog
public import AssetModel
import FalAPI
import Logging

/// fal, for one library: what needs the network. Opened with `Library.withSession`.
///
/// All verbs of one session share one HTTP client, the places for files that are sent at once, and the uploads in flight: two runs
/// that need the same picture send it once. Safe to use from many tasks.
public struct FalSession: Sendable {
    /// Where requests go, and with which key.
    public let remote: Remote

    let history: History
    let environment: Library.Environment
    let importer: Importer
    let planner: Planner
    let uploader: Uploader
    let queue: FalQueue
    let platform: FalPlatform
    let downloader: OutputDownloader
    let prices: PriceList
    let logger: Logger
    let keyring = WebhookKeyring()

    /// How many files a session sends at once when nothing else is said.
    public static let uploadWidth = 4

    // MARK: - The types that do it

    func records(_ verb: String) -> RunRecords { RunRecords(history: history, verb: verb) }

    func collector(_ verb: String) -> Collector {
        Collector(records: records(verb), queue: queue, downloader: downloader, prices: prices)
    }

    func runner(_ verb: String) -> Runner {
        Runner(
            records: records(verb), importer: importer,
            uploads: ReferenceUploads(uploader: uploader, records: records(verb)), queue: queue,
            collector: collector(verb), earlier: planner.earlier, host: remote.host)
    }

    var adopter: RequestAdopter {
        RequestAdopter(records: records("resume"), platform: platform, queue: queue, host: remote.host)
    }

    func resumer(_ verb: String) -> Resumer { Resumer(runner: runner(verb)) }

    var canceller: Canceller {
        Canceller(records: records("cancel"), queue: queue, collector: collector("cancel"), host: remote.host)
    }

    var webhooks: WebhookReceiver {
        WebhookReceiver(
            resumer: resumer("webhook"), remote: remote, keyring: keyring, environment: environment, logger: logger)
    }
}

extension Library {
    /// Opens a session with fal for the length of `body` and closes it on every path. Costs no connection until the first call.
    ///
    /// `uploadWidth` is how many files are sent at once, at least 1. Errors: `credential` without a remote, and what `body`
    /// throws, as it is.
    public func withSession<R: Sendable>(
        _ remote: Remote?, uploadWidth: Int = FalSession.uploadWidth, _ body: (FalSession) async throws -> R
    ) async throws -> R {
        guard let remote else { throw LibraryError.noKey }
        do {
            // What another program has paid for must be known before anything is paid for here.
            try await history.catchUp()
            return try await FalTransport.withTransport(
                endpoints: remote.endpoints, credential: remote.credential, logger: logger
            ) { transport in
                try await body(session(remote, transport, uploadWidth))
            }
        } catch let error as FalError {
            throw LibraryError(error)
        } catch let error as CatalogError {
            throw LibraryError(error)
        }
    }

    /// Ends a run that has not ended without asking fal: for one whose outcome is unknown, once a person has looked. Whatever fal
    /// made of it stays at fal.
    public func discard(_ id: Run.ID) async throws(LibraryError) {
        let unfinished = UnfinishedRuns(records: RunRecords(history: history, verb: "discard"))
        try await inLibraryWords { try await unfinished.discard(id) }
    }

    /// Stops a run, as a session's `cancel` does, and opens one only when fal must be asked. Errors: `credential` when it must be and
    /// there is no remote, and those of the session's.
    public func cancel(_ id: Run.ID, with remote: Remote?) async throws(LibraryError) -> CancelOutcome {
        let records = RunRecords(history: history, verb: "cancel")
        return try await inLibraryWords {
            do {
                guard try await records.requestToCancel(id) != nil else {
                    return .neverSent(try await records.cancelPlan(id))
                }
                return try await withSession(remote) { try await $0.cancel(id) }
            } catch {
                throw LibraryError(error).concerning(id)
            }
        }
    }

    /// Brings unfinished runs to their end, as a session's `resumeUnfinished` does, and opens one only when there is something to
    /// ask fal for: without a remote, runs of a sandbox that is gone end, and those that may have been submitted are told.
    ///
    /// Errors: `credential` when there is something to ask fal for and no remote.
    public func resumeUnfinished(
        with remote: Remote?, only: Run.ID? = nil,
        onProgress: @escaping @Sendable (Run.ID, RunProgress) -> Void = { _, _ in },
        onOutcome: (ResumeOutcome) -> Void
    ) async throws(LibraryError) {
        let unfinished = UnfinishedRuns(records: RunRecords(history: history, verb: "resume"))
        try await inLibraryWords {
            let sorted = try await unfinished.sorted(only: only, on: remote?.host, onOutcome)
            guard !sorted.isEmpty else { return }
            try await withSession(remote) { try await $0.resume(sorted, onProgress, onOutcome) }
        }
    }

    private func session(_ remote: Remote, _ transport: FalTransport, _ uploadWidth: Int) -> FalSession {
        let storage = FalStorage(transport, slots: TransferSlots(max(1, uploadWidth)))
        let uploader = Uploader(
            history: history, store: store, copies: copies, environment: environment, host: remote.host,
            transport: transport, storage: storage, inFlight: UploadsInFlight(), width: max(1, uploadWidth))
        return FalSession(
            remote: remote, history: history, environment: environment, importer: importer,
            planner: planner(for: remote.host), uploader: uploader, queue: FalQueue(transport),
            platform: FalPlatform(transport),
            downloader: OutputDownloader(store: store, inspector: arrivals, transport: transport),
            prices: PriceList(
                history: history, platform: FalPlatform(transport), host: remote.host, environment: environment,
                failures: PriceFailures()),
            logger: logger)
    }
}
