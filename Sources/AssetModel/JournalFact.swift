extension JournalEntry {
    /// What can happen in a library. Each case's payload is the `data` of its journal line.
    package enum Fact: Hashable, Sendable {
        /// A file was taken in.
        case imported(Imported)
        /// An asset's bytes were read again, with the rules of that day.
        case inspected(Inspected)
        /// Bytes were sent to a remote host.
        case uploaded(Uploaded)
        /// A remote host no longer holds what it held.
        case uploadLost(UploadLost)
        /// Remote hosts still hold what they held.
        case uploadsChecked(UploadsChecked)
        /// How a generation's references will be sent was decided.
        case uploadsPlanned(UploadsPlanned)
        /// A generation was decided.
        case planned(Planned)
        /// Its request is about to leave.
        case sending(Sending)
        /// fal took it.
        case submitted(Submitted)
        /// Some of its outputs are stored; others could not be fetched yet.
        case arrived(Arrived)
        /// fal refused its request for a reason that is not its own: the plan stands again.
        case refused(Refused)
        /// Its outputs are stored.
        case finished(Finished)
        /// It ended without outputs.
        case failed(Failed)
        /// It was stopped on request.
        case cancelled(Cancelled)
        /// Prices were read from fal's list.
        case pricesSeen(PricesSeen)
        /// Tags were put on assets.
        case tagged(Labelled)
        /// Tags were taken off assets.
        case untagged(Labelled)
        /// A person said something of pictures, runs or a set.
        case marked(Marked)
        /// A set was made; making it again changes nothing.
        case setCreated(SetChange)
        /// Assets joined a set at its end; the set is made if need be.
        case setExtended(SetChange)
        /// Assets left a set.
        case setReduced(SetChange)
        /// A set's members were put in this order.
        case setArranged(SetChange)
        /// A set was given up; its assets stay.
        case setDeleted(SetChange)
        /// An action was undone.
        case undone(Undone)
    }

    /// A file was taken in: enough to rebuild the asset without its bytes.
    package struct Imported: Hashable, Sendable, Codable {
        /// The digest of the bytes.
        package let asset: ContentDigest
        /// What inspection measured.
        package let facts: ImageFacts
        /// Where the file was seen, absolute; U+FFFD stands for bytes of a name that are not UTF-8.
        package let path: String
        /// The path in the characters of a URL, when it is not UTF-8: `/pictures/caf%E9.png`; else absent.
        package let encodedPath: String?
        /// What another generator wrote into it; absent when no rule recognised a recipe.
        package let recipe: EmbeddedRecipe?
        /// A description in it that is no recipe; absent when there is none, or a recipe.
        package let note: EmbeddedText?
        /// The words of texts in it that no rule understood; absent when there are none.
        package let unread: String?

        package init(
            asset: ContentDigest, facts: ImageFacts, path: String, encodedPath: String? = nil,
            recipe: EmbeddedRecipe? = nil, note: EmbeddedText? = nil, unread: String? = nil
        ) {
            self.asset = asset
            self.facts = facts
            self.path = path
            self.encodedPath = encodedPath
            self.recipe = recipe
            self.note = note
            self.unread = unread
        }

        private enum CodingKeys: String, CodingKey {
            case asset, facts, path, recipe, note, unread
            case encodedPath = "path_encoded"
        }
    }

    /// An asset's bytes were read again. All that inspection says about it is replaced by this; nothing else is touched.
    package struct Inspected: Hashable, Sendable, Codable {
        /// The digest of the bytes.
        package let asset: ContentDigest
        /// What inspection measured.
        package let facts: ImageFacts
        /// What another generator wrote into it; absent when no rule recognised a recipe.
        package let recipe: EmbeddedRecipe?
        /// A description in it that is no recipe; absent when there is none, or a recipe.
        package let note: EmbeddedText?
        /// The words of texts in it that no rule understood; absent when there are none.
        package let unread: String?

        package init(
            asset: ContentDigest, facts: ImageFacts, recipe: EmbeddedRecipe?, note: EmbeddedText?, unread: String? = nil
        ) {
            self.asset = asset
            self.facts = facts
            self.recipe = recipe
            self.note = note
            self.unread = unread
        }
    }

    /// Tags were put on, or taken off, assets.
    package struct Labelled: Hashable, Sendable, Codable {
        /// The assets.
        package let assets: [ContentDigest]
        /// The tags.
        package let tags: [String]
        /// Of `tagged`: the earlier spelling of the one tag, when the assets had it and only its spelling changed. Else absent.
        package let was: String?

        package init(assets: [ContentDigest], tags: [String], was: String? = nil) {
            self.assets = assets
            self.tags = tags
            self.was = was
        }
    }

    /// Something happened to a set.
    package struct SetChange: Hashable, Sendable, Codable {
        /// The set's name.
        package let set: String
        /// The assets concerned, in order; empty when the set itself was made or deleted.
        package let assets: [ContentDigest]
        /// Of `set_arranged` and `set_deleted`: the members before, in their order, so that the change can be undone. Absent
        /// in lines of version 1.
        package let was: [ContentDigest]?
        /// Of `set_reduced`: where each of the assets stood, counted from 0, so that the change can be undone. Absent in
        /// lines of version 1.
        package let places: [Int]?
        /// Of `set_created`: when it was first made, for a set that comes back under its name or another. Else absent.
        package let createdAt: Timestamp?

        /// A change of a set.
        package init(
            set: String, assets: [ContentDigest] = [], was: [ContentDigest]? = nil, places: [Int]? = nil,
            createdAt: Timestamp? = nil
        ) {
            self.set = set
            self.assets = assets
            self.was = was
            self.places = places
            self.createdAt = createdAt
        }

        private enum CodingKeys: String, CodingKey {
            case set, assets, was, places
            case createdAt = "created_at"
        }
    }
}

