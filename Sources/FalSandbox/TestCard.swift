import AssetModel
import ImageRendering

/// The picture that the sandbox's "model" draws: exactly the planned size, and visibly not real.
///
/// It shows the word SANDBOX, the colours of the first reference as blocks, the prompt's first words, the seed and the
/// size. The same card always gives the same bytes. Every part is a band across the picture, so that the picture is made
/// of few different rows.
struct TestCard: Sendable {
    let size: PixelSize
    let seed: UInt64
    let prompt: String
    /// The number of the picture in its request, from 0, and how many there are.
    let index: Int
    let count: Int
    /// The endpoint that was asked, without its owner.
    let model: String
    let references: [ReferenceColours]

    private static let ink = Colour(250, 248, 240)
    private static let shadow = Colour(16, 18, 24)
    private static let warning = Colour(242, 190, 34)

    /// Draws the card. Cost: a millisecond or two, plus a memory of about 150 rows.
    func draw() -> RowPicture? {
        let hue = Int(truncatingIfNeeded: Noise(seed: seed &+ UInt64(index)).value(at: 0) % 1536)
        var canvas = RowCanvas(
            size: size, left: Colour(hue: hue, saturation: 150, brightness: 92),
            right: Colour(hue: hue + 300, saturation: 150, brightness: 128))
        let unit = max(1, min(size.width / 46, size.height / 40))
        let letter = max(1, unit / 6)

        addStripes(to: &canvas, unit: unit)
        canvas.add(rows: unit)
        addLine("TEST CARD - NO MODEL DREW THIS", to: &canvas, cell: letter)
        canvas.add(rows: unit)
        addTitle("SANDBOX", to: &canvas, cell: unit)
        canvas.add(rows: unit)

        let lines = promptLines(cell: letter) + factLines(cell: letter)
        let textHeight = lines.count * lineHeight(letter) + 4 * unit
        addBlocks(to: &canvas, unit: unit, height: canvas.remaining - textHeight)
        canvas.add(rows: unit)
        for line in lines { addLetters(line[...], to: &canvas, cell: letter) }
        canvas.add(rows: canvas.remaining - 2 * unit)
        addStripes(to: &canvas, unit: unit)
        return canvas.finish()
    }

    // MARK: - Bands

    /// The diagonal stripes of a barrier, in steps.
    private func addStripes(to canvas: inout RowCanvas, unit: Int) {
        let steps = 4
        let period = 4 * unit
        for step in 0..<steps {
            let height = 2 * unit * (step + 1) / steps - 2 * unit * step / steps
            let shift = step * unit / 2
            var runs = [RowCanvas.Run(pixels: 0..<size.width, colour: Self.shadow)]
            for start in stride(from: -period + shift, to: size.width, by: period) {
                runs.append(.init(pixels: start..<start + period / 2, colour: Self.warning))
            }
            canvas.add(rows: height, runs)
        }
    }

    /// Large letters with a shadow below and to the right.
    private func addTitle(_ text: String, to canvas: inout RowCanvas, cell: Int) {
        let letters = BlockLetters.drawable(text)
        let left = (size.width - BlockLetters.width(ofLetters: letters.count) * cell) / 2
        let depth = cell / 4
        func runs(row: Int, offset: Int, colour: Colour) -> [RowCanvas.Run] {
            guard 0..<BlockLetters.height ~= row else { return [] }
            return BlockLetters.runs(of: letters[...], row: row).map {
                let start = left + $0.lowerBound * cell + offset
                return .init(pixels: start..<start + $0.count * cell, colour: colour)
            }
        }
        for row in 0...BlockLetters.height {
            let face = runs(row: row, offset: 0, colour: Self.ink)
            canvas.add(rows: depth, runs(row: row - 1, offset: depth, colour: Self.shadow) + face)
            guard row < BlockLetters.height else { break }
            canvas.add(rows: cell - depth, runs(row: row, offset: depth, colour: Self.shadow) + face)
        }
    }

