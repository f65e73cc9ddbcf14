import AssetModel

/// A picture as sixels, the characters with which some terminals draw (DEC VT340): bands of six rows, a colour at a time.
///
/// 216 colours, six steps each of red, green and blue, with the error of each pixel handed on to its neighbours (Floyd and Steinberg).
package struct SixelEncoder: Sendable {
    /// The encoder; it has no settings.
    package init() {}

    private static let steps = 6

    /// The escape sequence that draws a bitmap at the cursor; what is transparent shows the terminal's black.
    package func encode(_ bitmap: Bitmap) -> [UInt8] {
        let (width, height) = (bitmap.size.width, bitmap.size.height)
        let colours = dithered(bitmap)
        var text = Array("\u{1B}P0;1;0q\"1;1;\(width);\(height)".utf8)
        for colour in 0..<216 {
            let parts = [colour / 36, colour / 6 % 6, colour % 6].map { $0 * 100 / (Self.steps - 1) }
            text += Array("#\(colour);2;\(parts[0]);\(parts[1]);\(parts[2])".utf8)
        }
        for top in stride(from: 0, to: height, by: 6) {
            let rows = min(6, height - top)
            var present = [Bool](repeating: false, count: 216)
            for row in top..<top + rows {
                for x in 0..<width { present[Int(colours[row * width + x])] = true }
            }
            for colour in 0..<216 where present[colour] {
                text += Array("#\(colour)".utf8)
                appendBand(&text, colours, UInt8(colour), width, top, rows)
                text.append(UInt8(ascii: "$"))
            }
            text.append(UInt8(ascii: "-"))
        }
        return text + Array("\u{1B}\\".utf8)
    }

    /// One colour of one band; runs of the same character are counted.
    private func appendBand(
        _ text: inout [UInt8], _ colours: [UInt8], _ colour: UInt8, _ width: Int, _ top: Int, _ rows: Int
    ) {
        var (last, count): (UInt8, Int) = (0, 0)
        func flush(_ text: inout [UInt8]) {
            guard count > 0 else { return }
            if count > 3 {
                text += Array("!\(count)".utf8) + [last]
            } else {
                text += [UInt8](repeating: last, count: count)
            }
        }
        for x in 0..<width {
            var bits: UInt8 = 0
            for row in 0..<rows where colours[(top + row) * width + x] == colour { bits |= 1 << UInt8(row) }
            let letter = bits + 63
            if letter == last {
                count += 1
            } else {
                flush(&text)
                (last, count) = (letter, 1)
            }
        }
        flush(&text)
    }

    private func dithered(_ bitmap: Bitmap) -> [UInt8] {
        let (width, height) = (bitmap.size.width, bitmap.size.height)
        var result = [UInt8](repeating: 0, count: width * height)
        // The errors of this row and the next, three parts a pixel, with room at both ends.
        var (own, below) = ([Int](repeating: 0, count: (width + 2) * 3), [Int](repeating: 0, count: (width + 2) * 3))
        for y in 0..<height {
            for x in 0..<width {
                let from = (y * width + x) * 4
                let alpha = Int(bitmap.pixels[from + 3])
                var colour = 0
                for part in 0..<3 {
                    let at = (x + 1) * 3 + part
                    let wanted = Int(bitmap.pixels[from + part]) * alpha / 255 + own[at] / 16
                    let step = min(Self.steps - 1, max(0, (wanted * (Self.steps - 1) + 127) / 255))
                    let error = wanted - step * 255 / (Self.steps - 1)
                    own[at + 3] += error * 7
                    below[at - 3] += error * 3
                    below[at] += error * 5
                    below[at + 3] += error
                    colour = colour * Self.steps + step
                }
                result[y * width + x] = UInt8(colour)
            }
            (own, below) = (below, own)
            for index in below.indices { below[index] = 0 }
        }
        return result
    }
}
