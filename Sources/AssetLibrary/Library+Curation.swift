import AssetCatalog
public import AssetModel

extension Library {
    // MARK: - Sets

    /// Every set, by name.
    public func sets() async throws(LibraryError) -> [NamedSet] {
        do { return try await catalog.sets() } catch { throw LibraryError(error) }
    }

    /// One set; an error when there is none of this name.
    public func set(named name: String) async throws(LibraryError) -> NamedSet {
        do {
            let name = name.first == "@" ? String(name.dropFirst()) : name
            if let set = try await catalog.set(named: name) { return set }
            throw LibraryError(.notFound, code: "unknown_set", "@\(name): no set of this name")
        } catch {
            throw LibraryError(error)
        }
    }

    /// Puts assets at the end of a set, in order, and makes the set if need be; those that are in it stay where they are.
    public func addToSet(_ name: String, _ assets: [ContentDigest]) async throws(LibraryError) -> NamedSet {
        let name = try Self.label(name)
        try await change(
            "set add",
            assets.isEmpty ? .setCreated(.init(set: name)) : .setExtended(.init(set: name, assets: assets)))
        return try await set(named: name)
    }

    /// Takes assets out of a set; those that are not in it are no error.
    public func removeFromSet(_ name: String, _ assets: [ContentDigest]) async throws(LibraryError) -> NamedSet {
        let set = try await set(named: name)
        try await change("set remove", .setReduced(.init(set: set.name, assets: assets)))
        return try await self.set(named: name)
    }

    /// Puts some members of a set first, in this order; the others follow in the order they had.
    public func arrangeSet(_ name: String, _ assets: [ContentDigest]) async throws(LibraryError) -> NamedSet {
        let set = try await set(named: name)
        for asset in assets where !set.members.contains(asset) {
            throw LibraryError(.notFound, code: "not_a_member", "\(asset.short): not in @\(set.name)")
        }
        let first = assets.uniqued()
        try await change(
            "set arrange",
            .setArranged(.init(set: set.name, assets: first + set.members.filter { !first.contains($0) })))
        return try await self.set(named: name)
    }

    /// Gives a set up; its assets stay in the library.
    public func deleteSet(_ name: String) async throws(LibraryError) {
        try await change("set delete", .setDeleted(.init(set: try await set(named: name).name)))
    }

    // MARK: - Tags

    /// Every tag in use and on how many assets, by name.
    public func tags() async throws(LibraryError) -> [(tag: String, count: Int)] {
        do { return try await catalog.tags() } catch { throw LibraryError(error) }
    }

    /// Puts tags on assets.
    public func tag(_ assets: [ContentDigest], with tags: [String]) async throws(LibraryError) {
        try await change("tag add", .tagged(.init(assets: assets, tags: try Self.labels(tags))))
    }

    /// Takes tags off assets; those that do not have them are no error.
    public func untag(_ assets: [ContentDigest], _ tags: [String]) async throws(LibraryError) {
        try await change("tag remove", .untagged(.init(assets: assets, tags: try Self.labels(tags))))
    }

    /// A name for a set or tag as it will be kept; an error for what cannot be one.
    public static func label(_ text: String) throws(LibraryError) -> String {
        let text = text.first == "@" ? String(text.dropFirst()) : text
        guard let label = Label.normalized(text), label.lowercased() != "last" else {
            throw LibraryError(
                .invalidInput, code: "bad_name",
                "“\(text)” cannot be a name: 1 to 100 characters, no comma or quote, not beginning with @ or -, not “last”"
            )
        }
        return label
    }

    private static func labels(_ texts: [String]) throws(LibraryError) -> [String] {
        var labels: [String] = []
        for text in texts { labels.append(try label(text)) }
        return labels
    }

    private func change(_ verb: String, _ fact: JournalEntry.Fact) async throws(LibraryError) {
        do { try await history.record(verb, [fact]) } catch { throw LibraryError(error) }
    }
}
