import Foundation

/// A tiny font, for test cards and where the system has no fonts: five by seven cells a letter, drawn for this purpose.
///
/// It knows A to Z, digits and common punctuation; lowercase is drawn as uppercase, anything else as a hollow box.
package enum BlockLetters {
    /// Cells from left to right of a letter, without the gap after it.
    package static let width = 5
    /// Cells from top to bottom.
    package static let height = 7
    /// Cells from the left edge of a letter to that of the next one.
    package static let advance = 6

    /// How many cells a line of this many letters takes.
    package static func width(ofLetters count: Int) -> Int { max(0, count * advance - 1) }

    /// The letters of a text that can be drawn: folded to plain capitals, with runs of white space made one space.
    package static func drawable(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar.value {
            case 0x61...0x7A: result.append(UInt8(scalar.value - 32))
            case 0x21...0x7E: result.append(UInt8(scalar.value))
            case 0x300...0x36F: continue
            case 0x2018, 0x2019: result.append(UInt8(ascii: "'"))
            case 0x2010...0x2015: result.append(UInt8(ascii: "-"))
            case _ where scalar.properties.isWhitespace:
                if result.last != UInt8(ascii: " ") { result.append(UInt8(ascii: " ")) }
            default: result.append(0)
            }
        }
        return result
    }

    /// The runs of filled cells in one of the seven rows of a line of letters, in cells from the line's left edge.
    package static func runs(of letters: ArraySlice<UInt8>, row: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var left = 0
        for letter in letters {
            let bits = shape(of: letter)[row]
            var start: Int?
            for cell in 0...width {
                let filled = cell < width && bits >> UInt8(width - 1 - cell) & 1 == 1
                if filled, start == nil { start = cell }
                if !filled, let first = start {
                    runs.append(left + first..<left + cell)
                    start = nil
                }
            }
            left += advance
        }
        return runs
    }

    private static func shape(of letter: UInt8) -> [UInt8] { shapes[letter] ?? box }

    private static let box: [UInt8] = [0b11111, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11111]

    private static let shapes: [UInt8: [UInt8]] = [
        UInt8(ascii: " "): [0, 0, 0, 0, 0, 0, 0],
        UInt8(ascii: "A"): [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
        UInt8(ascii: "B"): [0b11110, 0b10001, 0b10001, 0b11110, 0b10001, 0b10001, 0b11110],
        UInt8(ascii: "C"): [0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110],
        UInt8(ascii: "D"): [0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11110],
        UInt8(ascii: "E"): [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111],
        UInt8(ascii: "F"): [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000],
        UInt8(ascii: "G"): [0b01110, 0b10001, 0b10000, 0b10111, 0b10001, 0b10001, 0b01110],
        UInt8(ascii: "H"): [0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
        UInt8(ascii: "I"): [0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
        UInt8(ascii: "J"): [0b00111, 0b00010, 0b00010, 0b00010, 0b00010, 0b10010, 0b01100],
        UInt8(ascii: "K"): [0b10001, 0b10010, 0b10100, 0b11000, 0b10100, 0b10010, 0b10001],
        UInt8(ascii: "L"): [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111],
        UInt8(ascii: "M"): [0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001, 0b10001],
        UInt8(ascii: "N"): [0b10001, 0b11001, 0b11001, 0b10101, 0b10011, 0b10011, 0b10001],
        UInt8(ascii: "O"): [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
        UInt8(ascii: "P"): [0b11110, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000, 0b10000],
        UInt8(ascii: "Q"): [0b01110, 0b10001, 0b10001, 0b10001, 0b10101, 0b10010, 0b01101],
        UInt8(ascii: "R"): [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001],
        UInt8(ascii: "S"): [0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110],
        UInt8(ascii: "T"): [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100],
        UInt8(ascii: "U"): [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
        UInt8(ascii: "V"): [0b10001, 0b10001, 0b10001, 0b10001, 0b01010, 0b01010, 0b00100],
        UInt8(ascii: "W"): [0b10001, 0b10001, 0b10001, 0b10101, 0b10101, 0b11011, 0b10001],
        UInt8(ascii: "X"): [0b10001, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001, 0b10001],
        UInt8(ascii: "Y"): [0b10001, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100, 0b00100],
        UInt8(ascii: "Z"): [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b10000, 0b11111],
        UInt8(ascii: "0"): [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
        UInt8(ascii: "1"): [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
        UInt8(ascii: "2"): [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
        UInt8(ascii: "3"): [0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110],
        UInt8(ascii: "4"): [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
        UInt8(ascii: "5"): [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
        UInt8(ascii: "6"): [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
        UInt8(ascii: "7"): [0b11111, 0b00001, 0b00010, 0b00100, 0b00100, 0b01000, 0b01000],
        UInt8(ascii: "8"): [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
        UInt8(ascii: "9"): [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
        UInt8(ascii: "."): [0, 0, 0, 0, 0, 0b01100, 0b01100],
        UInt8(ascii: ","): [0, 0, 0, 0, 0b01100, 0b00100, 0b01000],
        UInt8(ascii: ":"): [0, 0b01100, 0b01100, 0, 0b01100, 0b01100, 0],
        UInt8(ascii: ";"): [0, 0b01100, 0b01100, 0, 0b01100, 0b00100, 0b01000],
        UInt8(ascii: "!"): [0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0, 0b00100],
        UInt8(ascii: "?"): [0b01110, 0b10001, 0b00001, 0b00110, 0b00100, 0, 0b00100],
        UInt8(ascii: "-"): [0, 0, 0, 0b01110, 0, 0, 0],
        UInt8(ascii: "_"): [0, 0, 0, 0, 0, 0, 0b11111],
        UInt8(ascii: "'"): [0b00100, 0b00100, 0b01000, 0, 0, 0, 0],
        UInt8(ascii: "\""): [0b01010, 0b01010, 0b01010, 0, 0, 0, 0],
        UInt8(ascii: "/"): [0b00001, 0b00001, 0b00010, 0b00100, 0b01000, 0b10000, 0b10000],
        UInt8(ascii: "("): [0b00010, 0b00100, 0b01000, 0b01000, 0b01000, 0b00100, 0b00010],
        UInt8(ascii: ")"): [0b01000, 0b00100, 0b00010, 0b00010, 0b00010, 0b00100, 0b01000],
        UInt8(ascii: "+"): [0, 0b00100, 0b00100, 0b11111, 0b00100, 0b00100, 0],
        UInt8(ascii: "="): [0, 0, 0b11111, 0, 0b11111, 0, 0],
        UInt8(ascii: "*"): [0, 0b10101, 0b01110, 0b11111, 0b01110, 0b10101, 0],
        UInt8(ascii: "#"): [0b01010, 0b01010, 0b11111, 0b01010, 0b11111, 0b01010, 0b01010],
        UInt8(ascii: "%"): [0b11001, 0b11010, 0b00010, 0b00100, 0b01000, 0b01011, 0b10011],
        UInt8(ascii: "&"): [0b01100, 0b10010, 0b10100, 0b01000, 0b10101, 0b10010, 0b01101],
        UInt8(ascii: "@"): [0b01110, 0b10001, 0b10111, 0b10101, 0b10110, 0b10000, 0b01111],
    ]
}
