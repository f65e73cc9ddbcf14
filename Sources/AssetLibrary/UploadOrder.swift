import AssetCatalog
import AssetModel

/// What one upload was decided to be: an asset, or a copy of it, for whom and for how long.
struct UploadOrder: Hashable, Sendable {
    let asset: ContentDigest
    let facts: ImageFacts
    let copy: UploadCopy?
    let access: UploadAccess
    let lifetime: UploadLifetime

    func key(on host: RemoteHost) -> UploadKey {
        UploadKey(digest: asset, copy: copy, host: host, access: access, lifetime: lifetime)
    }
}

extension UploadOrder {
    /// What must be sent for each asset, or why it cannot be.
    static func orders(
        for assets: [ContentDigest], _ sending: Sending, _ catalog: Catalog
    ) async throws -> [Result<UploadOrder, any Error>] {
        let known = try await catalog.assets(assets)
        return assets.map { digest in
            Result {
                guard let facts = known[digest]?.facts else { throw LibraryError.unknownAsset(digest) }
                // For which model is not said, so alpha stays unless a background is asked for.
                let copy = try sending.copy(of: facts, for: nil, digest.short)
                try sending.checkPixels(of: facts, as: copy, for: nil, digest.short)
                return UploadOrder(
                    asset: digest, facts: facts, copy: copy,
                    access: sending.access, lifetime: sending.lifetime)
            }
        }
    }

    /// What must be sent for the references of a run, in order, as it was planned.
    static func orders(for run: Run, _ catalog: Catalog) async throws -> [UploadOrder] {
        let known = try await catalog.assets(run.references.members)
        return try run.references.members.enumerated().map { index, digest in
            guard let facts = known[digest]?.facts else { throw LibraryError.unknownAsset(digest) }
            return UploadOrder(
                asset: digest, facts: facts, copy: run.sending.copy(at: index), access: run.sending.access,
                lifetime: run.sending.lifetime)
        }
    }
}
