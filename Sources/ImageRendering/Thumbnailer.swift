package import AssetModel

/// Makes what a person sees of a picture before the picture itself, out of one decoding: two thumbnails, a placeholder, its main
/// colours and its fingerprint.
///
/// A picture is decoded to 512 pixels on its longer side, upright and in sRGB; what there is of one that is cut is shown. The 256 are made from these, everything else too. Nothing is
/// enlarged. Areas are averaged as stored, not in linear light: that is what browsers, libvips and Pillow do, so a picture does not
/// change its brightness when the thumbnail makes room for it.
package struct Thumbnailer: Sendable {
    /// Counts up whenever the same picture gets other thumbnails, another placeholder or other colours.
    package static let version = 1
    /// The longer side of the larger thumbnail.
    package static let side = 512
    /// The longer side of the smaller one.
    package static let smallSide = 256
    /// The longer side of what is shown instead of a large picture.
    package static let previewSide = 2048
    /// How many pixels a picture may have that must be held whole to be decoded: 268 MB of them.
    package static let heldLimit = 1 << 26

    private let decoder: ImageDecoder
    private let fingerprinter: Fingerprinter

    /// A thumbnailer; `heldLimit` bounds, in pixels, what must be held whole to be decoded.
    package init(heldLimit: Int = Thumbnailer.heldLimit) {
        decoder = ImageDecoder(heldLimit: heldLimit, colour: .sRGB, acceptsPartial: true)
        fingerprinter = Fingerprinter(heldLimit: heldLimit)
    }

    /// A picture made smaller, as a file.
    package struct Rendition: Hashable, Sendable {
        /// JPEG for an opaque picture, WebP for one with alpha.
        package let format: ImageFormat
        /// Its size, upright.
        package let size: PixelSize
        /// The file.
        package let bytes: [UInt8]
    }

    /// What one decoding gave.
    package struct Look: Hashable, Sendable {
        /// At most 512 pixels on the longer side.
        package let large: Rendition
        /// At most 256; nil when the large one is no larger than that.
        package let small: Rendition?
        /// See `Placeholder`.
        package let placeholder: Placeholder
        /// One to three, the one of most pixels first.
        package let colours: [PlainColour]
        /// Nil when the picture is blank.
        package let fingerprint: Fingerprint?
        /// Whether the file ends too early, so that a part of the picture is missing.
        package let isPartial: Bool
    }

    /// Decodes a file once and makes everything.
    ///
    /// `facts` are those of the file. Errors: what the decoder does not decode. Cost: decoding, and about 5 ms. Memory: some rows of the
    /// picture where its format allows that, as `ImageDecoder` says, and 2 MB.
    package func look(ofFileAt path: String, _ facts: ImageFacts) throws(RenderingError) -> Look {
        let outcome = try decoder.outcome(fileAt: path, maximumSide: Self.side, orientation: facts.orientation)
        return try look(of: outcome.bitmap, isPartial: outcome.isPartial)
    }

    /// What is shown of a picture that a browser cannot show, or that is larger than wanted: at most `side` pixels on the longer side.
    ///
    /// Cost: decoding, and 20 ms for 2048 pixels. Memory: four bytes a pixel of the result, and what the decoder needs.
    package func preview(
        ofFileAt path: String, _ facts: ImageFacts, side: Int = previewSide
    ) throws(RenderingError) -> (rendition: Rendition, isPartial: Bool) {
        let outcome = try decoder.outcome(fileAt: path, maximumSide: side, orientation: facts.orientation)
        let made = try rendition(of: outcome.bitmap, isOpaque: outcome.bitmap.isOpaque, quality: 88)
        return (made, outcome.isPartial)
    }

    /// The same from pixels that are there already, upright, and at most 512 on the longer side.
    func look(of large: Bitmap, isPartial: Bool) throws(RenderingError) -> Look {
        let isOpaque = large.isOpaque
        let small = try Scaler().fit(large, within: Self.smallSide)
        // Tiny, its colours are those of areas rather than of pixels.
        let tiny = try Scaler().fit(small, within: Placeholder.sourceSide)
        return Look(
            large: try rendition(of: large, isOpaque: isOpaque),
            small: small.size == large.size ? nil : try rendition(of: small, isOpaque: isOpaque),
            placeholder: Placeholder(of: tiny), colours: DominantColours.of(tiny),
            fingerprint: fingerprinter.fingerprint(of: large), isPartial: isPartial)
    }

    private func rendition(
        of bitmap: Bitmap, isOpaque: Bool, quality: Int = 82
    ) throws(RenderingError) -> Rendition {
        let settings: ImageEncoder.Settings = isOpaque ? .jpeg(quality: quality) : .webp(quality: quality, effort: 0)
        let bytes = try ImageEncoder(settings).encode(bitmap, isOpaque: isOpaque)
        return Rendition(format: settings.format, size: bitmap.size, bytes: bytes)
    }
}

extension Bitmap {
    /// Whether no pixel lets anything through. Cost: a look at each until one does.
    package var isOpaque: Bool {
        pixels.withUnsafeBytes { bytes in
            let count = bytes.count / 4
            var start = 0
            while start < count {
                // Blocks without a branch inside, which the compiler does many pixels at a time.
                let end = min(count, start + 1024)
                var all: UInt32 = .max
                for index in start..<end {
                    all &= bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
                }
                guard UInt32(littleEndian: all) >> 24 == 255 else { return false }
                start = end
            }
            return true
        }
    }
}
