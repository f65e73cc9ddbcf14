import AssetLibrary
import AssetModel
import HTTPTypes
import LibraryJSON

/// Planning and running.
extension GalleryAPI {
    static let composeRoutes: [Route] = [
        // A plan changes nothing.
        Route(.post, "plan", isChange: false) { api, request throws(LibraryError) in try await api.plan(request) },
        Route(.post, "runs") { api, request throws(LibraryError) in try await api.begin(request) },
        Route(.post, "runs/{id}/resume") { api, request throws(LibraryError) in
            let run = try await api.run(request)
            guard run.nextStep != .nothing else {
                throw LibraryError(.conflict, code: "run_ended", "\(run.id): has ended; there is nothing to resume")
            }
            await api.desk.resume(run.id, on: try api.owner(of: run))
            return .json(["runs": JSONValue([try await api.json(run)])], status: 202)
        },
        Route(.post, "runs/{id}/cancel") { api, request throws(LibraryError) in try await api.cancel(request) },
        Route(.post, "runs/{id}/resubmit") { api, request throws(LibraryError) in
            let run = try await api.run(request)
            let session = try api.owner(of: run)
            return try await api.begun { try await api.desk.resubmit(run.id, on: session) }
        },
        Route(.post, "runs/{id}/discard") { api, request throws(LibraryError) in
            let run = try await api.run(request)
            if await api.desk.progress(of: run.id) != nil {
                throw LibraryError(
                    .conflict, code: "under_way", "\(run.id): is under way here; cancel it instead", run: run.id)
            }
            try await api.library.discard(run.id)
            let ended = try await api.library.run(run.id) ?? run
            return .json(["runs": JSONValue([try await api.json(ended)])])
        },
    ]

    /// A plan that cannot be is an ordinary answer while someone types: it says why.
    private func plan(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let body = try await request.json("request", "on", "request_key", "again")
        do throws(LibraryError) { return .json(try await plan(body)) } catch {
            guard [.invalidInput, .notFound, .conflict].contains(error.category) else { throw error }
            let nothing = [
                "plan", "earlier", "typical_seconds", "month_usd", "command", "on",
            ].map { ($0, JSONValue.null) }
            return .json(
                JSONObject(uniqueKeysWithValues: nothing).adding([
                    "candidates": .array([]), "problem": .object(error.json),
                ]))
        }
    }

    private func plan(_ body: JSONValue) async throws(LibraryError) -> JSONObject {
        let form = try await ComposeRequest(body, library)
        let session = session(on: form.place)
        let plan = try await library.plan(form.request, for: session?.remote)
        var candidates: [SizeCandidate] = []
        if !form.request.references.isEmpty, EditModels.entry(form.request.model) != nil {
            candidates = try await library.candidates(for: form.request, on: session?.remote)
        }
        let recent = try await library.runs(limit: 100)
        // What `earlier` says is not said twice.
        let warnings = plan.warnings.filter { if case .earlier = $0 { false } else { true } }
        return [
            "plan": .object(plan.json.adding(["warnings": JSONValue(warnings.map(\.description))])),
            "candidates": JSONValue(candidates.map(\.json)),
            "earlier": plan.earlierRun.map { .object($0.run.json(in: library)) } ?? .null,
            "typical_seconds": JSONValue(typicalSeconds(recent, of: form.request.model, on: session)),
            "month_usd": JSONValue(try await monthlySpend()), "command": JSONValue(form.command),
            "on": JSONValue(session.map { $0.remote.isFal ? "fal" : "sandbox" }), "problem": .null,
        ]
    }

    /// The median time from plan to pictures of the last twenty finished runs of a model in one place; nil without any. The sandbox is no
    /// measure of fal.
    private func typicalSeconds(_ runs: [Run], of model: String, on session: FalSession?) -> Double? {
        let place = session.map { $0.remote.isFal ? "fal" : "sandbox" }
        let times = runs.filter {
            $0.model == model && $0.state == .finished && !$0.isBroughtHome && host(of: $0) == place
        }.prefix(20)
            .map { Double($0.changedAt.milliseconds - $0.plannedAt.milliseconds) / 1000 }.sorted()
        return times.isEmpty ? nil : times[times.count / 2]
    }

    /// What this month's runs were estimated to cost, by what fal billed where that is known; nil when there is no estimate.
    private func monthlySpend() async throws(LibraryError) -> Double? {
        let report = try await library.costs()
        guard let month = report.months.last, month.name == report.currentMonth else { return 0 }
        return month.estimatedPrice
    }

