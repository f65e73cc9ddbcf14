import AssetModel

/// The picture sequence of a HEIF file: its `moov` box, as in a film.
///
/// - The first picture track gives size, depth and the number of frames; a further one with transparency gives alpha.
/// - Turns count when the coding carries `irot` or `imir`; the matrix of a track is not looked at, as in libavif.
enum HEIFSequence {
    /// Names of boxes and handlers, as four bytes.
    private enum Name {
        static let track = 0x7472_616B  // trak
        static let media = 0x6D64_6961  // mdia
        static let handler = 0x6864_6C72  // hdlr
        static let mediaInformation = 0x6D69_6E66  // minf
        static let samples = 0x7374_626C  // stbl
        static let descriptions = 0x7374_7364  // stsd
        static let sizes = 0x7374_737A  // stsz
        static let smallSizes = 0x7374_7A32  // stz2
        static let chunks = 0x7374_636F  // stco
        static let wideChunks = 0x636F_3634  // co64
        static let picture = 0x7069_6374  // pict
        static let video = 0x7669_6465  // vide
        static let auxiliary = 0x6175_7876  // auxv
        static let av1 = 0x6176_3031  // av01
        static let hevc = 0x6876_6331  // hvc1
        static let hevcInBand = 0x6865_7631  // hev1
    }

    /// The fixed part of a picture's description, before the boxes in it.
    private static let descriptionLength = 78

    /// The facts of the sequence, or nil when there is no track of pictures.
    static func header(
        in film: Range<Int>, of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader? {
        var header: PictureHeader?
        var hasAlpha = false
        var walk = BoxWalk(film)
        while let box = try walk.next(in: &picture) {
            guard box.name == Name.track,
                let media = try BoxWalk.first(Name.media, in: box.body, of: &picture),
                let handler = try BoxWalk.first(Name.handler, in: media, of: &picture),
                let information = try BoxWalk.first(Name.mediaInformation, in: media, of: &picture),
                let samples = try BoxWalk.first(Name.samples, in: information, of: &picture)
            else { continue }
            switch try picture.field(4, at: 8, in: handler) {
            case Name.picture where header == nil, Name.video where header == nil:
                header = try track(samples, of: &picture, limits: limits)
            case Name.auxiliary:
                if let description = try description(in: samples, of: &picture) {
                    let properties = try properties(in: description.body, of: &picture)
                    hasAlpha = hasAlpha || properties.isAlpha || !properties.namesPurpose
                }
            default:
                break
            }
        }
        if hasAlpha {
            header?.hasAlpha = true
            header?.channels += 1
        }
        return header
    }

    private static func track(
        _ samples: Range<Int>, of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        guard let description = try description(in: samples, of: &picture) else {
            throw picture.flaw(.missingHeader)
        }
        guard [Name.av1, Name.hevc, Name.hevcInBand].contains(description.name) else {
            throw .unsupported(.heifCoding)
        }
        try requireLastChunk(in: samples, of: &picture)
        let described = try (
            picture.field(2, at: 24, in: description.body), picture.field(2, at: 26, in: description.body)
        )
        let properties = try properties(in: description.body, of: &picture)
        let sides = properties.sides(of: described) ?? described
        let size = try limits.size(width: sides.0, height: sides.1, in: picture)
        return PictureHeader(
            storedSize: size, orientation: properties.orientation, bitDepth: properties.depth ?? 8,
            channels: properties.channels ?? 3, colorProfile: properties.colorProfile,
            frameCount: try frameCount(in: samples, of: &picture))
    }

    /// The first description of how samples are coded; version, flags and a count stand before it.
    private static func description(
        in samples: Range<Int>, of picture: inout PictureBytes
    ) throws(InspectionError) -> Box? {
        guard let descriptions = try BoxWalk.first(Name.descriptions, in: samples, of: &picture) else { return nil }
        var walk = BoxWalk(descriptions.dropFirst(8))
        return try walk.next(in: &picture)
    }

    private static func properties(
        in description: Range<Int>, of picture: inout PictureBytes
    ) throws(InspectionError) -> HEIFProperties {
        var properties = HEIFProperties()
        var walk = BoxWalk(description.dropFirst(descriptionLength))
        while let box = try walk.next(in: &picture) { try properties.take(box, of: &picture) }
        return properties
    }

    /// The last run of samples must begin inside the file, or a file that is cut before its pixels would pass.
    private static func requireLastChunk(
        in samples: Range<Int>, of picture: inout PictureBytes
    ) throws(InspectionError) {
        var walk = BoxWalk(samples)
        while let box = try walk.next(in: &picture) {
            guard box.name == Name.chunks || box.name == Name.wideChunks else { continue }
            let length = box.name == Name.chunks ? 4 : 8
            let count = try picture.field(4, at: 4, in: box.body)
            guard count > 0 else { continue }
            try picture.require(picture.field(length, at: 8 + (count - 1) * length, in: box.body) + 1)
        }
    }

    /// One sample is one frame. Each must have had room in the file.
    private static func frameCount(
        in samples: Range<Int>, of picture: inout PictureBytes
    ) throws(InspectionError) -> Int {
        var walk = BoxWalk(samples)
        while let box = try walk.next(in: &picture) {
            guard box.name == Name.sizes || box.name == Name.smallSizes else { continue }
            let count = try picture.field(4, at: 8, in: box.body)
            let length = try picture.field(4, at: 4, in: box.body)
            let isEqual = box.name == Name.sizes && length > 0
            // Either all samples have one length, or a table has half a byte or more for each.
            guard count <= (isEqual ? picture.byteCount : (box.body.count - 12) * 2) else {
                throw picture.flaw(.frameCount)
            }
            return max(1, count)
        }
        return 1
    }
}
