import AssetCatalog
import AssetModel
import Foundation

extension Curator {
    /// Puts some members of a set in another place, in this order; the others keep theirs.
    func moveInSet(_ name: String, _ assets: [ContentDigest], to place: SetPlace) async throws {
        let assets = assets.uniqued()
        try await history.record("set move") { writer in
            let set = try Self.ordinarySet(name, writer)
            try Self.checkMembers(assets, of: set)
            return (Self.arranging(set, try Self.order(of: set, moving: assets, to: place)), ())
        }
    }

    /// Puts a set's members in order. Those of which the property is not known are last, in the order that they had, and so are equals
    /// among each other.
    func sortSet(_ name: String, by order: SetOrder, reversed: Bool) async throws {
        let random = history.environment.random
        try await history.record("set sort") { writer in
            let set = try Self.ordinarySet(name, writer)
            if order == .random {
                var numbers = SetShuffle(random: random)
                return (Self.arranging(set, set.order.shuffled(using: &numbers)), ())
            }
            let known = try writer.sortKeys(of: set.order)
            return (Self.arranging(set, Self.sorted(set.order, known, order, reversed)), ())
        }
    }

    /// What gives a set this order of all its members.
    static func arranging(_ set: SetContents, _ order: [ContentDigest]) -> [JournalEntry.Fact] {
        arranging(set.name, from: set.order, to: order)
    }

    static func arranging(_ name: String, from old: [ContentDigest], to new: [ContentDigest]) -> [JournalEntry.Fact] {
        guard new != old else { return [] }
        let lines = zip(new.chunked(by: lineLength), old.chunked(by: lineLength))
        return lines.map { .setArranged(.init(set: name, assets: $0, was: $1)) }
    }

    /// The order after a move. Places are counted among the members that can be used; what is in the trash stays behind the member that
    /// it stands behind.
    static func order(
        of set: SetContents, moving assets: [ContentDigest], to place: SetPlace
    ) throws -> [ContentDigest] {
        let moved = Set(assets)
        let others = set.members.filter { !moved.contains($0.asset) }
        let index: Int
        switch place {
        case .first: index = 0
        case .last: index = others.count
        case .before(let asset): index = try self.index(of: asset, others, set)
        case .after(let asset): index = try self.index(of: asset, others, set) + 1
        case .number(let number):
            let count = set.members.count { $0.isUsable }
            guard (1...max(1, count)).contains(number) else {
                throw LibraryError(
                    .invalidInput, code: "no_such_place",
                    "place \(number): @\(set.name) has \(count == 1 ? "1 image" : "\(count) images"), counted from 1")
            }
            let usable = others.indices.filter { others[$0].isUsable }
            index = number <= usable.count ? usable[number - 1] : others.count
        }
        let order = others.map(\.asset)
        return order[..<index] + assets + order[index...]
    }

    private static func index(
        of asset: ContentDigest, _ others: [SetContents.Member], _ set: SetContents
    ) throws -> Int {
        try checkMembers([asset], of: set)
        guard let index = others.firstIndex(where: { $0.asset == asset }) else {
            throw LibraryError(
                .invalidInput, code: "moved_beside_itself", "\(asset.short): cannot be moved before or after itself")
        }
        return index
    }

    static func sorted(
        _ assets: [ContentDigest], _ keys: [ContentDigest: SetSortKeys], _ order: SetOrder, _ reversed: Bool
    ) -> [ContentDigest] {
        func sorted<Key>(_ key: (SetSortKeys) -> Key?, _ precedes: (Key, Key) -> Bool) -> [ContentDigest] {
            let all = assets.enumerated().map { (place: $0, asset: $1, key: keys[$1].flatMap(key)) }
            return all.sorted { left, right in
                guard let first = left.key, let second = right.key else {
                    return left.key == nil && right.key == nil ? left.place < right.place : left.key != nil
                }
                if precedes(first, second) { return !reversed }
                if precedes(second, first) { return reversed }
                return left.place < right.place
            }.map(\.asset)
        }
        return switch order {
        case .created: sorted(\.createdAt, <)
        case .name: sorted(\.name) { $0.compare($1, options: [.caseInsensitive, .numeric]) == .orderedAscending }
        case .size: sorted(\.pixelCount, <)
        case .seed: sorted(\.seed, <)
        case .rating: sorted(\.rating, <)
        case .random: assets
        }
    }
}

/// Numbers from the library's own source of chance, so that a test repeats exactly.
private struct SetShuffle: RandomNumberGenerator {
    let random: @Sendable () -> UInt64

    mutating func next() -> UInt64 { random() }
}
