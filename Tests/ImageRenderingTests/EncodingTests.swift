import AssetModel
import ImageInspection
import ImageRendering
import Testing

struct EncodingTests {
    static let lossless: [ImageEncoder.Settings] = [
        .png(), .png(level: 0), .png(level: 1), .png(level: 9), .webp(quality: 100),
    ]
    static let all: [ImageEncoder.Settings] =
        lossless + [.jpeg(), .jpeg(quality: 1), .jpeg(quality: 100), .webp(), .webp(quality: 1, effort: 0)]

    @Test(arguments: lossless)
    func `lossless formats give back every pixel, alpha too`(settings: ImageEncoder.Settings) throws {
        let picture = try Self.gradient(61, 43, alpha: true)
        #expect(try ImageDecoder().decode(try ImageEncoder(settings).encode(picture)) == picture)
    }

    @Test(arguments: all)
    func `what is written is what it says`(settings: ImageEncoder.Settings) throws {
        let bytes = try ImageEncoder(settings).encode(try Self.gradient(61, 43, alpha: false))
        let facts = try ImageInspector().inspect(bytes: bytes)
        #expect(facts.format == settings.format)
        #expect(facts.storedSize.description == "61x43")
        #expect(try ImageEncoder(settings).encode(try Self.gradient(61, 43, alpha: false)) == bytes)
    }

    @Test(arguments: [ImageEncoder.Settings.jpeg(quality: 95), .webp(quality: 95)])
    func `lossy formats stay near`(settings: ImageEncoder.Settings) throws {
        let picture = try Self.gradient(64, 64, alpha: false)
        let back = try ImageDecoder().decode(try ImageEncoder(settings).encode(picture))
        #expect(zip(picture.pixels, back.pixels).allSatisfy { abs(Int($0) - Int($1)) < 40 })
    }

    @Test func `a JPEG lays transparent pixels over white`() throws {
        let size = try #require(PixelSize(width: 16, height: 16))
        let clear = try #require(Bitmap(size: size, pixels: [UInt8](repeating: 0, count: size.pixelCount * 4)))
        let back = try ImageDecoder().decode(try ImageEncoder(.jpeg()).encode(clear))
        #expect(back.pixels.allSatisfy { $0 > 250 })
    }

    @Test(arguments: all)
    func `repeated rows are written as often as they are named`(settings: ImageEncoder.Settings) throws {
        let size = try #require(PixelSize(width: 8, height: 6))
        let red = [UInt8]((0..<8).flatMap { _ in [255, 0, 0] as [UInt8] })
        let blue = [UInt8]((0..<8).flatMap { _ in [0, 0, 255] as [UInt8] })
        let index: [UInt32] = [1, 0, 0, 1, 1, 0]
        let short = try #require(RowPicture(size: size, rows: red + blue, rowIndex: index))
        let long = try #require(
            RowPicture(size: size, rows: index.flatMap { $0 == 0 ? red : blue }, rowIndex: [0, 1, 2, 3, 4, 5]))
        #expect(try ImageEncoder(settings).encode(short) == ImageEncoder(settings).encode(long))
    }

    @Test func `rows that do not fit together are no picture`() throws {
        let size = try #require(PixelSize(width: 2, height: 2))
        #expect(RowPicture(size: size, rows: [1, 2, 3, 4, 5, 6], rowIndex: [0, 0]) != nil)
        #expect(RowPicture(size: size, rows: [1, 2, 3, 4, 5], rowIndex: [0, 0]) == nil)
        #expect(RowPicture(size: size, rows: [1, 2, 3, 4, 5, 6], rowIndex: [0]) == nil)
        #expect(RowPicture(size: size, rows: [1, 2, 3, 4, 5, 6], rowIndex: [0, 1]) == nil)
    }

    @Test(arguments: [
        ImageEncoder.Settings.png(level: 10), .png(level: -1), .jpeg(quality: 0), .jpeg(quality: 101),
        .webp(quality: 0), .webp(quality: 50, effort: 7),
    ])
    func `settings outside their range are an error`(settings: ImageEncoder.Settings) throws {
        #expect(throws: RenderingError.badSetting("\(settings)")) {
            try ImageEncoder(settings).encode(try Self.gradient(4, 4, alpha: false))
        }
    }

    @Test(arguments: [(ImageEncoder.Settings.jpeg(), 65_501), (.webp(), 16_384), (.png(), 1_000_001)])
    func `a side that the format cannot hold is an error`(settings: ImageEncoder.Settings, side: Int) throws {
        let size = try #require(PixelSize(width: 1, height: side))
        let picture = try #require(
            RowPicture(size: size, rows: [1, 2, 3], rowIndex: [UInt32](repeating: 0, count: side)))
        #expect(throws: RenderingError.sideTooLong(size, settings.format)) {
            try ImageEncoder(settings).encode(picture)
        }
        let fitting = try #require(PixelSize(width: 1, height: side - 1))
        let shorter = try #require(
            RowPicture(size: fitting, rows: [1, 2, 3], rowIndex: [UInt32](repeating: 0, count: side - 1)))
        #expect(try !ImageEncoder(settings).encode(shorter).isEmpty)
    }

    private static func gradient(_ width: Int, _ height: Int, alpha: Bool) throws -> Bitmap {
        let size = try #require(PixelSize(width: width, height: height))
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                // Not below 1: a lossless WebP may forget the colours of invisible pixels.
                pixels += [UInt8(x * 4), UInt8(y * 4), UInt8(x + y), alpha ? UInt8(1 + (x + y) * 2) : 255]
            }
        }
        return try #require(Bitmap(size: size, pixels: pixels))
    }
}
