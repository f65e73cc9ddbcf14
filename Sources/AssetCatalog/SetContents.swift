package import AssetModel

/// A set as the catalog has it: whatever was put into it, in order, and what was said of it.
package struct SetContents: Hashable, Sendable {
    /// A member.
    package struct Member: Hashable, Sendable {
        package let asset: ContentDigest
        /// Whether it is in the trash.
        package let isTrashed: Bool
        /// Whether the library has it: an entry of another machine can name an asset whose own entry has not come yet.
        package let isKnown: Bool
        /// What it is for; nil when nothing is said.
        package let role: String?

        /// Whether it counts.
        package var isUsable: Bool { isKnown && !isTrashed }
    }

    package let name: String
    /// What a smart set looks for, as it was typed; nil of an ordinary set.
    package let query: String?
    /// The picture that was chosen to stand for it, member or not; nil when none was.
    package let cover: ContentDigest?
    /// All members in order, usable or not.
    package let members: [Member]
    package let createdAt: Timestamp

    /// The digests of all members, usable or not: what a change of the order is about.
    package var order: [ContentDigest] { members.map(\.asset) }

    /// The set as people see it; `found` is what a smart set's query finds.
    package func namedSet(finding found: [ContentDigest] = [], problem: String? = nil) -> NamedSet {
        let usable = members.filter(\.isUsable).map(\.asset)
        let roles = members.compactMap { member in member.role.map { (member.asset, $0) } }
        return NamedSet(
            name: name, query: query, members: query == nil ? usable : found,
            trashed: query == nil ? members.filter { $0.isKnown && $0.isTrashed }.map(\.asset) : [],
            covered: query == nil ? [] : usable.filter { !found.contains($0) },
            roles: query == nil ? Dictionary(roles) { first, _ in first } : [:], cover: cover, problem: problem,
            createdAt: createdAt)
    }
}
