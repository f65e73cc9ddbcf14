extension JournalEntry {
    /// A person said something of pictures, runs, a set or its members: one field, one value. What the newest entry says counts.
    package struct Marked: Hashable, Sendable, Codable {
        /// Which field.
        package let field: MarkField
        /// Of these pictures; with `set`, of these members. At most 1,000.
        package let assets: [ContentDigest]
        /// Of these runs.
        package let runs: [Run.ID]
        /// Of this set, or of `assets` in it.
        package let set: String?
        /// What it holds from now on; nil clears it.
        package let value: MarkValue?
        /// What it held before, for each of `assets`, then for each of `runs`, else for the set alone.
        package let was: [MarkValue?]

        package init(
            _ field: MarkField, assets: [ContentDigest] = [], runs: [Run.ID] = [], set: String? = nil,
            value: MarkValue?, was: [MarkValue?]
        ) {
            self.field = field
            self.assets = assets
            self.runs = runs
            self.set = set
            self.value = value
            self.was = was
        }

        private enum CodingKeys: String, CodingKey {
            case field, assets, runs, set, value, was
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            field = try container.decode(MarkField.self, forKey: .field)
            assets = try container.decodeIfPresent([ContentDigest].self, forKey: .assets) ?? []
            runs = try container.decodeIfPresent([Run.ID].self, forKey: .runs) ?? []
            set = try container.decodeIfPresent(String.self, forKey: .set)
            value = try container.decodeIfPresent(MarkValue.self, forKey: .value)
            was = try container.decodeIfPresent([MarkValue?].self, forKey: .was) ?? []
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(field, forKey: .field)
            if !assets.isEmpty { try container.encode(assets, forKey: .assets) }
            if !runs.isEmpty { try container.encode(runs, forKey: .runs) }
            try container.encodeIfPresent(set, forKey: .set)
            try container.encodeIfPresent(value, forKey: .value)
            // Mostly nothing was said before, and a line need not say that a thousand times.
            if was.contains(where: { $0 != nil }) { try container.encode(was, forKey: .was) }
        }
    }
}
