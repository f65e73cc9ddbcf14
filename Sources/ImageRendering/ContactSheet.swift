import AssetModel

/// A grid of pictures with captions, as one picture: rows of one height, filled from left to right, the last one as far as it goes.
package struct ContactSheet: Sendable {
    /// One picture and what stands under it.
    package struct Cell: Sendable {
        /// Nil for one that cannot be shown; its caption stands all the same.
        package let picture: Bitmap?
        /// Width by height of the picture as it is seen.
        package let ratio: Double
        /// The line in full ink, and the one below it.
        package let caption: (String, String)

        package init(picture: Bitmap?, ratio: Double, caption: (String, String)) {
            self.picture = picture
            // Very long ones would leave no room for others.
            self.ratio = min(4, max(0.25, ratio))
            self.caption = caption
        }
    }

    /// The width of the sheet in pixels.
    package let width: Int
    /// The height that rows have about.
    package let rowHeight: Int

    /// What programs open without trouble, and a JPEG's and a GPU's usual limit of height.
    private static let mostPixels = 100_000_000
    private static let mostHeight = 32_767

    private static let margin = 24
    private static let gap = 12
    private static let lineHeight = 20
    private static let titleHeight = 34
    private static let paper: [UInt8] = [20, 20, 19, 255]
    private static let frame: [UInt8] = [34, 34, 32, 255]
    private static let ink: [UInt8] = [236, 236, 234]
    private static let secondInk: [UInt8] = [168, 168, 162]

    package init(width: Int = 1600, rowHeight: Int = 240) {
        self.width = max(320, width)
        self.rowHeight = max(60, rowHeight)
    }

    /// The longest side that a picture needs to have: more pixels would be thrown away.
    package var pictureSide: Int { rowHeight * 5 }

    /// The sheet with a title above. Memory: four bytes a pixel; cost: about a millisecond a picture, less the first line of text.
    package func draw(_ cells: [Cell], title: String) throws(RenderingError) -> Bitmap {
        let rows = rows(of: cells.map(\.ratio))
        let under = Self.lineHeight * 2 + Self.gap
        let height =
            Self.margin * 2 + Self.titleHeight + Self.gap + rows.reduce(0) { $0 + $1.height + under + Self.gap }
            - Self.gap
        guard width * height <= Self.mostPixels, height <= Self.mostHeight else {
            throw .badSetting("a sheet of \(width)x\(height) pixels; fewer pictures or lower rows make a smaller one")
        }
        guard let size = PixelSize(width: width, height: max(height, Self.margin * 2 + Self.titleHeight)) else {
            throw .badSetting("the size of the sheet")
        }
        var canvas = Canvas(size, Self.paper)
        canvas.write(
            title, Lettering(lineHeight: Self.titleHeight, isBold: true), Self.ink, x: Self.margin, y: Self.margin,
            width: width - 2 * Self.margin)
        var y = Self.margin + Self.titleHeight + Self.gap
        let (first, second) = (Lettering(lineHeight: Self.lineHeight), Lettering(lineHeight: Self.lineHeight))
        for row in rows {
            var x = Self.margin
            for index in row.cells {
                let cell = cells[index]
                let across = max(1, Int((Double(row.height) * cell.ratio).rounded()))
                if let picture = cell.picture, let wanted = PixelSize(width: across, height: row.height) {
                    canvas.lay(try Scaler().scale(picture, to: wanted), x: x, y: y)
                } else {
                    canvas.fill(Self.frame, x: x, y: y, width: across, height: row.height)
                }
                canvas.write(cell.caption.0, first, Self.ink, x: x, y: y + row.height + 4, width: across)
                canvas.write(
                    cell.caption.1, second, Self.secondInk, x: x, y: y + row.height + 4 + Self.lineHeight, width: across
                )
                x += across + Self.gap
            }
            y += row.height + under + Self.gap
        }
        return Bitmap(unchecked: size, pixels: canvas.pixels)
    }

    /// Which pictures stand in each row, and how high it is: as many as fill the width at about the wanted height.
    func rows(of ratios: [Double]) -> [(cells: Range<Int>, height: Int)] {
        let room = Double(width - 2 * Self.margin)
        var rows: [(Range<Int>, Int)] = []
        var start = 0
        while start < ratios.count {
            var (end, sum) = (start, 0.0)
            while end < ratios.count {
                let gaps = Double((end - start) * Self.gap)
                if end > start, (room - gaps) / sum < Double(rowHeight) { break }
                sum += ratios[end]
                end += 1
            }
            let full = (room - Double((end - start - 1) * Self.gap)) / sum
            // A last row is not stretched.
            let height = end == ratios.count ? min(full, Double(rowHeight)) : full
            rows.append((start..<end, max(1, Int(height))))
            start = end
        }
        return rows
    }
}

/// Pixels that are drawn on.
private struct Canvas {
    let size: PixelSize
    var pixels: [UInt8]

    init(_ size: PixelSize, _ paper: [UInt8]) {
        self.size = size
        pixels = [UInt8](unsafeUninitializedCapacity: size.pixelCount * 4) { buffer, count in
            for index in 0..<size.pixelCount { for part in 0..<4 { buffer[index * 4 + part] = paper[part] } }
            count = size.pixelCount * 4
        }
    }

    mutating func fill(_ colour: [UInt8], x: Int, y: Int, width: Int, height: Int) {
        for row in y..<min(size.height, y + height) {
            for column in x..<min(size.width, x + width) {
                for part in 0..<4 { pixels[(row * size.width + column) * 4 + part] = colour[part] }
            }
        }
    }

    /// Lays a picture on the paper, which shows through it.
    mutating func lay(_ picture: Bitmap, x: Int, y: Int) {
        for row in 0..<min(picture.size.height, size.height - y) {
            for column in 0..<min(picture.size.width, size.width - x) {
                let from = (row * picture.size.width + column) * 4
                mix(
                    Array(picture.pixels[from..<from + 3]), Int(picture.pixels[from + 3]),
                    at: (y + row) * size.width + x + column)
            }
        }
    }

    mutating func write(_ text: String, _ lettering: Lettering, _ ink: [UInt8], x: Int, y: Int, width: Int) {
        let room = min(width, size.width - x)
        guard room > 0 else { return }
        let coverage = lettering.coverage(of: text, width: room)
        for row in 0..<min(lettering.lineHeight, size.height - y) {
            for column in 0..<room where coverage[row * room + column] > 0 {
                mix(ink, Int(coverage[row * room + column]), at: (y + row) * size.width + x + column)
            }
        }
    }

    private mutating func mix(_ colour: [UInt8], _ share: Int, at pixel: Int) {
        for part in 0..<3 {
            let below = Int(pixels[pixel * 4 + part])
            pixels[pixel * 4 + part] = UInt8((Int(colour[part]) * share + below * (255 - share) + 127) / 255)
        }
    }
}
