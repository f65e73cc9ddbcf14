import CImageCodec

/// Draws lines of text: in the system's fonts, in any script, where there are some, else in `BlockLetters`.
package struct Lettering: Sendable {
    /// The height of a line in pixels; letters take about two thirds of it.
    package let lineHeight: Int
    /// Whether the letters are heavy.
    package let isBold: Bool

    package init(lineHeight: Int, isBold: Bool = false) {
        self.lineHeight = max(8, lineHeight)
        self.isBold = isBold
    }

    /// How much of each pixel a line covers, 0 to 255: `width * lineHeight` bytes. A line that is too long is cut, where the system draws with
    /// an ellipsis.
    ///
    /// Cost: about 50 ms for the first line of a program, which finds the fonts, then less than one.
    package func coverage(of text: String, width: Int) -> [UInt8] {
        guard width > 0, !text.isEmpty else { return [UInt8](repeating: 0, count: max(0, width) * lineHeight) }
        let text = String(text.prefix(1000)).replacing("\n", with: " ")
        let size = lineHeight * 5 / 7
        let font = isBold ? "sans bold \(size)px" : "sans \(size)px"
        var isDrawn = false
        var utf8 = text
        let coverage = [UInt8](unsafeUninitializedCapacity: width * lineHeight) { buffer, count in
            var used: UInt32 = 0
            let code = utf8.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { letters in
                    image_codec_letters(
                        letters.baseAddress, letters.count, font, UInt32(width), UInt32(lineHeight), buffer.baseAddress,
                        &used)
                }
            }
            isDrawn = code == Int32(IMAGE_CODEC_OK)
            count = isDrawn ? width * lineHeight : 0
        }
        return isDrawn ? coverage : blocks(text, width)
    }

    /// The same in letters of our own, each cell a whole number of pixels.
    func blocks(_ text: String, _ width: Int) -> [UInt8] {
        let cell = max(1, lineHeight * 2 / 3 / BlockLetters.height)
        let most = max(0, width / cell / BlockLetters.advance)
        let letters = BlockLetters.drawable(text).prefix(most)
        let top = (lineHeight - BlockLetters.height * cell) / 2
        var coverage = [UInt8](repeating: 0, count: width * lineHeight)
        for row in 0..<BlockLetters.height {
            for run in BlockLetters.runs(of: letters, row: row) {
                for y in top + row * cell..<top + (row + 1) * cell {
                    for x in run.lowerBound * cell..<min(width, run.upperBound * cell) { coverage[y * width + x] = 255 }
                }
            }
        }
        return coverage
    }
}
