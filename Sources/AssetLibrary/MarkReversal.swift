import AssetCatalog
import AssetModel

/// What takes back what one action did to ratings, notes, titles, favourites, the trash, and what is said of sets.
struct MarkReversal {
    /// One field of one subject.
    private struct Key: Hashable {
        let field: MarkField
        let set: String?
        let subject: JournalEntry.Subject
    }

    /// What the field held before the action and after it.
    private struct Step: Hashable {
        var before: MarkValue?
        var after: MarkValue?
    }

    /// What stands in one line: the same field with the same values.
    private struct Group: Hashable {
        let field: MarkField
        let set: String?
        let step: Step
        let isOfRuns: Bool
    }

    private var steps: [Key: Step] = [:]
    private var keys: [Key] = []

    private(set) var restored: Set<JournalEntry.Subject> = []
    private(set) var changed: Set<JournalEntry.Subject> = []
    private(set) var gone: Set<ContentDigest> = []

    mutating func add(_ fact: JournalEntry.Marked) {
        let set = fact.set?.asciiLowercased
        var subjects = fact.assets.map(JournalEntry.Subject.asset) + fact.runs.map(JournalEntry.Subject.run)
        if subjects.isEmpty, let set { subjects = [.set(set)] }
        for (place, subject) in subjects.enumerated() {
            let key = Key(field: fact.field, set: set, subject: subject)
            if steps[key] == nil {
                keys.append(key)
                // A line of which nothing held anything before does not say so.
                let was = place < fact.was.count ? fact.was[place] : nil
                steps[key] = Step(before: fact.field.accepted(was), after: nil)
            }
            steps[key]?.after = fact.field.accepted(fact.value)
        }
    }

    /// `clearedSets` are sets that go, with everything that was said of them; `takenSets` are other sets than the ones that the
    /// action was about, under the same names.
    mutating func facts(
        _ writer: CatalogWriter, clearedSets: Set<String>, takenSets: Set<String>
    ) throws -> [JournalEntry.Fact] {
        let held = try held(writer)
        let known = Set(try writer.known(keys.compactMap(\.subject.asset).uniqued()))
        var (groups, order): ([Group: [JournalEntry.Subject]], [Group]) = ([:], [])
        for key in keys {
            guard let step = steps[key], step.before != step.after else { continue }
            if let asset = key.subject.asset, !known.contains(asset) {
                gone.insert(asset)
            } else if held[key] != step.after || takenSets.contains(key.set ?? "") {
                changed.insert(key.subject)
            } else {
                restored.insert(key.subject)
                if step.before == nil, clearedSets.contains(key.set ?? "") { continue }
                let group = Group(
                    field: key.field, set: key.set, step: step, isOfRuns: key.subject.run != nil)
                if groups[group] == nil { order.append(group) }
                groups[group, default: []].append(key.subject)
            }
        }
        return order.flatMap { group in
            (groups[group] ?? []).chunked(by: Curator.lineLength).map { subjects in
                .marked(
                    .init(
                        group.field, assets: subjects.compactMap(\.asset), runs: subjects.compactMap(\.run),
                        set: group.set, value: group.step.before, was: subjects.map { _ in group.step.after }))
            }
        }
    }

    /// What the fields hold now.
    private func held(_ writer: CatalogWriter) throws -> [Key: MarkValue] {
        struct Field: Hashable {
            let field: MarkField
            let set: String?
        }
        var held: [Key: MarkValue] = [:]
        for (field, keys) in Dictionary(grouping: keys, by: { Field(field: $0.field, set: $0.set) }) {
            let assets = try writer.marks(field.field, of: keys.compactMap(\.subject.asset), in: field.set)
            let runs = try writer.marks(field.field, of: keys.compactMap(\.subject.run))
            for key in keys {
                switch key.subject {
                case .asset(let asset): held[key] = assets[asset]
                case .run(let run): held[key] = runs[run]
                case .set(let set): held[key] = try writer.mark(field.field, ofSet: set)
                }
            }
        }
        return held
    }
}

extension JournalEntry.Subject {
    fileprivate var asset: ContentDigest? { if case .asset(let asset) = self { asset } else { nil } }
    fileprivate var run: Run.ID? { if case .run(let run) = self { run } else { nil } }
}
