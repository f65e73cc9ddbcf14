import AssetModel

/// Reads WebP (RFC 9649): a RIFF file whose first chunk is a lossy or lossless picture, or the extended header.
///
/// - A RIFF length, or a chunk, that reaches beyond the file is truncated; a chunk that reaches beyond its RIFF is
///   malformed; bytes behind the RIFF are ignored.
/// - EXIF follows the pixels and is found by seeking. It counts only when the extended header announces it, as in
///   libwebp.
/// - A still picture must have the size of its canvas, as libwebp demands.
enum WebPInspection {
    /// Names of chunks, as four bytes.
    private enum Chunk {
        static let lossy = 0x5650_3820  // VP8 and a space
        static let lossless = 0x5650_384C  // VP8L
        static let extended = 0x5650_3858  // VP8X
        static let alpha = 0x414C_5048  // ALPH
        static let frame = 0x414E_4D46  // ANMF
        static let exif = 0x4558_4946  // EXIF
        static let profile = 0x4943_4350  // ICCP
    }

    /// Bits of the extended header's first byte.
    private enum Flag {
        static let animation = 0x02
        static let exif = 0x08
        static let alpha = 0x10
        static let profile = 0x20
    }

    static func header(
        of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        let riffLength = try picture.little32(at: 4)
        let end = 8 + riffLength
        // The name WEBP and one chunk header are the least.
        guard riffLength >= 12 else { throw picture.flaw(.headerLength) }
        let name = try picture.big32(at: 12)
        guard name == Chunk.extended else {
            let body = try body(at: 12, before: end, in: &picture)
            let header = try still(name, body, of: &picture, limits: limits)
            try picture.require(end)
            return header
        }
        return try extended(before: end, of: &picture, limits: limits)
    }

    /// The extended header and the chunks behind it.
    private static func extended(
        before end: Int, of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        let body = try body(at: 12, before: end, in: &picture)
        guard body.count >= 10 else { throw picture.flaw(.headerLength) }
        let flags = try picture.byte(at: body.lowerBound)
        let size = try limits.size(
            width: 1 + picture.little24(at: body.lowerBound + 4),
            height: 1 + picture.little24(at: body.lowerBound + 7), in: picture)
        try picture.require(end)
        var header = PictureHeader(storedSize: size, hasAlpha: flags & Flag.alpha != 0, bitDepth: 8)
        let isAnimated = flags & Flag.animation != 0
        var wantsExif = flags & Flag.exif != 0
        var frames = 0
        var position = body.upperBound
        // A chunk of odd length is followed by a zero, which may be missing at the very end.
        while position + 8 <= end, wantsExif || isAnimated || frames == 0 {
            let name = try picture.big32(at: position)
            let body = try Self.body(at: position, before: end, in: &picture)
            switch name {
            case Chunk.lossy where !isAnimated && frames == 0, Chunk.lossless where !isAnimated && frames == 0:
                let still = try still(name, body, of: &picture, limits: limits)
                guard still.storedSize == size else { throw picture.flaw(.contradictorySize) }
                header.hasAlpha = header.hasAlpha || still.hasAlpha
                frames = 1
            case Chunk.alpha where !isAnimated:
                header.hasAlpha = true
            case Chunk.frame where isAnimated:
                frames += 1
            case Chunk.profile where flags & Flag.profile != 0:
                header.colorProfile = try ColorProfile.name(in: body, of: &picture)
            case Chunk.exif where wantsExif:
                header.orientation = try ExifOrientation.read(body, of: &picture)
                wantsExif = false
            default:
                break
            }
            position = body.upperBound + body.count & 1
        }
        guard frames > 0 else { throw picture.flaw(.missingPicture) }
        header.frameCount = frames
        header.channels = header.hasAlpha ? 4 : 3
        return header
    }

    /// The bytes of the chunk whose name stands at a position.
    private static func body(
        at position: Int, before end: Int, in picture: inout PictureBytes
    ) throws(InspectionError) -> Range<Int> {
        let length = try picture.little32(at: position + 4)
        let body = position + 8..<position + 8 + length
        guard body.upperBound <= end else { throw picture.flaw(.blockLength) }
        try picture.require(body.upperBound)
        return body
    }

    /// The header of the pixels themselves.
    private static func still(
        _ name: Int, _ body: Range<Int>, of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        switch name {
        case Chunk.lossy:
            guard body.count >= 10 else { throw picture.flaw(.headerLength) }
            // A key frame (lowest bit zero), then its start code; the upper two bits of a side ask for scaling.
            guard try picture.byte(at: body.lowerBound) & 1 == 0,
                try picture.little24(at: body.lowerBound + 3) == 0x2A_019D
            else { throw picture.flaw(.pictureStart) }
            let size = try limits.size(
                width: picture.little16(at: body.lowerBound + 6) & 0x3FFF,
                height: picture.little16(at: body.lowerBound + 8) & 0x3FFF, in: picture)
            return PictureHeader(storedSize: size, bitDepth: 8)
        case Chunk.lossless:
            guard body.count >= 5 else { throw picture.flaw(.headerLength) }
            // From the lowest bit: width − 1 and height − 1 in 14 bits each, alpha, three bits of version.
            let bits = try picture.little32(at: body.lowerBound + 1)
            guard try picture.byte(at: body.lowerBound) == 0x2F, bits >> 29 == 0 else {
                throw picture.flaw(.pictureStart)
            }
            let size = try limits.size(width: 1 + bits & 0x3FFF, height: 1 + bits >> 14 & 0x3FFF, in: picture)
            let hasAlpha = bits >> 28 & 1 == 1
            return PictureHeader(storedSize: size, hasAlpha: hasAlpha, bitDepth: 8, channels: hasAlpha ? 4 : 3)
        default:
            throw picture.flaw(.missingHeader)
        }
    }
}
