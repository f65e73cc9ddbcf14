import AssetCatalog
public import AssetModel
import AssetStore

/// The life of one thing: what a word named, and what happened to it.
public struct Life: Hashable, Sendable {
    /// What has a life.
    public enum Subject: Hashable, Sendable {
        case asset(ContentDigest)
        case run(Run.ID)
        /// A set by its name, also one that is deleted.
        case set(String)
    }

    /// What it is the life of.
    public let subject: Subject
    /// Oldest first.
    public let events: [LifeEvent]
    /// The name of this copy of the library; nil when it has not written yet.
    public let here: String?

    /// Whether an event happened in another copy of the library, as far as that is known.
    public func isElsewhere(_ event: LifeEvent) -> Bool { event.replica != nil && event.replica != here }
}

extension Library {
    /// The life of an asset, a run or a set: where it came from, what it was used for, what people said of it. A word is an id, the
    /// beginning of one, or `@` and a set's name, also of a deleted set. Errors: unknown, ambiguous.
    public func life(of word: String) async throws(LibraryError) -> Life {
        try await inLibraryWords {
            let here = try history.journal.ownReplica()
            if word.first == "@", word != "@last" {
                let name = String(word.dropFirst())
                let spelled = try await history.catalog.set(named: name)?.name ?? name
                let events = try await history.catalog.life(ofSet: spelled)
                guard !events.isEmpty else { throw Curator.unknownSet(name) }
                return Life(subject: .set(spelled), events: events, here: here)
            }
            switch try await designation(word) {
            case .asset(let digest):
                return Life(
                    subject: .asset(digest), events: try await history.catalog.life(of: digest), here: here)
            case .run(let id):
                return Life(subject: .run(id), events: try await history.catalog.life(of: id), here: here)
            }
        }
    }
}
