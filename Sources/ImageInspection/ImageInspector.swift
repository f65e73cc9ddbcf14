package import AssetModel
import Files

/// Reads what a picture's bytes say about it, and nothing else: no pixel is decoded, no file name is believed.
///
///     let facts = try ImageInspector().inspect(fileAt: "cat.jpg")
///     let size = facts.displaySize
///
/// A file costs one open, one read of 4 KiB, and a few more reads where a format keeps what is asked for further back:
/// a JPEG behind large APP segments, a WebP's EXIF, the end of a PNG, a TIFF's directories, all of a GIF. Memory is 36 KiB a call, whatever
/// the file claims, and 300 KiB for a JPEG XL whose header is that long. Any bytes give facts or an error; none give a crash or an endless walk. An inspector is a value
/// without state and may be used from many tasks at once; each call blocks its thread for the reads.
package struct ImageInspector: Sendable {
    /// How much of a file is looked at.
    package enum Reach: Hashable, Sendable {
        /// The header, and what else the facts need. What only the pixels could tell is not said: a JPEG that is cut behind
        /// its header gives facts.
        case header
        /// Every byte, so that a picture that is cut is `truncated`. Pixels are not decoded. Costs one more read of the file.
        case whole
    }

    /// What this inspector accepts.
    package let limits: InspectionLimits
    /// How far it looks.
    package let reach: Reach

    /// An inspector; the default limits suit any real picture.
    package init(limits: InspectionLimits = InspectionLimits(), reach: Reach = .header) {
        self.limits = limits
        self.reach = reach
    }

    /// Reads the facts of a file. Symbolic links are followed.
    ///
    /// Never waits on a pipe or a device: anything but a regular file is `unreadable`. A path is text here, so a name that
    /// is not UTF-8 cannot be given; open such a file and use `inspect(descriptor:)`.
    package func inspect(fileAt path: String) throws(InspectionError) -> ImageFacts {
        let file = try InspectionError.opening(path)
        return try facts(ofDescriptor: file.descriptor, byteCount: file.status.byteCount)
    }

    /// The same, with what is odd and does no harm.
    package func findings(fileAt path: String) throws(InspectionError) -> (facts: ImageFacts, notes: [FactsNote]) {
        let file = try InspectionError.opening(path)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: PictureBytes.bufferLength, alignment: 16)
        defer { buffer.deallocate() }
        var picture = try PictureBytes(
            descriptor: file.descriptor, byteCount: file.status.byteCount, buffer: buffer, limits: limits)
        return try findings(in: &picture, byteCount: file.status.byteCount)
    }

    /// Reads the facts of an open file, without using or moving its offset.
    ///
    /// The caller keeps the descriptor and closes it.
    package func inspect(descriptor: Int32) throws(InspectionError) -> ImageFacts {
        try facts(ofDescriptor: descriptor, byteCount: InspectionError.byteCount(ofDescriptor: descriptor))
    }

    /// Reads the facts of a whole file that is in memory. Copies nothing.
    package func inspect(bytes: [UInt8]) throws(InspectionError) -> ImageFacts {
        try bytes.withUnsafeBytes { (memory) -> Result<ImageFacts, InspectionError> in
            Result { () throws(InspectionError) in
                var picture = try PictureBytes(memory: memory)
                return try facts(of: &picture, byteCount: Int64(memory.count))
            }
        }.get()
    }

    /// The format whose files begin with these bytes, or nil; a few bytes are enough.
    ///
    /// JPEG needs 3 bytes, PNG 8, GIF 6, WebP 12, TIFF 4, BMP 18, JPEG XL 2 or, in its container, 12; AVIF and HEIC need
    /// 12, or their whole list of brands. At most the first 4 KiB are looked at.
    package static func format(ofPrefix bytes: some Collection<UInt8>) -> ImageFormat? {
        let start = Array(bytes.prefix(PictureBytes.usualRead))
        return start.withUnsafeBytes { FormatSignature.format(of: $0) }
    }

    private func facts(ofDescriptor descriptor: Int32, byteCount: Int64) throws(InspectionError) -> ImageFacts {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: PictureBytes.bufferLength, alignment: 16)
        defer { buffer.deallocate() }
        var picture = try PictureBytes(descriptor: descriptor, byteCount: byteCount, buffer: buffer, limits: limits)
        return try facts(of: &picture, byteCount: byteCount)
    }

    private func facts(of picture: inout PictureBytes, byteCount: Int64) throws(InspectionError) -> ImageFacts {
        try findings(in: &picture, byteCount: byteCount).facts
    }

    /// The one place where a format meets its reader.
    func findings(
        in picture: inout PictureBytes, byteCount: Int64
    ) throws(InspectionError) -> (facts: ImageFacts, notes: [FactsNote]) {
        var header =
            switch picture.format {
            case .png: try PNGInspection.header(of: &picture, limits: limits)
            case .jpeg: try JPEGInspection.header(of: &picture, limits: limits)
            case .webp: try WebPInspection.header(of: &picture, limits: limits)
            case .gif: try GIFInspection.header(of: &picture, limits: limits)
            case .bmp: try BMPInspection.header(of: &picture, limits: limits)
            case .tiff: try TIFFInspection.header(of: &picture, limits: limits)
            case .avif, .heic: try HEIFInspection.header(of: &picture, limits: limits)
            case .jxl: try JXLInspection.header(of: &picture, limits: limits)
            }
        if reach == .whole { header.notes += try WholePicture.check(&picture) }
        let facts = ImageFacts(
            format: picture.format, storedSize: header.storedSize, orientation: header.orientation,
            hasAlpha: header.hasAlpha, bitDepth: header.bitDepth, channels: header.channels,
            colorProfile: header.colorProfile, frameCount: header.frameCount, byteCount: byteCount)
        return (facts, header.notes)
    }
}
