/// A line of bash up to the cursor, in words as bash reads them: quotes and backslashes, and nothing that is replaced.
struct ShellLine {
    /// The words before the one that is being typed, the program's name first.
    private(set) var words: [String] = []
    /// The word that is being typed, without its quotes.
    private(set) var current = ""
    /// The quote that is open at the end; nil for none.
    private(set) var quote: Character?

    init(_ line: String) {
        var isEscaped = false
        var isWord = false
        for character in line {
            if isEscaped {
                isEscaped = false
                // Within quotes a backslash only stands for itself before what has a meaning there.
                if quote == "\"", !"\"\\$`".contains(character) { current.append("\\") }
                current.append(character)
            } else if character == "\\", quote != "'" {
                (isEscaped, isWord) = (true, true)
            } else if let open = quote {
                if character == open { quote = nil } else { current.append(character) }
            } else if character == "'" || character == "\"" {
                (quote, isWord) = (character, true)
            } else if character == " " || character == "\t" || character == "\n" {
                if isWord { words.append(current) }
                (current, isWord) = ("", false)
            } else {
                current.append(character)
                isWord = true
            }
        }
    }

    /// What of the current word lies before the part that readline would replace: it splits words at `:`, `=` and `@`.
    func part(before word: String) -> String {
        // Within a quote it hands over the word as it stands there, blanks and all.
        var word = quote == nil ? ShellLine(word).current : word
        if let quote, word.first == quote { word.removeFirst() }
        // At a break, it hands over the break and replaces nothing.
        if word.count == 1, ":=@".contains(word), current.hasSuffix(word), word != "@" { word = "" }
        return current.hasSuffix(word) ? String(current.dropLast(word.count)) : ""
    }

    /// A word as bash takes it, within a quote that is open or without.
    static func quoted(_ word: String, within quote: Character?) -> String {
        guard quote == nil else { return word }
        var text = ""
        for character in word {
            if " \t'\"\\$`()[]{}*?!&|;<>#~".contains(character) { text.append("\\") }
            text.append(character)
        }
        return text
    }
}
