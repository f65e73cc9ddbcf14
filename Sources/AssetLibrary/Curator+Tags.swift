import AssetCatalog
import AssetModel

extension Curator {
    /// Says on how many assets something changed.
    func tag(_ assets: [ContentDigest], with tags: [String]) async throws -> Int {
        let assets = assets.uniqued()
        return try await history.record("tag add") { writer in
            let known = try writer.known(assets)
            let facts = try tags.flatMap { try Self.tagging(known, $0, writer) }
            return (facts, Self.changedCount(facts))
        }
    }

    /// Says on how many assets something changed.
    func untag(_ assets: [ContentDigest], _ tags: [String]) async throws -> Int {
        let assets = assets.uniqued()
        return try await history.record("tag remove") { writer in
            let facts = try tags.flatMap { tag -> [JournalEntry.Fact] in
                // As it is spelled on each, so that an undo puts that back.
                let spellings = try writer.spellings(of: tag, on: assets)
                return assets.compactMap { spellings[$0] }.uniqued().flatMap { spelling in
                    assets.filter { spellings[$0] == spelling }.chunked(by: Self.lineLength).map {
                        .untagged(.init(assets: $0, tags: [spelling]))
                    }
                }
            }
            return (facts, Self.changedCount(facts))
        }
    }

    private static func changedCount(_ facts: [JournalEntry.Fact]) -> Int {
        var changed: Set<ContentDigest> = []
        for fact in facts {
            switch fact {
            case .tagged(let labelled), .untagged(let labelled): changed.formUnion(labelled.assets)
            default: break
            }
        }
        return changed.count
    }

    /// Gives a tag another name, on everything that has it; says on how many. A name that another tag has is an error.
    func renameTag(_ old: String, to new: String) async throws -> Int {
        try await history.record("tag rename") { writer in
            let tagged = try writer.assets(tagged: old)
            guard !tagged.isEmpty else { throw Self.unknownTag(old) }
            if !Self.isSameTag(old, new), try !writer.assets(tagged: new).isEmpty {
                throw LibraryError(
                    .conflict, code: "tag_exists", "there is a tag “\(new)” already", remedy: .mergeTags(old, into: new)
                )
            }
            return (try Self.replacing(tagged, old, by: new, writer), tagged.count)
        }
    }

    /// Puts one tag in the place of others; says on how many assets something changed.
    func mergeTags(_ tags: [String], into new: String) async throws -> Int {
        try await history.record("tag merge") { writer in
            var facts: [JournalEntry.Fact] = []
            var (changed, gained): (Set<ContentDigest>, Set<ContentDigest>) = ([], [])
            for tag in tags.uniqued() where !Self.isSameTag(tag, new) {
                let tagged = try writer.assets(tagged: tag)
                guard !tagged.isEmpty else { throw Self.unknownTag(tag) }
                changed.formUnion(tagged.map(\.asset))
                facts += Self.untagging(tagged)
                facts += try Self.tagging(tagged.map(\.asset).filter { gained.insert($0).inserted }, new, writer)
            }
            return (facts, changed.count)
        }
    }

    /// Takes a tag off everything that has it; says off how many.
    func deleteTag(_ tag: String) async throws -> Int {
        try await history.record("tag delete") { writer in
            let tagged = try writer.assets(tagged: tag)
            guard !tagged.isEmpty else { throw Self.unknownTag(tag) }
            return (Self.untagging(tagged), tagged.count)
        }
    }

    private static func replacing(
        _ tagged: [(asset: ContentDigest, spelling: String)], _ old: String, by new: String, _ writer: CatalogWriter
    ) throws -> [JournalEntry.Fact] {
        guard isSameTag(old, new) else {
            return untagging(tagged) + (try tagging(tagged.map(\.asset), new, writer))
        }
        // The same tag to a search: only how it is written changes.
        return tagged.filter { $0.spelling != new }.grouped(by: \.spelling).flatMap { spelling, group in
            group.map(\.asset).chunked(by: lineLength).map {
                .tagged(.init(assets: $0, tags: [new], was: spelling))
            }
        }
    }

    private static func untagging(_ tagged: [(asset: ContentDigest, spelling: String)]) -> [JournalEntry.Fact] {
        tagged.grouped(by: \.spelling).flatMap { spelling, group in
            group.map(\.asset).chunked(by: lineLength).map { .untagged(.init(assets: $0, tags: [spelling])) }
        }
    }

    /// Whether two names are one tag: SQLite's NOCASE, which the catalog compares them by.
    private static func isSameTag(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count
            && zip(one.utf8, other.utf8).allSatisfy { $0 == $1 || ($0 ^ $1 == 32 && 65...90 ~= ($0 & ~32)) }
    }

    private static func unknownTag(_ tag: String) -> LibraryError {
        LibraryError(.notFound, code: "unknown_tag", "“\(tag)”: no image has this tag")
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

extension Sequence {
    /// The elements by what a key says of them, in the order in which each key first appears.
    fileprivate func grouped<Key: Hashable>(by key: (Element) -> Key) -> [(Key, [Element])] {
        var (order, groups): ([Key], [Key: [Element]]) = ([], [:])
        for element in self {
            let key = key(element)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(element)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }
}
