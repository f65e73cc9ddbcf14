import AssetModel
import Fixtures
import ImageInspection
import ImageRendering
import Testing

/// What is seen of animations, of odd shapes, and of formats that need a library of their own.
struct SeenTests {
    @Test(arguments: [
        "gif/animated.gif", "gif/animated-transparent-late.gif", "webp/animated.webp", "png/animated.png",
        "avif/animated.avif", "gif/zeros-between-blocks.gif",
    ])
    func `an animation is seen by its first frame, on its whole screen`(file: String) throws {
        let facts = try ImageInspector().inspect(fileAt: Fixtures.path("images/\(file)"))
        let bitmap = try ImageDecoder().decode(fileAt: Fixtures.path("images/\(file)"))
        #expect(bitmap.size == facts.displaySize)
        #expect(Set(bitmap.pixels).count > 2)
    }

    /// A GIF of one row of four pixels, 0 to 3, at (1, 1) of a screen of six by three.
    private static func gif(hasTable: Bool) -> [UInt8] {
        var bytes = Array("GIF89a".utf8) + [6, 0, 3, 0, hasTable ? 0x91 : 0x11, 0, 0]
        if hasTable { bytes += [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255] }
        // LZW of two bits: clear (4), 0, 1, 2 | 3, end (5), each of three bits, of four from the third on.
        var (packed, count): (UInt64, UInt64) = (0, 0)
        for (code, bits) in [(4, 3), (0, 3), (1, 3), (2, 3), (3, 4), (5, 4)] as [(UInt64, UInt64)] {
            packed |= code << count
            count += bits
        }
        let data = (0..<Int((count + 7) / 8)).map { UInt8(truncatingIfNeeded: packed >> UInt64(8 * $0)) }
        return bytes + [0x2C, 1, 0, 1, 0, 4, 0, 1, 0, 0, 2, UInt8(data.count)] + data + [0, 0x3B]
    }

    @Test func `the screen of a GIF is the picture, invisible where no frame is`() throws {
        let bitmap = try ImageDecoder().decode(Self.gif(hasTable: true))
        #expect(bitmap.size == PixelSize(width: 6, height: 3))
        #expect(bitmap[1, 1] == Bitmap.Pixel(red: 255, green: 0, blue: 0))
        #expect(bitmap[3, 1] == Bitmap.Pixel(red: 0, green: 0, blue: 255))
        #expect(bitmap[4, 1] == Bitmap.Pixel(red: 255, green: 255, blue: 255))
        #expect(bitmap[0, 0].alpha == 0 && bitmap[5, 1].alpha == 0)
    }

    @Test func `a GIF without a table of colours is gray from black to white`() throws {
        let bitmap = try ImageDecoder().decode(Self.gif(hasTable: false))
        #expect((1...4).map { bitmap[$0, 1].red } == [0, 85, 170, 255])
    }

    @Test(arguments: [(1, 30_000), (30_000, 1), (30_000, 2), (3, 20_001)])
    func `the longest and thinnest pictures become thumbnails`(width: Int, height: Int) throws {
        let size = try #require(PixelSize(width: width, height: height))
        let pixels = [UInt8](repeating: 200, count: size.pixelCount * 4)
        let picture = try #require(Bitmap(size: size, pixels: pixels))
        for settings in [ImageEncoder.Settings.png(level: 1), .jpeg(quality: 90)] {
            let bytes = try ImageEncoder(settings).encode(picture)
            let small = try ImageDecoder(colour: .sRGB, acceptsPartial: true).decode(bytes, maximumSide: 256)
            #expect(max(small.size.width, small.size.height) == 256 && min(small.size.width, small.size.height) == 1)
        }
    }

    /// Nil where libjxl is missing.
    private static func jxl(_ file: String, _ colour: ImageDecoder.Colour = .asStored) throws -> Bitmap? {
        let path = Fixtures.path("images/jxl/\(file).jxl")
        do throws(RenderingError) {
            return try ImageDecoder(colour: colour).decode(fileAt: path)
        } catch {
            guard error == .unsupported else { throw error }
            return nil
        }
    }

    @Test(arguments: [
        "16-bits", "16-bits-alpha", "alpha", "animated", "by-pillow", "container", "from-jpeg", "gray", "gray-alpha",
        "lossless", "lossy", "open-box", "parts", "parts-in-header", "bytes-after-end",
    ])
    func `a JPEG XL is seen, or said to be unsupported where its library is missing`(file: String) throws {
        let facts = try ImageInspector().inspect(fileAt: Fixtures.path("images/jxl/\(file).jxl"))
        guard let bitmap = try Self.jxl(file) else { return }
        #expect(bitmap.size == facts.displaySize)
        #expect(
            facts.hasAlpha || stride(from: 3, to: bitmap.pixels.count, by: 4).allSatisfy { bitmap.pixels[$0] == 255 })
    }

    @Test(arguments: 1...8)
    func `a JPEG XL that is stored turned is seen upright`(orientation: Int) throws {
        guard let turned = try Self.jxl("orientation-\(orientation)", .sRGB), let upright = try Self.jxl("lossless")
        else {
            return
        }
        #expect(turned.size == upright.size)
        let difference = zip(turned.pixels, upright.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(difference < 4 * turned.pixels.count)
    }
}
