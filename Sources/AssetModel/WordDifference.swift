/// Two texts word by word: what both have, and what only one of them has.
///
/// A word is a run of letters, digits, `_`, `'` and `-`; every other character is a word of its own, and so is every character of Chinese,
/// Japanese and Thai, which put no space between words. White space only separates. Cost: see `SequenceDifference`.
public struct WordDifference: Hashable, Sendable {
    /// Some words in a row.
    public struct Piece: Hashable, Sendable {
        /// Which of the texts has it.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            case same, removed, added
        }

        /// Which of the texts has it.
        public let kind: Kind
        /// The white space before it, as its text has it.
        public let space: String
        /// The words with what stands between them; of what is in both, as the second text has it.
        public let text: String
    }

    /// The texts in pieces, in order; of a change, what was removed stands before what was added.
    public let pieces: [Piece]

    /// Compares two texts.
    public init(_ first: String, _ second: String) {
        let (old, new) = (Self.words(first), Self.words(second))
        var pieces: [Piece] = []
        var (kind, words): (Piece.Kind, [Word]) = (.same, [])
        func finish() {
            guard let start = words.first else { return }
            let rest = words.dropFirst().map { $0.space + $0.text }.joined()
            pieces.append(Piece(kind: kind, space: start.space, text: start.text + rest))
        }
        for change in SequenceDifference(old.map(\.text), new.map(\.text)).changes {
            let next: Piece.Kind
            let word: Word
            switch change {
            case .same(let other, let place):
                // Behind words that are gone, the white space that stood between.
                let isBare = kind == .removed && new[place].space.isEmpty
                (next, word) = (.same, isBare ? Word(space: old[other].space, text: new[place].text) : new[place])
            case .removed(let place): (next, word) = (.removed, old[place])
            case .added(let place): (next, word) = (.added, new[place])
            }
            if next != kind {
                finish()
                (kind, words) = (next, [])
            }
            words.append(word)
        }
        finish()
        self.pieces = pieces
    }

    /// Whether all words are the same; white space may differ.
    public var isSame: Bool { pieces.allSatisfy { $0.kind == .same } }

    private struct Word {
        let space: String
        let text: String
    }

    private static func words(_ text: String) -> [Word] {
        var words: [Word] = []
        var (space, current) = ("", "")
        func finish() {
            if !current.isEmpty {
                words.append(Word(space: space, text: current))
                (space, current) = ("", "")
            }
        }
        for character in text {
            if character.isWhitespace {
                finish()
                space.append(character)
            } else if isLetter(character) {
                current.append(character)
            } else {
                finish()
                current.append(character)
                finish()
            }
        }
        finish()
        return words
    }

    /// Whether a character belongs to the word beside it.
    private static func isLetter(_ character: Character) -> Bool {
        if "_'’-".contains(character) { return true }
        guard character.isLetter || character.isNumber, let scalar = character.unicodeScalars.first else {
            return false
        }
        switch scalar.value {
        case 0x0E00...0x0E7F, 0x3040...0x30FF, 0x31F0...0x31FF: return false
        default: return !scalar.properties.isIdeographic
        }
    }
}
