import AssetCatalog
import AssetModel
import FalAPI

/// Brings an account's request history into the library.
///
/// The history's cursor counts pages, so what is added while it is read would move them. It is therefore read in windows of a day that
/// have ended, from the newest to `since`; one window is held in memory at a time.
struct HistoryImporter: Sendable {
    let records: RunRecords
    let platform: FalPlatform
    let queue: FalQueue
    let downloader: OutputDownloader
    let adopter: RequestAdopter
    let host: RemoteHost
    /// Whether nothing may be written.
    let isDryRun: Bool

    typealias Request = PastRequest<JSONValue>

    /// A day, in milliseconds.
    private static let window: Int64 = 86_400_000
    /// How many requests are brought home at once.
    private static let width = 4

    func run(
        _ endpoints: [String]?, since: Timestamp, _ onOutcome: (HistoryOutcome) -> Void
    ) async throws -> HistorySummary {
        if !isDryRun, let reason = records.history.readOnlyReason { throw reason }
        var listed = endpoints?.uniqued() ?? []
        if endpoints == nil { listed = try await usualEndpoints() }
        for endpoint in listed { try FalQueue.check(endpoint) }
        let unknown = try await adopter.unknownRuns()
        var summary = HistorySummary()
        var seen: Set<String> = []
        var end = records.history.environment.now().milliseconds
        while end > since.milliseconds, !listed.isEmpty {
            let start = max(since.milliseconds, end - Self.window)
            let (requests, refused) = try await list(listed, start, end)
            summary.refusedEndpoints += refused
            listed.removeAll { name in refused.contains { $0.endpoint == name } }
            let new = requests.filter { seen.insert($0.id).inserted }
            try await bring(new, unknown) { outcome in
                summary.count(outcome)
                onOutcome(outcome)
            }
            end = start
        }
        return summary
    }

    /// Those of the library's runs and those that are described.
    private func usualEndpoints() async throws -> [String] {
        let known = try await records.history.catalog.endpoints()
        return (known + EditModels.all.map(\.id)).uniqued().filter { (try? FalQueue.check($0)) != nil }
    }

    // MARK: - Listing

    /// The finished requests of a window. Where fal refuses a list of endpoints, each is asked for by itself.
    private func list(
        _ endpoints: [String], _ start: Int64, _ end: Int64
    ) async throws -> (requests: [Request], refused: [HistorySummary.RefusedEndpoint]) {
        var found: [Request] = []
        var refused: [HistorySummary.RefusedEndpoint] = []
        var waiting = endpoints.chunked(by: FalPlatform.endpointLimit)[...]
        while let chunk = waiting.popFirst() {
            do throws(FalError) {
                found += try await platform.requests(
                    of: chunk, from: start, to: end, onlySuccessful: true, as: JSONValue.self)
            } catch {
                guard case .rejected = error else { throw error }
                if chunk.count == 1 {
                    refused.append(.init(endpoint: chunk[0], error: LibraryError(error)))
                } else {
                    waiting = chunk.map { [$0] } + waiting
                }
            }
        }
        return (found.filter { 200..<300 ~= $0.statusCode ?? 200 }, refused)
    }

    // MARK: - Bringing home

    private func bring(
        _ requests: [Request], _ unknown: [RequestAdopter.Unknown], _ onOutcome: (HistoryOutcome) -> Void
    ) async throws {
        let known = try await records.history.catalog.runs(ofRequests: requests.map(\.id))
        var new: [Request] = []
        for request in requests {
            if let run = known[request.id] {
                onOutcome(.known(HistoryRequest(request), run))
            } else if let waiting = unknown.first(where: { $0.canBe(request) }) {
                onOutcome(.awaited(HistoryRequest(request), waiting.run.id))
            } else {
                new.append(request)
            }
        }
        var stop: LibraryError?
        try await inParallel(new, width: Self.width) { request in
            try await bring(request)
        } onResult: { outcome in
            onOutcome(outcome)
            if case .failed(_, let error) = outcome, error.stopsRuns { stop = stop ?? error }
            return stop == nil
        }
        if let stop { throw stop }
    }

    /// One request, from its input to a run; an error of its own does not stop the others.
    private func bring(_ request: Request) async throws -> HistoryOutcome {
        guard case .object? = request.input, request.output != nil else { return .notKept(HistoryRequest(request)) }
        do {
            if isDryRun { return .new(HistoryRequest(request), nil, expired: try await expiredCount(request)) }
            return try await write(request)
        } catch {
            let error = LibraryError(error)
            if error.category == .cancelled { throw error }
            return .failed(HistoryRequest(request), error)
        }
    }
}

extension HistoryRequest {
    init(_ request: PastRequest<JSONValue>) {
        self.init(
            id: request.id, model: request.endpoint, prompt: request.input?[.prompt]?.text ?? "",
            at: Timestamp(milliseconds: request.at))
    }
}
