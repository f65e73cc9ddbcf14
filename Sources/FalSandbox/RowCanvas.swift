import AssetModel
import ImageRendering

/// A picture drawn from top to bottom in bands of equal rows, so that a large card costs little more than a small one.
struct RowCanvas {
    /// A stretch of one colour in a row, in pixels from the left; what lies outside the picture is cut off.
    struct Run {
        var pixels: Range<Int>
        var colour: Colour
    }

    let size: PixelSize
    private let left: Colour
    private let right: Colour
    private var rows: [UInt8] = []
    private var rowIndex: [UInt32] = []
    private var background: [UInt8] = []
    private var backgroundStep = -1

    /// The ground runs from one colour at the left edge to another at the right, and grows darker towards the bottom.
    init(size: PixelSize, left: Colour, right: Colour) {
        self.size = size
        self.left = left
        self.right = right
        rowIndex.reserveCapacity(size.height)
    }

    /// Rows that can still be drawn.
    var remaining: Int { size.height - rowIndex.count }

    /// Draws `count` equal rows; runs that come later lie over earlier ones. What does not fit is left out.
    mutating func add(rows count: Int, _ runs: [Run] = []) {
        var left = min(count, remaining)
        while left > 0 {
            // The ground changes every 32nd of the height, so a tall band becomes several.
            let step = rowIndex.count * Self.steps / size.height
            let end = ((step + 1) * size.height + Self.steps - 1) / Self.steps
            let part = min(left, max(1, end - rowIndex.count))
            if step != backgroundStep { prepareBackground(step) }
            store(runs)
            rowIndex.append(contentsOf: repeatElement(UInt32(rows.count / (size.width * 3) - 1), count: part))
            left -= part
        }
    }

    /// The finished picture; rows that were not drawn become ground.
    mutating func finish() -> RowPicture? {
        add(rows: remaining)
        return RowPicture(size: size, rows: rows, rowIndex: rowIndex)
    }

    private static let steps = 32

    private mutating func store(_ runs: [Run]) {
        let start = rows.count
        rows.append(contentsOf: background)
        rows.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for run in runs {
                let first = max(0, run.pixels.lowerBound)
                let last = min(size.width, run.pixels.upperBound)
                guard first < last else { continue }
                var pixel = base + start + first * 3
                for _ in first..<last {
                    pixel[0] = run.colour.red
                    pixel[1] = run.colour.green
                    pixel[2] = run.colour.blue
                    pixel += 3
                }
            }
        }
    }

    private mutating func prepareBackground(_ step: Int) {
        backgroundStep = step
        // The gradient is drawn in 64 columns, in whole numbers so that every machine draws the same.
        let shade = 256 - step * 3
        var row: [UInt8] = []
        row.reserveCapacity(size.width * 3)
        let columns = min(64, size.width)
        for column in 0..<columns {
            let colour = left.mixed(with: right, share: column * 256 / columns).scaled(by: shade)
            let from = column * size.width / columns
            let to = (column + 1) * size.width / columns
            for _ in from..<to {
                row.append(colour.red)
                row.append(colour.green)
                row.append(colour.blue)
            }
        }
        background = row
    }
}

/// An opaque colour, red, green and blue from 0 to 255.
struct Colour: Hashable, Sendable {
    var red: UInt8
    var green: UInt8
    var blue: UInt8

    init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// A colour of the wheel: hue 0 to 1535 (red is 0, green 512, blue 1024), then drawn towards grey and scaled.
    init(hue: Int, saturation: Int, brightness: Int) {
        let position = ((hue % 1536) + 1536) % 1536
        let rise = position % 256
        let wheel: (Int, Int, Int) =
            switch position / 256 {
            case 0: (255, rise, 0)
            case 1: (255 - rise, 255, 0)
            case 2: (0, 255, rise)
            case 3: (0, 255 - rise, 255)
            case 4: (rise, 0, 255)
            default: (255, 0, 255 - rise)
            }
        func channel(_ value: Int) -> UInt8 {
            UInt8(clamping: (255 - (255 - value) * saturation / 256) * brightness / 256)
        }
        self.init(channel(wheel.0), channel(wheel.1), channel(wheel.2))
    }

    /// This colour with a share of another, 0 to 256.
    func mixed(with other: Colour, share: Int) -> Colour {
        func mix(_ own: UInt8, _ others: UInt8) -> UInt8 {
            UInt8(clamping: (Int(own) * (256 - share) + Int(others) * share) / 256)
        }
        return Colour(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
    }

    /// This colour, darker below 256 and brighter above.
    func scaled(by factor: Int) -> Colour {
        func scale(_ value: UInt8) -> UInt8 { UInt8(clamping: Int(value) * factor / 256) }
        return Colour(scale(red), scale(green), scale(blue))
    }
}
