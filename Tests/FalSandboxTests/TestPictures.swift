import AssetModel
import Fixtures
import Foundation
import ImageRendering
import Testing

/// Bytes that tests upload or send inline.
enum TestPictures {
    /// A picture of one pixel, as a data URI.
    static let pixelURI =
        "data:image/png;base64,"
        + "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="

    /// A fixture's bytes.
    static func bytes(_ file: String) throws -> [UInt8] {
        [UInt8](try Fixtures.data("images/" + file))
    }
}

extension TestPictures {
    /// A picture of 1 by 400 pixels, thinner than the model's text encoder can see.
    static var thinPicture: [UInt8] { get throws { try gray(width: 1, height: 400) } }

    /// A picture whose ratio, 1 to 100, the model keeps with more than 16383 pixels in height.
    static var slimPicture: [UInt8] { get throws { try gray(width: 2, height: 200) } }

    private static func gray(width: Int, height: Int) throws -> [UInt8] {
        let size = try #require(PixelSize(width: width, height: height))
        let bitmap = try #require(Bitmap(size: size, pixels: [UInt8](repeating: 128, count: size.pixelCount * 4)))
        return try ImageEncoder(.png()).encode(bitmap)
    }
}
