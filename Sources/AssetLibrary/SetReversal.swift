import AssetCatalog
import AssetModel

/// What takes back what one action did to one set: its lines are one change, run backwards on the set as it is now.
///
/// By value: who joined and is still a member leaves, who left and is no member comes back at its old place, an arrangement goes back
/// while the order is still the one that it made, and a deleted set is made again while no other has its name. All else was changed
/// since, and stays.
struct SetReversal {
    /// Lines of one kind that follow each other: a change of more members than one line holds.
    private enum Change {
        case created
        case joined([ContentDigest])
        case left([(asset: ContentDigest, place: Int)])
        case arranged(from: [ContentDigest], to: [ContentDigest])
        case deleted([ContentDigest], by: EntryID)
    }

    let name: String
    private var changes: [Change] = []
    /// When the set was made, if one of the lines made it.
    private var makings: Set<Timestamp> = []

    /// What is put back, and what was changed since.
    private(set) var restored: Set<JournalEntry.Subject> = []
    private(set) var changed: Set<JournalEntry.Subject> = []
    /// The set as it is, when it goes.
    private(set) var goes: KeptSet?
    /// Whether another set has the name of the one that was deleted.
    private(set) var isTaken = false

    init(_ name: String) {
        self.name = name
    }

    mutating func add(_ line: JournalEntry) {
        switch (line.fact, changes.last) {
        case (.setCreated(let fact), _):
            makings.insert(fact.createdAt ?? line.at)
            changes.append(.created)
        case (.setExtended(let fact), .joined(let assets)?):
            changes[changes.count - 1] = .joined(assets + fact.assets)
        case (.setExtended(let fact), _):
            makings.insert(line.at)
            changes.append(.joined(fact.assets))
        case (.setReduced(let fact), let last):
            let left = zip(fact.assets, fact.places ?? []).map { (asset: $0, place: $1) }
            // Without places, in lines of version 1, they come back at the end.
            let all = left + fact.assets.dropFirst(left.count).map { (asset: $0, place: Int.max) }
            if case .left(let earlier)? = last {
                changes[changes.count - 1] = .left(earlier + all)
            } else {
                changes.append(.left(all))
            }
        case (.setArranged(let fact), .arranged(let from, let to)?):
            changes[changes.count - 1] = .arranged(from: from + (fact.was ?? []), to: to + fact.assets)
        case (.setArranged(let fact), _): changes.append(.arranged(from: fact.was ?? [], to: fact.assets))
        case (.setDeleted(let fact), .deleted(let assets, let first)?):
            changes[changes.count - 1] = .deleted(assets + (fact.was ?? []), by: first)
        case (.setDeleted(let fact), _): changes.append(.deleted(fact.was ?? [], by: line.id))
        default: break
        }
    }

    /// The facts that take it back; none when everything was changed since.
    mutating func facts(_ writer: CatalogWriter) throws -> [JournalEntry.Fact] {
        let now = try writer.keptSet(named: name)
        var set = now.map { Sketch(name: $0.name, createdAt: $0.createdAt, members: $0.members) }
        for change in changes.reversed() {
            switch change {
            case .created, .joined:
                if case .joined(let assets) = change { leave(assets, &set) }
                // A set that came with the action goes with it, also when it was deleted and made again meanwhile; unless it holds
                // something else by now.
                if set?.members.isEmpty == true, let made = set?.createdAt, makings.contains(made) {
                    set = nil
                    restored.insert(.set(name))
                } else if case .created = change {
                    changed.insert(.set(name))
                }
            case .left(let left): comeBack(left, &set)
            case .arranged(let from, let to): putBack(from, to, &set)
            case .deleted(let members, let entry):
                guard set == nil else {
                    changed.insert(.set(name))
                    isTaken = true
                    continue
                }
                let earlier = try writer.setDeleted(by: entry, name)
                set = Sketch(name: earlier?.name ?? name, createdAt: earlier?.createdAt, members: members)
                restored.insert(.set(name))
                for member in members { restored.insert(.asset(member)) }
            }
        }
        if set == nil { goes = now }
        return Self.facts(from: now, to: set)
    }

    /// A set as it will be.
    private struct Sketch {
        var name: String
        var createdAt: Timestamp?
        var members: [ContentDigest]
    }

    private mutating func leave(_ assets: [ContentDigest], _ set: inout Sketch?) {
        let members = Set(set?.members ?? [])
        for asset in assets {
            if members.contains(asset) { restored.insert(.asset(asset)) } else { changed.insert(.asset(asset)) }
        }
        let leaving = Set(assets)
        set?.members.removeAll { leaving.contains($0) }
    }

    private mutating func comeBack(_ left: [(asset: ContentDigest, place: Int)], _ set: inout Sketch?) {
        guard var members = set?.members else { return left.forEach { changed.insert(.asset($0.asset)) } }
        let there = Set(members)
        // In the order of their places, so that each finds those before it back in theirs.
        var (missing, kept) = (left.filter { !there.contains($0.asset) }, members[...])
        for (asset, _) in left where there.contains(asset) { changed.insert(.asset(asset)) }
        missing.sort { $0.place < $1.place }
        members = []
        for (asset, place) in missing {
            while members.count < place, let next = kept.popFirst() { members.append(next) }
            members.append(asset)
            restored.insert(.asset(asset))
        }
        set?.members = members + kept
    }

    private mutating func putBack(_ from: [ContentDigest], _ to: [ContentDigest], _ set: inout Sketch?) {
        guard let members = set?.members else { return _ = changed.insert(.set(name)) }
        let (there, arranged) = (Set(members), Set(to))
        guard members.filter({ arranged.contains($0) }) == to.filter({ there.contains($0) }) else {
            return _ = changed.insert(.set(name))
        }
        // Who joined since stays where it is; the others change places among themselves.
        var before = from.filter { there.contains($0) && arranged.contains($0) }[...]
        set?.members = members.map { arranged.contains($0) ? before.popFirst() ?? $0 : $0 }
        restored.insert(.set(name))
    }

    /// The facts that lead from a set as it is to what it will be.
    private static func facts(from now: KeptSet?, to set: Sketch?) -> [JournalEntry.Fact] {
        guard let set else {
            guard let now else { return [] }
            let lines = now.members.isEmpty ? [[]] : now.members.chunked(by: Curator.lineLength)
            return lines.map { .setDeleted(.init(set: now.name, was: $0)) }
        }
        guard let now, now.name == set.name, set.createdAt == nil || set.createdAt == now.createdAt else {
            return facts(from: now, to: nil) + [.setCreated(.init(set: set.name, createdAt: set.createdAt))]
                + joining(set.name, set.members)
        }
        let (before, after) = (Set(now.members), Set(set.members))
        let leaving = now.members.enumerated().filter { !after.contains($0.element) }
        let coming = set.members.filter { !before.contains($0) }
        let order = now.members.filter { after.contains($0) } + coming
        var facts: [JournalEntry.Fact] = Array(leaving).chunked(by: Curator.lineLength).map { chunk in
            .setReduced(.init(set: set.name, assets: chunk.map(\.element), places: chunk.map(\.offset)))
        }
        facts += joining(set.name, coming)
        guard order != set.members else { return facts }
        return facts
            + zip(set.members.chunked(by: Curator.lineLength), order.chunked(by: Curator.lineLength)).map {
                .setArranged(.init(set: set.name, assets: $0, was: $1))
            }
    }

    private static func joining(_ set: String, _ assets: [ContentDigest]) -> [JournalEntry.Fact] {
        assets.chunked(by: Curator.lineLength).map { .setExtended(.init(set: set, assets: $0)) }
    }
}
