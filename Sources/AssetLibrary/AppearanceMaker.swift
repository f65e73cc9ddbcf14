import AssetCatalog
public import AssetModel
import AssetStore
import Foundation
import ImageRendering

/// Makes what pictures look like out of their bytes, several at a time, and keeps it beside the catalog.
struct AppearanceMaker: Sendable {
    let history: History
    let store: BlobStore
    let appearance: AppearanceStore

    /// How many are kept in one transaction: an interruption loses at most these.
    private static let batchCount = 256
    /// How many pixels a picture may have that must be held whole to be decoded, 268 MB of them.
    private static let heldLimit = 1 << 26

    /// Assets of the library that nothing is known of, oldest first. Cost: when nothing is missing, a count of either side.
    func missing() async throws -> [ContentDigest] {
        // Every asset has a row once it was looked at, whatever came of it.
        guard try await history.catalog.pictureCount() != appearance.count() else { return [] }
        return try appearance.missing(of: try await history.catalog.pictures())
    }

    /// Looks at some assets. What is known already is left alone; a picture that cannot be decoded is counted, kept as such, and stops
    /// nothing. Errors: the store's own, and an interruption.
    @discardableResult
    func make(
        of assets: [ContentDigest], onProgress: @escaping @Sendable (WorkProgress) -> Void
    ) async throws -> FingerprintSummary {
        let missing = try appearance.missing(of: assets.uniqued())
        var summary = FingerprintSummary(knownCount: assets.count - missing.count)
        guard !missing.isEmpty else { return summary }
        let fingerprinter = Fingerprinter(heldLimit: Self.heldLimit)
        let width = max(1, ProcessInfo.processInfo.activeProcessorCount)
        for chunk in missing.chunked(by: Self.batchCount) {
            try Task.checkCancellation()
            let known = try await history.catalog.assets(chunk)
            var looks: [(ContentDigest, AppearanceStore.Look)] = []
            do {
                let items = chunk.compactMap { known[$0] }
                try await inParallel(items, width: width) { asset in
                    try Task.checkCancellation()
                    return (asset.id, await look(at: asset, fingerprinter))
                } onResult: { result in
                    looks.append(result)
                    summary.count(result.1, of: result.0)
                    onProgress(
                        WorkProgress(
                            done: summary.madeCount + summary.failures.count, total: missing.count,
                            current: result.0.short))
                    return true
                }
            } catch {
                // What was made before the interruption is not made again.
                try? appearance.keep(looks)
                throw error
            }
            try appearance.keep(looks)
        }
        return summary
    }

    /// What one asset looks like, or why that cannot be said.
    @concurrent
    private func look(at asset: Asset, _ fingerprinter: Fingerprinter) async -> AppearanceStore.Look {
        guard store.contains(asset.id, fileExtension: asset.facts.format.fileExtension) else {
            return .none("missing_blob")
        }
        do {
            let path = store.path(of: asset.id, asset.facts.format)
            let made = try fingerprinter.fingerprint(ofFileAt: path, asset.facts)
            return made.map { .fingerprint($0) } ?? .none(FingerprintSummary.blank)
        } catch {
            return .none(error.code)
        }
    }
}

/// What came of making fingerprints.
public struct FingerprintSummary: Hashable, Sendable {
    /// How many got one now.
    public internal(set) var madeCount = 0
    /// How many were looked at earlier.
    public internal(set) var knownCount = 0
    /// Those that have none, and why: a stable name such as `unsupported_format`, `damaged_image`, `too_many_pixels`, `missing_blob` or `blank`.
    public internal(set) var failures: [ContentDigest: String] = [:]

    /// A picture of one colour: it would look like every other one.
    static let blank = "blank"

    mutating func count(_ look: AppearanceStore.Look, of asset: ContentDigest) {
        switch look {
        case .fingerprint: madeCount += 1
        case .none(let reason): failures[asset] = reason
        }
    }
}
