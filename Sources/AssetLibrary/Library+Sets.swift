import AssetCatalog
public import AssetModel

/// Sets. Wherever a set that is there is named, its case, its accents and an `@` before it do not matter; a new name stands without it.
///
/// Errors of all: an unknown set; a name that cannot be one or is taken; a smart set where members are put in, moved or taken out by hand.
extension Library {
    /// Every set, by name; smart ones with what they hold now. Cost: the search of each smart set.
    public func sets() async throws(LibraryError) -> [NamedSet] {
        try await inLibraryWords { try await setFinder.sets() }
    }

    /// One set; of a smart one, what its query finds now.
    public func set(named name: String) async throws(LibraryError) -> NamedSet {
        try await inLibraryWords { try await setFinder.set(named: Self.bare(name)) }
    }

    /// Makes an empty set; an ordinary one of this name stays as it is.
    @discardableResult
    public func createSet(_ name: String) async throws(LibraryError) -> NamedSet {
        let name = try Self.newSetName(name)
        return try await changing(name) { try await curator.createSet(name) }
    }

    /// Makes a smart set. The query is kept as it was typed, and read whenever the set is used: `7d` means the days before that.
    ///
    /// Errors: a query that is empty or has no word in it, and one that leads back to the set. A set that the query names and that is not
    /// there is no error; the answer's `problem` says so.
    @discardableResult
    public func createSmartSet(_ name: String, query: String) async throws(LibraryError) -> NamedSet {
        let name = try Self.newSetName(name)
        return try await changing(name) {
            try await curator.createSmartSet(name, query, reading: setFinder.reading(of: query))
        }
    }

    /// Changes what a smart set looks for. Errors: as of making one, and a set that is not smart.
    @discardableResult
    public func editSmartSet(_ name: String, query: String) async throws(LibraryError) -> NamedSet {
        let name = Self.bare(name)
        return try await changing(name) {
            try await curator.editSmartSet(name, query, reading: setFinder.reading(of: query))
        }
    }

    /// Puts assets at the end of a set, in order, and makes the set if need be; those that are in it stay where they are.
    @discardableResult
    public func addToSet(_ name: String, _ assets: [ContentDigest]) async throws(LibraryError) -> NamedSet {
        let name = try Self.setName(name)
        return try await changing(name) { try await curator.addToSet(name, assets) }
    }

    /// Takes assets out of a set; those that are not in it are no error.
    @discardableResult
    public func removeFromSet(_ name: String, _ assets: [ContentDigest]) async throws(LibraryError) -> NamedSet {
        let name = Self.bare(name)
        return try await changing(name) { try await curator.removeFromSet(name, assets) }
    }

    /// Puts some members of a set first, in this order; the others follow in the order they had.
    @discardableResult
    public func arrangeSet(_ name: String, _ assets: [ContentDigest]) async throws(LibraryError) -> NamedSet {
        try await moveInSet(name, assets, to: .first)
    }

    /// Puts some members of a set in another place, beside each other and in this order; the others keep their order.
    ///
    /// Errors: assets that are no members, a place that the set does not have, and a place beside one of those that are moved.
    @discardableResult
    public func moveInSet(
        _ name: String, _ assets: [ContentDigest], to place: SetPlace
    ) async throws(LibraryError) -> NamedSet {
        let name = Self.bare(name)
        return try await changing(name) { try await curator.moveInSet(name, assets, to: place) }
    }

    /// Puts a set's members in order, which is then stored as if they had been moved. Members without the property are last.
    @discardableResult
    public func sortSet(
        _ name: String, by order: SetOrder, reversed: Bool = false
    ) async throws(LibraryError) -> NamedSet {
        let name = Self.bare(name)
        return try await changing(name) { try await curator.sortSet(name, by: order, reversed: reversed) }
    }

    /// Gives a set another name. Members, order, roles, cover, query and the time of its making go along; runs keep what they used.
    @discardableResult
    public func renameSet(_ name: String, to newName: String) async throws(LibraryError) -> NamedSet {
        let newName = try Self.newSetName(newName)
        return try await changing(newName) { try await curator.renameSet(Self.bare(name), newName) }
    }

    /// Makes a second set with the same members, order, roles, cover and query.
    @discardableResult
    public func duplicateSet(_ name: String, as newName: String) async throws(LibraryError) -> NamedSet {
        let newName = try Self.newSetName(newName)
        return try await changing(newName) { try await curator.duplicateSet(Self.bare(name), newName) }
    }

