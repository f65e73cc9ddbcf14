public import AssetModel

extension Library {
    /// Decides everything about a run before anything is sent. No network, no change; of references that are in the library already
    /// no file is read.
    ///
    /// `remote` is where it would be sent: its uploads are used again. A described model checks the request and says what will
    /// come back and what it costs; for any other endpoint the plan's `estimate` is nil. Errors: a field out of its range, a
    /// reference given twice, a picture that cannot be sent, terms that fal would not accept.
    public func plan(_ request: RunRequest, for remote: Remote? = nil) async throws(LibraryError) -> RunPlan {
        try await inLibraryWords { try await planner(for: remote?.host).plan(request) }
    }

    /// Decides about many requests: which must be submitted, and which the library knows already, by their recipes.
    ///
    /// `again` looks for nothing and submits them all. Errors as in `plan`, of the first request that cannot be.
    public func planSweep(
        _ requests: [RunRequest], again: Bool = false, for remote: Remote? = nil
    ) async throws(LibraryError) -> SweepPlan {
        try await inLibraryWords { try await planner(for: remote?.host).planSweep(requests, again: again) }
    }

    /// Every size that a request's model supports with references, and the kept ratio where that is possible, by how much of the
    /// references fits: best first, then more pixels seen of them. Touches nothing. `remote` is whose prices it goes by.
    ///
    /// Errors: those of `plan`, and a request without references, for which there is nothing to compare.
    public func candidates(
        for request: RunRequest, on remote: Remote? = nil
    ) async throws(LibraryError) -> [SizeCandidate] {
        try await inLibraryWords { try await planner(for: remote?.host).candidates(for: request) }
    }

    /// The run that already gave, or is about to give, what a request asks for: the same recipe with the same seed, asked of
    /// the same service. Nil when there is none, and for a request without a seed, whose pictures differ each time.
    ///
    /// A finished run counts while all of its pictures are in the store, and goes before an unfinished one. A sandbox is a
    /// service of its own: its cards are not the pictures that fal would make. Cost: one look at an index.
    public func earlierRun(
        of request: RunRequest, on remote: Remote? = nil
    ) async throws(LibraryError) -> EarlierRun? {
        try await inLibraryWords { try await earlierRuns(on: remote?.host).run(of: request) }
    }

    /// What a run asked for, to be asked again, as it is or changed: its references, how they were sent, its terms, and the seed
    /// that the model drew when none was asked for, so that the same picture comes.
    ///
    /// Errors: a reference that the library has no facts of.
    public func request(again run: Run) async throws(LibraryError) -> RunRequest {
        try await inLibraryWords { try await requests.request(again: run) }
    }

    /// A request whose input is JSON, in which pictures are found. Nothing is sent, and nothing changes: files are measured where
    /// they are.
    ///
    /// In the fields that hold addresses of pictures (`PictureField`) a text can be a path, counted from the current folder, an
    /// id or the beginning of one, `@last`, or `@set`, which takes the place of several elements in an array. Addresses
    /// (`https:` and the like, `data:`) stay as they are, and other fields are never touched. Errors name the place in the
    /// input: no such file, no picture, several where one can stand.
    public func request(_ model: String, input: JSONValue) async throws(LibraryError) -> RunRequest {
        try await inLibraryWords { try await requests.request(model, input: input) }
    }

    /// A request with some parameters changed, each to what a person typed; an empty text leaves a parameter to the model.
    ///
    /// A described model knows its parameters, and any other name is an error; for other endpoints every field can be set, to JSON
    /// where it is JSON, to a picture where pictures stand, else to the text itself.
    public func changing(
        _ request: RunRequest, _ changes: [(name: String, value: String)]
    ) async throws(LibraryError) -> RunRequest {
        try await inLibraryWords { try await requests.changing(request, changes) }
    }

    func earlierRuns(on host: RemoteHost?) -> EarlierRuns {
        EarlierRuns(history: history, store: store, host: host)
    }

    func planner(for host: RemoteHost?) -> Planner {
        Planner(
            history: history, copies: copies, earlier: earlierRuns(on: host), environment: environment,
            host: host)
    }

    var copies: CopyMaker { CopyMaker(store: store, renditions: renditions, inspector: inspector) }

    var requests: RequestReader { RequestReader(history: history, resolver: resolver) }
}
