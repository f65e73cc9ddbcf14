import AssetLibrary
import AssetModel
import HTTPTypes
import LibraryJSON

/// Runs: what was asked of models, and what became of it.
extension GalleryAPI {
    static let runRoutes: [Route] = [
        Route(.get, "runs") { api, request throws(LibraryError) in try await api.runs(request) },
        Route(.get, "runs/{id}") { api, request throws(LibraryError) in
            let run = try await api.run(request)
            return .json(try await api.json(run).adding(["resubmit_price_usd": await api.price(again: run)]))
        },
        Route(.get, "runs/{id}/request") { api, request throws(LibraryError) in
            let run = try await api.run(request)
            return .json(["request": .object(try await api.library.request(again: run).composeJSON(run.filing))])
        },
    ]

    func run(_ request: APIRequest) async throws(LibraryError) -> Run {
        var word = request.id
        if let (run, _) = Run.ID.splitPicture(word.lowercased()) { word = run }
        guard case .run(let id) = try await library.designation(word), let run = try await library.run(id) else {
            throw LibraryError(.notFound, code: "not_a_run", "\(request.id): an image, not a run")
        }
        return run
    }

    private func runs(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let limit = try request.number("limit", in: 1...500, default: 100)
        var runs: [Run]
        switch request.query("state") ?? "unfinished" {
        case "unfinished": runs = try await library.unfinishedRuns().reversed()
        case "unknown": runs = try await library.unfinishedRuns().filter { $0.nextStep == .confirm }.reversed()
        case "all": runs = try await library.runs(limit: limit)
        default:
            throw LibraryError(.invalidInput, code: "bad_parameter", "state must be unfinished, unknown or all")
        }
        runs = Array(runs.prefix(limit))
        var shown: [JSONObject] = []
        for run in runs {
            var object = try await json(run)
            if run.nextStep == .confirm { object["resubmit_price_usd"] = await price(again: run) }
            shown.append(object)
        }
        return .json(["runs": JSONValue(shown)])
    }

    /// A run as everywhere, and `on under_way progress can planned_elsewhere`: whose it is (`fal`, `sandbox` or `elsewhere`), whether this server is bringing it to
    /// its end or any process is sending it, what this server heard last, and what can be done: `resume cancel resubmit discard`. Also
    /// `planned_elsewhere`: it waits to be sent, and another copy of the library may send it too.
    func json(_ run: Run) async throws(LibraryError) -> JSONObject {
        let progress = await desk.progress(of: run.id)
        var (run, isClaimed) = (run, false)
        if !run.state.isFinal {
            isClaimed = try await library.runsUnderWay().contains(run.id)
            // What was sent since it was read has an answer by now.
            if !isClaimed, let now = try await library.run(run.id) { run = now }
        }
        let isSent = isClaimed && run.nextStep == .confirm
        let isElsewhere = run.nextStep == .submit ? try await library.isPlannedElsewhere(run.id) : false
        let object = run.json(in: library).adding([
            "on": JSONValue(host(of: run)), "under_way": JSONValue(progress != nil || isClaimed),
            "progress": progress.map { .object($0) } ?? .null,
            "can": JSONValue(Self.steps(run, isHere: progress != nil, isClaimed)),
            "differences": JSONValue(run.differences),
            "planned_elsewhere": JSONValue(isElsewhere),
        ])
        if run.nextStep == .confirm, !isSent, let reason = await desk.reason(of: run.id) {
            return object.adding(["unknown_reason": JSONValue(reason.code)])
        }
        guard isSent else { return object }
        // fal has not answered yet: its outcome is not unknown, and nothing is to be decided.
        return object.adding(["state": JSONValue("planned"), "unknown_reason": .null, "can": .array([])])
    }

    /// The session whose host a run is meant for; nil when it is another account's, or a sandbox's that has ended.
    func session(of run: Run) -> FalSession? {
        [gallery.fal, sandbox].compactMap(\.self).first { $0.remote.owns(run) }
    }

    func host(of run: Run) -> String {
        guard let session = session(of: run) else { return run.host.isEphemeral ? "sandbox" : "elsewhere" }
        return session.remote.isFal ? "fal" : "sandbox"
    }

    private static func steps(_ run: Run, isHere: Bool, _ isUnderWay: Bool) -> [String] {
        // Another program's sandbox can be asked for nothing.
        if isUnderWay, !isHere { return run.host.isEphemeral || run.nextStep == .confirm ? [] : ["cancel"] }
        return switch run.nextStep {
        case .submit: ["resume", "cancel"]
        // What is being fetched would be lost if it were closed: it is cancelled, and fal says what becomes of it.
        case .collect: isHere ? ["resume", "cancel"] : ["resume", "cancel", "discard"]
        case .confirm: ["resume", "resubmit", "discard"]
        case .nothing: []
        }
    }

    /// What submitting a run again would cost by estimate, in US dollars.
    private func price(again run: Run) async -> JSONValue {
        guard let request = try? await library.request(again: run),
            let plan = try? await library.plan(request, for: session(of: run)?.remote)
        else { return .null }
        return JSONValue(plan.cost)
    }
}
