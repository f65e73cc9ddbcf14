import AssetCatalog
import AssetModel

/// What takes back what one action did to tags.
struct TagReversal {
    /// One tag, whatever the case of A to Z.
    private struct Key: Hashable {
        let tag: String
        let asset: ContentDigest
    }

    /// A tag as it was spelled before the action and after it; nil while the asset did not have it.
    private struct Step: Hashable {
        var before: String?
        var after: String?
    }

    private var steps: [Key: Step] = [:]
    private var keys: [Key] = []

    private(set) var restored: Set<JournalEntry.Subject> = []
    private(set) var changed: Set<JournalEntry.Subject> = []
    private(set) var gone: Set<ContentDigest> = []

    mutating func add(_ fact: JournalEntry.Labelled, isPresent: Bool) {
        for tag in fact.tags {
            for asset in fact.assets {
                let key = Key(tag: tag.asciiLowercased, asset: asset)
                if steps[key] == nil {
                    keys.append(key)
                    steps[key] = Step(before: isPresent ? fact.was : tag, after: nil)
                }
                steps[key]?.after = isPresent ? tag : nil
            }
        }
    }

    mutating func facts(_ writer: CatalogWriter) throws -> [JournalEntry.Fact] {
        let known = Set(try writer.known(keys.map(\.asset).uniqued()))
        var (groups, order): ([Step: [ContentDigest]], [Step]) = ([:], [])
        for tag in keys.map(\.tag).uniqued() {
            let keys = keys.filter { $0.tag == tag }
            let now = try writer.spellings(of: tag, on: keys.map(\.asset))
            for key in keys {
                guard let step = steps[key], step.before != step.after else { continue }
                guard known.contains(key.asset) else {
                    gone.insert(key.asset)
                    continue
                }
                guard now[key.asset] == step.after else {
                    changed.insert(.asset(key.asset))
                    continue
                }
                restored.insert(.asset(key.asset))
                if groups[step] == nil { order.append(step) }
                groups[step, default: []].append(key.asset)
            }
        }
        return order.flatMap { step in
            (groups[step] ?? []).chunked(by: Curator.lineLength).map { assets in
                guard let tag = step.before else { return .untagged(.init(assets: assets, tags: [step.after ?? ""])) }
                return .tagged(.init(assets: assets, tags: [tag], was: step.after))
            }
        }
    }
}
