import AssetModel
import ImageRendering
import Testing

struct ScalerTests {
    @Test func `areas are averaged`() throws {
        let two = try Self.bitmap(2, 2, [[0, 0, 0, 255], [100, 0, 0, 255], [100, 0, 0, 255], [200, 40, 0, 255]])
        let one = try Scaler().scale(two, to: try Self.size(1, 1))
        #expect(one.pixels == [100, 10, 0, 255])
    }

    @Test func `areas that fall between pixels count in part`() throws {
        let three = try Self.bitmap(3, 1, [[0, 0, 0, 255], [90, 0, 0, 255], [255, 0, 0, 255]])
        let two = try Scaler().scale(three, to: try Self.size(2, 1))
        // One and a half pixels each: (0 + 45) / 1.5 and (45 + 255) / 1.5.
        #expect(two.pixels == [30, 0, 0, 255, 200, 0, 0, 255])
    }

    @Test func `invisible pixels do not colour visible ones`() throws {
        let pair = try Self.bitmap(2, 1, [[255, 0, 0, 255], [0, 255, 0, 0]])
        #expect(try Scaler().scale(pair, to: try Self.size(1, 1)).pixels == [255, 0, 0, 128])
        let nothing = try Self.bitmap(2, 1, [[9, 9, 9, 0], [9, 9, 9, 0]])
        #expect(try Scaler().scale(nothing, to: try Self.size(1, 1)).pixels == [0, 0, 0, 0])
    }

    @Test func `enlarging gives blocks`() throws {
        let pair = try Self.bitmap(2, 1, [[10, 20, 30, 255], [40, 50, 60, 255]])
        let large = try Scaler().scale(pair, to: try Self.size(4, 2))
        #expect(
            large.pixels == Array(
                [[10, 20, 30, 255], [10, 20, 30, 255], [40, 50, 60, 255], [40, 50, 60, 255]].joined())
                + Array([[10, 20, 30, 255], [10, 20, 30, 255], [40, 50, 60, 255], [40, 50, 60, 255]].joined()))
    }

    @Test(arguments: [(1000, 1), (1, 1000), (997, 991), (64, 48), (3, 1000)], [1, 2, 7, 63, 64])
    func `a flat picture stays flat at every size`(sides: (Int, Int), side: Int) throws {
        let size = try Self.size(sides.0, sides.1)
        let pixels = [UInt8]((0..<size.pixelCount).flatMap { _ in [200, 100, 50, 255] as [UInt8] })
        let flat = try #require(Bitmap(size: size, pixels: pixels))
        let small = try Scaler().fit(flat, within: side)
        #expect(max(small.size.width, small.size.height) == min(side, max(sides.0, sides.1)))
        #expect(
            Set(stride(from: 0, to: small.pixels.count, by: 4).map { Array(small.pixels[$0..<$0 + 4]) }) == [
                [200, 100, 50, 255]
            ])
    }

    @Test func `a picture that fits is left alone`() throws {
        let pair = try Self.bitmap(2, 1, [[1, 2, 3, 4], [5, 6, 7, 8]])
        #expect(try Scaler().fit(pair, within: 2) == pair)
        #expect(try Scaler().fit(pair, within: 100) == pair)
    }

    private static func size(_ width: Int, _ height: Int) throws -> PixelSize {
        try #require(PixelSize(width: width, height: height))
    }

    private static func bitmap(_ width: Int, _ height: Int, _ pixels: [[UInt8]]) throws -> Bitmap {
        try #require(Bitmap(size: try size(width, height), pixels: Array(pixels.joined())))
    }
}
