package import AssetModel
import CImageCodec
import Foundation

/// Makes another copy of a picture: upright, converted, made smaller, laid over a colour, without its metadata. The same picture and
/// settings always give the same bytes, as long as the codec libraries stay the same.
///
/// - The embedded ICC profile is kept, so that colours look the same, and a picture with a profile of gray stays gray; a profile of inks
///   is dropped, because the copy is RGB. All other metadata is dropped (EXIF, GPS, XMP, texts).
/// - A JPEG that must only be turned keeps its pixels: whole blocks are moved. Where the size does not allow that, and whenever
///   a JPEG must be made smaller, it is encoded again at quality 95 with full colour.
/// - Everything else becomes a PNG of 8 bits a channel, with alpha if the picture has it and no background is given.
package struct CopyRenderer: Sendable {
    /// A copy of more pixels than this is refused, and so is a picture of more of which the whole must be held to decode it. What can be
    /// decoded in rows is made smaller from any size.
    package let pixelLimit: Int

    /// 178,956,970 pixels: what the models' own reader (Pillow) opens at most.
    package static let defaultPixelLimit = 178_956_970

    /// Formats of which a picture above the limit can be made smaller. Some rare kinds of them need the whole picture after all
    /// (`ImageDecoder`), and are refused when they are decoded.
    package static let rowFormats: Set<ImageFormat> = [.png, .jpeg, .webp, .tiff, .bmp]

    /// Formats that can be made into a copy. HEIC and AVIF need libheif where the program runs.
    package static let readableFormats: Set<ImageFormat> = [.png, .jpeg, .webp, .gif, .tiff, .bmp, .heic, .avif]

    /// Whether a copy can be made of such a picture: of a JPEG of more than 8 bits a channel it cannot.
    package static func canRead(_ facts: ImageFacts) -> Bool {
        readableFormats.contains(facts.format) && (facts.format != .jpeg || facts.bitDepth <= 8)
    }

    /// A renderer with a limit in pixels.
    package init(pixelLimit: Int = defaultPixelLimit) {
        self.pixelLimit = pixelLimit
    }

    /// The bytes of a copy: a JPEG if `facts` say that the file is one, else a PNG.
    ///
    /// The file must not be shortened meanwhile; blobs never are. `facts` are those of the file; `size` is that of the copy, upright, and at most the picture's own. Transparency is laid over the
    /// `background`, or kept without one. Cost: about 100 ms for 12 megapixels of JPEG that are only turned, one to three seconds
    /// otherwise. Memory: four bytes a pixel of the copy, twice when turned, and what `ImageDecoder` needs.
    package func render(
        fileAt path: String, _ facts: ImageFacts, size: PixelSize, background: PlainColour? = nil
    ) throws(RenderingError) -> [UInt8] {
        guard size.pixelCount <= pixelLimit else { throw .tooManyPixels(size, limit: pixelLimit) }
        // A copy would show its first frame only, and say so nowhere.
        guard facts.format != .webp || facts.frameCount == 1 else { throw .unsupported }
        let data = try Data(mappingFileAt: path, always: true)
        if facts.format == .jpeg, size == facts.displaySize, facts.orientation != .upright,
            let turned = try turnWithoutLoss(data, facts.orientation)
        {
            return turned
        }
        let decoder = ImageDecoder(pixelLimit: .max, heldLimit: pixelLimit)
        var bitmap = try decoder.decode(
            data, maximumSide: max(size.width, size.height), orientation: facts.orientation)
        bitmap = try Scaler().scale(bitmap, to: size)
        // Averaging with premultiplied alpha and laying over a colour can be done in either order.
        if let background { bitmap = bitmap.flattened(on: background) }
        let settings: ImageEncoder.Settings =
            facts.format == .jpeg ? .jpeg(quality: 95, fullColour: true) : .png(level: 3)
        return try ImageEncoder(settings).encode(
            bitmap, profile: try profile(of: data), profileName: facts.colorProfile,
            isOpaque: !facts.hasAlpha || background != nil)
    }

    /// Nil when the blocks of this JPEG cannot be moved without loss.
    private func turnWithoutLoss(_ data: Data, _ orientation: Orientation) throws(RenderingError) -> [UInt8]? {
        var output = image_codec_buffer()
        let code = data.withUnsafeBytes {
            image_codec_jpeg_turn(
                $0.bindMemory(to: UInt8.self).baseAddress, $0.count, UInt64(pixelLimit), Int32(orientation.rawValue),
                &output)
        }
        defer { image_codec_free(output.bytes) }
        // The decoder reports what is too large or damaged, with more detail.
        guard code == Int32(IMAGE_CODEC_OK) else { return nil }
        return Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
    }

    private func profile(of data: Data) throws(RenderingError) -> [UInt8] {
        var output = image_codec_buffer()
        let code = data.withUnsafeBytes {
            image_codec_profile($0.bindMemory(to: UInt8.self).baseAddress, $0.count, &output)
        }
        defer { image_codec_free(output.bytes) }
        guard code == Int32(IMAGE_CODEC_OK) else { throw RenderingError(code) }
        return Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
    }
}
