public import AssetModel

/// A picture that looks like another one.
public struct Lookalike: Hashable, Sendable {
    /// The picture.
    public let asset: ContentDigest
    /// In how many of 127 bits their fingerprints differ; 0 is the same, below 17 the same picture resized or encoded again in nearly
    /// every case, above 40 mostly accident. A turned or mirrored copy counts 12 more.
    public let distance: Int
    /// Whether it is turned or mirrored.
    public let isTurned: Bool

    /// Within which distance pictures look alike when nothing else is said: of 73,536 pairs of different photos none was nearer, and of
    /// copies cropped by a twentieth 95 % were. The article *Lookalikes* has the table.
    public static let usualDistance = 28
    /// The same for copies that a person may throw away.
    public static let usualDuplicateDistance = 16
}

/// Pictures that look like one of them.
public struct DuplicateGroup: Hashable, Sendable {
    /// A picture of a group.
    public struct Member: Hashable, Sendable {
        /// The picture.
        public let asset: Asset
        /// How far it is from the one to keep, as `Lookalike.distance`.
        public let distance: Int
        /// Whether it is turned or mirrored against the one to keep.
        public let isTurned: Bool
    }

    /// The one to keep.
    public let kept: Asset
    /// Why that one and none of the others.
    public let reason: KeepReason
    /// The others, each within the distance of the one to keep; nearest first.
    public let others: [Member]
}

/// By what the picture to keep of a group is chosen: the first of these in which it is ahead of the others.
public enum KeepReason: String, Hashable, Sendable, CaseIterable {
    /// A person said more of it: more stars, then a favourite, then a title, a note, tags and sets.
    case curated
    /// It has more pixels.
    case pixels = "most_pixels"
    /// Its format loses nothing, and that of the others does.
    case lossless
    /// Its recipe is known.
    case recipe
    /// Its file is larger, so it was compressed less.
    case bytes = "largest_file"
    /// It came first.
    case age = "oldest"
    /// Nothing tells them apart; the digest decides, so that the answer is the same every time.
    case digest
}

/// The order in which pictures that look alike are worth keeping.
enum KeepRule {
    /// The first reason for which one is kept rather than another, and whether it is the first of the two.
    static func compare(_ one: Asset, _ other: Asset) -> (reason: KeepReason, isFirst: Bool) {
        for reason in KeepReason.allCases where reason != .digest {
            let (first, second) = (value(of: one, reason), value(of: other, reason))
            if first != second { return (reason, first > second) }
        }
        return (.digest, one.id < other.id)
    }

    /// Better is greater.
    private static func value(of asset: Asset, _ reason: KeepReason) -> Int64 {
        switch reason {
        case .pixels: Int64(asset.facts.storedSize.pixelCount)
        case .lossless: [.png, .tiff, .bmp].contains(asset.facts.format) ? 1 : 0
        case .recipe: asset.recipe != nil || asset.kind == .generated ? 1 : 0
        // What someone chose is never given up for a larger file.
        case .curated:
            Int64(asset.rating) * 100 + (asset.isFavourite ? 10 : 0)
                + Int64(
                    [asset.title != nil, asset.marks.note != nil, !asset.tags.isEmpty, !asset.sets.isEmpty].count(
                        where: \.self))
        case .bytes: asset.facts.byteCount
        case .age: -asset.addedAt.milliseconds
        case .digest: 0
        }
    }
}
