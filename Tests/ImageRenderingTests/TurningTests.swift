import AssetModel
import Fixtures
import ImageRendering
import Testing

struct TurningTests {
    @Test(arguments: Orientation.allCases)
    func `every orientation shows the same flag`(orientation: Orientation) throws {
        let flag = try ImageDecoder().decode(
            fileAt: Fixtures.path("images/jpeg/orientation-\(orientation.rawValue).jpg"), orientation: orientation)
        #expect(flag.size.description == "48x32")
        // Quarters: red, green, blue, yellow; looked at away from their borders and from the white and black blocks.
        #expect(Self.isNear(flag[18, 12], red: 255, green: 0, blue: 0))
        #expect(Self.isNear(flag[40, 4], red: 30, green: 160, blue: 60))
        #expect(Self.isNear(flag[18, 20], red: 0, green: 0, blue: 255))
        #expect(Self.isNear(flag[40, 28], red: 255, green: 255, blue: 0))
    }

    @Test func `a small picture is turned as it should be, pixel by pixel`() throws {
        // Stored as a b c over d e f, told by their red.
        let letters: [UInt8] = [1, 2, 3, 4, 5, 6]
        let size = try #require(PixelSize(width: 3, height: 2))
        let stored = try #require(Bitmap(size: size, pixels: letters.flatMap { [$0, 0, 0, 255] }))
        let expected: [Orientation: [UInt8]] = [
            .upright: [1, 2, 3, 4, 5, 6], .mirrored: [3, 2, 1, 6, 5, 4], .rotated180: [6, 5, 4, 3, 2, 1],
            .mirroredRotated180: [4, 5, 6, 1, 2, 3], .mirroredRotated270: [1, 4, 2, 5, 3, 6],
            .rotated90: [4, 1, 5, 2, 6, 3], .mirroredRotated90: [6, 3, 5, 2, 4, 1], .rotated270: [3, 6, 2, 5, 1, 4],
        ]
        for orientation in Orientation.allCases {
            let turned = stored.turnedUpright(from: orientation)
            #expect(turned.size == (orientation.swapsSides ? size.transposed : size))
            #expect(stride(from: 0, to: 24, by: 4).map { turned.pixels[$0] } == expected[orientation])
        }
    }

    private static func isNear(_ pixel: Bitmap.Pixel, red: Int, green: Int, blue: Int) -> Bool {
        abs(Int(pixel.red) - red) < 90 && abs(Int(pixel.green) - green) < 90 && abs(Int(pixel.blue) - blue) < 90
    }
}
