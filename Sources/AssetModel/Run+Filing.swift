extension Run {
    /// Where a run's pictures go when they are in the library.
    public struct Filing: Hashable, Sendable, Codable {
        /// The set that they join at its end; nil for none.
        public let set: String?
        /// The tags that they get.
        public let tags: [String]

        /// The name that who asked for the run gave to this one asking, so that the same asking twice makes one run; nil for none.
        public let key: String?

        /// Names as they are kept (`Library.label`).
        public init(set: String? = nil, tags: [String] = [], key: String? = nil) {
            self.set = set
            self.tags = tags
            self.key = key
        }

        /// Whether they go nowhere in particular.
        public var isEmpty: Bool { self.set == nil && tags.isEmpty && key == nil }

        private enum CodingKeys: String, CodingKey {
            case set, tags, key
        }

        /// Reads `set`, `tags` and `key`, all of which may be absent.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            set = try container.decodeIfPresent(String.self, forKey: .set)
            tags = try container.decodeIfPresent([String].self, forKey: .tags) ?? []
            key = try container.decodeIfPresent(String.self, forKey: .key)
        }

        /// Writes what is there.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(set, forKey: .set)
            if !tags.isEmpty { try container.encode(tags, forKey: .tags) }
            try container.encodeIfPresent(key, forKey: .key)
        }
    }
}
