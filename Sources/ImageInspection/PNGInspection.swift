import AssetModel

/// Reads PNG and APNG (PNG third edition): the header, then the names and lengths of the chunks up to `IEND`.
///
/// - A file that ends before its `IEND` is truncated; bytes behind it are ignored.
/// - The header's checksum is checked, since a flipped bit there would be a wrong size. Others are not.
/// - Pixels of no bytes at all, and an indexed picture without a palette before its pixels, are malformed.
/// - `eXIf` may stand behind the pixels, so the walk goes on there. It costs one read for each `IDAT` chunk that is
///   longer than the window; long rows of equal ones are leapt over.
enum PNGInspection {
    /// Names of chunks, as four bytes.
    private enum Chunk {
        static let header = 0x4948_4452  // IHDR
        static let pixels = 0x4944_4154  // IDAT
        static let palette = 0x504C_5445  // PLTE
        static let end = 0x4945_4E44  // IEND
        static let transparency = 0x7452_4E53  // tRNS
        static let animation = 0x6163_544C  // acTL
        static let exif = 0x6558_4966  // eXIf
        static let apple = 0x4367_4249  // CgBI
        static let profile = 0x6943_4350  // iCCP
    }

    /// Every chunk has its length, its name and a checksum around its bytes.
    private static let frameLength = 12
    /// An animation needs at least a frame control chunk for each frame.
    private static let shortestFrame = 38

    static func header(
        of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        var header = try fixedHeader(of: &picture, limits: limits)
        var needsPalette = try picture.byte(at: 25) == 3
        var pixelLength = 0
        var position = 33
        var sawPixels = false
        var sawExif = false
        var lastPixelLength = -1
        while true {
            let length = try picture.big32(at: position)
            let name = try picture.big32(at: position + 4)
            guard length <= PixelSize.maximumSide else { throw picture.flaw(.blockLength) }
            let end = position + frameLength + length
            try picture.require(end)
            switch name {
            case Chunk.pixels:
                guard !needsPalette else { throw picture.flaw(.missingPalette) }
                sawPixels = true
                pixelLength += length
                if length == lastPixelLength {
                    position = try leap(over: length, from: position, in: &picture)
                    lastPixelLength = -1
                } else {
                    position = end
                    lastPixelLength = length
                }
                continue
            case Chunk.end:
                guard pixelLength > 0 else { throw picture.flaw(.missingPicture) }
                // Only now: a count that a cut file has no room for does not lie.
                guard header.frameCount <= max(1, picture.byteCount / shortestFrame) else {
                    throw picture.flaw(.frameCount)
                }
                return header
            case Chunk.header:
                throw picture.flaw(.secondHeader)
            case Chunk.palette where length >= 3:
                needsPalette = false
            case Chunk.transparency where !sawPixels:
                header.hasAlpha = true
            case Chunk.profile where !sawPixels && length > 0:
                // A name, a zero, and the packed profile: the name of at most 79 letters is what is wanted.
                let text = position + 8..<position + 8 + min(length, 80)
                header.colorProfile = try ColorProfile.ascii(text, of: &picture)
            case Chunk.animation where !sawPixels && length == 8:
                header.frameCount = try max(1, picture.big32(at: position + 8))
            case Chunk.exif where !sawExif:
                sawExif = true
                header.orientation = try ExifOrientation.read(position + 8..<position + 8 + length, of: &picture)
            default:
                guard isName(name) else { throw picture.flaw(.blockLength) }
            }
            position = end
        }
    }

    /// Walks over each chunk to `IEND`, leaping over none. A chunk that is cut, or no chunk where one must begin, is
    /// `truncated`: the rest of the file was never written.
    static func requireEveryChunk(of picture: inout PictureBytes) throws(InspectionError) {
        var position = 8
        while true {
            let length = try picture.big32(at: position)
            let name = try picture.big32(at: position + 4)
            guard length <= PixelSize.maximumSide, isName(name) else { throw .truncated(.png) }
            position += frameLength + length
            try picture.require(position)
            if name == Chunk.end { return }
        }
    }

    /// Signature and `IHDR`: the first 33 bytes.
    private static func fixedHeader(
        of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        let name = try picture.big32(at: 12)
        if name == Chunk.apple { throw .unsupported(.applePNG) }
        guard name == Chunk.header else { throw picture.flaw(.missingHeader) }
        guard try picture.big32(at: 8) == 13 else { throw picture.flaw(.headerLength) }
        try picture.require(33)
        let size = try limits.size(
            width: picture.big32(at: 16), height: picture.big32(at: 20), in: picture)
        let depth = try picture.byte(at: 24)
        let colour = try picture.byte(at: 25)
        let layoutExists =
            switch colour {
            case 0: [1, 2, 4, 8, 16].contains(depth)
            case 3: [1, 2, 4, 8].contains(depth)
            case 2, 4, 6: depth == 8 || depth == 16
            default: false
            }
        // One method each of compression and filtering exists, and two of interlacing.
        guard layoutExists, try picture.big16(at: 26) == 0, try picture.byte(at: 28) <= 1 else {
            throw picture.flaw(.pixelLayout)
        }
        guard try checksum(of: picture.run(12..<29)) == picture.big32(at: 29) else {
            throw picture.flaw(.headerChecksum)
        }
        let channels = [0: 1, 3: 1, 4: 2, 6: 4][colour] ?? 3
        return PictureHeader(storedSize: size, hasAlpha: colour & 4 != 0, bitDepth: depth, channels: channels)
    }

    /// From one of a row of equally long pixel chunks to a late one of that row; else just to the next chunk.
    ///
    /// libpng writes pixels in pieces of 8 KiB, thousands in a large picture. They lie at equal distances, so the header
    /// of a late one is looked for where it must be: at the end of the file, then at twice the distance from it, and so
    /// on. Only an exact match of length and name counts, and the walk goes on from there as from any chunk.
    static func leap(
        over length: Int, from position: Int, in picture: inout PictureBytes
    ) throws(InspectionError) -> Int {
        let step = length + frameLength
        let room = (picture.byteCount - frameLength - position) / step
        var back = 0
        while picture.byteCount - position > 2 * PictureBytes.usualRead, room - back > 1 {
            let probe = position + (room - back) * step
            if try picture.big32(at: probe) == length, try picture.big32(at: probe + 4) == Chunk.pixels {
                return probe
            }
            back = max(1, back * 2)
        }
        return position + step
    }

    /// Four letters; anything else means that a length before it lied.
    private static func isName(_ name: Int) -> Bool {
        for shift in [24, 16, 8, 0] {
            guard 0x61...0x7A ~= (name >> shift & 0xFF) | 0x20 else { return false }
        }
        return true
    }

    /// CRC-32 as PNG uses it. Bit by bit: 17 bytes do not earn a table.
    private static func checksum(of bytes: UnsafeRawBufferPointer) -> Int {
        var register = UInt32.max
        for byte in bytes {
            register ^= UInt32(byte)
            for _ in 0..<8 {
                register = register >> 1 ^ (register & 1 == 0 ? 0 : 0xEDB8_8320)
            }
        }
        return Int(~register)
    }
}
