import AssetModel
import Testing

struct FingerprintIndexTests {
    private static func random(_ count: Int, seed: UInt64) -> [Fingerprint] {
        var state = seed
        func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
        return (0..<count).map { _ in Fingerprint(low: next(), high: next()) }
    }

    /// A hundred at random, and ten neighbours of each, further and further away, every other one turned.
    private static func family(seed: UInt64 = 1) -> [Fingerprint] {
        random(30, seed: seed).flatMap { first in
            (0..<10).map { step in
                var (low, high) = (first.low, first.high)
                for bit in 0..<3 * step {
                    if bit % 2 == 0 { low ^= 1 << UInt64(bit * 2) } else { high ^= 1 << UInt64(bit) }
                }
                let changed = Fingerprint(low: low, high: high)
                return step % 2 == 0 ? changed : changed.orientations[step % 8]
            }
        }
    }

    private static func distance(_ one: Fingerprint, _ other: Fingerprint) -> Int {
        one.orientations.enumerated().map { form, fingerprint in
            fingerprint.distance(to: other) + (form == 0 ? 0 : Fingerprint.turnedPenalty)
        }.min() ?? 0
    }

    private static func index(_ all: [Fingerprint]) -> FingerprintIndex {
        FingerprintIndex(lows: all.map(\.low), highs: all.map(\.high), ids: all.indices.map { Int64($0) })
    }

    @Test(arguments: [0, 7, 8, 12, 16, 23, 28, 40])
    func `both indexes find what comparing with all finds, and nothing else`(distance: Int) {
        let all = Self.family()
        let index = Self.index(all)
        let buckets = FingerprintBuckets(index)
        for place in stride(from: 0, to: all.count, by: 17) {
            let wanted = all.indices.filter { Self.distance(all[place], all[$0]) <= distance }
            let matches = index.matches(of: all[place], within: distance)
            #expect(matches.map { Int($0.id) }.sorted() == wanted)
            #expect(matches.map(\.distance) == matches.map(\.distance).sorted())
            for match in matches { #expect(match.distance == Self.distance(all[place], all[Int(match.id)])) }
            let near = buckets.near(place, within: distance)
            #expect(near.map(\.place) == wanted.filter { $0 != place })
            for one in near { #expect(one.distance == Self.distance(all[place], all[one.place])) }
        }
    }

    @Test func `who is near whom is the same from both sides`() {
        let all = Self.family(seed: 9)
        let buckets = FingerprintBuckets(Self.index(all))
        for place in 0..<60 {
            for near in buckets.near(place, within: 20) {
                #expect(
                    buckets.near(near.place, within: 20).contains { $0.place == place && $0.distance == near.distance })
            }
        }
    }

    @Test func `an empty index finds nothing`() {
        #expect(FingerprintIndex().matches(of: Self.random(1, seed: 2)[0], within: 127).isEmpty)
    }
}
