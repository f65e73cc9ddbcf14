/// A curated, ordered collection of assets with a name; written `@name`.
///
/// A smart set is a saved query: its members are what the query finds at the moment it is asked for.
public struct NamedSet: Hashable, Sendable {
    /// The name, without the `@`.
    public let name: String
    /// What a smart set looks for, as it was typed; nil of an ordinary set.
    public let query: String?
    /// The members that can be used, in the order that an edit will use. Those in the trash are not among them.
    public let members: [ContentDigest]
    /// The members in the trash, in their order; they keep their places in the set. None of a smart set.
    public let trashed: [ContentDigest]
    /// What a smart set's query does not decide: members that it has as an ordinary set, since one machine added them and another
    /// gave the same name to a query. They are not used; freezing the set brings them back. None of an ordinary set.
    public let covered: [ContentDigest]
    /// What members are for, such as `style` or `layout`; of those in `members` only.
    public let roles: [ContentDigest: String]
    /// The picture that stands for the set: the chosen one while it is in `members`, else the first; nil without members.
    public let cover: ContentDigest?
    /// Why a smart set does not hold what it could, in a sentence: it holds itself, or its query names a set that is not there.
    public let problem: String?
    /// When it was made.
    public let createdAt: Timestamp

    package init(
        name: String, query: String? = nil, members: [ContentDigest], trashed: [ContentDigest] = [],
        covered: [ContentDigest] = [], roles: [ContentDigest: String] = [:], cover: ContentDigest? = nil,
        problem: String? = nil, createdAt: Timestamp
    ) {
        let known = Set(members)
        self.name = name
        self.query = query
        self.members = members
        self.trashed = trashed
        self.covered = covered
        self.roles = roles.filter { known.contains($0.key) }
        self.cover = cover.flatMap { known.contains($0) ? $0 : nil } ?? members.first
        self.problem = problem
        self.createdAt = createdAt
    }

    /// Whether its members are what a query finds.
    public var isSmart: Bool { query != nil }
}

/// Where in a set members go.
public enum SetPlace: Hashable, Sendable {
    /// Before all others.
    case first
    /// After all others.
    case last
    /// Right before this member.
    case before(ContentDigest)
    /// Right after this member.
    case after(ContentDigest)
    /// The first of them gets this place, counted from 1, as far as there are enough others to stand before it.
    case number(Int)
}

/// What a set's members can be put in order by; smallest, oldest or lowest first.
public enum SetOrder: String, Hashable, Sendable, CaseIterable {
    /// When they were imported or made.
    case created
    /// The name of the file that they were first imported from, numbers in it as numbers.
    case name
    /// Their pixels.
    case size
    /// The seed that made them.
    case seed
    /// What a person thinks of them, from 1 to 5.
    case rating
    /// By chance.
    case random
}
