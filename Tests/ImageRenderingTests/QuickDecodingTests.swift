import AssetModel
import ImageRendering
import Testing

/// The usual kinds of PNG are inflated and unfiltered piece by piece, without libpng; the pixels are the same.
struct QuickDecodingTests {
    /// Clouds of colour with noise, some of its rows equal, one corner of one colour.
    private static func picture(_ width: Int, _ height: Int, hasAlpha: Bool = false) throws -> Bitmap {
        var (state, pixels): (UInt64, [UInt8]) = (UInt64(width * 7 + height), [])
        pixels.reserveCapacity(width * height * 4)
        for y in 0..<height {
            for x in 0..<width {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let noise = y % 64 > 40 || (x < width / 4 && y < height / 4) ? 0 : Int(state >> 59)
                pixels.append(UInt8(truncatingIfNeeded: min(255, x * 220 / width + noise)))
                pixels.append(UInt8(truncatingIfNeeded: min(255, y * 220 / height + noise)))
                pixels.append(UInt8(truncatingIfNeeded: min(255, (x + y) % 200 + noise)))
                pixels.append(hasAlpha ? UInt8(truncatingIfNeeded: x &+ noise) : 255)
            }
        }
        let size = try #require(PixelSize(width: width, height: height))
        return try #require(Bitmap(size: size, pixels: pixels))
    }

    @Test(arguments: [0, 1, 6, 9], [false, true])
    func `a PNG of some megabytes comes back as it was, stored, packed a little and packed well`(
        level: Int, hasAlpha: Bool
    ) throws {
        // More than the window holds, and rows that do not fit evenly into it.
        let picture = try Self.picture(1037, 701, hasAlpha: hasAlpha)
        let bytes = try ImageEncoder(.png(level: level)).encode(picture, isOpaque: !hasAlpha)
        #expect(try ImageDecoder().decode(bytes) == picture)
    }

    @Test func `a PNG of one long row, and of one column, come back as they were`() throws {
        for (width, height) in [(200_000, 1), (1, 3000), (90_000, 5)] {
            let picture = try Self.picture(width, height, hasAlpha: true)
            let bytes = try ImageEncoder(.png(level: 6)).encode(picture)
            #expect(try ImageDecoder().decode(bytes) == picture, "\(width) by \(height)")
        }
    }

    @Test(arguments: [ImageEncoder.Settings.png(level: 6), .jpeg(quality: 90)])
    func `with single bits turned over a file gives pixels or an error`(settings: ImageEncoder.Settings) throws {
        let bytes = try ImageEncoder(settings).encode(try Self.picture(320, 240), isOpaque: true)
        var state: UInt64 = 3
        for _ in 0..<300 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var damaged = bytes
            damaged[Int(state >> 33) % bytes.count] ^= 1 << UInt8(state >> 30 & 7)
            _ = try? ImageDecoder().decode(damaged, maximumSide: 40)
        }
    }
}
