/// Words that follow each other in a text, of which the first may begin before its letters and the last may go on.
///
/// It stands for `mug*`, `*ramic*` and `*ramic` where the index would have to join the answers of more words than reading the
/// texts of the newest items costs.
public struct WordPattern: Hashable, Sendable {
    /// The words in the form of the index; at least one.
    let words: [String]
    /// Whether the first word may begin before its letters.
    let isOpenAtStart: Bool
    /// Whether the last word may go on.
    let isOpenAtEnd: Bool

    package init(words: [String], isOpenAtStart: Bool, isOpenAtEnd: Bool) {
        (self.words, self.isOpenAtStart, self.isOpenAtEnd) = (words, isOpenAtStart, isOpenAtEnd)
    }

    /// Reads what `text` gives. No word has a star or a blank in it.
    package init(_ text: String) {
        isOpenAtStart = text.hasPrefix("*")
        isOpenAtEnd = text.count > 1 && text.hasSuffix("*")
        words = text.split { $0 == " " || $0 == "*" }.map(String.init)
    }

    /// The words, with a star where one is open.
    public var text: String { (isOpenAtStart ? "*" : "") + words.joined(separator: " ") + (isOpenAtEnd ? "*" : "") }

    /// Whether a text has these words. Cost: cutting it.
    package func isFound(in text: String) -> Bool {
        let wanted = words.map { Array($0.utf8) }
        guard !wanted.isEmpty else { return false }
        var (text, isFound) = (text, false)
        // How many of the wanted words the last ones of the text are, each way in which they are some.
        var (matched, next): ([Int], [Int]) = ([], [])
        text.withUTF8 { bytes in
            WordCutter.cut(bytes) { word, _ in
                next.removeAll(keepingCapacity: true)
                for count in matched + [0] where holds(word, wanted[count], at: count) { next.append(count + 1) }
                swap(&matched, &next)
                isFound = matched.first == wanted.count
                return !isFound
            }
        }
        return isFound
    }

    private func holds(_ word: UnsafeBufferPointer<UInt8>, _ wanted: [UInt8], at index: Int) -> Bool {
        guard word.count >= wanted.count else { return false }
        let (isOpenBefore, isOpenBehind) = (isOpenAtStart && index == 0, isOpenAtEnd && index == words.count - 1)
        let surplus = word.count - wanted.count
        switch (isOpenBefore, isOpenBehind) {
        case (false, false): return surplus == 0 && word.elementsEqual(wanted)
        case (false, true): return word[..<wanted.count].elementsEqual(wanted)
        case (true, false): return word[surplus...].elementsEqual(wanted)
        case (true, true): return (0...surplus).contains { word[$0..<$0 + wanted.count].elementsEqual(wanted) }
        }
    }
}
