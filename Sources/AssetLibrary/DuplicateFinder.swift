import AssetCatalog
import AssetModel
import Foundation

/// Finds groups of pictures that look alike.
///
/// Each group is a star: everything in it is near the one to keep. A chain in which every picture is near the next but the ends differ
/// is cut into several groups, so that nothing is proposed for the trash that does not look like what stays.
struct DuplicateFinder: Sendable {
    let history: History
    let appearance: AppearanceStore

    /// The groups among some assets, the largest first. Exact: two pictures of one group are within the distance of its kept one, and no
    /// two kept ones are within the distance of each other.
    @concurrent
    func groups(among assets: [ContentDigest], within distance: Int) async throws -> [DuplicateGroup] {
        let assets = assets.uniqued()
        let (index, members) = try index(of: assets)
        let buckets = FingerprintBuckets(index)
        // Who has company at all: only of those the facts are read.
        let pieces = Array(0..<index.count).chunked(by: 1024)
        let found = try await inParallel(pieces, width: ProcessInfo.processInfo.activeProcessorCount) { places in
            try Task.checkCancellation()
            return await withCompany(places, buckets, members, distance)
        }
        let company = Set(found.joined())
        let digests = company.sorted().flatMap { members[$0].map { assets[$0] } }
        var facts: [ContentDigest: Asset] = [:]
        for chunk in digests.chunked(by: Curator.lineLength) {
            facts.merge(try await history.catalog.assets(chunk)) { $1 }
        }
        return try star(company, index, buckets, members.map { $0.compactMap { facts[assets[$0]] } }, distance)
    }

    @concurrent
    private func withCompany(
        _ places: [Int], _ buckets: FingerprintBuckets, _ members: [[Int]], _ distance: Int
    ) async -> [Int] {
        places.filter { members[$0].count > 1 || !buckets.near($0, within: distance).isEmpty }
    }

    /// The different fingerprints, and which assets have each: a thousand equal pictures are one place.
    private func index(of assets: [ContentDigest]) throws -> (FingerprintIndex, members: [[Int]]) {
        let looks = try appearance.looks(of: assets)
        var places: [Fingerprint: Int] = [:]
        var (lows, highs, members): ([UInt64], [UInt64], [[Int]]) = ([], [], [])
        for (number, asset) in assets.enumerated() {
            guard case .fingerprint(let fingerprint)? = looks[asset] else { continue }
            if let place = places[fingerprint] {
                members[place].append(number)
            } else {
                places[fingerprint] = lows.count
                lows.append(fingerprint.low)
                highs.append(fingerprint.high)
                members.append([number])
            }
        }
        return (FingerprintIndex(lows: lows, highs: highs, ids: lows.indices.map { Int64($0) }), members)
    }

    /// From the best picture on, each takes what is near it and not taken.
    private func star(
        _ company: Set<Int>, _ index: FingerprintIndex, _ buckets: FingerprintBuckets, _ members: [[Asset]],
        _ distance: Int
    ) throws -> [DuplicateGroup] {
        func isBetter(_ one: Asset, _ other: Asset) -> Bool { KeepRule.compare(one, other).isFirst }
        let best = Dictionary(
            uniqueKeysWithValues: company.compactMap { place in
                members[place].sorted(by: isBetter).first.map { (place, $0) }
            })
        let order = best.sorted { isBetter($0.value, $1.value) }
        var taken: Set<Int> = []
        var groups: [DuplicateGroup] = []
        for (place, kept) in order where taken.insert(place).inserted {
            try Task.checkCancellation()
            var others = members[place].filter { $0.id != kept.id }.map {
                DuplicateGroup.Member(asset: $0, distance: 0, isTurned: false)
            }
            for near in buckets.near(place, within: distance) where taken.insert(near.place).inserted {
                others += members[near.place].map {
                    DuplicateGroup.Member(asset: $0, distance: near.distance, isTurned: near.isTurned)
                }
            }
            guard !others.isEmpty else { continue }
            others.sort { ($0.distance, $0.asset.id) < ($1.distance, $1.asset.id) }
            let reason = others.map { KeepRule.compare(kept, $0.asset).reason }.max { rank($0) < rank($1) }
            groups.append(DuplicateGroup(kept: kept, reason: reason ?? .digest, others: others))
        }
        return groups.sorted { ($1.others.count, $0.kept.id) < ($0.others.count, $1.kept.id) }
    }

    /// The reason that sets the kept one apart from the last of the others is the one to tell.
    private func rank(_ reason: KeepReason) -> Int { KeepReason.allCases.firstIndex(of: reason) ?? 0 }
}
