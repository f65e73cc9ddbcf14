import AssetCatalog
public import AssetModel

extension Library {
    // MARK: - Sets

    /// Every set, by name.
    public func sets() async throws(LibraryError) -> [NamedSet] {
        try await inLibraryWords { try await history.catalog.sets() }
    }

    /// One set; an error when there is none of this name.
    public func set(named name: String) async throws(LibraryError) -> NamedSet {
        try await inLibraryWords { try await curator.set(named: Self.bare(name)) }
    }

    /// Puts assets at the end of a set, in order, and makes the set if need be; those that are in it stay where they are.
    @discardableResult
    public func addToSet(_ name: String, _ assets: [ContentDigest]) async throws(LibraryError) -> NamedSet {
        let name = try Self.label(name)
        return try await inLibraryWords { try await curator.addToSet(name, assets) }
    }

    /// Takes assets out of a set; those that are not in it are no error.
    @discardableResult
    public func removeFromSet(_ name: String, _ assets: [ContentDigest]) async throws(LibraryError) -> NamedSet {
        try await inLibraryWords { try await curator.removeFromSet(Self.bare(name), assets) }
    }

    /// Puts some members of a set first, in this order; the others follow in the order they had.
    @discardableResult
    public func arrangeSet(_ name: String, _ assets: [ContentDigest]) async throws(LibraryError) -> NamedSet {
        try await inLibraryWords { try await curator.arrangeSet(Self.bare(name), assets) }
    }

    /// Deletes a set; its assets stay in the library.
    public func deleteSet(_ name: String) async throws(LibraryError) {
        try await inLibraryWords { try await curator.deleteSet(Self.bare(name)) }
    }

    // MARK: - Tags

    /// Every tag in use and on how many assets, by name.
    public func tags() async throws(LibraryError) -> [(tag: String, count: Int)] {
        try await inLibraryWords { try await history.catalog.tags() }
    }

    /// Puts tags on assets.
    public func tag(_ assets: [ContentDigest], with tags: [String]) async throws(LibraryError) {
        let tags = try Self.labels(tags)
        try await inLibraryWords { try await curator.tag(assets, with: tags) }
    }

    /// Takes tags off assets; those that do not have them are no error.
    public func untag(_ assets: [ContentDigest], _ tags: [String]) async throws(LibraryError) {
        let tags = try Self.labels(tags)
        try await inLibraryWords { try await curator.untag(assets, tags) }
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

    private static func bare(_ name: String) -> String { name.first == "@" ? String(name.dropFirst()) : name }

    var curator: Curator { Curator(history: history) }
}
