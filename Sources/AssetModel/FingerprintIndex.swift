/// The fingerprints of a library in memory, 24 bytes each with their ids, and who of them is near another.
///
/// One query looks at all of them: at a million that takes less than the tables of a cleverer index take to load. `pairs` has the
/// cleverer index, since it asks as many questions as there are pictures.
package struct FingerprintIndex: Sendable {
    /// The two words of each fingerprint, apart: most are ruled out by the first.
    package let lows: [UInt64]
    package let highs: [UInt64]
    /// What the caller knows them by, ascending.
    package let ids: [Int64]

    package init(lows: [UInt64] = [], highs: [UInt64] = [], ids: [Int64] = []) {
        self.lows = lows
        self.highs = highs
        self.ids = ids
    }

    package var count: Int { ids.count }

    package subscript(place: Int) -> Fingerprint { Fingerprint(low: lows[place], high: highs[place]) }

    /// One that is near: its id, in how many bits it differs, and whether it is turned or mirrored (`turnedPenalty` is counted in).
    package struct Match: Hashable, Sendable {
        package let id: Int64
        package let distance: Int
        package let isTurned: Bool
    }

    /// Everything within a distance of a fingerprint in any of its orientations, nearest first, and of the equally near the first ids
    /// first. Cost: about 10 ns for each fingerprint.
    package func matches(of fingerprint: Fingerprint, within distance: Int) -> [Match] {
        let forms = fingerprint.orientations
        var found: [Match] = []
        lows.withUnsafeBufferPointer { lows in
            highs.withUnsafeBufferPointer { highs in
                for place in 0..<lows.count {
                    let (low, high) = (lows[place], highs[place])
                    var best = Int.max
                    var isTurned = false
                    for form in 0..<forms.count {
                        let penalty = form == 0 ? 0 : Fingerprint.turnedPenalty
                        let first = (low ^ forms[form].low).nonzeroBitCount + penalty
                        guard first <= distance, first < best else { continue }
                        let whole = first + (high ^ forms[form].high).nonzeroBitCount
                        if whole <= distance, whole < best { (best, isTurned) = (whole, form > 0) }
                    }
                    if best <= distance {
                        found.append(Match(id: ids[place], distance: best, isTurned: isTurned))
                    }
                }
            }
        }
        return found.sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
    }
}
