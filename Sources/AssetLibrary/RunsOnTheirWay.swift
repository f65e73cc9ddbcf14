import AssetCatalog
public import AssetModel

/// Which runs are being sent at this moment, by whatever process of this machine: their outcome is not unknown, and no one is asked to pay
/// for them again. And which are followed: whoever closes one would lose what was paid for.
struct RunsOnTheirWay: Sendable {
    let history: History

    /// The longest that sending takes, in seconds: refusals are waited out for two minutes, and the last attempt may take as long again.
    private static let longest: Int64 = 600

    /// The longest that a run is followed, in seconds.
    private static let longestRun: Int64 = 24 * 3600

    /// Sends a run; others know for as long as it takes.
    func whileSending<R: Sendable>(_ run: Run.ID, _ send: () async throws -> R) async throws -> R {
        try await claiming(run, for: Self.longest, send)
    }

    /// Brings a run to its end, from its upload to its pictures.
    func whileFollowing<R: Sendable>(_ run: Run.ID, _ follow: () async throws -> R) async throws -> R {
        try await claiming(run, for: Self.longestRun, follow)
    }

    private func claiming<R: Sendable>(
        _ run: Run.ID, for seconds: Int64, _ work: () async throws -> R
    ) async throws -> R {
        let environment = history.environment
        let nonce = Claimant.newNonce(environment.random())
        let now = environment.now()
        try await history.catalog.claimRun(run, nonce: nonce, now: now, until: now.adding(seconds: seconds))
        do {
            let result = try await work()
            await release(run, nonce)
            return result
        } catch {
            await release(run, nonce)
            throw error
        }
    }

    private func release(_ run: Run.ID, _ nonce: String) async {
        let catalog = history.catalog
        try? await uncancelled { try await catalog.releaseRun(run, nonce: nonce) }
    }

    /// Those that are being sent or followed; those of a process that was killed are not.
    func runs() async throws -> Set<Run.ID> {
        let claims = try await history.catalog.runClaims(now: history.environment.now())
        return Set(claims.filter { !Claimant.isGone($0.nonce) }.map(\.run))
    }

    /// Errors: a run that is being sent, or followed by a process.
    func expectNot(_ run: Run) async throws {
        guard try await runs().contains(run.id) else { return }
        throw run.nextStep == .confirm ? Self.underWay(run.id) : Self.followed(run.id)
    }

    /// A run that was read as `sending`, once its answer is recorded; nil when no process is sending it and its outcome is unknown. Who sends
    /// gives the run back after recording the answer, so the record is read again after the claims. Errors: it is being sent.
    func answered(_ run: Run) async throws -> Run? {
        try await expectNot(run)
        guard let now = try await history.catalog.generation(run.id), now.nextStep != .confirm else { return nil }
        return now
    }

    static func followed(_ run: Run.ID) -> LibraryError {
        LibraryError(
            .conflict, code: "under_way", "\(run): another program is bringing it to its end; cancel it to stop it",
            run: run)
    }

    static func inSandbox(_ run: Run.ID) -> LibraryError {
        LibraryError(
            .conflict, code: "under_way", "\(run): runs in the sandbox of another program, which brings it to its end",
            run: run)
    }

    static func underWay(_ run: Run.ID) -> LibraryError {
        LibraryError(
            .conflict, code: "under_way", "\(run): is being sent now; wait for fal's answer", run: run)
    }
}

extension Library {
    /// Whether a run was planned in another copy of this library, which may submit it too: if both did, it would be paid for twice.
    public func isPlannedElsewhere(_ run: Run.ID) async throws(LibraryError) -> Bool {
        try await inLibraryWords { try await history.isPlannedElsewhere(run) }
    }

    /// The runs that any process of this machine is uploading for, sending, or waiting for. One of them whose state is `sending` has not been
    /// answered yet: its outcome is not unknown. Reads only.
    public func runsUnderWay() async throws(LibraryError) -> Set<Run.ID> {
        try await inLibraryWords { try await RunsOnTheirWay(history: history).runs() }
    }
}
