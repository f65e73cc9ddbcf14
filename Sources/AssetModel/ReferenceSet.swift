/// One to many assets given to an edit. Order matters; nothing appears twice.
public struct ReferenceSet: Hashable, Sendable, Codable {
    /// The assets, in the order in which the model gets them.
    public let members: [ContentDigest]

    /// Refuses repeats. No members at all is allowed: a generation without references has an empty set.
    package init(_ members: [ContentDigest]) throws(ReferenceSetError) {
        var seen: Set<ContentDigest> = []
        for member in members where !seen.insert(member).inserted { throw .repeated(member) }
        self.members = members
    }

    /// Reads an array of digests; a repeat is an error.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode([ContentDigest].self))
    }

    /// Writes an array of digests.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(members)
    }
}

/// What can be wrong with a list of references.
public enum ReferenceSetError: Error, Hashable, Sendable {
    /// This asset appears twice.
    case repeated(ContentDigest)
}
