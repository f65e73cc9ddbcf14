import AssetCatalog
public import AssetModel

extension Library {
    // MARK: - Tags

    /// Every tag in use and on how many assets, by name.
    public func tags() async throws(LibraryError) -> [(tag: String, count: Int)] {
        try await inLibraryWords { try await history.catalog.tags() }
    }

    /// Puts tags on assets; says on how many that did not have all of them.
    @discardableResult
    public func tag(_ assets: [ContentDigest], with tags: [String]) async throws(LibraryError) -> Int {
        let tags = try Self.labels(tags, Self.newLabel)
        return try await inLibraryWords { try await curator.tag(assets, with: tags) }
    }

    /// Takes tags off assets; says off how many. Those that do not have them are no error.
    @discardableResult
    public func untag(_ assets: [ContentDigest], _ tags: [String]) async throws(LibraryError) -> Int {
        let tags = try Self.labels(tags, Self.label)
        return try await inLibraryWords { try await curator.untag(assets, tags) }
    }

    /// A name for a set or tag as it will be kept; an error for what cannot be one.
    public static func label(_ text: String) throws(LibraryError) -> String {
        let text = text.first == "@" ? String(text.dropFirst()) : text
        guard let label = Label.normalized(text), label.lowercased() != "last" else {
            throw LibraryError(
                .invalidInput, code: "bad_name",
                "“\(text.inSentence)” cannot be a name: 1 to 100 characters, no comma or quote, not beginning with @ or -, not “last”"
            )
        }
        return label
    }

    /// The same for a name that is given now. Errors: also characters that cannot be seen, with which names from elsewhere may have been made.
    public static func newLabel(_ text: String) throws(LibraryError) -> String {
        let label = try label(text)
        if Label.hasUnseenCharacters(label) {
            throw LibraryError(
                .invalidInput, code: "bad_name",
                "“\(text.inSentence)” cannot be a name: it contains characters that cannot be seen")
        }
        return label
    }

    /// The name of a set that is to be made. Errors: those of `setName`, blanks around it, and an `@` before it, which names a set that is there:
    /// a set is called what was given, or not made.
    static func newSetName(_ text: String) throws(LibraryError) -> String {
        let name = try setName(newLabel(text))
        if text.first == "@" {
            throw LibraryError(
                .invalidInput, code: "bad_name",
                "“\(text.inSentence)” cannot be the name of a set: give it without the @, as “\(name)”")
        }
        guard text == name else {
            throw LibraryError(
                .invalidInput, code: "bad_name",
                "“\(text.inSentence)” cannot be the name of a set: it has blanks around it")
        }
        return name
    }

    /// A name for a set that is put into, and made if need be, as it will be kept. Errors: those of `label`, and `.` and `..`, which no address on the web can name.
    public static func setName(_ text: String) throws(LibraryError) -> String {
        let name = try label(text)
        guard name != ".", name != ".." else {
            throw LibraryError(.invalidInput, code: "bad_name", "“\(name)” cannot be the name of a set")
        }
        return name
    }

    private static func labels(
        _ texts: [String], _ label: (String) throws(LibraryError) -> String
    ) throws(LibraryError) -> [String] {
        var labels: [String] = []
        for text in texts { labels.append(try label(text)) }
        return labels
    }

    static func bare(_ name: String) -> String { name.first == "@" ? String(name.dropFirst()) : name }

    var curator: Curator { Curator(history: history) }
}
