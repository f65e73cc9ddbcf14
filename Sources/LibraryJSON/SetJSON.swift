import AssetModel

extension NamedSet {
    /// `name count members created_at is_smart query cover roles trashed covered problem`; `roles` has a text for each member that has
    /// a role, by its digest.
    package var json: JSONObject {
        [
            "name": JSONValue(name), "count": JSONValue(members.count), "members": JSONValue(members.map(\.hex)),
            "created_at": JSONValue(createdAt), "is_smart": JSONValue(isSmart), "query": JSONValue(query),
            "cover": JSONValue(cover),
            "roles": .object(Dictionary(uniqueKeysWithValues: roles.map { ($0.key.hex, .string($0.value)) })),
            "trashed": JSONValue(trashed.map(\.hex)), "covered": JSONValue(covered.map(\.hex)),
            "problem": JSONValue(problem),
        ]
    }
}
