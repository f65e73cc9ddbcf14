import AssetCatalog
public import AssetModel
import AssetStore
import ImageInspection

/// What became of one asset that was read again.
public enum ReparseOutcome: Hashable, Sendable {
    /// Today's rules say something else; `changes` names what: `facts`, `recipe`, `note`,
    /// `unread`.
    case changed(asset: ContentDigest, changes: [String], recipe: EmbeddedRecipe?, note: String?)
    /// Today's rules say the same.
    case unchanged(asset: ContentDigest)
    /// It could not be read; what is known of it stays.
    case failed(asset: ContentDigest, code: String, message: String)
}

/// Reads originals again with today's rules.
struct Reparser: Sendable {
    let history: History
    let store: BlobStore
    let inspector: ImageInspector

    /// How many changed assets, and how many bytes of their texts, share one journal batch.
    private static let batchLimit = (assets: 200, textLength: 4 << 20)

    /// Records what differs, a batch at a time.
    func reparse(
        _ assets: [ContentDigest], dryRun: Bool, onOutcome: (ReparseOutcome) -> Void,
        onProgress: (WorkProgress) -> Void
    ) async throws {
        if !dryRun, let reason = history.readOnlyReason { throw reason }
        var batch: [JournalEntry.Fact] = []
        var outcomes: [ReparseOutcome] = []
        var textLength = 0
        func finish() async throws {
            if !dryRun { try await history.record("reparse", batch) }
            for outcome in outcomes { onOutcome(outcome) }
            (batch, outcomes, textLength) = ([], [], 0)
        }
        for (index, digest) in assets.enumerated() {
            try Task.checkCancellation()
            onProgress(WorkProgress(done: index, total: assets.count, current: digest.short))
            let (outcome, reading) = await readAgain(digest, try await history.catalog.asset(digest))
            outcomes.append(outcome)
            if let reading {
                batch.append(
                    .inspected(
                        .init(
                            asset: digest, facts: reading.facts, recipe: reading.recipe, note: reading.note,
                            unread: reading.unread)))
                textLength += reading.textLength
            }
            if outcomes.count >= Self.batchLimit.assets || textLength >= Self.batchLimit.textLength {
                try await finish()
            }
        }
        try await finish()
    }

    /// What became of it, and what is to be recorded.
    @concurrent
    private func readAgain(_ digest: ContentDigest, _ known: Asset?) async -> (ReparseOutcome, PictureReading?) {
        guard let known else {
            return (.failed(asset: digest, code: "unknown_id", message: "not in this library"), nil)
        }
        do {
            let path = store.path(of: digest, known.facts.format)
            let reading = try PictureReading(ofFileAt: path, inspector)
            // The blob's name ends in its format; no rule has ever taken one format for another.
            guard reading.facts.format == known.facts.format else {
                let (before, now) = (known.facts.format.rawValue, reading.facts.format.rawValue)
                let message = "was known as \(before) and reads as \(now)"
                return (.failed(asset: digest, code: "format_changed", message: message), nil)
            }
            var changes: [String] = []
            if reading.facts != known.facts { changes.append("facts") }
            if reading.recipe?.recipe != known.recipe || reading.recipe?.rule != known.recipeRule {
                changes.append("recipe")
            }
            if reading.note?.text != known.caption { changes.append("note") }
            if reading.unread != known.unread { changes.append("unread") }
            guard !changes.isEmpty else { return (.unchanged(asset: digest), nil) }
            return (
                .changed(asset: digest, changes: changes, recipe: reading.recipe, note: reading.note?.text), reading
            )
        } catch {
            return (.failed(asset: digest, code: error.code, message: error.description), nil)
        }
    }
}
