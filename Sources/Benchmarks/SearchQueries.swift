import Foundation

/// Queries of each class, drawn from what stands in the library, the same every time.
///
/// The rank of each word is drawn evenly on a logarithmic scale, so every second one is among the 140 most frequent of 20,000: people
/// search for words that they remember using.
struct SearchQueries {
    /// What a peer is asked.
    struct Query: Codable {
        /// As a person types it.
        var text: String
        /// Words that must all stand in the prompt, for those that have another grammar.
        var words: [String] = []
    }

    /// What is known of a picture that queries are made of.
    struct Sample {
        let prompt: String
        let seed: UInt64
    }

    let count: Int
    private var random = SplitMix(state: 11)
    private let vocabulary: [String]

    init(count: Int) {
        self.count = count
        vocabulary = Vocabulary(count: 20_000, seed: 7).words.map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func word() -> String {
        let part = Double(random.next() >> 11) / Double(1 << 53)
        return vocabulary[min(vocabulary.count - 1, Int(exp(part * log(Double(vocabulary.count)))) - 1)]
    }

    private mutating func some(_ words: ClosedRange<Int>) -> [String] {
        (0..<(words.lowerBound + random.below(words.count))).map { _ in word() }
    }

    private mutating func make(_ body: (inout Self) -> Query) -> [Query] { (0..<count).map { _ in body(&self) } }

    mutating func words() -> [Query] {
        make { queries in
            let words = queries.some(1...3)
            return Query(text: words.joined(separator: " "), words: words)
        }
    }

    mutating func phrases(_ samples: [Sample]) -> [Query] {
        make { queries in
            let prompt = samples[queries.random.below(samples.count)].prompt.replacing(",", with: "").split(
                separator: " ")
            let start = queries.random.below(prompt.count - 2)
            let words = prompt[start..<(start + 2)].map(String.init)
            return Query(text: "\"" + words.joined(separator: " ") + "\"", words: words)
        }
    }

    mutating func prefixes() -> [Query] {
        make { queries in
            let piece = String(queries.word().prefix(3 + queries.random.below(2)))
            return Query(text: piece + "*", words: [piece])
        }
    }

    mutating func substrings() -> [Query] {
        make { queries in
            var word = queries.word()
            while word.count < 5 { word = queries.word() }
            let piece = String(word.dropFirst().prefix(3 + queries.random.below(3)))
            return Query(text: "*" + piece + "*", words: [piece])
        }
    }

    /// Words with conditions, frequent and rare ones.
    mutating func filtered() -> [Query] {
        let conditions = [
            "kind:generated", "size:2048x2048", "is:portrait", "mp:>3.9", "rating:>=4", "rating:5", "tag:tag0",
            "tag:tag7",
            "tag:tag55", "set:set3", "after:2026-03", "date:2025-10", "model:edit", "format:jpeg", "-tag:tag1",
            "ratio:4:3",
        ]
        return make { queries in
            let words = queries.some(1...2)
            let more = (0..<(1 + queries.random.below(2))).map { _ in conditions[queries.random.below(conditions.count)]
            }
            return Query(text: (words + more).joined(separator: " "), words: words)
        }
    }

    mutating func ranked() -> [Query] {
        make { queries in
            let words = queries.some(1...3)
            let isAny = words.count > 1 && queries.random.below(2) == 0
            return Query(
                text: words.joined(separator: isAny ? " OR " : " ") + " sort:relevance", words: isAny ? [] : words)
        }
    }
}
