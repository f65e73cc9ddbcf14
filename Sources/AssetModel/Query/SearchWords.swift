/// Words as the index has them.
enum SearchWords {
    /// The runs of letters and digits in a text, in order.
    static func words(in text: some StringProtocol) -> [String] {
        var words: [String] = []
        var current = String.UnicodeScalarView()
        func finish() {
            if !current.isEmpty { words.append(String(current)) }
            current = String.UnicodeScalarView()
        }
        for scalar in text.unicodeScalars {
            // An accent that stands beside its letter belongs to it, and is no word alone.
            if isSearchable(scalar) || !current.isEmpty && isMark(scalar) { current.append(scalar) } else { finish() }
        }
        finish()
        return words
    }

    private static func isSearchable(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic && !isMark(scalar) || scalar.properties.numericType != nil
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}
