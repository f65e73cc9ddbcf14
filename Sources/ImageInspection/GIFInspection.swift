import AssetModel

/// Reads GIF87a and GIF89a: the screen, then every block up to the trailer, since nothing else counts the frames.
///
/// - The stored size is that of the screen on which the frames are placed.
/// - Alpha means that any frame declares a transparent colour.
/// - The bit depth is that of the colour table which the first frame uses.
/// - A file that ends before its trailer is truncated. Zeros between blocks are skipped; any other stray byte ends the
///   picture if it has a frame already, as in browsers.
enum GIFInspection {
    static func header(
        of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        let size = try limits.size(width: picture.little16(at: 6), height: picture.little16(at: 8), in: picture)
        let screen = try picture.byte(at: 10)
        var header = PictureHeader(storedSize: size, bitDepth: 8, channels: 1, frameCount: 0)
        var position = 13 + tableLength(screen)
        picture.walksThrough()
        while true {
            switch try picture.byte(at: position) {
            case 0x2C:
                let frame = try picture.byte(at: position + 9)
                if header.frameCount == 0 { header.bitDepth = depth(frame) ?? depth(screen) ?? 8 }
                header.frameCount += 1
                // Ten bytes of descriptor, the table, the size of the first code.
                position = try endOfData(at: position + 11 + tableLength(frame), in: &picture)
            case 0x21:
                // A graphic control extension; the lowest bit of its first data byte says "transparent".
                if try picture.byte(at: position + 1) == 0xF9, try picture.byte(at: position + 2) >= 4,
                    try picture.byte(at: position + 3) & 1 == 1
                {
                    header.hasAlpha = true
                }
                position = try endOfData(at: position + 2, in: &picture)
            case 0x00:
                position += 1
            default:
                // The trailer, 0x3B, or a stray byte.
                guard header.frameCount > 0 else { throw picture.flaw(.missingPicture) }
                return header
            }
        }
    }

    /// The offset behind a row of data blocks: each begins with its length, and a length of zero ends the row.
    private static func endOfData(at start: Int, in picture: inout PictureBytes) throws(InspectionError) -> Int {
        var position = start
        while true {
            let length = try picture.byte(at: position)
            position += 1 + length
            if length == 0 { return position }
        }
    }

    /// The length of the colour table that a packed byte announces; its top bit says whether there is one.
    private static func tableLength(_ packed: Int) -> Int {
        depth(packed).map { 3 << $0 } ?? 0
    }

    /// The bits of an index into the colour table that a packed byte announces, or nil when it announces none.
    private static func depth(_ packed: Int) -> Int? {
        packed & 0x80 == 0 ? nil : packed & 7 + 1
    }
}
