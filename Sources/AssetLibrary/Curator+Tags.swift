import AssetCatalog
import AssetModel

extension Curator {
    func tag(_ assets: [ContentDigest], with tags: [String]) async throws {
        let assets = assets.uniqued()
        try await history.record("tag add") { writer in
            let known = try writer.known(assets)
            return (try tags.flatMap { try Self.tagging(known, $0, writer) }, ())
        }
    }

    func untag(_ assets: [ContentDigest], _ tags: [String]) async throws {
        let assets = assets.uniqued()
        try await history.record("tag remove") { writer in
            let facts = try tags.flatMap { tag -> [JournalEntry.Fact] in
                let tagged = try writer.assets(assets, tagged: tag)
                return assets.filter { tagged.contains($0) }.chunked(by: Self.lineLength).map {
                    .untagged(.init(assets: $0, tags: [tag]))
                }
            }
            return (facts, ())
        }
    }

    // MARK: - Deciding under the lock

    /// What puts a tag on assets, without those that have it.
    static func tagging(
        _ assets: [ContentDigest], _ tag: String, _ writer: CatalogWriter
    ) throws -> [JournalEntry.Fact] {
        let tagged = try writer.assets(assets, tagged: tag)
        return assets.filter { !tagged.contains($0) }.chunked(by: lineLength).map {
            .tagged(.init(assets: $0, tags: [tag]))
        }
    }
}
