import AssetCatalog
import AssetModel

extension Curator {
    /// Makes an empty set; one of this name that is there stays as it is, unless it is a smart one.
    func createSet(_ name: String) async throws {
        try await history.record("set create") { writer in
            guard let known = try writer.contents(ofSet: name) else { return ([.setCreated(.init(set: name))], ()) }
            if known.query != nil { throw Self.taken(known.name) }
            return ([], ())
        }
    }

    func addToSet(_ name: String, _ assets: [ContentDigest]) async throws {
        let assets = assets.uniqued()
        try await history.record("set add") { writer in
            let (set, known) = (try writer.contents(ofSet: name), try writer.known(assets))
            if let set, set.query != nil { throw Self.smartSet(set.name) }
            if set == nil, known.isEmpty { return ([.setCreated(.init(set: name))], ()) }
            return (try Self.joining(name, known, writer), ())
        }
    }

    func removeFromSet(_ name: String, _ assets: [ContentDigest]) async throws {
        try await history.record("set remove") { writer in
            let set = try Self.ordinarySet(name, writer)
            return (Self.leaving(set, Set(assets)), ())
        }
    }

    func deleteSet(_ name: String) async throws {
        try await history.record("set delete") { writer in
            let set = try Self.set(name, writer)
            return (try Self.clearing(set, writer) + Self.deleting(set), ())
        }
    }

    /// Says what some members of a set are for; nil takes it back.
    func setRole(_ role: String?, of assets: [ContentDigest], in name: String) async throws {
        let assets = assets.uniqued()
        try await history.record("set role") { writer in
            let set = try Self.ordinarySet(name, writer)
            try Self.checkMembers(assets, of: set)
            return (try Self.marking(.role, role.map(MarkValue.text), of: assets, in: set.name, writer), ())
        }
    }

    /// Chooses the picture that stands for a set; nil leaves it to the first member. `found` is what a smart set's query finds.
    func setCover(_ asset: ContentDigest?, of name: String, finding found: [ContentDigest]) async throws {
        try await history.record("set cover") { writer in
            let set = try Self.set(name, writer)
            if let asset, set.query == nil || !found.contains(asset) { try Self.checkMembers([asset], of: set) }
            return (try Self.marking(.cover, asset.map { .text($0.hex) }, ofSet: set.name, writer), ())
        }
    }

    /// Throws when nothing can be put into a set of this name by hand. Asked before work that ends with putting something into it.
    func checkTakesMembers(_ name: String) async throws {
        if let known = SetDirectory(try await history.catalog.setNames())[name], known.query != nil {
            throw Self.smartSet(known.name)
        }
    }

    // MARK: - Deciding under the lock

    static func set(_ name: String, _ writer: CatalogWriter) throws -> SetContents {
        guard let set = try writer.contents(ofSet: name) else { throw unknownSet(name) }
        return set
    }

    /// A set whose members are put in; a smart one is an error.
    static func ordinarySet(_ name: String, _ writer: CatalogWriter) throws -> SetContents {
        let set = try set(name, writer)
        if set.query != nil { throw smartSet(set.name) }
        return set
    }

    /// What puts assets at the end of a set, without those that are in it. A set that has become a smart one while pictures were on
    /// their way keeps them behind its query: what was paid for is not lost for that.
    static func joining(
        _ name: String, _ assets: [ContentDigest], _ writer: CatalogWriter
    ) throws -> [JournalEntry.Fact] {
        let set = try writer.contents(ofSet: name)
        let members = Set(set?.order ?? [])
        return extending(set?.name ?? name, assets.filter { !members.contains($0) })
    }

    static func extending(_ name: String, _ assets: [ContentDigest]) -> [JournalEntry.Fact] {
        assets.chunked(by: lineLength).map { .setExtended(.init(set: name, assets: $0)) }
    }

    /// What takes members out of a set.
    static func leaving(_ set: SetContents, _ assets: Set<ContentDigest>) -> [JournalEntry.Fact] {
        let leaving = Array(set.order.enumerated()).filter { assets.contains($0.element) }
        return leaving.chunked(by: lineLength).map { chunk in
            .setReduced(.init(set: set.name, assets: chunk.map(\.element), places: chunk.map(\.offset)))
        }
    }

    /// What ends a set; everything that was said of it is taken back by `clearing`.
    static func deleting(_ set: SetContents) -> [JournalEntry.Fact] {
        let lines = set.members.isEmpty ? [[]] : set.order.chunked(by: lineLength)
        return lines.map { .setDeleted(.init(set: set.name, was: $0)) }
    }

    /// What takes back everything that was said of a set, so that a later set of this name does not inherit it.
    static func clearing(_ set: SetContents, _ writer: CatalogWriter) throws -> [JournalEntry.Fact] {
        let inRoles = set.members.filter { $0.role != nil }.map(\.asset)
        return try marking(.query, nil, ofSet: set.name, writer) + marking(.cover, nil, ofSet: set.name, writer)
            + marking(.role, nil, of: inRoles, in: set.name, writer)
    }

    /// Errors: assets that are not in the set.
    static func checkMembers(_ assets: [ContentDigest], of set: SetContents) throws {
        let members = Set(set.members.filter(\.isKnown).map(\.asset))
        let others = assets.filter { !members.contains($0) }
        guard !others.isEmpty else { return }
        let more = others.count > 5 ? " and \(others.count - 5) more" : ""
        let names = others.prefix(5).map(\.short).joined(separator: ", ") + more
        throw LibraryError(.notFound, code: "not_a_member", "\(names): not in @\(set.name)")
    }

    // MARK: - Errors

    static func unknownSet(_ name: String) -> LibraryError {
        LibraryError(.notFound, code: "unknown_set", "@\(name.inSentence): no such set")
    }

    static func smartSet(_ name: String) -> LibraryError {
        LibraryError(
            .conflict, code: "smart_set",
            "@\(name): a smart set holds what its query finds and cannot be changed by hand",
            remedy: .freezeSet(name))
    }

    static func taken(_ name: String) -> LibraryError {
        LibraryError(.conflict, code: "name_taken", "@\(name): there is a set of this name already")
    }
}
