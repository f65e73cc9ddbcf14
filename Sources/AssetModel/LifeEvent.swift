/// One thing that happened to an asset, a run or a set.
public struct LifeEvent: Hashable, Sendable {
    /// What can happen.
    public enum What: Hashable, Sendable {
        /// A file was taken in; `path` is where it was seen.
        case imported(path: String)
        /// A run made it, as its output number `position` (from 0).
        case made(by: Run.ID, position: Int)
        /// It was planned as a reference of a run.
        case referenced(by: Run.ID, model: String)
        /// Its bytes, or a copy made to be sent, were uploaded.
        case uploaded(url: String)
        /// Tags were put on it.
        case tagged([String])
        /// Tags were taken off it.
        case untagged([String])
        /// It joined a set; of a set, how many joined.
        case joined(set: String, count: Int)
        /// It left a set; of a set, how many left.
        case left(set: String, count: Int)
        /// A set was made.
        case created(set: String)
        /// A set's members were put in another order.
        case arranged(set: String)
        /// A set was deleted that it was in, or that it is.
        case deleted(set: String)
        /// A field was set to a value, or cleared; with `set`, as a member of it. Flags have no value of their own.
        case marked(MarkField, value: String?, set: String?)
        /// The run was decided.
        case planned(model: String)
        /// Its request left, for the last time.
        case sent
        /// fal took it, under this name.
        case submitted(request: String)
        /// It ended, with this many pictures.
        case finished(imageCount: Int)
        /// It ended without pictures.
        case failed(reason: String)
        /// It was stopped.
        case cancelled
    }

    /// What happened.
    public let what: What
    /// When, by the clock of the machine that did it; of a run that was brought home, when fal took it.
    public let at: Timestamp
    /// The place in logical time.
    package let entry: EntryID
    /// The action of a person that it belongs to; nil for what is no person's word.
    public let action: ActionID?
    /// The verb of that action; empty when it is not known.
    public let verb: String
    /// The action that it undoes; nil when it is no undo.
    public let undoes: ActionID?
    /// The copy of the library that did it; nil when that is not known.
    public let replica: String?

    package init(
        _ what: What, at: Timestamp, entry: EntryID, action: ActionID? = nil, verb: String = "",
        undoes: ActionID? = nil, replica: String? = nil
    ) {
        self.what = what
        self.at = at
        self.entry = entry
        self.action = action
        self.verb = verb
        self.undoes = undoes
        self.replica = replica
    }
}
