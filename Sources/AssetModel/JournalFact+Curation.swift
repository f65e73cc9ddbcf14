extension JournalEntry {
    /// An action was undone: the first line of the action that reverts it, before the lines that put back what it changed.
    /// Undoing that action in turn does it again.
    package struct Undone: Hashable, Sendable, Codable {
        /// The action that this one reverts, by the id of its first line.
        package let action: EntryID

        package init(action: EntryID) {
            self.action = action
        }
    }

    /// What a curating fact is about.
    package enum Subject: Hashable, Sendable {
        case asset(ContentDigest)
        case run(Run.ID)
        case set(String)
    }
}

extension JournalEntry.Fact {
    /// Whether it is a person's word that can be taken back, in opposition to what happened.
    package var isCurating: Bool {
        switch self {
        case .tagged, .untagged, .setCreated, .setExtended, .setReduced, .setArranged, .setDeleted, .marked,
            .undone:
            true
        default: false
        }
    }

    /// What a curating fact is about, as histories tell it. The members of a set that is put in order stay what they were, those of
    /// one that is deleted leave it.
    package var subjects: [JournalEntry.Subject] {
        switch self {
        case .tagged(let fact), .untagged(let fact): fact.assets.map(JournalEntry.Subject.asset)
        case .setCreated(let fact), .setArranged(let fact): [.set(fact.set)]
        case .setExtended(let fact), .setReduced(let fact):
            [.set(fact.set)] + fact.assets.map(JournalEntry.Subject.asset)
        case .setDeleted(let fact): [.set(fact.set)] + (fact.was ?? []).map(JournalEntry.Subject.asset)
        case .marked(let fact):
            fact.assets.map(JournalEntry.Subject.asset) + fact.runs.map(JournalEntry.Subject.run)
                + (fact.set.map { [.set($0)] } ?? [])
        default: []
        }
    }
}
