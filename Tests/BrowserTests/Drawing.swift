import AssetModel
import Foundation
import ImageRendering

/// Pictures for a library: small, each another one, of several shapes, some with the recipe of a web UI in them.
enum Drawing {
    /// Widths and heights in turn, as cameras and models make them.
    static let shapes: [PixelSize] = [(96, 64), (64, 64), (64, 96), (112, 63), (72, 96), (120, 50)].compactMap {
        PixelSize(width: $0.0, height: $0.1)
    }

    /// Writes a picture with its prompt and the number as its seed, in the text that AUTOMATIC1111 writes.
    static func write(_ number: Int, prompt: String, to path: String) throws {
        let size = shapes[number % shapes.count]
        var pixels = [UInt8](repeating: 255, count: size.pixelCount * 4)
        // Neighbours differ, and no two are equal.
        let hue = Double(number) * 0.618
        let (red, green, blue) = (wave(hue), wave(hue + 1 / 3), wave(hue + 2 / 3))
        let centre = (x: Double(size.width) * wave(hue * 3), y: Double(size.height) * wave(hue * 5))
        pixels.withUnsafeMutableBufferPointer { pixels in
            for y in 0..<size.height {
                for x in 0..<size.width {
                    let (dx, dy) = (Double(x) - centre.x, Double(y) - centre.y)
                    let light = max(0.25, 1 - (dx * dx + dy * dy).squareRoot() / Double(size.width))
                    let place = (y * size.width + x) * 4
                    pixels[place] = UInt8(255 * red * light)
                    pixels[place + 1] = UInt8(255 * green * light)
                    pixels[place + 2] = UInt8(255 * blue * light)
                }
            }
            // The number itself, so that equal colours are still other pictures.
            withUnsafeBytes(of: UInt32(number).littleEndian) { bytes in
                for (index, byte) in bytes.prefix(3).enumerated() { pixels[index] = byte }
            }
        }
        guard let bitmap = Bitmap(size: size, pixels: pixels) else { return }
        let png = try ImageEncoder(.png(level: 1)).encode(bitmap, isOpaque: true)
        let recipe =
            "\(prompt)\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: \(number), Size: \(size.width)x\(size.height), Model: drawing"
        try Data(withText("parameters", recipe, in: png)).write(to: URL(fileURLWithPath: path))
    }

    private static func wave(_ turn: Double) -> Double { 0.5 + 0.5 * sin(turn * 2 * .pi) }

    /// A PNG with one more text, behind its header (PNG specification, 11.3.3.4: `iTXt` is UTF-8).
    private static func withText(_ keyword: String, _ text: String, in png: [UInt8]) -> [UInt8] {
        let headerEnd = 8 + 25
        let body = Array("iTXt".utf8) + Array(keyword.utf8) + [0, 0, 0, 0, 0] + Array(text.utf8)
        let chunk = bigEndian(UInt32(body.count - 4)) + body + bigEndian(checksum(body))
        return Array(png[..<headerEnd]) + chunk + Array(png[headerEnd...])
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }

    /// CRC-32 as PNG has it (annex D).
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
        }
        return ~crc
    }
}
