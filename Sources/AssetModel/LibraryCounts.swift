/// What a library has, counted: for the side of a gallery, which shows it all the time.
public struct LibraryCounts: Hashable, Sendable {
    /// Answers of a search for everything: imported pictures and outputs of runs that are not in the trash. A picture that two runs made
    /// counts twice, as it is found twice.
    public let pictures: Int
    /// Those of them that are favourites.
    public let favourites: Int
    /// Those of them that were imported.
    public let references: Int
    /// What is in the trash.
    public let trash: Int
    /// Runs under way: planned, or with fal, or just being sent.
    public let running: Int
    /// Runs that may have been sent: their outcome is unknown and a person decides.
    public let unknown: Int
    /// Uploads that a server outside this machine is believed to serve now.
    public let onFal: Int

    package init(
        pictures: Int, favourites: Int, references: Int, trash: Int, running: Int, unknown: Int, onFal: Int
    ) {
        self.pictures = pictures
        self.favourites = favourites
        self.references = references
        self.trash = trash
        self.running = running
        self.unknown = unknown
        self.onFal = onFal
    }
}

/// A set as a list of sets shows it: without its members.
public struct SetSummary: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// What a smart set looks for; nil of an ordinary one.
    public let query: String?
    /// How many pictures it holds that are not in the trash; nil of a smart set whose query took too long, or cannot be followed.
    public internal(set) var count: Int?
    /// The picture that stands for it: the one that was chosen, else the first member. Nil of an empty set, and of a smart one without a chosen
    /// one.
    public let cover: ContentDigest?
    /// Why a smart set cannot be followed; nil when nothing is wrong.
    public internal(set) var problem: String?
    /// When it was made.
    public let createdAt: Timestamp

    /// Whether it is a smart set.
    public var isSmart: Bool { query != nil }

    package init(
        name: String, query: String?, count: Int?, cover: ContentDigest?, problem: String? = nil, createdAt: Timestamp
    ) {
        self.name = name
        self.query = query
        self.count = count
        self.cover = cover
        self.problem = problem
        self.createdAt = createdAt
    }

    /// The same with a count, or with why there is none.
    package func counting(_ count: Int?, problem: String? = nil) -> SetSummary {
        var summary = self
        (summary.count, summary.problem) = (count, problem)
        return summary
    }
}
