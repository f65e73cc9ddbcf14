package import AssetModel
import CImageCodec
import Foundation

/// Turns the bytes of a picture into pixels of at most a wanted size: PNG, JPEG, WebP, TIFF (its first page), BMP, GIF, where
/// libheif is installed HEIC and AVIF, and where libjxl is JPEG XL. Of an animation the first frame on its whole screen.
///
/// The format is recognised by content. Memory follows the result rather than the file where the format allows that: rows are averaged
/// as they come, and a large JPEG is decoded at a fraction of its size. A progressive JPEG, a WebP that is lossless or has alpha, a
/// TIFF of one strip, BMP runs, GIF, HEIC, AVIF and JPEG XL need the whole picture, bounded by `heldLimit`.
///
/// Pixels are averaged as they are stored, gamma and all, not in linear light: so do browsers, libvips and Pillow unless told otherwise, so
/// that a thumbnail looks like the picture beside it, scaled by the browser; and it costs no look-up for each of a hundred million
/// source pixels. Fine patterns of black and white come out darker than from afar (188 would be right, 128 is given).
package struct ImageDecoder: Sendable {
    /// A picture that declares more pixels than this is refused before it is decoded.
    package let pixelLimit: Int
    /// A picture of more pixels that would have to be held whole is refused before it is decoded.
    package let heldLimit: Int
    /// Whether every pixel is taken as opaque, as a reader does that throws alpha away: what is hidden under it is seen.
    package let dropsAlpha: Bool

    /// 2²⁸ pixels: 16384 by 16384, the largest square a WebP can nearly hold.
    package static let defaultPixelLimit = 1 << 28

    /// In which colours the pixels are given.
    package let colour: Colour
    /// Whether of a picture that ends too early or is damaged what decodes is given, as long as that is a row at least; the rest is gray.
    package let acceptsPartial: Bool

    /// What the numbers of the pixels mean.
    package enum Colour: Hashable, Sendable {
        /// The file's own numbers, whatever its profile says; inks become RGB by the usual formula. Numbers that measure something (a TIFF of
        /// floating point, or of gray of 32 bits) are no colours, and unsupported.
        case asStored
        /// sRGB, as a browser shows it: converted where the file names other colours, by its ICC profile (RGB, gray or inks; of a PNG, JPEG,
        /// WebP, TIFF, BMP, HEIC, AVIF or JPEG XL) or by numbers (cICP and gAMA of a PNG, nclx of HEIC and AVIF). A damaged profile is
        /// ignored. Light beyond white (PQ and HLG) is pressed together below it. Measurements are shown from the least, black, to the greatest, white. Perceptual intent. The pixels are averaged first, so the cost follows the result: about 10 ns a pixel, and for a
        /// profile of tables some milliseconds a picture.
        case sRGB
    }

    /// A picture, and whether all of it is there.
    package struct Outcome: Hashable, Sendable {
        /// The pixels, upright.
        package let bitmap: Bitmap
        /// Part of the picture is missing in the file, and gray here.
        package let isPartial: Bool
    }

    /// A decoder with limits in pixels; without `heldLimit` both are the same.
    package init(
        pixelLimit: Int = defaultPixelLimit, heldLimit: Int? = nil, dropsAlpha: Bool = false,
        colour: Colour = .asStored, acceptsPartial: Bool = false
    ) {
        self.pixelLimit = pixelLimit
        self.heldLimit = heldLimit ?? pixelLimit
        self.dropsAlpha = dropsAlpha
        self.colour = colour
        self.acceptsPartial = acceptsPartial
    }

    /// Decodes bytes in memory.
    ///
    /// The longer side of the result has at most `maximumSide` pixels; nil keeps the stored size, and nothing is ever
    /// enlarged. The pixels are turned upright from `orientation`, which the caller has read from the file's facts; those of
    /// HEIC, AVIF and JPEG XL come upright from their own decoders.
    /// Cost: about 5 ns a stored pixel, an eighth of that for a JPEG much larger than wanted.
    package func decode(
        _ bytes: [UInt8], maximumSide: Int? = nil, orientation: Orientation = .upright
    ) throws(RenderingError) -> Bitmap {
        let result = bytes.withUnsafeBytes { decode($0, maximumSide, orientation) }
        return try result.get().bitmap
    }

    /// Decodes a file without reading it into memory first, otherwise as `decode(_:maximumSide:orientation:)`.
    ///
    /// The file must not be shortened meanwhile; blobs never are.
    package func decode(
        fileAt path: String, maximumSide: Int? = nil, orientation: Orientation = .upright
    ) throws(RenderingError) -> Bitmap {
        try decode(try Data(mappingFileAt: path), maximumSide: maximumSide, orientation: orientation)
    }

    /// Decodes a file as `decode(fileAt:maximumSide:orientation:)`, and says whether all of the picture is there.
    package func outcome(
        fileAt path: String, maximumSide: Int? = nil, orientation: Orientation = .upright
    ) throws(RenderingError) -> Outcome {
        let data = try Data(mappingFileAt: path)
        return try data.withUnsafeBytes { decode($0, maximumSide, orientation) }.get()
    }

    /// Decodes a file's bytes, otherwise as `decode(_:maximumSide:orientation:)`.
    func decode(_ data: Data, maximumSide: Int?, orientation: Orientation) throws(RenderingError) -> Bitmap {
        try data.withUnsafeBytes { decode($0, maximumSide, orientation) }.get().bitmap
    }

    /// The alpha of the leftmost pixel of the first rows of a PNG, top down: enough to see whether a text may be hidden there.
    ///
    /// Cost: those rows only. `unsupported` for other formats, interlaced pictures, and pictures of fewer rows.
    package func firstAlpha(fileAt path: String, rows: Int) throws(RenderingError) -> [UInt8] {
        let data = try Data(mappingFileAt: path)
        guard let count = UInt32(exactly: rows), rows > 0 else { throw .badSetting("\(rows) rows") }
        var code = Int32(IMAGE_CODEC_OK)
        let alpha = [UInt8](unsafeUninitializedCapacity: rows) { buffer, written in
            code = data.withUnsafeBytes { bytes in
                guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else {
                    return Int32(IMAGE_CODEC_UNSUPPORTED)
                }
                return image_codec_png_first_alpha(start, bytes.count, count, buffer.baseAddress)
            }
            written = code == Int32(IMAGE_CODEC_OK) ? rows : 0
        }
        guard code == Int32(IMAGE_CODEC_OK) else { throw RenderingError(code) }
        return alpha
    }

    private func decode(
        _ bytes: UnsafeRawBufferPointer, _ maximumSide: Int?, _ orientation: Orientation
    ) -> Result<Outcome, RenderingError> {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return .failure(.unsupported) }
        var width: UInt32 = 0
        var height: UInt32 = 0
        let measured = image_codec_measure(start, bytes.count, &width, &height)
        guard measured == Int32(IMAGE_CODEC_OK) else { return .failure(RenderingError(measured)) }
        guard let stored = PixelSize(width: Int(width), height: Int(height)) else { return .failure(.damaged) }
        guard stored.pixelCount <= pixelLimit else {
            return .failure(.tooManyPixels(stored, limit: pixelLimit))
        }
        let size = stored.fitted(within: maximumSide ?? .max)
        var code = Int32(IMAGE_CODEC_OK)
        var told = image_codec_outcome()
        let how = image_codec_decoding(
            pixel_limit: UInt64(pixelLimit), held_limit: UInt64(heldLimit), drops_alpha: dropsAlpha ? 1 : 0,
            to_srgb: colour == .sRGB ? 1 : 0, accepts_partial: acceptsPartial ? 1 : 0)
        let pixels = [UInt8](unsafeUninitializedCapacity: size.pixelCount * 4) { buffer, count in
            code = image_codec_decode(
                start, bytes.count, how, UInt32(size.width), UInt32(size.height), buffer.baseAddress, &told)
            count = code == Int32(IMAGE_CODEC_OK) ? size.pixelCount * 4 : 0
        }
        if code == Int32(IMAGE_CODEC_TOO_MANY_PIXELS) { return .failure(.tooLargeToHold(stored, limit: heldLimit)) }
        guard code == Int32(IMAGE_CODEC_OK) else { return .failure(RenderingError(code)) }
        let isUpright = image_codec_decodes_upright(start, bytes.count) != 0
        let bitmap = Bitmap(unchecked: size, pixels: pixels).turnedUpright(from: isUpright ? .upright : orientation)
        return .success(Outcome(bitmap: bitmap, isPartial: told.is_partial != 0))
    }
}

extension Data {
    /// A file's bytes, if possible without reading them into memory first. It must not be shortened meanwhile; blobs never are.
    /// `always` is for those alone: Foundation itself calls few files safe to map.
    init(mappingFileAt path: String, always: Bool = false) throws(RenderingError) {
        do {
            try self.init(contentsOf: URL(fileURLWithPath: path), options: always ? .alwaysMapped : .mappedIfSafe)
        } catch {
            throw .unreadable(path: path)
        }
    }
}

extension RenderingError {
    /// The codec's code as an error; the ones that carry values are made where the values are known.
    init(_ code: Int32) {
        switch Int(code) {
        case Int(IMAGE_CODEC_UNSUPPORTED): self = .unsupported
        case Int(IMAGE_CODEC_NO_MEMORY): self = .outOfMemory
        case Int(IMAGE_CODEC_BAD_PARAMETER): self = .badSetting("a parameter of the codec")
        default: self = .damaged
        }
    }
}
