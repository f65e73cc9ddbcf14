public import AssetModel

extension FalSession {
    /// Decides everything about a run before anything is sent; as `Library.plan`, for this session's remote.
    public func plan(_ request: RunRequest) async throws(LibraryError) -> RunPlan {
        try await inLibraryWords { try await planner.plan(request) }
    }

    /// Runs a plan: upload → submit once → wait → download → index. Costs money on fal.
    ///
    /// The plan is in the journal before anything is sent, `sending` before the request leaves, the request id before
    /// the first poll. An error before the submit means that nothing was submitted. `outcomeUnknown` means that the submit may have
    /// been accepted; it is never repeated by itself. Any later trouble leaves the run to `resumeUnfinished`.
    ///
    /// What comes and is no picture is kept as bytes (`Run.files`); the whole answer is recorded in any case. A plan that knew of an
    /// `earlierRun` runs all the same; one that knew of none is refused with `run_begun` when the same recipe and seed, or the same
    /// request key, were begun since it was made, by whatever process: nothing is sent or paid then.
    public func run(
        _ plan: RunPlan, onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> FinishedRun {
        try await inLibraryWords { try await runner("run").run(plan, onProgress) }
    }

    /// Brings one run that has not ended to its end: submits what was only planned, collects what was submitted.
    ///
    /// A plan that cannot be submitted now, because the account is locked or fal is not reached, stays planned. Errors: it has ended; `outcomeUnknown` for one that may have been submitted, which nothing submits again; another account's.
    public func finish(
        _ id: Run.ID, onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> FinishedRun {
        try await inLibraryWords { try await runner("resume").finish(id, keepingPlan: true, onProgress) }
    }

    /// Decides about many requests; as `Library.planSweep`, for this session's remote.
    public func planSweep(_ requests: [RunRequest], again: Bool = false) async throws(LibraryError) -> SweepPlan {
        try await inLibraryWords { try await planner.planSweep(requests, again: again) }
    }

    /// Runs a sweep, `width` at a time. Costs money on fal, by estimate no more than `budget`.
    ///
    /// All that will be submitted is recorded in one action before the first submit, so a sweep that is interrupted or killed
    /// is finished by `resumeUnfinished`, or by planning and running the same sweep again. What the budget has no room for is
    /// not recorded. `onOutcome` is called for each request, as it ends. A trouble that every run would meet, such as a key
    /// that fal does not accept or a full disk, stops the sweep; what was not begun stays recorded.
    public func run(
        _ sweep: SweepPlan, width: Int = 4, budget: Double? = nil,
        onProgress: @escaping @Sendable (Run.ID, RunProgress) -> Void = { _, _ in },
        onOutcome: (ResumeOutcome) -> Void = { _ in }
    ) async throws(LibraryError) -> SweepSummary {
        let sweeper = Sweeper(runner: runner("sweep"))
        return try await inLibraryWords {
            try await sweeper.run(sweep, width: width, budget: budget, onProgress: onProgress, onOutcome: onOutcome)
        }
    }

    /// Brings unfinished runs to their end, eight at a time and begun oldest first: what was submitted is collected, what was
    /// never submitted is submitted. What may have been submitted is looked up in fal's request history (`RequestAdopter`): a single
    /// match is collected, anything else is told with its reason and left alone.
    ///
    /// `only` picks one; nil means all. A run that fails does not stop the others, unless they would all meet the same.
    /// `onOutcome` is called in the order in which they end.
    public func resumeUnfinished(
        only: Run.ID? = nil, onProgress: @escaping @Sendable (Run.ID, RunProgress) -> Void = { _, _ in },
        onOutcome: (ResumeOutcome) -> Void
    ) async throws(LibraryError) {
        try await inLibraryWords {
            let unfinished = UnfinishedRuns(records: records("resume"))
            let sorted = try await unfinished.sorted(only: only, on: remote.host, onOutcome)
            try await resume(sorted, onProgress, onOutcome)
        }
    }

    func resume(
        _ runs: UnfinishedRuns.Sorted, _ onProgress: @escaping @Sendable (Run.ID, RunProgress) -> Void,
        _ onOutcome: (ResumeOutcome) -> Void
    ) async throws {
        let adopted = try await adopter.adopt(runs.unknown, onOutcome)
        let ready = (runs.ready + adopted).sorted { $0.plannedAt < $1.plannedAt }
        try await resumer("resume").finish(ready, onProgress, onOutcome)
    }

    /// Submits a run again whose outcome is unknown, as a new run of the same request: its references are sent as they were, on the
    /// same terms. Costs money on fal, a second time if the first was accepted; so only a person may ask for it. The old run ends,
    /// and says which one took its place.
    ///
    /// Errors: it has ended, or its outcome is known; another account's.
    public func resubmit(
        _ id: Run.ID, onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> FinishedRun {
        try await inLibraryWords { try await resumer("resubmit").resubmit(id, onProgress) }
    }

    /// Stops a run. One that was only planned ends here; one that fal has is cancelled there, and what fal answers
    /// decides: a run that completed first was paid for, so its pictures are collected.
    ///
    /// Errors: it has ended; it may have been submitted, and fal's name for it is not known; another account's.
    public func cancel(_ id: Run.ID) async throws(LibraryError) -> CancelOutcome {
        try await inLibraryWords {
            do {
                guard let (run, request) = try await records("cancel").requestToCancel(id) else {
                    return .neverSent(try await records("cancel").cancelPlan(id))
                }
                return try await canceller.cancel(run, request)
            } catch {
                throw LibraryError(error).concerning(id)
            }
        }
    }

    /// Takes a webhook of fal: makes sure that it is one, and collects the run that it tells of as `resumeUnfinished` does.
    ///
    /// The outputs are fetched from the queue; nothing of the payload is believed. The same delivery twice is harmless. A
    /// request that no run has is looked for again for three seconds. For a server, which must answer within fal's 15
    /// seconds, this comes in two parts: `verifyWebhook` and `collect`. Arguments and errors are those of these.
    public func receiveWebhook(
        headers: [(name: String, value: String)], body: [UInt8],
        onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> WebhookOutcome {
        try await collect(try await verifyWebhook(headers: headers, body: body), onProgress: onProgress)
    }

    /// Checks the headers of a request that claims to be a webhook of fal, before its body is read: that they are complete
    /// and were signed within five minutes of now. A server calls this first, so that a stranger cannot make it read a
    /// long body. Errors: `invalidInput` for missing or malformed headers, `refused` for an old signature.
    public func checkWebhook(headers: [(name: String, value: String)]) throws(LibraryError) {
        do { try webhooks.check(headers: headers) } catch { throw LibraryError(error) }
    }

    /// Makes sure that a request is a webhook of fal, and finds its run. Changes nothing: the run is recorded with fal's
    /// name for it already, so whatever happens after this, `resumeUnfinished` knows what to collect.
    ///
    /// `headers` are all of them, in any case and order; `body` the bytes as they came. fal's keys are fetched the first time
    /// and once a day, which takes 13 seconds at worst. Errors: `invalidInput` for what has not the form of a webhook, `refused`
    /// for a wrong or old signature, `unavailable` when the keys cannot be had.
    public func verifyWebhook(
        headers: [(name: String, value: String)], body: [UInt8]
    ) async throws(LibraryError) -> WebhookNotice {
        try await inLibraryWords { try await webhooks.verify(headers: headers, body: body) }
    }

    /// Collects the run that a notice tells of. Errors: only `cancelled`, which leaves the run to `resumeUnfinished`, and the
    /// catalog's own.
    public func collect(
        _ notice: WebhookNotice, onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> WebhookOutcome {
        try await inLibraryWords { try await webhooks.collect(notice, onProgress) }
    }
}
