/// Made-up words that can be said aloud, drawn as often as words of a language are: the second half as often as the first, the
/// tenth a tenth as often. Full-text indexes live from that difference, so evenly drawn words would flatter or slander them.
struct Vocabulary {
    /// The words as UTF-8, the most frequent first.
    let words: [[UInt8]]
    // Walker's alias method: one random number finds a word, whatever its frequency.
    private let thresholds: [Double]
    private let aliases: [Int32]

    /// `count` different words; short ones are the frequent ones.
    init(count: Int, seed: UInt64) {
        words = Self.make(count, seed: seed)
        // Zipf's law as Mandelbrot amended it, so that the first word does not stand in every line.
        let weights = (0..<count).map { 1 / (Double($0) + 2.7) }
        let total = weights.reduce(0, +)
        var scaled = weights.map { $0 * Double(count) / total }
        var (thresholds, aliases) = ([Double](repeating: 1, count: count), [Int32](repeating: 0, count: count))
        var small = scaled.indices.filter { scaled[$0] < 1 }
        var large = scaled.indices.filter { scaled[$0] >= 1 }
        while let low = small.popLast(), let high = large.last {
            (thresholds[low], aliases[low]) = (scaled[low], Int32(high))
            scaled[high] -= 1 - scaled[low]
            if scaled[high] < 1 {
                large.removeLast()
                small.append(high)
            }
        }
        (self.thresholds, self.aliases) = (thresholds, aliases)
    }

    /// Appends one word, drawn by its frequency.
    func appendWord(to bytes: inout [UInt8], _ random: inout SplitMix) {
        let number = random.next()
        let index = Int(((number >> 32) * UInt64(words.count)) >> 32)
        let fraction = Double(number & 0xFFFF_FFFF) / 4_294_967_296
        bytes.append(contentsOf: words[fraction < thresholds[index] ? index : Int(aliases[index])])
    }

    private static func make(_ count: Int, seed: UInt64) -> [[UInt8]] {
        let onsets = [
            "b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gl", "h", "k", "l", "m", "n", "p", "pl", "r", "s", "sh",
            "st", "t", "tr", "v", "w",
        ]
        let vowels = ["a", "e", "i", "o", "u", "ai", "ea", "oo"]
        let ends = ["", "", "n", "r", "l", "s", "t", "nd", "ck", "m"]
        var random = SplitMix(state: seed)
        var (seen, words) = (Set<String>(), [[UInt8]]())
        while words.count < count {
            // The first 200 have one syllable, the next 4,000 two.
            let syllables = words.count < 200 ? 1 : words.count < 4200 ? 2 : 3
            var word = ""
            for _ in 0..<syllables {
                word += onsets[random.below(onsets.count)] + vowels[random.below(vowels.count)]
            }
            word += ends[random.below(ends.count)]
            if seen.insert(word).inserted { words.append(Array(word.utf8)) }
        }
        return words
    }
}

extension SplitMix {
    /// A number from 0 up to, not including, `limit`.
    mutating func below(_ limit: Int) -> Int { Int(((next() >> 32) * UInt64(limit)) >> 32) }
}
