import AssetCatalog
import AssetModel

/// What takes back one action, decided under the lock from the action's own lines and the catalog as it is.
///
/// By value: a tag or a mark is put back only where it still is what the action made of it. What was changed since is left
/// alone and counted, and so is what concerns an asset that the library does not have.
struct Reversal {
    /// The facts that put back what it changed.
    private(set) var facts: [JournalEntry.Fact] = []
    /// What is put back.
    private(set) var restored: Set<JournalEntry.Subject> = []
    /// What was changed since in every respect, and is left alone.
    private(set) var changed: Set<JournalEntry.Subject> = []
    /// Assets that the library does not have.
    private(set) var gone: Set<ContentDigest> = []

    init(of action: CurationAction, _ writer: CatalogWriter) throws {
        var (sets, order): ([String: SetReversal], [String]) = ([:], [])
        var (tags, marks) = (TagReversal(), MarkReversal())
        for line in action.lines {
            switch line.fact {
            case .tagged(let fact): tags.add(fact, isPresent: true)
            case .untagged(let fact): tags.add(fact, isPresent: false)
            case .setCreated(let fact), .setExtended(let fact), .setReduced(let fact), .setArranged(let fact),
                .setDeleted(let fact):
                let key = fact.set.asciiLowercased
                if sets[key] == nil { order.append(key) }
                sets[key, default: SetReversal(key)].add(line)
            case .marked(let fact): marks.add(fact)
            default: break
            }
        }
        // What was done last is taken back first.
        var (cleared, taken): (Set<String>, Set<String>) = ([], [])
        for key in order.reversed() {
            guard var set = sets[key] else { continue }
            let lines = try set.facts(writer)
            // A later set of this name does not inherit what was said of this one.
            if let set = set.goes { facts += try Self.clearing(set, writer) }
            facts += lines
            take(set.restored, set.changed)
            if set.goes != nil { cleared.insert(key) }
            if set.isTaken { taken.insert(key) }
        }
        facts += try tags.facts(writer)
        take(tags.restored, tags.changed)
        // A set must be there before its members can have roles.
        facts += try marks.facts(writer, clearedSets: cleared, takenSets: taken)
        take(marks.restored, marks.changed)
        gone = tags.gone.union(marks.gone)
        changed.subtract(restored)
    }

    private static func clearing(_ set: KeptSet, _ writer: CatalogWriter) throws -> [JournalEntry.Fact] {
        try Curator.marking(.query, nil, ofSet: set.name, writer)
            + Curator.marking(.cover, nil, ofSet: set.name, writer)
            + Curator.marking(.role, nil, of: set.members, in: set.name, writer)
    }

    private mutating func take(_ restored: Set<JournalEntry.Subject>, _ changed: Set<JournalEntry.Subject>) {
        self.restored.formUnion(restored)
        self.changed.formUnion(changed)
    }
}
