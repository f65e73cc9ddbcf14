/// What a character is to a search.
enum WordKind: UInt8 {
    /// Parts words.
    case separator
    /// Belongs to a word with its neighbours.
    case letter
    /// Belongs to the letter before it and changes it, such as a vowel sign of Hindi or Thai.
    case mark
    /// Belongs to what stands before it and is not looked for: an accent, a joiner, a skin tone.
    case ignored
    /// A word of its own, since its script has no spaces between words.
    case single
    /// A picture: a word of its own.
    case symbol
    /// A vowel of Hangul: belongs to the consonant before it.
    case vowel
    /// A consonant of Hangul that ends a syllable: belongs to the vowel before it.
    case tail
}

/// The table of characters, unpacked when the first text that is not ASCII is met (a fifth of a millisecond).
final class WordFolding: Sendable {
    static let shared = WordFolding()

    private let kinds: [UInt8]
    /// Where in `targets` stands what a character becomes; 0 for itself.
    private let places: [UInt16]
    /// How many, then which, for each.
    private let targets: [UInt32]

    private static let plane = 0x20000
    /// Ideographs that are others written for the sake of older character sets.
    private static let supplement = 0x2F800..<0x2FA20

    private init() {
        let count = Self.plane + Self.supplement.count
        var kinds = [UInt8](repeating: 0, count: count)
        var (places, targets) = ([UInt16](repeating: 0, count: count), [UInt32]([0]))
        var reader = TableReader(FoldingTable.kinds)
        var index = 0
        while let kind = reader.digit() {
            let end = min(count, index + Int(reader.number()))
            while index < end {
                kinds[index] = kind
                index += 1
            }
            reader.skip()
        }
        func add(_ index: Int, _ target: [UInt32]) {
            places[index] = UInt16(targets.count)
            targets.append(UInt32(target.count))
            targets += target
        }
        reader = TableReader(FoldingTable.folds)
        index = 0
        while !reader.isAtEnd {
            index += Int(reader.number())
            let place = index >= Self.supplement.lowerBound ? index - Self.supplement.lowerBound + Self.plane : index
            switch reader.next() {
            case UInt8(ascii: "*"), UInt8(ascii: "/"):
                let step = reader.last == UInt8(ascii: "*") ? 1 : 2
                let length = Int(reader.number())
                _ = reader.next()
                let first = reader.number()
                for number in 0..<length { add(place + number * step, [first + UInt32(number * step)]) }
                reader.skip()
            default:
                var target: [UInt32] = []
                while reader.last == UInt8(ascii: ".") {
                    target.append(reader.number())
                    _ = reader.next()
                }
                add(place, target)
            }
        }
        (self.kinds, self.places, self.targets) = (kinds, places, targets)
    }

    /// What a character is. What folds to several is what the first of them is.
    func kind(_ scalar: UInt32) -> WordKind {
        if let index = Self.index(scalar) { return WordKind(rawValue: kinds[index]) ?? .separator }
        if scalar < 0x3FFFE { return .single }
        return 0xE0000..<0xE1000 ~= scalar ? .ignored : .separator
    }

    /// What a character becomes: none of these becomes anything else. Nil for itself.
    func target(_ scalar: UInt32) -> ArraySlice<UInt32>? {
        guard let index = Self.index(scalar), places[index] > 0 else { return nil }
        let place = Int(places[index])
        return targets[place + 1..<place + 1 + Int(targets[place])]
    }

    /// Where a character stands in the table; nil for the further planes.
    private static func index(_ scalar: UInt32) -> Int? {
        let scalar = Int(scalar)
        if scalar < plane { return scalar }
        return supplement ~= scalar ? scalar - supplement.lowerBound + plane : nil
    }
}

/// Reads numbers to the base of 36.
private struct TableReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    /// The last sign that `next` gave.
    private(set) var last: UInt8 = 0

    init(_ text: StaticString) {
        bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func next() -> UInt8 {
        last = position < bytes.count ? bytes[position] : 0
        position += 1
        // A line ends behind a comma.
        if last == UInt8(ascii: ","), position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
        return last
    }

    mutating func skip() { _ = next() }

    mutating func digit() -> UInt8? { isAtEnd ? nil : next() - UInt8(ascii: "0") }

    mutating func number() -> UInt32 {
        var number: UInt32 = 0
        while position < bytes.count {
            switch bytes[position] {
            case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"):
                number = number * 36 + UInt32(byte - UInt8(ascii: "0"))
            case let byte where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"):
                number = number * 36 + UInt32(byte - UInt8(ascii: "a")) + 10
            default: return number
            }
            position += 1
        }
        return number
    }
}
