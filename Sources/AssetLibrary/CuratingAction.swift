import AssetCatalog
public import AssetModel

/// One action of a person that can be undone: what one call of one verb changed.
public struct CuratingAction: Hashable, Sendable {
    /// Its name.
    public let id: ActionID
    /// The verb, as a person would say it: `tag add`. Empty in a journal of version 1.
    public let verb: String
    /// What the verb was about: tags, sets written `@name`, a rating.
    public let details: [String]
    /// When, by the clock of the machine that did it.
    public let at: Timestamp
    /// How many images, runs and sets it changed.
    public let imageCount, runCount, setCount: Int
    /// Whether it is undone.
    public let isUndone: Bool
    /// Whether it was done by this copy of the library.
    public let isHere: Bool
    /// The name of the copy of the library that did it; nil when that is not known.
    public let replica: String?

    /// The verb and what it was about: `tag add white`.
    public var words: String { ([verb] + details).filter { !$0.isEmpty }.joined(separator: " ") }

    init(_ action: CurationAction, here replica: String?) {
        var (details, subjects): ([String], Set<JournalEntry.Subject>) = ([], [])
        for line in action.lines {
            details += line.fact.details
            subjects.formUnion(line.fact.subjects)
        }
        id = action.id
        verb = action.lines[0].by
        // A bulk change repeats itself line by line, and a sentence has an end.
        let unique = details.uniqued()
        self.details = unique.count <= 5 ? unique : unique.prefix(4) + ["…"]
        at = action.lines[0].at
        imageCount = subjects.count { if case .asset = $0 { true } else { false } }
        runCount = subjects.count { if case .run = $0 { true } else { false } }
        setCount = subjects.count { if case .set = $0 { true } else { false } }
        isUndone = action.isUndone
        isHere = action.replica == replica && replica != nil
        self.replica = action.replica
    }
}

extension JournalEntry.Fact {
    /// What a curating fact says beside its verb, in words.
    var details: [String] {
        switch self {
        case .tagged(let fact), .untagged(let fact): fact.tags
        case .setCreated(let fact), .setExtended(let fact), .setReduced(let fact), .setArranged(let fact),
            .setDeleted(let fact):
            ["@\(fact.set)"]
        case .marked(let fact):
            switch fact.value {
            case .text(let text): [fact.set.map { "@\($0)" }, "“\(text)”"].compactMap(\.self)
            case .number(let number): ["\(number)"]
            case .flag: []
            case nil: [fact.set.map { "@\($0)" }, fact.field == .rating ? "0" : nil].compactMap(\.self)
            }
        default: []
        }
    }
}

/// What an undo, or a redo, did or would do.
public struct UndoOutcome: Hashable, Sendable {
    /// The action that was undone; for a redo the one that is done again.
    public let action: CuratingAction
    /// Whether it was done again.
    public let isRedo: Bool
    /// The action that undid it, which can be undone in turn; nil when nothing was written.
    public let undo: ActionID?
    /// How many images, runs and sets were put back.
    public let imageCount, runCount, setCount: Int
    /// How many images, runs and sets were changed since, and are left alone.
    public let changedCount: Int
    /// How many images it concerned that are not in the library.
    public let goneCount: Int
}
