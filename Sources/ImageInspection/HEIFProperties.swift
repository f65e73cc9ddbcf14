import AssetModel

/// What the properties of one HEIF item, or of the coding of a sequence, say together.
struct HEIFProperties {
    /// Names of boxes, as four bytes.
    private enum Name {
        static let extents = 0x6973_7065  // ispe
        static let aperture = 0x636C_6170  // clap
        static let rotation = 0x6972_6F74  // irot
        static let mirror = 0x696D_6972  // imir
        static let pixel = 0x7069_7869  // pixi
        static let av1 = 0x6176_3143  // av1C
        static let hevc = 0x6876_6343  // hvcC
        static let auxiliary = 0x6175_7843  // auxC
        static let auxiliaryTrack = 0x6175_7869  // auxi
        static let colour = 0x636F_6C72  // colr
    }

    /// The sides as coded, before any cut or turn.
    private var coded: (width: Int, height: Int)?
    /// The sides that a clean aperture leaves, as stored: before any turn.
    private var clean: (width: Int, height: Int)?
    /// Bits and channels as the property for pixels names them.
    private var pixel: (depth: Int, channels: Int)?
    /// Bits and channels as the decoder's configuration names them.
    private var coding: (depth: Int, channels: Int)?
    private(set) var colorProfile: String?
    /// Whether these are properties of an auxiliary picture with transparency.
    private(set) var isAlpha = false
    /// Whether they name the purpose of an auxiliary picture at all.
    private(set) var namesPurpose = false
    /// Mirrored left to right first, and then this many quarters clockwise.
    private var isMirrored = false
    private var quarters = 0

    var depth: Int? { pixel?.depth ?? coding?.depth }
    /// Without alpha, which is a picture of its own.
    var channels: Int? { pixel?.channels ?? coding?.channels }

    /// The sides that are shown, as stored: what a clean aperture leaves of those that `ispe`, or a description of a
    /// track, names. An aperture that is empty or larger than the picture is none.
    func sides(of description: (width: Int, height: Int)? = nil) -> (width: Int, height: Int)? {
        guard let whole = description ?? coded else { return nil }
        guard let clean, 1...max(1, whole.width) ~= clean.width, 1...max(1, whole.height) ~= clean.height else {
            return whole
        }
        return clean
    }

    /// The turns of `irot` and `imir`, in the words of EXIF.
    var orientation: Orientation {
        switch (isMirrored, quarters) {
        case (false, 1): .rotated90
        case (false, 2): .rotated180
        case (false, 3): .rotated270
        case (true, 0): .mirrored
        case (true, 1): .mirroredRotated90
        case (true, 2): .mirroredRotated180
        case (true, 3): .mirroredRotated270
        default: .upright
        }
    }

    /// Takes one property; unknown ones say nothing that is asked here.
    mutating func take(_ box: Box, of picture: inout PictureBytes) throws(InspectionError) {
        let body = box.body
        switch box.name {
        case Name.extents:
            coded = (try picture.field(4, at: 4, in: body), try picture.field(4, at: 8, in: body))
        case Name.aperture:
            // Two fractions, then the place of the middle.
            let across = try picture.field(4, at: 0, in: body) / max(1, picture.field(4, at: 4, in: body))
            let down = try picture.field(4, at: 8, in: body) / max(1, picture.field(4, at: 12, in: body))
            clean = quarters & 1 == 0 ? (across, down) : (down, across)
        case Name.rotation:
            // Quarters against the clock.
            quarters = try (quarters + 4 - picture.field(1, at: 0, in: body) & 3) & 3
        case Name.mirror:
            // 1 exchanges left and right; 0 top and bottom, which is that and half a turn. Mirroring what is turned
            // already is the same as turning it the other way behind the mirror.
            let isHorizontal = try picture.field(1, at: 0, in: body) & 1 == 1
            quarters = ((isHorizontal ? 4 : 6) - quarters) & 3
            isMirrored.toggle()
        case Name.pixel:
            let channels = try picture.field(1, at: 4, in: body)
            var depth = 0
            for index in 0..<channels { depth = try max(depth, picture.field(1, at: 5 + index, in: body)) }
            guard 1...32 ~= depth, 1...4 ~= channels else { throw picture.flaw(.pixelLayout) }
            pixel = (depth, channels)
        case Name.av1:
            // Behind tier: more than 8 bits, 12 bits, no colour.
            let flags = try picture.field(1, at: 2, in: body)
            coding = (flags & 0x40 == 0 ? 8 : flags & 0x20 == 0 ? 10 : 12, flags & 0x10 == 0 ? 3 : 1)
        case Name.hevc:
            let chroma = try picture.field(1, at: 16, in: body) & 3
            coding = (try 8 + picture.field(1, at: 17, in: body) & 7, chroma == 0 ? 1 : 3)
        case Name.auxiliary, Name.auxiliaryTrack:
            namesPurpose = true
            let text = try ColorProfile.ascii(body.dropFirst(4), of: &picture) ?? ""
            isAlpha = Self.alphaPurposes.contains(text)
        case Name.colour:
            // An embedded profile, whole or restricted; the other kind is a few numbers.
            let kind = try picture.field(4, at: 0, in: body)
            if kind == 0x7072_6F66 || kind == 0x7249_4343 {
                colorProfile = try ColorProfile.name(in: body.dropFirst(4), of: &picture)
            }
        default:
            break
        }
    }

    private static let alphaPurposes: Set = [
        "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:avc:2015:auxid:1",
    ]
}