    private func begin(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let form = try await ComposeRequest(
            try await request.json("request", "on", "request_key", "again"), library)
        guard let session = session(on: form.place) else {
            throw LibraryError(
                .credential, code: "no_session",
                form.place == "sandbox" ? "there is no sandbox here" : "there is no key for fal: set FAL_KEY")
        }
        // What cannot take the pictures is told before they are paid for.
        if let set = form.request.filing.set { try await library.checkTakesMembers(set) }
        do {
            // In turn, so that what another request of this server has recorded is known to be under way. Another process may come in between all
            // the same: the history's lock decides then, and its run is the answer.
            return try await desk.inTurn {
                do { return try await begin(form, on: session) } catch let error as LibraryError
                    where error.code == "run_begun"
                {
                    return try await begin(form, on: session, isElsewhere: true)
                }
            }
        } catch {
            throw error as? LibraryError ?? LibraryError(.cancelled, code: "cancelled", "interrupted")
        }
    }

    /// `isElsewhere` tells that another process has just begun it and goes on with it.
    private func begin(
        _ form: ComposeRequest, on session: FalSession, isElsewhere: Bool = false
    ) async throws -> GalleryAnswer {
        if let key = form.key, let run = try await library.run(askedAs: key) {
            guard form.asked(for: run), host(of: run) == (session.remote.isFal ? "fal" : "sandbox") else {
                return .error(409, "key_used", "this request_key began another run, \(run.id)")
            }
            if !isElsewhere, await desk.progress(of: run.id) == nil, run.nextStep == .submit {
                await desk.resume(run.id, on: session)
            }
            return .json(
                ["runs": JSONValue([try await json(run)]), "already_in_library": JSONValue(false)], status: 202)
        }
        let plan = try await session.plan(form.request)
        if !form.isAgain, let earlier = plan.earlierRun {
            switch earlier {
            case .finished(let run):
                // The same recipe and seed: the pictures are here, and nothing is paid.
                if let set = form.request.filing.set { _ = try await library.addToSet(set, run.outputs.map(\.asset)) }
                return .json(["runs": JSONValue([try await json(run)]), "already_in_library": JSONValue(true)])
            case .unfinished(let run):
                guard !isElsewhere, await desk.progress(of: run.id) == nil, run.nextStep == .submit else {
                    return .json(["runs": JSONValue([try await json(run)]), "already_in_library": JSONValue(false)])
                }
                await desk.resume(run.id, on: session)
                return .json(
                    ["runs": JSONValue([try await json(run)]), "already_in_library": JSONValue(false)], status: 202)
            }
        }
        if !form.isAgain {
            for case .mayHaveBeenSent(let run) in plan.warnings {
                return .error(
                    409, "may_have_been_sent",
                    "the same request may have been submitted as \(run.id), whose outcome is unknown; again: true runs and pays again"
                )
            }
        }
        return try await begun { try await desk.begin(plan, on: session) }
    }

    /// Answers with a run that was just begun.
    private func begun(_ begin: () async throws -> Run.ID) async throws(LibraryError) -> GalleryAnswer {
        let id: Run.ID
        do { id = try await begin() } catch {
            throw error as? LibraryError ?? LibraryError(.cancelled, code: "cancelled", "interrupted")
        }
        guard let run = try await library.run(id) else {
            throw LibraryError(.damaged, code: "lost_run", "\(id): was recorded and is not there")
        }
        return .json(["runs": JSONValue([try await json(run)]), "already_in_library": JSONValue(false)], status: 202)
    }

    private func cancel(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let run = try await run(request)
        let outcome = try await library.cancel(run.id, with: session(of: run)?.remote)
        if case .neverSent = outcome { await desk.stop(run.id) }
        return .json([
            "outcome": .object(outcome.json(in: library)), "message": JSONValue(Self.sentence(outcome)),
        ])
    }

    private static func sentence(_ outcome: CancelOutcome) -> String {
        switch outcome {
        case .neverSent: "Stopped: it was never sent"
        case .stopped: "Stopped"
        case .requested: "fal was asked to stop it; it may still complete"
        case .completed: "It had already completed: its pictures are in the library"
        case .notFound: "fal no longer has this run"
        }
    }

    /// The session to use: the one that is named; without a name fal, else the sandbox.
    private func session(on place: String?) -> FalSession? {
        switch place {
        case "sandbox": sandbox
        case "fal": gallery.fal
        default: gallery.fal ?? sandbox
        }
    }

    /// The session whose run it is. Errors: another account's, and a sandbox's that has ended.
    private func owner(of run: Run) throws(LibraryError) -> FalSession {
        if let session = session(of: run) { return session }
        // Of a sandbox that is gone nothing can be asked, which a session says in its own words.
        if let session = gallery.fal ?? sandbox { return session }
        throw LibraryError(.credential, code: "no_session", "there is no key for fal: set FAL_KEY", run: run.id)
    }
}

extension EarlierRun {
    /// The run.
    fileprivate var run: Run {
        switch self {
        case .finished(let run), .unfinished(let run): run
        }
    }
}

extension CostReport {
    /// The month that is now, UTC, as `months` names it.
    fileprivate var currentMonth: String {
        String(Library.Environment.live.now().description.prefix(7))
    }
}
