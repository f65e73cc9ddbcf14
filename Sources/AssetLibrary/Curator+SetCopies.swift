import AssetCatalog
import AssetModel

extension Curator {
    /// How the members of some sets are put together.
    enum Combination: String, Sendable {
        /// Those of all sets, each where it is met first.
        case union
        /// Those of the first set that are in all others.
        case intersection
        /// Those of the first set that are in no other.
        case difference
    }

    /// What a smart set held when an action began.
    struct Found: Sendable {
        let query: String
        let assets: [ContentDigest]
    }

    /// Gives a set another name. Members and their order, roles, cover, query and the time of its making go along.
    func renameSet(_ old: String, _ new: String) async throws {
        try await history.record("set rename") { writer in
            let set = try Self.set(old, writer)
            guard set.name != new else { return ([], ()) }
            if let other = try writer.contents(ofSet: new), other.name != set.name { throw Self.taken(other.name) }
            let marks = try Self.clearing(set, writer)
            // Deleted before it is made: names that differ only in case are one set to the fold.
            return (marks + Self.deleting(set) + Self.making(set, named: new, createdAt: set.createdAt), ())
        }
    }

    /// Makes a second set of the same members, order, roles, cover and query.
    func duplicateSet(_ old: String, _ new: String) async throws {
        try await history.record("set duplicate") { writer in
            let set = try Self.set(old, writer)
            try Self.checkFree(new, writer)
            return (Self.making(set, named: new, createdAt: nil), ())
        }
    }

    /// Makes a set of what other sets hold. `found` has what the smart ones among them hold; members in the trash do not count.
    func combineSets(
        _ combination: Combination, _ new: String, of names: [String], _ found: [String: Found]
    ) async throws {
        try await history.record("set \(combination.rawValue)") { writer in
            try Self.checkFree(new, writer)
            let sets = try names.map { name in
                let set = try Self.set(name, writer)
                return set.namedSet(finding: try Self.found(set, found[set.name])).members
            }
            let others = Set(sets.dropFirst().flatMap(\.self))
            let first = sets.first ?? []
            let members =
                switch combination {
                case .union: sets.flatMap(\.self).uniqued()
                case .difference: first.filter { !others.contains($0) }
                case .intersection:
                    sets.dropFirst().map(Set.init).reduce(first) { left, set in left.filter(set.contains) }
                }
            return ([.setCreated(.init(set: new))] + Self.extending(new, members), ())
        }
    }

    /// Turns a smart set into an ordinary one of what it holds now, or makes such a set under another name.
    func freezeSet(_ name: String, as new: String?, _ found: Found?) async throws {
        try await history.record("set freeze") { writer in
            let set = try Self.set(name, writer)
            guard set.query != nil else {
                throw LibraryError(
                    .conflict, code: "not_smart", "@\(set.name): not a smart set, its members stay as they are")
            }
            let members = try Self.found(set, found)
            if let new {
                try Self.checkFree(new, writer)
                return ([.setCreated(.init(set: new))] + Self.extending(new, members), ())
            }
            // What was put into it on another machine comes back, at the end.
            let (own, found) = (Set(set.order), Set(members))
            let joining = members.filter { !own.contains($0) }
            let order = members + set.order.filter { !found.contains($0) }
            return (
                try Self.marking(.query, nil, ofSet: set.name, writer) + Self.extending(set.name, joining)
                    + Self.arranging(set.name, from: set.order + joining, to: order), ()
            )
        }
    }

    // MARK: - Deciding under the lock

    /// What makes a set that has everything that another has.
    private static func making(
        _ set: SetContents, named new: String, createdAt: Timestamp?
    ) -> [JournalEntry.Fact] {
        var facts: [JournalEntry.Fact] = [.setCreated(.init(set: new, createdAt: createdAt))]
        facts += extending(new, set.order)
        if let query = set.query { facts.append(.marked(.init(.query, set: new, value: .text(query), was: [nil]))) }
        if let cover = set.cover { facts.append(.marked(.init(.cover, set: new, value: .text(cover.hex), was: [nil]))) }
        var roles: [(role: String, assets: [ContentDigest])] = []
        for member in set.members {
            guard let role = member.role else { continue }
            if let index = roles.firstIndex(where: { $0.role == role }) {
                roles[index].assets.append(member.asset)
            } else {
                roles.append((role, [member.asset]))
            }
        }
        for (role, assets) in roles {
            facts += assets.chunked(by: lineLength).map { chunk in
                .marked(.init(.role, assets: chunk, set: new, value: .text(role), was: chunk.map { _ in nil }))
            }
        }
        return facts
    }

    static func checkFree(_ name: String, _ writer: CatalogWriter) throws {
        if let other = try writer.contents(ofSet: name) { throw taken(other.name) }
    }

    /// What a smart set held, unless its query was changed since.
    private static func found(_ set: SetContents, _ found: Found?) throws -> [ContentDigest] {
        guard set.query != found?.query else { return found?.assets ?? [] }
        throw LibraryError(.busy, code: "set_changed", "@\(set.name): was changed by another program meanwhile")
    }
}
