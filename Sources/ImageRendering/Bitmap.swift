package import AssetModel
import CImageCodec

/// Pixels in memory: rows from top to bottom without padding, four bytes a pixel (red, green, blue, straight alpha).
///
/// The colours are the file's own numbers; no colour profile is applied.
package struct Bitmap: Hashable, Sendable {
    /// Width and height.
    package let size: PixelSize
    /// `size.pixelCount * 4` bytes.
    package let pixels: [UInt8]

    /// Nil when the number of bytes is not `size.pixelCount * 4`.
    package init?(size: PixelSize, pixels: [UInt8]) {
        guard pixels.count == size.pixelCount * 4 else { return nil }
        self.init(unchecked: size, pixels: pixels)
    }

    /// The bytes of a pixel; both coordinates must be inside.
    package subscript(x: Int, y: Int) -> Pixel {
        let start = (y * size.width + x) * 4
        return Pixel(
            red: pixels[start], green: pixels[start + 1], blue: pixels[start + 2], alpha: pixels[start + 3])
    }

    /// The picture laid over one colour; opaque. Cost: a second copy of the pixels.
    package func flattened(on colour: PlainColour) -> Bitmap {
        var pixels = pixels
        pixels.withUnsafeMutableBufferPointer {
            image_codec_flatten($0.baseAddress, size.pixelCount, colour.red, colour.green, colour.blue)
        }
        return Bitmap(unchecked: size, pixels: pixels)
    }

    init(unchecked size: PixelSize, pixels: [UInt8]) {
        self.size = size
        self.pixels = pixels
    }

    /// One pixel of a bitmap.
    package struct Pixel: Hashable, Sendable {
        /// 0 to 255.
        package var red: UInt8
        /// 0 to 255.
        package var green: UInt8
        /// 0 to 255.
        package var blue: UInt8
        /// 0 is invisible, 255 opaque; the colours are not multiplied by it.
        package var alpha: UInt8

        /// Opaque unless `alpha` says otherwise.
        package init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
            self.red = red
            self.green = green
            self.blue = blue
            self.alpha = alpha
        }
    }
}
