import AssetModel

/// Reads BMP: the headers of Windows (`BITMAPINFOHEADER` and its successors up to version 5) and of OS/2 1.x and 2.x.
///
/// - A negative height says that the rows run from top to bottom; the size is the same.
/// - Alpha is what an alpha mask declares. The fourth byte of an uncompressed pixel is unused, as in every viewer.
/// - The bit depth is that of the widest channel: 5 for 16-bit pixels, 6 when a mask gives green one more. Of indexed
///   pictures it is that of the index.
/// - Uncompressed rows must lie in the file, but for the padding of the last one; compressed ones must if their length
///   is told.
/// - An embedded profile (version 5) gives its name.
///
/// Source: Microsoft, "Bitmap Header Types"; IBM, OS/2 Presentation Manager, `BITMAPINFOHEADER2`.
enum BMPInspection {
    /// Where the second header begins, behind the 14 bytes of the first; its length stands there.
    private static let start = 14

    /// The lengths that tell one header from another.
    private enum Length {
        static let os2First = 12
        static let os2Short = 16
        static let windows = 40
        static let withAlphaMask = 56
        static let os2Second = 64
        static let windows5 = 124
    }

    /// How the pixels are written; the numbers mean this in Windows headers only.
    private enum Coding {
        static let plain = 0
        static let runs8 = 1
        static let runs4 = 2
        static let masks = 3
        static let masksWithAlpha = 6
    }

    /// What stands in the second header.
    private struct Fields {
        var length: Int
        var size: PixelSize
        var bits: Int
        var coding = Coding.plain
        var pixelBytes = 0
        var colours = 0
    }

    static func header(
        of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        let fields = try fields(of: &picture, limits: limits)
        var header = try layout(of: fields, in: &picture)
        let pixels = try firstPixel(fields, in: &picture)
        switch fields.coding {
        case Coding.runs8, Coding.runs4:
            // At least the mark that ends the picture.
            try picture.require(pixels + max(2, fields.pixelBytes))
        default:
            let rowBits = fields.size.width * fields.bits
            let (rowLength, rows) = ((rowBits + 31) / 32 * 4, fields.size.height - 1)
            // First without multiplying, which could overflow.
            guard rows == 0 || rowLength <= picture.byteCount / rows else { throw .truncated(.bmp) }
            try picture.require(pixels + rowLength * rows + (rowBits + 7) / 8)
        }
        // "MBED": the profile lies in this file, counted from the second header.
        if fields.length == Length.windows5, try picture.little32(at: start + 56) == 0x4D42_4544 {
            let profile = try start + picture.little32(at: start + 112)
            let length = try picture.little32(at: start + 116)
            try picture.require(profile + length)
            header.colorProfile = try ColorProfile.name(in: profile..<profile + length, of: &picture)
        }
        return header
    }

    private static func fields(
        of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> Fields {
        let length = try picture.little32(at: start)
        try picture.require(start + length)
        if length == Length.os2First {
            let size = try limits.size(
                width: picture.little16(at: start + 4), height: picture.little16(at: start + 6), in: picture)
            return Fields(length: length, size: size, bits: try picture.little16(at: start + 10))
        }
        let width = Int(Int32(truncatingIfNeeded: try picture.little32(at: start + 4)))
        let height = Int(Int32(truncatingIfNeeded: try picture.little32(at: start + 8)))
        let size = try limits.size(width: width, height: abs(height), in: picture)
        var fields = Fields(length: length, size: size, bits: try picture.little16(at: start + 14))
        guard length > Length.os2Short else { return fields }
        fields.coding = try picture.little32(at: start + 16)
        fields.pixelBytes = try picture.little32(at: start + 20)
        fields.colours = try picture.little32(at: start + 32)
        return fields
    }

    /// Depth, channels and alpha; also whether bits and coding exist together.
    private static func layout(
        of fields: Fields, in picture: inout PictureBytes
    ) throws(InspectionError) -> PictureHeader {
        var header = PictureHeader(storedSize: fields.size, bitDepth: 8)
        switch (fields.coding, fields.bits) {
        case (Coding.plain, 1), (Coding.plain, 2), (Coding.plain, 4), (Coding.plain, 8),
            (Coding.runs8, 8), (Coding.runs4, 4):
            header.bitDepth = fields.bits
            header.channels = 1
        case (Coding.plain, 16):
            header.bitDepth = 5
        case (Coding.plain, 24), (Coding.plain, 32):
            break
        case (Coding.masks, 16), (Coding.masks, 32), (Coding.masksWithAlpha, 16), (Coding.masksWithAlpha, 32):
            // In OS/2's numbering, 3 is a fax coding.
            guard fields.length != Length.os2Second else { throw .unsupported(.bitmapCoding) }
            // They follow the forty bytes of the old header and are part of the newer ones: the same place.
            var widest = 0
            for mask in 0..<3 {
                widest = max(widest, try picture.little32(at: start + Length.windows + 4 * mask).nonzeroBitCount)
            }
            // Of any width: a mask may cover the whole pixel, have gaps, or be missing where another one is there.
            guard widest > 0 else { throw picture.flaw(.pixelLayout) }
            header.bitDepth = widest
            if fields.length >= Length.withAlphaMask || fields.coding == Coding.masksWithAlpha {
                header.hasAlpha = try picture.little32(at: start + Length.windows + 12) != 0
            }
        case (Coding.masks, 1) where fields.length == Length.os2Second,
            (4, 24) where fields.length == Length.os2Second:
            throw .unsupported(.bitmapCoding)
        case (4...5, _) where fields.length != Length.os2Second, (11...13, _):
            throw .unsupported(.bitmapCoding)
        default:
            throw picture.flaw(.pixelLayout)
        }
        if header.hasAlpha { header.channels = 4 }
        return header
    }

    /// Where the first row is; some writers leave the offset at zero and mean "behind the table of colours".
    private static func firstPixel(
        _ fields: Fields, in picture: inout PictureBytes
    ) throws(InspectionError) -> Int {
        let told = try picture.little32(at: 10)
        var least = start + fields.length
        if fields.length == Length.windows {
            if fields.coding == Coding.masks { least += 12 }
            if fields.coding == Coding.masksWithAlpha { least += 16 }
        }
        if told != 0 {
            guard told >= least else { throw picture.flaw(.blockLength) }
            return told
        }
        guard fields.bits <= 8 else { return least }
        let colours = fields.colours == 0 ? 1 << fields.bits : min(fields.colours, 1 << fields.bits)
        return least + colours * (fields.length == Length.os2First ? 3 : 4)
    }
}