    /// Makes a set of the members of several, each where it is met first.
    @discardableResult
    public func uniteSets(_ names: [String], as newName: String) async throws(LibraryError) -> NamedSet {
        try await combine(.union, names, newName)
    }

    /// Makes a set of those members of the first set that are in all others, in the order of the first.
    @discardableResult
    public func intersectSets(_ names: [String], as newName: String) async throws(LibraryError) -> NamedSet {
        try await combine(.intersection, names, newName)
    }

    /// Makes a set of those members of the first set that are in none of the others.
    @discardableResult
    public func subtractSets(_ names: [String], as newName: String) async throws(LibraryError) -> NamedSet {
        try await combine(.difference, names, newName)
    }

    /// Turns a smart set into an ordinary one of what it holds now; with a new name, makes such a set and leaves the smart one.
    @discardableResult
    public func freezeSet(_ name: String, as newName: String? = nil) async throws(LibraryError) -> NamedSet {
        let name = Self.bare(name)
        let newLabel = try newName.map { text throws(LibraryError) in try Self.newSetName(text) }
        return try await changing(newLabel ?? name) {
            try await curator.freezeSet(name, as: newLabel, try await found([name]).values.first)
        }
    }

    /// Says what some members of a set are for, in a free text such as `style`; an empty one takes it back. Errors: assets that are no
    /// members.
    @discardableResult
    public func setRole(
        _ role: String, of assets: [ContentDigest], in name: String
    ) async throws(LibraryError) -> NamedSet {
        let name = Self.bare(name)
        let isEmpty = role.allSatisfy(\.isWhitespace)
        guard let role = isEmpty ? .some(nil) : Label.normalized(role).map(Optional.some) else {
            throw LibraryError(
                .invalidInput, code: "bad_role",
                "“\(role)” cannot be a role: 1 to 100 characters, no comma or quote, not beginning with @ or -")
        }
        return try await changing(name) { try await curator.setRole(role, of: assets, in: name) }
    }

    /// Chooses the picture that stands for a set; nil leaves it to the first member. Errors: an asset that is no member.
    @discardableResult
    public func setCover(_ asset: ContentDigest?, of name: String) async throws(LibraryError) -> NamedSet {
        let name = Self.bare(name)
        return try await changing(name) {
            let found = asset == nil ? [] : try await setFinder.set(named: name).members
            try await curator.setCover(asset, of: name, finding: found)
        }
    }

    /// Deletes a set; its assets stay in the library, and runs keep what they used.
    public func deleteSet(_ name: String) async throws(LibraryError) {
        try await inLibraryWords { try await curator.deleteSet(Self.bare(name)) }
    }

    /// Throws when nothing can be put into a set of this name by hand, since it is a smart one: to be asked before a run that is paid for.
    public func checkTakesMembers(_ name: String) async throws(LibraryError) {
        try await inLibraryWords { try await curator.checkTakesMembers(Self.bare(name)) }
    }

    /// The sets that a query names, itself or through smart sets, and that are not there; they hold nothing.
    public func missingSets(in query: SearchQuery) async throws(LibraryError) -> [String] {
        try await inLibraryWords { try await setFinder.missingSets(in: query) }
    }

    /// The smart sets whose queries name a set, there or not.
    public func smartSets(naming name: String) async throws(LibraryError) -> [String] {
        try await inLibraryWords {
            try await SetDirectory(history.catalog.setNames()).smartSets(naming: Self.bare(name))
        }
    }

    private func combine(
        _ combination: Curator.Combination, _ names: [String], _ newName: String
    ) async throws(LibraryError) -> NamedSet {
        let newName = try Self.newSetName(newName)
        let names = names.map(Self.bare)
        return try await changing(newName) {
            try await curator.combineSets(combination, newName, of: names, try await found(names))
        }
    }

    /// What the smart ones among some sets hold now, by their names.
    private func found(_ names: [String]) async throws -> [String: Curator.Found] {
        var found: [String: Curator.Found] = [:]
        for name in names {
            let set = try await setFinder.set(named: name)
            guard let query = set.query else { continue }
            if let problem = set.problem {
                throw LibraryError(.invalidInput, code: "unusable_set", problem, remedy: .editSet(set.name))
            }
            found[set.name] = Curator.Found(query: query, assets: set.members)
        }
        return found
    }

    /// A set after a change.
    private func changing(
        _ name: String, _ change: () async throws -> Void
    ) async throws(LibraryError) -> NamedSet {
        try await inLibraryWords {
            try await change()
            return try await setFinder.set(named: name)
        }
    }
}
