import AssetCatalog
public import AssetModel

/// What a person says of pictures and runs. Each call is one action; it says how many held something else before. Pictures that the
/// library does not know are passed over.
extension Library {
    /// Gives pictures 1 to 5 stars; 0 takes the stars away. Errors: another number.
    @discardableResult
    public func rate(_ assets: [ContentDigest], _ stars: Int) async throws(LibraryError) -> Int {
        guard (0...5).contains(stars) else {
            throw LibraryError(.invalidInput, code: "bad_rating", "\(stars): a rating is from 0 to 5")
        }
        return try await mark("rate", .rating, stars == 0 ? nil : .number(stars), assets)
    }

    /// Names pictures or runs; nil takes the name away. Errors: more than 500 characters, a line break, a control character.
    @discardableResult
    public func title(
        _ assets: [ContentDigest], runs: [Run.ID] = [], as title: String?
    ) async throws(LibraryError) -> Int {
        try await mark("title", .title, try Self.text(title, limit: 500, isOneLine: true), assets, runs)
    }

    /// Writes a note to pictures or runs, in the place of the one before; nil takes it away. Errors: more than 20,000 characters, a
    /// control character.
    @discardableResult
    public func note(
        _ assets: [ContentDigest], runs: [Run.ID] = [], _ note: String?
    ) async throws(LibraryError) -> Int {
        try await mark("note", .note, try Self.text(note, limit: 20_000, isOneLine: false), assets, runs)
    }

    /// Makes pictures favourites, or no longer.
    @discardableResult
    public func favourite(_ assets: [ContentDigest], _ isFavourite: Bool = true) async throws(LibraryError) -> Int {
        try await mark(
            isFavourite ? "favourite" : "favourite remove", .favourite, isFavourite ? .flag(true) : nil, assets)
    }

    /// Puts pictures in the trash: no search, set or count has them from then on. Their bytes stay.
    @discardableResult
    public func trash(_ assets: [ContentDigest]) async throws(LibraryError) -> Int {
        try await mark("trash", .trashed, .flag(true), assets)
    }

    /// Takes pictures out of the trash; they are where they were.
    @discardableResult
    public func restore(_ assets: [ContentDigest]) async throws(LibraryError) -> Int {
        try await mark("restore", .trashed, nil, assets)
    }

    // MARK: - Tags as a whole

    /// Gives a tag another name; says on how many pictures. Errors: no such tag, and another tag of the new name.
    @discardableResult
    public func renameTag(_ old: String, to new: String) async throws(LibraryError) -> Int {
        let (old, new) = (try Self.label(old), try Self.newLabel(new))
        return try await inLibraryWords { try await curator.renameTag(old, to: new) }
    }

    /// Puts one tag in the place of others; says on how many pictures. Errors: no such tag.
    @discardableResult
    public func mergeTags(_ tags: [String], into new: String) async throws(LibraryError) -> Int {
        let new = try Self.newLabel(new)
        var others: [String] = []
        for tag in tags { others.append(try Self.label(tag)) }
        return try await inLibraryWords { try await curator.mergeTags(others, into: new) }
    }

    /// Takes a tag off everything; says off how many pictures. Errors: no such tag.
    @discardableResult
    public func deleteTag(_ tag: String) async throws(LibraryError) -> Int {
        let tag = try Self.label(tag)
        return try await inLibraryWords { try await curator.deleteTag(tag) }
    }

    // MARK: - Rules

    private func mark(
        _ verb: String, _ field: MarkField, _ value: MarkValue?, _ assets: [ContentDigest], _ runs: [Run.ID] = []
    ) async throws(LibraryError) -> Int {
        try await inLibraryWords { try await curator.mark(verb, field, value, assets, runs: runs) }
    }

    /// The text as it is kept: without blanks around it; nil when nothing is left.
    private static func text(_ text: String?, limit: Int, isOneLine: Bool) throws(LibraryError) -> MarkValue? {
        var kept = (text ?? "")[...]
        while kept.first?.isWhitespace == true { kept.removeFirst() }
        while kept.last?.isWhitespace == true { kept.removeLast() }
        guard kept.count <= limit else {
            throw LibraryError(
                .invalidInput, code: "text_too_long", "the text has \(kept.count) characters; at most \(limit) are kept"
            )
        }
        let refused = kept.unicodeScalars.contains { scalar in
            scalar.properties.generalCategory == .control && (isOneLine || scalar != "\n" && scalar != "\t")
        }
        guard !refused else {
            throw LibraryError(
                .invalidInput, code: "control_character",
                isOneLine
                    ? "the title has a line break or a control character" : "the note has a control character")
        }
        return kept.isEmpty ? nil : .text(String(kept))
    }
}
