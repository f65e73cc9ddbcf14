import AssetCatalog
import AssetModel
import FalAPI

/// Why it is still unknown whether fal took a run's request.
public enum UnknownReason: Hashable, Sendable {
    /// fal was not asked: there is no key, the run belongs to another account or server, or this was not the time.
    case notAsked
    /// The request history lists no such request. It can take a moment to appear, and a request may be listed only once it has ended.
    case notListed
    /// This many requests of the history could be it.
    case severalRequests(Int)
    /// A request of the history could belong to any of this many runs of the library, whose outcome is unknown too.
    case severalRuns(Int)
    /// The key may not read the request history.
    case notPermitted
    /// The request history could not be read now; the sentence says why.
    case notReachable(String)
    /// It was sent with payload storage off, so the request history never lists it.
    case notStored
}

/// Finds the requests of runs whose submit was never answered in fal's request history, and writes them down. Costs nothing.
///
/// A request can be a run's when its endpoint and input are the same (as JSON: order of members, 5 and 5.0, and members that are
/// null do not matter), when fal took it not more than 5 minutes before and 15 minutes after the run was about to be sent, and when no
/// run of the library has it already. It is the run's when nothing else is possible: it is the run's only candidate, and the run is the
/// only unknown one that it can belong to. So two unknown runs of the same request are told apart by time when they were sent more
/// than 20 minutes apart, and otherwise not at all.
struct RequestAdopter: Sendable {
    let records: RunRecords
    let platform: FalPlatform
    let queue: FalQueue
    let host: RemoteHost

    /// How far fal's clock may be behind ours.
    fileprivate static let early: Int64 = 5 * 60_000
    /// How long after `sending` was written down fal may have taken the request: refusals are waited out, and clocks differ.
    fileprivate static let late: Int64 = 15 * 60_000
    /// How long after it was taken a request may have ended, for the history may be cut by that time.
    private static let longestRun: Int64 = 24 * 3_600_000

    /// How long to wait before asking again about a run that was sent a moment ago.
    private static let waits: [Duration] = [.milliseconds(250), .milliseconds(750), .seconds(2)]
    /// How long that moment is.
    private static let moment: Int64 = 3 * 60_000

    typealias Request = PastRequest<JSONValue>

    /// A run whose outcome is unknown, with its input as it was sent.
    struct Unknown: Sendable {
        let run: Run
        let input: JSONValue
        /// Milliseconds since 1970 between which fal may have taken it.
        let window: ClosedRange<Int64>

        /// The run, its input in whatever form, and the clock when it was about to be sent.
        init(_ run: Run, input: JSONValue) {
            self.run = run
            self.input = input.comparable
            let sentAt = run.changedAt.milliseconds
            window = (sentAt - RequestAdopter.early)...(sentAt + RequestAdopter.late)
        }

        /// Whether a request of the history can be this run's.
        func canBe(_ request: PastRequest<JSONValue>) -> Bool {
            request.endpoint == run.model && window.contains(request.at) && request.input?.comparable == input
        }
    }

    /// Looks some unknown runs of this host up. Those that were found are returned, as they are now; `onOutcome` is told about the
    /// others.
    func adopt(_ runs: [Run], _ onOutcome: (ResumeOutcome) -> Void) async throws -> [Run] {
        let wanted = Set(runs.filter(\.terms.isStored).map(\.id))
        for run in runs where !wanted.contains(run.id) { onOutcome(.unknown(run, .notStored)) }
        guard !wanted.isEmpty else { return [] }
        // A run that was not asked for can be the one that a request belongs to.
        let all = try await unknownRuns()
        var adopted: [Run] = []
        for group in Self.groups(all) where group.contains(where: { wanted.contains($0.run.id) }) {
            let mine = group.filter { wanted.contains($0.run.id) }
            let requests: [Request]
            do throws(FalError) {
                requests = try await listPatiently(group, for: mine)
            } catch {
                if error == .cancelled { throw error }
                for unknown in mine { onOutcome(.unknown(unknown.run, Self.reason(error))) }
                continue
            }
            let known = try await records.history.catalog.runs(ofRequests: requests.map(\.id))
            let free = requests.filter { known[$0.id] == nil }
            for unknown in mine {
                switch Self.match(unknown, free, group) {
                case .request(let request):
                    if try await write(request, for: unknown.run) {
                        adopted.append(try await records.run(unknown.run.id))
                    } else {
                        onOutcome(.unknown(unknown.run, .notAsked))
                    }
                case .none(let reason): onOutcome(.unknown(unknown.run, reason))
                }
            }
        }
        return adopted
    }

