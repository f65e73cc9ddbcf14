package import AssetModel
import Foundation

/// What stands in a picture's place until it is there: its light and colours without any detail, in 27 bytes.
///
/// The format is ours, and like ThumbHash it keeps the slowest waves of the discrete cosine transform:
///
/// - bytes 0, 1, 2: the mean of Y, Cb and Cr of JPEG (ITU-R BT.601, full range; Cb and Cr have 128 in the middle);
/// - byte 3: how strong the strongest wave is, for Y in the upper four bits and for Cb and Cr in the lower: `n` stands for 2 · 1.35ⁿ;
/// - 46 half bytes, the lower one of each byte first: the waves `(u, v)` with `u + v ≤ 6` of Y, then those with `u + v ≤ 3` of Cb and of Cr,
///   without `(0, 0)`, `v` from 0 and in it `u` from 0; a half byte `q` stands for `(q − 8) / 7` of the strongest;
/// - the last of them is the mean alpha, 15 when the picture is opaque.
///
/// The colour at `(x, y)`, both from 0 to 1, is the mean and the sum of each wave's strength times `cos(πux) · cos(πvy)`. Colours under
/// alpha are not premultiplied. `Sources/GalleryPage/page/placeholder.mjs` reads it in JavaScript.
package struct Placeholder: Hashable, Sendable {
    /// The 27 bytes.
    package let bytes: [UInt8]

    /// How many they are.
    package static let byteCount = 27
    /// Pictures are made this small before: the fastest wave has a sixth of it.
    static let sourceSide = 32
    private static let reaches = [6, 3, 3]

    /// Nil for another number of bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// That of a small upright picture. Cost: 0.1 ms for 32 pixels a side.
    package init(of bitmap: Bitmap) {
        let (width, height) = (bitmap.size.width, bitmap.size.height)
        let planes = Self.planes(of: bitmap)
        let across = Self.cosines(width)
        let down = Self.cosines(height)
        var means: [UInt8] = []
        var waves: [[Float]] = []
        for (plane, reach) in zip(planes.colours, Self.reaches) {
            // Across first: the strength of each wave in each row.
            var rows = [Float](repeating: 0, count: height * (reach + 1))
            for y in 0..<height {
                for u in 0...reach {
                    var sum: Float = 0
                    for x in 0..<width { sum += plane[y * width + x] * across[u * width + x] }
                    rows[y * (reach + 1) + u] = sum / Float(width)
                }
            }
            var strengths: [Float] = []
            for v in 0...reach {
                for u in 0...(reach - v) {
                    var sum: Float = 0
                    for y in 0..<height { sum += rows[y * (reach + 1) + u] * down[v * height + y] }
                    let length: Float = (u == 0 ? 1 : 2) * (v == 0 ? 1 : 2)
                    // Fewer pixels than that do not show a wave, only its shadow.
                    strengths.append(u < width && v < height ? sum / Float(height) * length : 0)
                }
            }
            means.append(UInt8(max(0, min(255, (strengths.removeFirst() + 128).rounded()))))
            waves.append(strengths)
        }
        let strongest = waves.map { $0.map(abs).max() ?? 0 }
        let light = Self.step(for: strongest[0])
        let colour = Self.step(for: max(strongest[1], strongest[2]))
        var halves: [UInt8] = []
        for (plane, step) in zip(waves, [light, colour, colour]) {
            let scale = Self.strength(step)
            for wave in plane { halves.append(UInt8(max(1, min(15, (wave / scale * 7).rounded() + 8)))) }
        }
        halves.append(UInt8((planes.alpha * 15).rounded(.down)))
        var bytes = means + [UInt8(light << 4 | colour)]
        for pair in stride(from: 0, to: halves.count, by: 2) { bytes.append(halves[pair] | halves[pair + 1] << 4) }
        self.bytes = bytes
    }

    /// The picture that it stands for, at any size; opaque or evenly transparent.
    package func bitmap(_ size: PixelSize) -> Bitmap {
        let (across, down) = (Self.cosines(size.width), Self.cosines(size.height))
        func half(_ index: Int) -> UInt8 { bytes[4 + index / 2] >> (index % 2 == 0 ? 0 : 4) & 15 }
        var planes: [[Float]] = []
        var next = 0
        for (channel, reach) in Self.reaches.enumerated() {
            let scale = Self.strength(Int(channel == 0 ? bytes[3] >> 4 : bytes[3] & 15))
            var plane = [Float](repeating: Float(bytes[channel]) - (channel == 0 ? 0 : 128), count: size.pixelCount)
            for v in 0...reach {
                for u in 0...(reach - v) where u + v > 0 {
                    let wave = (Float(half(next)) - 8) / 7 * scale
                    next += 1
                    for y in 0..<size.height {
                        for x in 0..<size.width {
                            plane[y * size.width + x] += wave * across[u * size.width + x] * down[v * size.height + y]
                        }
                    }
                }
            }
            planes.append(plane)
        }
        let alpha = half(next) * 17
        var pixels: [UInt8] = []
        pixels.reserveCapacity(size.pixelCount * 4)
        func byte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value.rounded()))) }
        for index in 0..<size.pixelCount {
            let (light, blue, red) = (planes[0][index], planes[1][index], planes[2][index])
            pixels += [
                byte(light + 1.402 * red), byte(light - 0.344136 * blue - 0.714136 * red), byte(light + 1.772 * blue),
                alpha,
            ]
        }
        return Bitmap(unchecked: size, pixels: pixels)
    }

    /// Y, Cb and Cr around 0, and the mean alpha of 1. What is invisible has the mean of what is seen.
    private static func planes(of bitmap: Bitmap) -> (colours: [[Float]], alpha: Float) {
        let count = bitmap.size.pixelCount
        var colours = [[Float]](repeating: [Float](repeating: 0, count: count), count: 3)
        var weights = [Float](repeating: 0, count: count)
        var sums: [Float] = [0, 0, 0]
        var weight: Float = 0
        for index in 0..<count {
            let (red, green, blue) = (
                Float(bitmap.pixels[index * 4]), Float(bitmap.pixels[index * 4 + 1]),
                Float(bitmap.pixels[index * 4 + 2])
            )
            let light = 0.299 * red + 0.587 * green + 0.114 * blue
            let values = [light - 128, (blue - light) / 1.772, (red - light) / 1.402]
            weights[index] = Float(bitmap.pixels[index * 4 + 3]) / 255
            weight += weights[index]
            for channel in 0..<3 {
                colours[channel][index] = values[channel]
                sums[channel] += values[channel] * weights[index]
            }
        }
        guard weight < Float(count) else { return (colours, 1) }
        for channel in 0..<3 {
            let mean = weight > 0 ? sums[channel] / weight : 0
            for index in 0..<count {
                colours[channel][index] = mean + (colours[channel][index] - mean) * weights[index]
            }
        }
        return (colours, weight / Float(count))
    }

    private static func cosines(_ count: Int) -> [Float] {
        (0...6).flatMap { wave in
            (0..<count).map { Float(cos(Double.pi * Double(wave) * (Double($0) + 0.5) / Double(count))) }
        }
    }

    private static func strength(_ step: Int) -> Float { 2 * powf(1.35, Float(step)) }

    /// The smallest step that is at least as strong.
    private static func step(for strength: Float) -> Int { (0..<15).first { Self.strength($0) >= strength } ?? 15 }
}
