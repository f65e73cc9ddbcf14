import AssetCatalog
public import AssetModel
import AssetStore

/// A run that was asked for the same thing before.
public enum EarlierRun: Hashable, Sendable {
    /// Its pictures are in the library.
    case finished(Run)
    /// It has not ended: sent, perhaps sent, or only written down, as its `nextStep` says.
    case unfinished(Run)
}

extension Library {
    /// The run that already gave, or is about to give, what a request asks for: the same recipe with the same seed, asked of
    /// the same service. Nil when there is none, and for a request without a seed, whose pictures differ each time.
    ///
    /// A finished run counts while all of its pictures are in the store, and goes before an unfinished one. A sandbox is a
    /// service of its own: its cards are not the pictures that fal would make. Reads only; cost: one look at an index.
    public func earlierRun(of request: EditRequest) async throws(LibraryError) -> EarlierRun? {
        guard request.seed != nil else { return nil }
        do {
            let identity = RecipeIdentity(
                model: request.model, prompt: request.prompt, parameters: request.parameters(),
                references: request.references.map(\.asset))
            return try await earlierRun(of: identity)
        } catch {
            throw LibraryError(error)
        }
    }

    func earlierRun(of identity: RecipeIdentity) async throws -> EarlierRun? {
        let runs = try await catalog.generations(of: identity).filter { run in
            guard let remote else { return !run.host.isPassing }
            return run.host.service == remote.host.service
        }
        let finished = runs.first { run in
            run.state == .finished
                && run.outputs.allSatisfy {
                    store.contains($0.asset, fileExtension: $0.facts.format.fileExtension)
                } && run.files.allSatisfy { store.contains($0.digest, fileExtension: $0.fileExtension) }
        }
        if let finished { return .finished(finished) }
        // What was sent goes before what was perhaps sent, and that before what never was: the order of what it may cost.
        // A plan that was made for another account is never sent to this one, so nothing will come of it here.
        let unfinished = runs.filter { !$0.state.isFinal && ($0.state != .planned || $0.host == remote?.host) }
        return [Run.State.submitted, .sending, .planned].lazy
            .compactMap { state in unfinished.last { $0.state == state } }.first.map(EarlierRun.unfinished)
    }

    /// What `plan` should say about earlier runs of the same recipe.
    func warning(about request: EditRequest) async throws -> String? {
        warning(about: try await earlierRun(of: request))
    }

    func warning(about earlier: EarlierRun?) -> String? {
        switch earlier {
        case nil: nil
        case .finished(let run): "the library has this picture already, from \(run.id); running it again costs again"
        case .unfinished(let run):
            switch run.nextStep {
            case .submit: "the same was planned as \(run.id) and never sent; `edit` sends that one"
            case .collect: "the same is under way as \(run.id); `atelier resume \(run.id)` brings it in"
            case .confirm, .nothing:
                "the same was perhaps sent as \(run.id) and nobody answered; see `atelier resume \(run.id)`"
            }
        }
    }
}

extension FinishedEdit {
    /// A run of earlier, shown as the answer to a wish that it fulfils: nothing was sent and nothing paid.
    public init(earlier generation: Run) {
        self.init(generation: generation, uploadedCount: 0, reusedCount: 0, seconds: 0, isEarlier: true)
    }
}
