import AssetModel
import Fixtures
import ImageRendering
import Testing

/// Of a file that ends too early what decodes is shown, where that is asked for.
struct PartialTests {
    /// A picture whose every row is another gray, with some noise so that nothing packs it to next to nothing.
    private static func picture() throws -> Bitmap {
        let (width, height) = (320, 240)
        var (state, pixels): (UInt64, [UInt8]) = (7, [])
        pixels.reserveCapacity(width * height * 4)
        for y in 0..<height {
            for _ in 0..<width {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let value = UInt8(20 + y * 200 / height + Int(state >> 60))
                pixels += [value, value, value, 255]
            }
        }
        let size = try #require(PixelSize(width: width, height: height))
        return try #require(Bitmap(size: size, pixels: pixels))
    }

    private static func expectPart(_ bytes: [UInt8], isWholeBelow: Bool = false, _ name: String) throws {
        let lenient = ImageDecoder(acceptsPartial: true)
        let path = temporaryPath(name)
        defer { remove(path) }
        let half = Array(bytes.prefix(bytes.count / 2))
        try write(half, to: path)
        #expect(throws: RenderingError.self, "\(name)") { try ImageDecoder().decode(half) }
        for side in [nil, 40] {
            let outcome = try lenient.outcome(fileAt: path, maximumSide: side)
            #expect(outcome.isPartial, "\(name)")
            let (width, height) = (outcome.bitmap.size.width, outcome.bitmap.size.height)
            let (first, last) = (outcome.bitmap[width / 2, 1], outcome.bitmap[width / 2, height - 1])
            #expect(abs(Int(isWholeBelow ? last.red : first.red) - (isWholeBelow ? 226 : 28)) < 16, "\(name) \(first)")
            let missing = isWholeBelow ? first : last
            #expect(missing == Bitmap.Pixel(red: 128, green: 128, blue: 128), "\(name) \(missing)")
        }
        try write(bytes, to: path)
        let whole = try lenient.outcome(fileAt: path)
        let strict = try ImageDecoder().decode(bytes)
        #expect(!whole.isPartial && whole.bitmap == strict, "\(name)")
    }

    @Test(arguments: [
        ImageEncoder.Settings.png(level: 1), .jpeg(quality: 90), .webp(quality: 90), .webp(quality: 100),
    ])
    func `half a file shows its upper part, and gray`(settings: ImageEncoder.Settings) throws {
        try Self.expectPart(try ImageEncoder(settings).encode(Self.picture()), "\(settings.format)")
    }

    @Test func `a BMP that ends too early lacks its upper rows`() throws {
        let picture = try Self.picture()
        func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        var bytes = Array("BM".utf8) + little(54 + 320 * 240 * 3) + little(0) + little(54)
        bytes += little(40) + little(320) + little(240) + [1, 0, 24, 0] + [UInt8](repeating: 0, count: 24)
        for y in (0..<240).reversed() {
            for x in 0..<320 { bytes += [picture[x, y].blue, picture[x, y].green, picture[x, y].red] }
        }
        try Self.expectPart(bytes, isWholeBelow: true, "bmp")
    }

    @Test(arguments: [
        "jpeg-cut-progressive.jpg", "jpeg-cut-restarts.jpg", "tiff-strip-cut.tiff", "bmp-cut-in-pixels.bmp",
    ])
    func `a fixture that is cut shows something`(file: String) throws {
        let outcome = try ImageDecoder(acceptsPartial: true).outcome(fileAt: Fixtures.path("images/broken/\(file)"))
        #expect(outcome.isPartial && Set(outcome.bitmap.pixels).count > 3)
    }

    @Test func `no fixture, however broken, does more than throw where a part is enough`() throws {
        for fixture in try Fixtures.images {
            for side in [nil, 7] {
                do throws(RenderingError) {
                    let decoder = ImageDecoder(pixelLimit: 1 << 24, colour: .sRGB, acceptsPartial: true)
                    let outcome = try decoder.outcome(fileAt: fixture.path, maximumSide: side)
                    #expect(
                        side == nil || max(outcome.bitmap.size.width, outcome.bitmap.size.height) <= 7, "\(fixture)")
                } catch {
                    #expect(!error.description.isEmpty)
                }
            }
        }
    }
}
