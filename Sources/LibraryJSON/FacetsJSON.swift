package import AssetModel

extension SearchFacets {
    /// `count kinds models sizes months tags sets ratings generators seeds seed_count reused_seed_count`; each list of `name count`.
    package var json: JSONObject {
        [
            "count": JSONValue(count), "kinds": Self.json(kinds), "models": Self.json(models),
            "sizes": Self.json(sizes),
            "months": Self.json(months), "tags": Self.json(tags), "sets": Self.json(sets),
            "ratings": Self.json(ratings),
            "generators": Self.json(generators), "seeds": Self.json(seeds), "seed_count": JSONValue(seedCount),
            "reused_seed_count": JSONValue(reusedSeedCount),
        ]
    }

    private static func json(_ counts: [Count]) -> JSONValue {
        .array(counts.map { .object(["name": JSONValue($0.name), "count": JSONValue($0.count)]) })
    }
}
