import AssetModel
import Foundation
import ImageRendering

/// Pictures as cameras and models make them: JPEGs of 24 megapixels and PNGs of 2048 by 2048, with clouds of several sizes, shapes with hard
/// edges, and the grain of a sensor. The same number gives the same file.
///
/// A JPEG has about 5 MB and a PNG 7, as such files have: what a decoder costs follows the bytes as much as the pixels.
struct RenditionCorpus {
    /// The two kinds.
    enum Kind: String, CaseIterable {
        case jpeg = "JPEG 6000x4000"
        case png = "PNG 2048x2048"

        var size: (width: Int, height: Int) { self == .jpeg ? (6000, 4000) : (2048, 2048) }
        var ending: String { self == .jpeg ? "jpg" : "png" }
    }

    /// Writes some files; returns their paths.
    static func write(_ kind: Kind, _ count: Int, to folder: String) throws -> [String] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let settings: ImageEncoder.Settings = kind == .jpeg ? .jpeg(quality: 90) : .png(level: 6)
        return try (0..<count).map { number in
            let path = "\(folder)/\(number).\(kind.ending)"
            let picture = draw(kind.size.width, kind.size.height, seed: UInt64(number + 1))
            guard let size = PixelSize(width: kind.size.width, height: kind.size.height),
                let bitmap = Bitmap(size: size, pixels: picture)
            else { throw CocoaError(.coderInvalidValue) }
            try Data(ImageEncoder(settings).encode(bitmap, isOpaque: true)).write(to: URL(fileURLWithPath: path))
            return path
        }
    }

    /// Clouds: a few random values to a row, smoothly between them.
    private struct Cloud {
        let columns: Int
        let rows: Int
        let strength: Float
        var values: [Float]

        init(columns: Int, rows: Int, strength: Float, _ random: inout SplitMix) {
            (self.columns, self.rows, self.strength) = (columns, rows, strength)
            values = []
            for _ in 0..<(columns + 2) * (rows + 2) * 3 {
                values.append(Float(Int(truncatingIfNeeded: random.next() >> 40)) / Float(1 << 23) - 1)
            }
        }
    }

    private static func draw(_ width: Int, _ height: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix(state: seed &* 977)
        var clouds: [Cloud] = []
        var (columns, strength) = (4, Float(110))
        while columns < width {
            clouds.append(
                Cloud(columns: columns, rows: max(2, columns * height / width), strength: strength, &random))
            columns *= 4
            strength *= 0.55
        }
        var pixels = [UInt8](repeating: 255, count: width * height * 4)
        pixels.withUnsafeMutableBufferPointer { pixels in
            var row = [Float](repeating: 0, count: width * 3)
            for y in 0..<height {
                for index in row.indices { row[index] = 128 }
                for cloud in clouds { add(cloud, to: &row, at: Float(y) / Float(height), width) }
                for x in 0..<width {
                    // The sum of two even numbers is nearly what a sensor's noise is.
                    let bits = random.next()
                    let grain = Float(bits & 0xFF) / 32 + Float(bits >> 8 & 0xFF) / 32 - 8
                    for channel in 0..<3 {
                        pixels[(y * width + x) * 4 + channel] = UInt8(max(0, min(255, row[x * 3 + channel] + grain)))
                    }
                }
            }
            for _ in 0..<40 { addShape(to: pixels, width, height, &random) }
        }
        return pixels
    }

    private static func add(_ cloud: Cloud, to row: inout [Float], at place: Float, _ width: Int) {
        let y = place * Float(cloud.rows)
        let (top, down) = (Int(y), y - Float(Int(y)))
        cloud.values.withUnsafeBufferPointer { values in
            row.withUnsafeMutableBufferPointer { row in
                for x in 0..<width {
                    let place = Float(x) / Float(width) * Float(cloud.columns)
                    let (left, right) = (Int(place), place - Float(Int(place)))
                    let above = (top * (cloud.columns + 2) + left) * 3
                    let below = above + (cloud.columns + 2) * 3
                    for channel in 0..<3 {
                        let upper = values[above + channel] * (1 - right) + values[above + channel + 3] * right
                        let lower = values[below + channel] * (1 - right) + values[below + channel + 3] * right
                        row[x * 3 + channel] += (upper * (1 - down) + lower * down) * cloud.strength
                    }
                }
            }
        }
    }

    /// A disc or a rectangle of one colour, with a little grain left in it.
    private static func addShape(
        to pixels: UnsafeMutableBufferPointer<UInt8>, _ width: Int, _ height: Int, _ random: inout SplitMix
    ) {
        let (x, y) = (random.below(width), random.below(height))
        let radius = width / 60 + random.below(width / 12)
        let colour = (0..<3).map { _ in random.below(256) }
        let isDisc = random.below(2) == 0
        for row in max(0, y - radius)..<min(height, y + radius) {
            for column in max(0, x - radius)..<min(width, x + radius) {
                let (down, right) = (row - y, column - x)
                guard !isDisc || down * down + right * right < radius * radius else { continue }
                for channel in 0..<3 {
                    let at = (row * width + column) * 4 + channel
                    pixels[at] = UInt8(max(0, min(255, colour[channel] + Int(pixels[at] & 7) - 4)))
                }
            }
        }
    }
}