    /// The first reference's colours in its own ratio, or colours made from seed and prompt when there is none.
    private func addBlocks(to canvas: inout RowCanvas, unit: Int, height: Int) {
        let colours = references.first ?? ReferenceColours(seed: seed ^ Noise.digest(Array(prompt.utf8)))
        let room = (width: size.width - 8 * unit, height: height - 2 * unit)
        let block = min(room.width / colours.columns, room.height / colours.rows)
        guard block > 0 else { return canvas.add(rows: max(0, height)) }
        let frame = max(1, unit / 4)
        let width = block * colours.columns
        let left = (size.width - width) / 2
        let top = (height - block * colours.rows - 2 * frame) / 2
        let border = RowCanvas.Run(pixels: left - frame..<left + width + frame, colour: Self.ink)
        canvas.add(rows: top)
        canvas.add(rows: frame, [border])
        for row in 0..<colours.rows {
            let blocks = (0..<colours.columns).map { column in
                let start = left + column * block
                return RowCanvas.Run(pixels: start..<start + block, colour: colours[column, row])
            }
            canvas.add(rows: block, [border] + blocks)
        }
        canvas.add(rows: frame, [border])
        canvas.add(rows: height - block * colours.rows - 2 * frame - top)
    }

    private func addLine(_ text: String, to canvas: inout RowCanvas, cell: Int) {
        addLetters(BlockLetters.drawable(text).prefix(lettersInLine(cell)), to: &canvas, cell: cell)
    }

    private func addLetters(_ letters: ArraySlice<UInt8>, to canvas: inout RowCanvas, cell: Int) {
        let left = (size.width - BlockLetters.width(ofLetters: letters.count) * cell) / 2
        for row in 0..<BlockLetters.height {
            let runs = BlockLetters.runs(of: letters, row: row).map {
                RowCanvas.Run(
                    pixels: left + $0.lowerBound * cell..<left + $0.upperBound * cell, colour: Self.ink)
            }
            canvas.add(rows: cell, runs)
        }
        canvas.add(rows: lineHeight(cell) - BlockLetters.height * cell)
    }

    // MARK: - Words

    private func lineHeight(_ cell: Int) -> Int { 11 * cell }

    private func lettersInLine(_ cell: Int) -> Int {
        max(1, (size.width / cell - 8) / BlockLetters.advance)
    }

    /// The prompt's first words in at most three lines; what is left out is shown by three dots.
    private func promptLines(cell: Int) -> [[UInt8]] {
        let room = lettersInLine(cell)
        let space = UInt8(ascii: " ")
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        // A prompt can be long; three lines never need more than this much of it.
        for word in BlockLetters.drawable(String(prompt.prefix(1000))).split(separator: space) {
            if !line.isEmpty, line.count + 1 + word.count > room {
                lines.append(line)
                line = []
                if lines.count == 3 { break }
            }
            line += line.isEmpty ? Array(word.prefix(room)) : [space] + word
        }
        if !line.isEmpty, lines.count < 3 {
            lines.append(line)
        } else if lines.count == 3 {
            // Whole words only, unless the line is a single one.
            var kept = lines[2].prefix(max(0, room - 3))
            if kept.count < lines[2].count, let last = kept.lastIndex(of: space) { kept = kept[..<last] }
            lines[2] = kept + Array("...".utf8)
        }
        return lines
    }

    private func factLines(cell: Int) -> [[UInt8]] {
        let facts = [
            "SEED \(seed)", "\(size)", "PICTURE \(index + 1)/\(count)",
            references.count == 1 ? "1 REFERENCE" : "\(references.count) REFERENCES", model,
        ]
        let room = lettersInLine(cell)
        var lines: [[UInt8]] = [[]]
        for fact in facts {
            let letters = BlockLetters.drawable(fact)
            let gap = Array("  ".utf8)
            if let last = lines.last, last.isEmpty || last.count + gap.count + letters.count <= room {
                lines[lines.count - 1] = last.isEmpty ? Array(letters.prefix(room)) : last + gap + letters
            } else {
                lines.append(Array(letters.prefix(room)))
            }
        }
        return lines
    }
}
