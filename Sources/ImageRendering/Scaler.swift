package import AssetModel
import CImageCodec

/// Resizes pixels by averaging over areas, with premultiplied alpha: invisible pixels do not colour visible ones.
///
/// Made for shrinking, where it loses nothing and invents nothing; enlarging gives blocks.
package struct Scaler: Sendable {
    /// The scaler; it has no settings.
    package init() {}

    /// The picture at exactly this size, whatever its ratio. Cost: about 5 ns a source pixel.
    package func scale(_ bitmap: Bitmap, to size: PixelSize) throws(RenderingError) -> Bitmap {
        guard size != bitmap.size else { return bitmap }
        var code = Int32(IMAGE_CODEC_OK)
        let pixels = [UInt8](unsafeUninitializedCapacity: size.pixelCount * 4) { buffer, count in
            code = bitmap.pixels.withUnsafeBufferPointer { source in
                image_codec_scale(
                    source.baseAddress, UInt32(bitmap.size.width), UInt32(bitmap.size.height), buffer.baseAddress,
                    UInt32(size.width), UInt32(size.height))
            }
            count = code == Int32(IMAGE_CODEC_OK) ? size.pixelCount * 4 : 0
        }
        guard code == Int32(IMAGE_CODEC_OK) else { throw RenderingError(code) }
        return Bitmap(unchecked: size, pixels: pixels)
    }

    /// The picture with its longer side at most `maximumSide` pixels, in its own ratio; never enlarged.
    package func fit(_ bitmap: Bitmap, within maximumSide: Int) throws(RenderingError) -> Bitmap {
        try scale(bitmap, to: bitmap.size.fitted(within: maximumSide))
    }
}
