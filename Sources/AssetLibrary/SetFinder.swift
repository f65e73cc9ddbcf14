import AssetCatalog
import AssetModel
import Foundation

/// What sets hold: members that were put in, or what a smart set's query finds now.
struct SetFinder: Sendable {
    let history: History
    /// Where a smart set's days begin.
    let timeZone: TimeZone
    /// Puts in place of the lookalikes in a query what they are.
    let lookalikes: @Sendable (SearchQuery) async throws -> SearchQuery

    /// How many terms a query can have once its smart sets are replaced by their queries.
    static let maximumTermCount = 1_000

    init(
        history: History, timeZone: TimeZone = .current,
        lookalikes: @escaping @Sendable (SearchQuery) async throws -> SearchQuery
    ) {
        self.history = history
        self.timeZone = timeZone
        self.lookalikes = lookalikes
    }

    /// One set; an error when there is none of this name. A smart set that holds itself comes without members, and says so.
    func set(named name: String) async throws -> NamedSet {
        guard let contents = try await history.catalog.contents(ofSet: name) else { throw Curator.unknownSet(name) }
        return try await namedSet(contents)
    }

    /// Every set, by name.
    func sets() async throws -> [NamedSet] {
        var sets: [NamedSet] = []
        for contents in try await history.catalog.setContents() { sets.append(try await namedSet(contents)) }
        return sets
    }

    /// What can be given to a model or uploaded; never empty. A smart set that names a set that is not there is an error, since what
    /// it finds may not be what was meant.
    func references(ofSet name: String) async throws -> [ContentDigest] {
        guard let contents = try await history.catalog.contents(ofSet: name) else { throw Curator.unknownSet(name) }
        if let query = contents.query {
            if let problem = try await missing(in: contents) { throw problem }
            let found = try await assets(foundBy: reading(of: query).query)
            guard !found.isEmpty else {
                throw LibraryError(
                    .notFound, code: "empty_set", "@\(contents.name): its query finds nothing now: \(query)")
            }
            return found
        }
        let set = contents.namedSet()
        guard !set.members.isEmpty else {
            let why = set.trashed.isEmpty ? "the set is empty" : "all its images are in the trash"
            throw LibraryError(.notFound, code: "empty_set", "@\(contents.name): \(why)")
        }
        return set.members
    }

    /// A query in which each smart set is replaced by what it looks for, and then each lookalike by what it is. A set that is not there
    /// holds nothing.
    func resolved(_ query: SearchQuery) async throws -> SearchQuery {
        let names = SetDirectory.names(in: query.condition)
        guard !names.isEmpty else { return try await lookalikes(query) }
        let directory = SetDirectory(try await history.catalog.setNames())
        try directory.check(names)
        var expansion = Expansion(finder: self, directory: directory)
        let condition = try await expansion.condition(query.condition)
        return try await lookalikes(SearchQuery(condition, order: query.order, limit: query.limit))
    }

    /// The sets that a query names, itself or through smart sets, and that are not there.
    func missingSets(in query: SearchQuery) async throws -> [String] {
        var names = SetDirectory.names(in: query.condition)
        guard !names.isEmpty else { return [] }
        let directory = SetDirectory(try await history.catalog.setNames())
        var (seen, missing): (Set<String>, [String]) = ([], [])
        while let name = names.popLast() {
            guard let entry = directory[name] else {
                missing.append(name)
                continue
            }
            guard let query = entry.query, seen.insert(entry.name).inserted else { continue }
            names += SetDirectory.names(in: SearchQuery(parsing: query).condition)
        }
        return missing.uniqued().sorted()
    }

    /// Every asset that a query finds, each once, in the query's order; its limit counts assets.
    func assets(foundBy query: SearchQuery) async throws -> [ContentDigest] {
        var query = try await resolved(query)
        let limit = query.limit ?? .max
        query.limit = nil
        var (assets, seen): ([ContentDigest], Set<ContentDigest>) = ([], [])
        var last: SearchCursor?
        repeat {
            let page = try await history.catalog.search(query, limit: min(500, limit - assets.count), after: last)
            for hit in page where assets.count < limit && seen.insert(hit.asset).inserted { assets.append(hit.asset) }
            last = page.last?.cursor
        } while last != nil && assets.count < limit
        return assets
    }

    func reading(of text: String) -> SearchReading { Self.reading(of: text, history, timeZone) }

    /// A query as it is understood now.
    static func reading(of text: String, _ history: History, _ timeZone: TimeZone) -> SearchReading {
        SearchReading(of: text, clock: clock(history, timeZone))
    }

    /// Now, and a person's days.
    static func clock(_ history: History, _ timeZone: TimeZone) -> SearchClock {
        SearchClock(now: history.environment.now()) { moment in
            Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)))
        }
    }

    private func namedSet(_ contents: SetContents) async throws -> NamedSet {
        guard let query = contents.query else { return contents.namedSet() }
        do {
            let found = try await assets(foundBy: reading(of: query).query)
            return contents.namedSet(finding: found, problem: try await missing(in: contents)?.message)
        } catch let error as LibraryError where [.invalidInput, .notFound, .conflict].contains(error.category) {
            // One set that cannot be followed must not hide the others.
            return contents.namedSet(problem: error.message)
        }
    }

    private func missing(in contents: SetContents) async throws -> LibraryError? {
        try await missingSets(in: SearchQuery(.term(.set(contents.name)))).first.map { name in
            LibraryError(
                .notFound, code: "unknown_set",
                "@\(contents.name): its query names @\(name), and there is no such set", remedy: .editSet(contents.name)
            )
        }
    }
}

/// Replaces the smart sets in a condition, each looked up once.
private struct Expansion {
    let finder: SetFinder
    /// Followed before: no set in it holds itself.
    let directory: SetDirectory
    private var known: [String: SearchCondition] = [:]

    init(finder: SetFinder, directory: SetDirectory) {
        self.finder = finder
        self.directory = directory
    }

    mutating func condition(_ condition: SearchCondition) async throws -> SearchCondition {
        switch condition {
        case .term(.set(let name)): return try await set(name)
        case .term: return condition
        case .not(let inner): return .not(try await self.condition(inner))
        case .all(let parts): return .all(try await conditions(parts))
        case .any(let parts): return .any(try await conditions(parts))
        }
    }

    private mutating func conditions(_ parts: [SearchCondition]) async throws -> [SearchCondition] {
        var expanded: [SearchCondition] = []
        var count = 0
        for part in parts {
            let part = try await condition(part)
            expanded.append(part)
            // Sets that name others twice grow twofold at each step.
            count += part.terms.count
            guard count <= SetFinder.maximumTermCount else {
                throw LibraryError(
                    .invalidInput, code: "query_too_long",
                    "with its smart sets the query has more than \(SetFinder.maximumTermCount) terms")
            }
        }
        return expanded
    }

    private mutating func set(_ name: String) async throws -> SearchCondition {
        guard let entry = directory[name] else { return .nothing }
        guard let text = entry.query else { return .term(.set(entry.name)) }
        if let known = known[entry.name] { return known }
        let query = finder.reading(of: text).query
        var condition = try await condition(query.condition)
        if query.limit != nil {
            // The first of an order are these assets, and no condition says so.
            let assets = try await finder.assets(
                foundBy: SearchQuery(condition, order: query.order, limit: query.limit))
            condition = .term(.among(assets))
        }
        known[entry.name] = condition
        return condition
    }
}
