import AssetCatalog
import AssetModel

extension Curator {
    func addToSet(_ name: String, _ assets: [ContentDigest]) async throws -> NamedSet {
        let assets = assets.uniqued()
        try await history.record("set add") { writer in
            let (set, known) = (try writer.set(named: name), try writer.known(assets))
            if set == nil, known.isEmpty { return ([.setCreated(.init(set: name))], ()) }
            return (try Self.joining(name, known, writer), ())
        }
        return try await set(named: name)
    }

    func removeFromSet(_ name: String, _ assets: [ContentDigest]) async throws -> NamedSet {
        try await history.record("set remove") { writer in
            let set = try Self.set(named: name, writer)
            let wanted = Set(assets)
            let leaving = Array(set.members.enumerated()).filter { wanted.contains($0.element) }
            let facts = leaving.chunked(by: Self.lineLength).map { chunk in
                JournalEntry.Fact.setReduced(
                    .init(set: set.name, assets: chunk.map(\.element), places: chunk.map(\.offset)))
            }
            return (facts, ())
        }
        return try await set(named: name)
    }

    func arrangeSet(_ name: String, _ assets: [ContentDigest]) async throws -> NamedSet {
        let first = assets.uniqued()
        try await history.record("set arrange") { writer in
            let set = try Self.set(named: name, writer)
            let members = Set(set.members)
            if let other = first.first(where: { !members.contains($0) }) {
                throw LibraryError(.notFound, code: "not_a_member", "\(other.short): not in @\(set.name)")
            }
            let moved = Set(first)
            let order = first + set.members.filter { !moved.contains($0) }
            guard order != set.members else { return ([], ()) }
            let lines = zip(order.chunked(by: Self.lineLength), set.members.chunked(by: Self.lineLength))
            return (lines.map { .setArranged(.init(set: set.name, assets: $0, was: $1)) }, ())
        }
        return try await set(named: name)
    }

    func deleteSet(_ name: String) async throws {
        try await history.record("set delete") { writer in
            let set = try Self.set(named: name, writer)
            let lines = set.members.isEmpty ? [[]] : set.members.chunked(by: Self.lineLength)
            return (lines.map { .setDeleted(.init(set: set.name, was: $0)) }, ())
        }
    }

    func set(named name: String) async throws -> NamedSet {
        guard let set = try await history.catalog.set(named: name) else { throw Self.unknownSet(name) }
        return set
    }

    // MARK: - Deciding under the lock

    /// What puts assets at the end of a set, without those that are in it.
    static func joining(
        _ set: String, _ assets: [ContentDigest], _ writer: CatalogWriter
    ) throws -> [JournalEntry.Fact] {
        let known = try writer.set(named: set)
        let members = Set(known?.members ?? [])
        return assets.filter { !members.contains($0) }.chunked(by: lineLength).map {
            .setExtended(.init(set: known?.name ?? set, assets: $0))
        }
    }

    static func set(named name: String, _ writer: CatalogWriter) throws -> NamedSet {
        guard let set = try writer.set(named: name) else { throw unknownSet(name) }
        return set
    }

    static func unknownSet(_ name: String) -> LibraryError {
        LibraryError(.notFound, code: "unknown_set", "@\(name): no such set")
    }
}
