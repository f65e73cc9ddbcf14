import AssetModel
import ImageRendering
import Testing

/// TIFF in the layouts and kinds of samples that it may have.
struct TIFFTests {
    private static let maker = TIFFMaker()

    /// What is drawn: a slope in each channel.
    private static func level(_ x: Int, _ y: Int, _ channel: Int) -> Int {
        switch channel {
        case 0: x * 255 / maker.width
        case 1: y * 255 / maker.height
        default: (x * 3 + y * 5) % 256
        }
    }

    private static func expectSlopes(_ bytes: [UInt8], isGray: Bool = false, _ name: String) throws {
        let bitmap = try ImageDecoder(colour: .sRGB).decode(bytes)
        var worst = 0
        for y in 0..<bitmap.size.height {
            for x in 0..<bitmap.size.width {
                let pixel = bitmap[x, y]
                for (channel, value) in [pixel.red, pixel.green, pixel.blue].enumerated() {
                    worst = max(worst, abs(Int(value) - level(x, y, isGray ? 0 : channel)))
                }
                #expect(pixel.alpha == 255)
            }
        }
        #expect(worst <= 1, "\(name)")
    }

    @Test(
        arguments: [nil, (16, 16), (32, 48), (48, 32)] as [(Int, Int)?],
        [
            (8, 1), (16, 1), (32, 1), (10, 1), (12, 1), (24, 1), (16, 3), (32, 3),
        ])
    func `strips and tiles of every kind of sample show the same picture`(
        tile: (Int, Int)?, kind: (bits: Int, format: Int)
    ) throws {
        for (meaning, samples) in [(1, 1), (2, 3)] {
            for layout in 0..<4 {
                var maker = Self.maker
                (maker.bits, maker.format, maker.meaning, maker.samples) = (kind.bits, kind.format, meaning, samples)
                (maker.isPlanar, maker.isBigEndian) = (layout & 1 == 1, layout & 2 == 2)
                maker.tile = tile.map { (width: $0.0, height: $0.1) }
                let most = (UInt64(1) << UInt64(kind.bits)) - 1
                let bytes = maker.bytes { x, y, sample in
                    let level = Self.level(x, y, sample)
                    guard kind.format == 3 else { return most * UInt64(level) / 255 }
                    let number = Float(level) / 255
                    return kind.bits == 16 ? UInt64(Float16(number).bitPattern) : UInt64(number.bitPattern)
                }
                // Gray of 32 bits is stretched between its least and its greatest number, 0 and 248 of 255 here.
                guard samples == 3 || kind.bits != 32 || kind.format != 1 else { continue }
                try Self.expectSlopes(bytes, isGray: samples == 1, "\(kind) \(meaning) \(layout)")
            }
        }
    }

    @Test(arguments: [8, 16], [nil, (16, 16)] as [(Int, Int)?])
    func `inks without a profile become light by the usual formula`(bits: Int, tile: (Int, Int)?) throws {
        for isPlanar in [false, true] {
            var maker = Self.maker
            (maker.bits, maker.meaning, maker.samples, maker.isPlanar) = (bits, 5, 4, isPlanar)
            maker.tile = tile.map { (width: $0.0, height: $0.1) }
            let bytes = maker.bytes { x, y, sample in
                UInt64((sample == 3 ? 0 : 255 - Self.level(x, y, sample)) * (bits == 8 ? 1 : 257))
            }
            try Self.expectSlopes(bytes, "\(bits) \(isPlanar)")
        }
    }

    @Test(arguments: [1, 2, 4, 8], [1, 257, 256])
    func `a map of colours may hold 8 or 16 bits`(bits: Int, factor: Int) throws {
        var maker = Self.maker
        (maker.bits, maker.meaning, maker.samples) = (bits, 3, 1)
        let count = 1 << bits
        let colours = (0..<3).map { channel in (0..<count).map { ($0 * 255 / (count - 1) + channel * 50) % 256 } }
        maker.map = colours.flatMap { $0 }.map { $0 * factor }
        for tile in [nil, (width: 16, height: 32)] {
            maker.tile = tile
            let bitmap = try ImageDecoder().decode(maker.bytes { x, y, _ in UInt64((x + y) % count) })
            let pixel = bitmap[5, 4]
            let expected = colours.map { $0[9 % count] }
            for (found, wanted) in zip([pixel.red, pixel.green, pixel.blue], expected) {
                #expect(abs(Int(found) - wanted) <= 1, "\(bits) \(factor)")
            }
        }
    }

    @Test(arguments: [8, 16])
    func `gray of L*a*b* is gray`(bits: Int) throws {
        var maker = Self.maker
        (maker.bits, maker.meaning) = (bits, 8)
        let bitmap = try ImageDecoder().decode(
            maker.bytes { x, _, sample in sample == 0 ? UInt64(x == 0 ? 255 : 128) * (bits == 8 ? 1 : 257) : 0 })
        #expect(bitmap[0, 0] == Bitmap.Pixel(red: 255, green: 255, blue: 255))
        // L* of 50.2 is a light of 0.186.
        let gray = bitmap[1, 0]
        #expect(abs(Int(gray.red) - 119) <= 1 && gray.red == gray.green && abs(Int(gray.red) - Int(gray.blue)) <= 1)
    }

    @Test func `numbers of a measurement are shown from the least to the greatest`() throws {
        var maker = Self.maker
        (maker.bits, maker.meaning, maker.samples, maker.format) = (32, 1, 1, 3)
        let bytes = maker.bytes { x, _, _ in UInt64((x == 3 ? Float.nan : Float(x) * 1000 - 500).bitPattern) }
        let bitmap = try ImageDecoder(colour: .sRGB).decode(bytes)
        #expect(bitmap[0, 0].red == 0 && bitmap[36, 0].red == 255 && abs(Int(bitmap[18, 5].red) - 128) <= 1)
        #expect(bitmap[3, 0].red == 0)
        #expect(throws: RenderingError.unsupported) { try ImageDecoder().decode(bytes) }
    }
}
