import AssetCatalog
public import AssetModel
import AssetStore
import FalAPI
import Files
public import Foundation

extension Library {
    /// What a person typed as a query, with today's date and their time zone, and what of it was read as words. Never fails.
    public func reading(of text: String, timeZone: TimeZone = .current) -> SearchReading {
        SetFinder.reading(of: text, history, timeZone)
    }

    /// What a person typed as a query for looking through: the pictures of one set come in the set's own order, unless the text says another.
    public func browsing(_ text: String, timeZone: TimeZone = .current) -> SearchQuery {
        let reading = reading(of: text, timeZone: timeZone)
        var query = reading.query
        if !reading.saysOrder, case .term(.set) = query.condition { query.order = .set }
        return query
    }

    /// What a query finds, in its order, at most `limit` and at most as many as the query says. For the next page hand back the last
    /// answer's `cursor` as `after`.
    ///
    /// Errors: a cursor of another order.
    public func search(
        _ query: SearchQuery, limit: Int = 50, after cursor: SearchCursor? = nil
    ) async throws(LibraryError) -> [SearchHit] {
        let query = try await resolved(query)
        if let cursor, cursor.order != query.order {
            throw LibraryError(.invalidInput, code: "foreign_cursor", "this page belongs to answers in another order")
        }
        let seed = history.environment.random()
        return try await inLibraryWords {
            try await history.catalog.search(query, limit: limit, after: cursor, randomSeed: seed)
        }
    }

    /// How many answers a query has, whatever its limit. With `patience`, nil when counting takes longer: of very frequent words it can
    /// take a tenth of a second in a library of a million.
    public func count(_ query: SearchQuery, within patience: Duration? = nil) async throws(LibraryError) -> Int? {
        let query = try await resolved(query)
        return try await inLibraryWords { try await history.catalog.count(query, within: patience) }
    }

    /// Counts what the answers of a query are: models, sizes, months, tags, sets, stars, seeds. Cost: each answer's row once.
    public func facets(of query: SearchQuery) async throws(LibraryError) -> SearchFacets {
        let query = try await resolved(query)
        return try await inLibraryWords { try await history.catalog.facets(of: query) }
    }

    /// The place that a cursor's text names. Errors: a text that is no cursor, or is damaged.
    public func cursor(parsing text: String) throws(LibraryError) -> SearchCursor {
        guard let cursor = SearchCursor(parsing: text) else {
            throw LibraryError(
                .invalidInput, code: "invalid_cursor", "\(PathText.shown(text).inSentence): is no page of a search")
        }
        return cursor
    }

    /// The query with what the catalog cannot answer alone replaced by what it can.
    ///
    /// Smart sets become their conditions, lookalikes the assets that look like what is named; the fingerprints that are missing are made
    /// first. Errors: a name that stands for nothing, a picture that has no fingerprint, and a smart set inside itself.
    func resolved(_ query: SearchQuery) async throws(LibraryError) -> SearchQuery {
        var query = try await inLibraryWords { try await setFinder.resolved(query) }
        // A smart set has become its condition, and has no order of its own.
        if query.order == .set, query.condition.orderingSet == nil { query.order = .newestFirst }
        return query
    }

    var setFinder: SetFinder {
        SetFinder(history: history) { query in
            guard query.condition.terms.contains(where: { if case .like = $0 { true } else { false } }) else {
                return query
            }
            return SearchQuery(
                try await withoutLookalikes(query.condition), order: query.order, limit: query.limit)
        }
    }

    private func withoutLookalikes(_ condition: SearchCondition) async throws -> SearchCondition {
        switch condition {
        case .term(.like(let word, let distance)):
            return .term(.among(try await assetsLike(word, within: distance)))
        case .term: return condition
        case .not(let inner): return .not(try await withoutLookalikes(inner))
        case .all(let parts):
            var resolvedParts: [SearchCondition] = []
            for part in parts { resolvedParts.append(try await withoutLookalikes(part)) }
            return .all(resolvedParts)
        case .any(let parts):
            var resolvedParts: [SearchCondition] = []
            for part in parts { resolvedParts.append(try await withoutLookalikes(part)) }
            return .any(resolvedParts)
        }
    }

