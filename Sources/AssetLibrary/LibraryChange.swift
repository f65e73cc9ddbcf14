public import AssetModel

/// What one action changed, as far as it was heard of at once.
public struct LibraryChange: Hashable, Sendable {
    /// What a follower hears.
    public enum News: Hashable, Sendable {
        /// Something was written, and is found by who asks now.
        case change(LibraryChange)
        /// Too much was written to tell it, or the journal is not the one that was read before: everything is to be asked for again. What
        /// comes after follows this position.
        case startOver(LibraryPosition)
    }

    /// Where to go on behind it. Who goes on at the position of an earlier change of the same moment hears some of them twice.
    public internal(set) var position: LibraryPosition
    /// What a person would call the action, such as `tag add`; empty for what a program of long ago wrote.
    public let verb: String
    /// The pictures concerned, each once, at most `subjectLimit`; a large action is told as several changes.
    public internal(set) var assets: [ContentDigest]
    /// The runs concerned.
    public internal(set) var runs: [Run.ID]
    /// The sets concerned, by name.
    public internal(set) var sets: [String]
    /// The tags that were put on or taken off.
    public internal(set) var tags: [String]
    /// Whether pictures may be found now that were not, or no longer: some came, or went into the trash or out of it.
    public internal(set) var isArrival: Bool
    /// Whether uploads or prices changed.
    public internal(set) var concernsUploads: Bool
    /// Whether this open library wrote it, and not another program or machine.
    public let isOwn: Bool

    /// How many pictures a change tells at most, give or take those of one line.
    public static let subjectLimit = 1000
}

/// Joins the lines of an action to a change.
struct ChangeCollector {
    private let isOwn: (EntryID) -> Bool
    private(set) var changes: [LibraryChange] = []
    private var action: EntryID?
    private var seen = Seen()

    private struct Seen {
        var assets: Set<ContentDigest> = []
        var runs: Set<Run.ID> = []
        var sets: Set<String> = []
        var tags: Set<String> = []
    }

    init(isOwn: @escaping (EntryID) -> Bool) { self.isOwn = isOwn }

    mutating func add(_ entry: JournalEntry) {
        if action != entry.op || seen.assets.count >= LibraryChange.subjectLimit {
            action = entry.op
            seen = Seen()
            changes.append(
                LibraryChange(
                    position: LibraryPosition([JournalPosition]()), verb: entry.by, assets: [], runs: [], sets: [],
                    tags: [], isArrival: false, concernsUploads: false, isOwn: isOwn(entry.op)))
        }
        let last = changes.count - 1
        let subjects = entry.fact.subjects
        changes[last].assets += subjects.assets.filter { seen.assets.insert($0).inserted }
        changes[last].runs += subjects.runs.filter { seen.runs.insert($0).inserted }
        changes[last].sets += subjects.sets.filter { seen.sets.insert($0).inserted }
        changes[last].tags += subjects.tags.filter { seen.tags.insert($0).inserted }
        changes[last].isArrival = changes[last].isArrival || subjects.isArrival
        changes[last].concernsUploads = changes[last].concernsUploads || subjects.concernsUploads
    }
}

/// What a line is about.
private struct FactSubjects {
    var assets: [ContentDigest] = []
    var runs: [Run.ID] = []
    var sets: [String] = []
    var tags: [String] = []
    var isArrival = false
    var concernsUploads = false
}

extension JournalEntry.Fact {
    /// Whether pictures may come or go with it, or look another way in a grid. A plan brings those that arrived before it.
    var mayMovePictures: Bool { if case .planned = self { true } else { subjects.isArrival } }

    fileprivate var subjects: FactSubjects {
        switch self {
        case .imported(let fact): FactSubjects(assets: [fact.asset], isArrival: true)
        case .inspected(let fact): FactSubjects(assets: [fact.asset], isArrival: true)
        case .uploaded(let fact): FactSubjects(assets: [fact.source ?? fact.digest], concernsUploads: true)
        case .uploadLost, .uploadsChecked, .pricesSeen: FactSubjects(concernsUploads: true)
        case .uploadsPlanned(let fact): FactSubjects(runs: [fact.generation])
        case .planned(let fact): FactSubjects(runs: [fact.generation])
        case .sending(let fact): FactSubjects(runs: [fact.generation])
        case .submitted(let fact): FactSubjects(runs: [fact.generation])
        case .refused(let fact): FactSubjects(runs: [fact.generation])
        case .arrived(let fact):
            FactSubjects(assets: fact.outputs.map(\.asset), runs: [fact.generation], isArrival: true)
        case .finished(let fact):
            FactSubjects(assets: fact.outputs.map(\.asset), runs: [fact.generation], isArrival: true)
        case .failed(let fact): FactSubjects(runs: [fact.generation], isArrival: true)
        case .cancelled(let fact): FactSubjects(runs: [fact.generation], isArrival: true)
        case .tagged(let fact), .untagged(let fact): FactSubjects(assets: fact.assets, tags: fact.tags)
        case .marked(let fact):
            FactSubjects(
                assets: fact.assets, runs: fact.runs, sets: fact.set.map { [$0] } ?? [],
                isArrival: fact.field == .trashed)
        case .setCreated(let fact), .setExtended(let fact), .setReduced(let fact), .setArranged(let fact),
            .setDeleted(let fact):
            FactSubjects(assets: fact.assets, sets: [fact.set])
        case .undone: FactSubjects()
        }
    }
}
