/// What a picture looks like in 127 bits: two pictures that look alike differ in few of them.
///
/// The bits speak of the 95 slowest waves of the small grey picture (its discrete cosine transform without the mean): one bit for
/// each says whether it rises or falls, and of the 32 slowest another one whether it is strong. A turned or mirrored picture has the same
/// waves with other signs and with sides exchanged, so the fingerprints of all eight orientations follow from one.
///
/// Why not 64 bits: at equal false positives a query that tries eight orientations needs more to tell pictures apart than one that tries
/// one, and the further bits find more of what was cropped and slightly turned. The article *Lookalikes* has the table.
package struct Fingerprint: Hashable, Sendable {
    /// The signs of the 64 slowest waves.
    package let low: UInt64
    /// The signs of the next 31 in bits 0 to 30, the strengths of the 32 slowest in bits 31 to 62. Bit 63 is 0.
    package let high: UInt64

    /// How many waves have a sign.
    package static let signCount = 95
    /// How many waves have a strength.
    package static let strengthCount = 32
    /// How many bits can differ.
    package static let bitCount = signCount + strengthCount
    /// By how much a copy that is turned or mirrored counts as further away. Eight orientations are eight chances to be alike by
    /// accident; with this, the seven others add less than a tenth to the accidents.
    package static let turnedPenalty = 12

    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high & (1 << 63 - 1)
    }

    /// A fingerprint from what is known of each wave, in the order of `waves`.
    package init(rises: (Int) -> Bool, isStrong: (Int) -> Bool) {
        var words: (UInt64, UInt64) = (0, 0)
        for index in 0..<Self.signCount where rises(index) {
            if index < 64 { words.0 |= 1 << UInt64(index) } else { words.1 |= 1 << UInt64(index - 64) }
        }
        for index in 0..<Self.strengthCount where isStrong(index) { words.1 |= 1 << UInt64(index + 31) }
        self.init(low: words.0, high: words.1)
    }

    /// In how many bits two pictures differ as they stand.
    package func distance(to other: Fingerprint) -> Int {
        (low ^ other.low).nonzeroBitCount + (high ^ other.high).nonzeroBitCount
    }

    /// The fingerprint of the same picture in each of its eight orientations; the first is its own. Cost: less than a microsecond.
    package var orientations: [Fingerprint] {
        // A mirror image swaps the sign of every wave that swings an odd number of times across.
        let (across, down) = (Self.oddAcross, Self.oddDown)
        return [self, transposed].flatMap { form in
            [form, form.changed(by: across), form.changed(by: down), form.changed(by: across).changed(by: down)]
        }
    }

    /// A wave: how often it swings across and down.
    package struct Wave: Hashable, Sendable {
        package let across: Int
        package let down: Int

        package init(across: Int, down: Int) {
            self.across = across
            self.down = down
        }
    }

    /// The waves, slowest first. Both the first 32 and all 95 stay the same waves when the sides are exchanged.
    package static let waves: [Wave] = {
        let all = (0..<16).flatMap { down in (0..<16).map { Wave(across: $0, down: down) } }
        func speed(_ wave: Wave) -> (Int, Int, Int) {
            (wave.across * wave.across + wave.down * wave.down, wave.down, wave.across)
        }
        return Array(all.sorted { speed($0) < speed($1) }.dropFirst().prefix(signCount))
    }()

    /// The bits of the signs of waves that swing an odd number of times across, and down.
    private static let oddAcross = Fingerprint {
        waves[$0].across % 2 == 1
    } isStrong: { _ in
        false
    }
    private static let oddDown = Fingerprint {
        waves[$0].down % 2 == 1
    } isStrong: { _ in
        false
    }

    /// Which bit each bit becomes when the sides are exchanged, in the words one after the other.
    private static let transposedBits: [UInt8] = {
        let places = Dictionary(uniqueKeysWithValues: waves.enumerated().map { ($1, $0) })
        return (0..<bitCount).map { bit in
            let index = bit < signCount ? bit : bit - signCount
            let wave = Wave(across: waves[index].down, down: waves[index].across)
            return UInt8(bit - index + (places[wave] ?? index))
        }
    }()

    private var transposed: Fingerprint {
        var words: (UInt64, UInt64) = (0, 0)
        func put(_ word: UInt64, _ first: Int) {
            var left = word
            while left != 0 {
                let bit = Self.transposedBits[first + left.trailingZeroBitCount]
                if bit < 64 { words.0 |= 1 << UInt64(bit) } else { words.1 |= 1 << UInt64(bit - 64) }
                left &= left - 1
            }
        }
        put(low, 0)
        put(high, 64)
        return Fingerprint(low: words.0, high: words.1)
    }

    private func changed(by bits: Fingerprint) -> Fingerprint {
        Fingerprint(low: low ^ bits.low, high: high ^ bits.high)
    }
}
