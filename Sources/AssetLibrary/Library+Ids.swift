import AssetCatalog
public import AssetModel

extension Library {
    /// The pictures that ids name, each once, in order: digests, unique beginnings of one, `RUN/3`, and runs, which stand for their
    /// pictures. Unlike `assets(named:)` it takes no paths and no sets, so that what comes over a network never names a file.
    ///
    /// Errors: one that names every id that stands for nothing, or for several.
    public func pictures(ids: [String]) async throws(LibraryError) -> [ContentDigest] {
        try await inLibraryWords {
            var (found, unknown): ([ContentDigest], [String]) = ([], [])
            let digits = ids.map { $0.lowercased() }
            let prefixes = digits.filter(Self.mayBeDigest)
            var digests = try await history.catalog.digests(startingWith: prefixes, limit: 2)[...]
            for (id, digits) in zip(ids, digits) {
                if Self.mayBeDigest(digits) {
                    let matches = digests.popFirst() ?? []
                    if matches.count == 1 { found += matches } else { unknown.append(id) }
                    continue
                }
                guard Run.ID.looksLikePrefix(digits.prefix { $0 != "/" }),
                    let designation = try? await resolver.designation(digits)
                else {
                    unknown.append(id)
                    continue
                }
                switch designation {
                case .asset(let digest): found.append(digest)
                case .run(let run): found += try await history.catalog.generation(run)?.outputs.map(\.asset) ?? []
                }
            }
            guard unknown.isEmpty else {
                let named = unknown.prefix(3).map(\.inSentence).joined(separator: ", ")
                let more = unknown.count > 3 ? " and \(unknown.count - 3) more" : ""
                throw LibraryError(
                    .notFound, code: "unknown_id", "\(named)\(more): no image or run with this id, or several")
            }
            return found.uniqued()
        }
    }

    /// Every picture that a query finds, each once, in its order and at most as many as the query says. Cost: a row for each.
    public func pictures(foundBy query: SearchQuery) async throws(LibraryError) -> [ContentDigest] {
        try await inLibraryWords { try await setFinder.assets(foundBy: query) }
    }

    /// Throws when a query names a file, as `like:` may: to be asked of queries that come over a network. Ids, `@last` and sets pass, whether
    /// there are such or not.
    public func checkNamesNoFile(_ query: SearchQuery) throws(LibraryError) {
        for case .like(let word, _) in query.condition.terms { try Self.checkIsID(word) }
    }

    /// Throws for what is not written as an id or a set is, so that it could name a file alone.
    static func checkIsID(_ word: String) throws(LibraryError) {
        guard word.first != "@" else { return }
        let id = (word.hasPrefix("sha256:") ? String(word.dropFirst(7)) : word).lowercased()
        guard mayBeDigest(id) || Run.ID.looksLikePrefix(id) || Run.ID.splitPicture(id) != nil else {
            throw LibraryError(
                .invalidInput, code: "names_file",
                "like:\(word.inSentence): takes the id of a picture or run here; files are for the command line")
        }
    }

    private static func mayBeDigest(_ digits: String) -> Bool {
        !digits.isEmpty && digits.utf8.count <= 64
            && digits.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