    /// One asset; nil when the library has none of this digest.
    public func asset(_ id: ContentDigest) async throws(LibraryError) -> Asset? {
        try await inLibraryWords { try await history.catalog.asset(id) }
    }

    /// One run; nil when there is none of this id.
    public func run(_ id: Run.ID) async throws(LibraryError) -> Run? {
        try await inLibraryWords { try await history.catalog.generation(id) }
    }

    /// Which of some runs were made by a server that stands in for fal, so that no model made their pictures.
    public func sandboxRuns(among ids: [Run.ID]) async throws(LibraryError) -> Set<Run.ID> {
        try await inLibraryWords {
            let fal = FalEndpoints.production.queue
            return Set(try await history.catalog.hosts(of: ids).filter { $0.value.service != fal }.keys)
        }
    }

    /// The newest runs, in any state.
    public func runs(limit: Int) async throws(LibraryError) -> [Run] {
        try await inLibraryWords { try await history.catalog.generations(in: Run.State.allCases, limit: limit) }
    }

    /// The run that was planned under a key of whoever asked for it (`Run.Filing.key`), in whatever process; nil when there is none among
    /// the newest thousand.
    public func run(askedAs key: String) async throws(LibraryError) -> Run? {
        try await inLibraryWords { try await history.catalog.generation(askedAs: key) }
    }

    /// Runs that have not ended, oldest first.
    public func unfinishedRuns() async throws(LibraryError) -> [Run] {
        try await inLibraryWords { try await history.catalog.unfinishedGenerations() }
    }

    /// The whole answer of a run; nil while there is none.
    public func response(of id: Run.ID) async throws(LibraryError) -> JSONValue? {
        try await inLibraryWords {
            guard let text = try await history.catalog.response(of: id) else { return nil }
            return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        }
    }

    /// Where an original lies. The file is read-only; it is there unless someone took it away.
    public func path(of asset: ContentDigest, _ format: ImageFormat) -> String {
        store.path(of: asset, format)
    }

    /// Where an asset's original lies.
    public func path(of asset: Asset) -> String { path(of: asset.id, asset.facts.format) }

    /// Where something lies that a run made and that is not a picture. Throws when the journal gives it a file extension that
    /// no file should have.
    public func path(of file: Run.KeptFile) throws(LibraryError) -> String {
        do { return try store.path(of: file.digest, fileExtension: file.fileExtension) } catch {
            throw LibraryError(error)
        }
    }

    /// Counts and sums.
    public func statistics() async throws(LibraryError) -> LibraryStatistics {
        try await inLibraryWords { try await history.catalog.statistics() }
    }

    /// The assets that some words name, in order: a path (imported first, all in one batch), `@set` in its order,
    /// `@last` (the newest run's pictures), a run's id (its pictures), or a digest, either shortened to a
    /// unique prefix.
    ///
    /// Errors name the word: no such file, unknown or ambiguous id, unknown or empty set.
    public func assets(named words: [String]) async throws(LibraryError) -> [ContentDigest] {
        try await inLibraryWords { try await resolver.assets(named: words) }
    }

    /// The same word by word: what a word names, or why it names nothing. One that names nothing does not stop the others.
    public func assetsEach(
        named words: [String]
    ) async throws(LibraryError) -> [Result<[ContentDigest], LibraryError>] {
        try await inLibraryWords { try await resolver.assetsEach(named: words) }
    }

    /// The pictures that some words name, as `assets(named:)` reads them, without importing any: files are measured where
    /// they are. Nothing changes.
    public func pictures(named words: [String]) async throws(LibraryError) -> [ReferencePicture] {
        try await inLibraryWords { try await resolver.pictures(named: words) }
    }

    /// What one id means. Errors: unknown, ambiguous.
    public func designation(_ word: String) async throws(LibraryError) -> Designation {
        try await inLibraryWords { try await resolver.designation(word) }
    }

    var resolver: NameResolver {
        NameResolver(
            history: history, store: store, inspector: inspector, importer: importer, sets: setFinder,
            takesFiles: takesFiles)
    }
}
