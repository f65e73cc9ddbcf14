import AssetModel

/// Reads JPEG (ITU-T T.81): the segments up to the start of the first scan.
///
/// - Segments are skipped by their length, so a large profile or thumbnail costs one read, not its bytes. Stray bytes
///   between segments are skipped too, as every decoder does.
/// - All frame types of T.81 give facts. A height of zero means that a DNL marker behind the pixels tells it; common
///   decoders refuse that, and it is `unsupported` here.
/// - The first EXIF segment counts. Several pictures in one file (MPO, gain maps) are one frame: the first.
/// - Whether the file is cut is said only where that is certain: when no more than 4 KiB follow the first scan's header, they
///   are walked through. The end of a longer file cannot tell, since anything may follow a picture: see `WholePicture`.
enum JPEGInspection {
    static func header(
        of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        var header: PictureHeader?
        var orientation: Orientation?
        var colorProfile: String?
        var profileParts: UInt64 = 0
        var notes: [FactsNote] = []
        var position = 2
        while true {
            // A marker is 0xFF and a byte that is neither 0x00 nor 0xFF; any number of 0xFF may stand before it.
            while try picture.byte(at: position) != 0xFF { position += 1 }
            while try picture.byte(at: position) == 0xFF { position += 1 }
            let marker = try picture.byte(at: position)
            position += 1
            switch marker {
            case 0x00, 0x01, 0xD0...0xD7: continue
            case 0xD8: throw picture.flaw(.secondHeader)
            case 0xD9: throw picture.flaw(.missingPicture)
            default: break
            }
            let length = try picture.big16(at: position)
            guard length >= 2 else { throw picture.flaw(.blockLength) }
            let body = position + 2..<position + length
            try picture.require(body.upperBound)
            switch marker {
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                guard header == nil else { throw picture.flaw(.secondHeader) }
                header = try frame(body, of: &picture, limits: limits)
            case 0xF7:
                throw .unsupported(.jpegLS)
            case 0xE1 where orientation == nil && body.count >= 6:
                // "Exif", zero, zero; XMP uses the same marker.
                if try picture.big32(at: body.lowerBound) == 0x4578_6966,
                    try picture.big16(at: body.lowerBound + 4) == 0
                {
                    orientation = try ExifOrientation.read(body, of: &picture)
                }
            case 0xE2 where body.count >= 14:
                // "ICC_PROFILE", zero, the number of this part and of all: the name is in the first part.
                if try picture.big32(at: body.lowerBound) == 0x4943_435F,
                    try picture.big32(at: body.lowerBound + 8) == 0x494C_4500
                {
                    let part = try picture.byte(at: body.lowerBound + 12)
                    let bit = part < 64 ? UInt64(1) << UInt64(part) : 0
                    if profileParts & bit != 0, notes.isEmpty { notes = [.repeatedProfile] }
                    profileParts |= bit
                    if part == 1, colorProfile == nil {
                        colorProfile = try ColorProfile.name(in: body.dropFirst(14), of: &picture)
                    }
                }
            case 0xDA:
                guard var header else { throw picture.flaw(.missingHeader) }
                header.orientation = orientation ?? .upright
                header.colorProfile = colorProfile
                header.notes = notes
                if picture.byteCount - body.upperBound <= PictureBytes.usualRead {
                    _ = try JPEGScans.end(from: body.upperBound, in: &picture)
                }
                return header
            default:
                break
            }
            position = body.upperBound
        }
    }

    /// The frame header: precision, height, width, components.
    private static func frame(
        _ body: Range<Int>, of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        guard body.count >= 6 else { throw picture.flaw(.headerLength) }
        let depth = try picture.byte(at: body.lowerBound)
        let height = try picture.big16(at: body.lowerBound + 1)
        let width = try picture.big16(at: body.lowerBound + 3)
        let components = try picture.byte(at: body.lowerBound + 5)
        guard body.count == 6 + 3 * components else { throw picture.flaw(.headerLength) }
        guard components > 0, 2...16 ~= depth else { throw picture.flaw(.pixelLayout) }
        if height == 0, width > 0 { throw .unsupported(.jpegHeightAfterPixels) }
        let size = try limits.size(width: width, height: height, in: picture)
        return PictureHeader(storedSize: size, bitDepth: depth, channels: components)
    }
}