extension JournalEntry.Fact {
    /// The `type` of the journal line.
    package var type: String {
        switch self {
        case .imported: "imported"
        case .inspected: "inspected"
        case .uploaded: "uploaded"
        case .uploadLost: "upload_lost"
        case .uploadsChecked: "uploads_checked"
        case .uploadsPlanned: "uploads_planned"
        case .planned: "planned"
        case .sending: "sending"
        case .submitted: "submitted"
        case .arrived: "arrived"
        case .refused: "refused"
        case .finished: "finished"
        case .failed: "failed"
        case .cancelled: "cancelled"
        case .pricesSeen: "prices_seen"
        case .tagged: "tagged"
        case .untagged: "untagged"
        case .marked: "marked"
        case .setCreated: "set_created"
        case .setExtended: "set_extended"
        case .setReduced: "set_reduced"
        case .setArranged: "set_arranged"
        case .setDeleted: "set_deleted"
        case .undone: "undone"
        }
    }

    /// Whether a program that does not know the type may pass the line over: nothing of value is lost with it.
    package var isSkippable: Bool {
        // Without `refused` a run that can be submitted again is shown as unknown, which asks; what an undo changed stands in
        // lines of its own.
        switch self {
        case .uploadsChecked, .refused, .pricesSeen, .undone: true
        default: false
        }
    }

    init(type: String, from decoder: any Decoder) throws {
        switch type {
        case "imported": self = .imported(try .init(from: decoder))
        case "inspected": self = .inspected(try .init(from: decoder))
        case "uploaded": self = .uploaded(try .init(from: decoder))
        case "upload_lost": self = .uploadLost(try .init(from: decoder))
        case "uploads_checked": self = .uploadsChecked(try .init(from: decoder))
        case "uploads_planned": self = .uploadsPlanned(try .init(from: decoder))
        case "planned": self = .planned(try .init(from: decoder))
        case "sending": self = .sending(try .init(from: decoder))
        case "submitted": self = .submitted(try .init(from: decoder))
        case "arrived": self = .arrived(try .init(from: decoder))
        case "refused": self = .refused(try .init(from: decoder))
        case "finished": self = .finished(try .init(from: decoder))
        case "failed": self = .failed(try .init(from: decoder))
        case "cancelled": self = .cancelled(try .init(from: decoder))
        case "prices_seen": self = .pricesSeen(try .init(from: decoder))
        case "tagged": self = .tagged(try .init(from: decoder))
        case "untagged": self = .untagged(try .init(from: decoder))
        case "marked": self = .marked(try .init(from: decoder))
        case "set_created": self = .setCreated(try .init(from: decoder))
        case "set_extended": self = .setExtended(try .init(from: decoder))
        case "set_reduced": self = .setReduced(try .init(from: decoder))
        case "set_arranged": self = .setArranged(try .init(from: decoder))
        case "set_deleted": self = .setDeleted(try .init(from: decoder))
        case "undone": self = .undone(try .init(from: decoder))
        default: throw JournalEntryError.unknownType(type)
        }
    }

    func encodeData(to encoder: any Encoder) throws {
        switch self {
        case .imported(let data): try data.encode(to: encoder)
        case .inspected(let data): try data.encode(to: encoder)
        case .uploaded(let data): try data.encode(to: encoder)
        case .uploadLost(let data): try data.encode(to: encoder)
        case .uploadsChecked(let data): try data.encode(to: encoder)
        case .uploadsPlanned(let data): try data.encode(to: encoder)
        case .planned(let data): try data.encode(to: encoder)
        case .sending(let data): try data.encode(to: encoder)
        case .submitted(let data): try data.encode(to: encoder)
        case .arrived(let data): try data.encode(to: encoder)
        case .refused(let data): try data.encode(to: encoder)
        case .finished(let data): try data.encode(to: encoder)
        case .failed(let data): try data.encode(to: encoder)
        case .cancelled(let data): try data.encode(to: encoder)
        case .pricesSeen(let data): try data.encode(to: encoder)
        case .tagged(let data), .untagged(let data): try data.encode(to: encoder)
        case .marked(let data): try data.encode(to: encoder)
        case .setCreated(let data), .setExtended(let data), .setReduced(let data), .setArranged(let data),
            .setDeleted(let data):
            try data.encode(to: encoder)
        case .undone(let data): try data.encode(to: encoder)
        }
    }
}
