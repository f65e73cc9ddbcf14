/// Words as people type them: what stands between two places where every index parts them.
///
/// What is written without spaces, such as a run of Chinese, stays in one piece here; `WordCutter` cuts it further, and the words
/// that come out follow each other.
enum SearchWords {
    /// The runs of letters, digits and pictures in a text, in order. Each has at least one word of the index in it.
    static func words(in text: some StringProtocol) -> [String] {
        var words: [String] = []
        var current = String.UnicodeScalarView()
        func finish() {
            if !current.isEmpty { words.append(String(current)) }
            current = String.UnicodeScalarView()
        }
        for scalar in text.unicodeScalars {
            switch kind(scalar) {
            case .separator: finish()
            // An accent or a joiner belongs to what stands before it, and is no word alone.
            case .mark, .ignored: if !current.isEmpty { current.append(scalar) }
            case .letter, .single, .symbol, .vowel, .tail: current.append(scalar)
            }
        }
        finish()
        return words
    }

    /// Whether a character belongs to a word, so that the word can go on behind it.
    static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool { kind(scalar) != .separator }

    private static func kind(_ scalar: Unicode.Scalar) -> WordKind {
        guard scalar.isASCII else { return WordFolding.shared.kind(scalar.value) }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil ? .letter : .separator
    }
}