    /// All runs of this host whose outcome is unknown and which the history can list.
    func unknownRuns() async throws -> [Unknown] {
        var unknown: [Unknown] = []
        for run in try await records.history.catalog.unfinishedGenerations()
        where run.nextStep == .confirm && run.host == host && run.terms.isStored {
            let urls = try await records.history.catalog.inputURLs(of: run.id)
            unknown.append(Unknown(run, input: run.input(urls: urls)))
        }
        return unknown
    }

    // MARK: - Pieces

    /// Runs of one endpoint that were sent close to each other: one question is enough for all of them.
    private static func groups(_ all: [Unknown]) -> [[Unknown]] {
        var groups: [[Unknown]] = []
        for unknown in all.sorted(by: { ($0.run.model, $0.window.lowerBound) < ($1.run.model, $1.window.lowerBound) }) {
            if let last = groups.last?.last, last.run.model == unknown.run.model,
                unknown.window.lowerBound <= last.window.upperBound
            {
                groups[groups.count - 1].append(unknown)
            } else {
                groups.append([unknown])
            }
        }
        return groups
    }

    /// The history around some runs, asked for again a few times while one of them was sent just now and is not in it.
    private func listPatiently(_ group: [Unknown], for mine: [Unknown]) async throws(FalError) -> [Request] {
        var requests = try await list(group)
        for wait in Self.waits {
            let now = records.history.environment.now().milliseconds
            let isTooEarly = mine.contains { unknown in
                now - unknown.run.changedAt.milliseconds < Self.moment && !requests.contains(where: unknown.canBe)
            }
            guard isTooEarly else { break }
            do { try await Task.sleep(for: wait) } catch { throw .cancelled }
            requests = try await list(group)
        }
        return requests
    }

    private func list(_ group: [Unknown]) async throws(FalError) -> [Request] {
        guard let first = group.first, let last = group.last else { return [] }
        let now = records.history.environment.now().milliseconds
        let end = min(now + Self.early, last.window.upperBound + Self.longestRun)
        return try await platform.requests(
            of: [first.run.model], from: first.window.lowerBound, to: max(end, first.window.lowerBound + 1),
            onlySuccessful: false, tryingOnce: true, as: JSONValue.self)
    }

    /// Which request is a run's, or why that cannot be said.
    enum Match { case request(Request), none(UnknownReason) }

    /// Finds a run's request among those that no run has; `all` are the unknown runs that could have it.
    static func match(_ unknown: Unknown, _ requests: [Request], _ all: [Unknown]) -> Match {
        let candidates = requests.filter(unknown.canBe)
        guard let request = candidates.first else { return .none(.notListed) }
        guard candidates.count == 1 else { return .none(.severalRequests(candidates.count)) }
        let runCount = all.count { $0.canBe(request) }
        return runCount == 1 ? .request(request) : .none(.severalRuns(runCount))
    }

    /// Writes down which request is a run's. False when another process has found something else out meanwhile.
    private func write(_ request: Request, for run: Run) async throws -> Bool {
        let queued = try queue.request(request.id, of: run.model)
        let fact = JournalEntry.Fact.submitted(
            .init(
                generation: run.id,
                request: RemoteRequest(
                    id: queued.requestID, statusURL: queued.statusURL, responseURL: queued.responseURL,
                    cancelURL: queued.cancelURL)))
        return try await records.history.record(records.verb, persistently: true) { writer in
            let isOpen = try writer.state(of: run.id) == .sending && !writer.isKnown(request: request.id)
            return (isOpen ? [fact] : [], isOpen)
        }
    }

    private static func reason(_ error: FalError) -> UnknownReason {
        switch error {
        case .unauthorized, .forbidden: .notPermitted
        default: .notReachable(LibraryError(error).message)
        }
    }
}

extension JSONValue {
    /// The same value in the one form in which equal requests are equal: whole numbers as integers, members that are null left out.
    var comparable: JSONValue {
        switch self {
        case .number(let number):
            Int64(exactly: number).map(JSONValue.integer) ?? UInt64(exactly: number).map(JSONValue.unsigned) ?? self
        case .array(let elements): .array(elements.map(\.comparable))
        case .object(let members): .object(members.filter { $0.value != .null }.mapValues(\.comparable))
        default: self
        }
    }
}
