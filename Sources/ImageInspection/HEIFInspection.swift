import AssetModel

/// Reads AVIF and HEIC: boxes of ISO/IEC 14496-12 that hold the items of ISO/IEC 23008-12 (HEIF), coded as AV1 or HEVC.
///
/// - The primary item counts, be it one picture, a grid of tiles, an overlay or a copy of another item. A file whose
///   first brand is one of sequences gives the facts of its sequence if it has one.
/// - The stored size is `ispe`, or the clean aperture (`clap`) that encoders cut out of whole coding blocks, before any
///   turn; `irot` and `imir` are the orientation, in the words of EXIF. A block of EXIF tells no orientation here: the
///   standard says so.
/// - Alpha is an auxiliary picture with that purpose. Depth is what `pixi` says, else the decoder's configuration of the
///   item or of a grid's first tile.
/// - Further pictures of a collection do not count as frames; those of a sequence do.
/// - A box that reaches beyond the file is truncated; foreign bytes behind the last box are ignored.
enum HEIFInspection {
    /// Names of boxes, as four bytes.
    private enum Name {
        static let meta = 0x6D65_7461
        static let film = 0x6D6F_6F76  // moov
        /// What a cut file may end in: ftyp, meta, moov, mdat, free, skip, uuid.
        static let usual: Set = [
            0x6674_7970, meta, film, 0x6D64_6174, 0x6672_6565, 0x736B_6970, 0x7575_6964,
        ]
    }

    /// Codings of items.
    private enum Coding {
        static let pictures: Set = [
            0x6176_3031,  // av01
            0x6876_6331,  // hvc1
        ]
        /// Items made of others: grid, iovl (overlay), iden (a copy, turned).
        static let derived: Set = [0x6772_6964, 0x696F_766C, 0x6964_656E]
    }

    /// First brands of sequences: avis, msf1, hevc, hevx, hevm, hevs.
    private static let sequenceBrands: Set = [
        0x6176_6973, 0x6D73_6631, 0x6865_7663, 0x6865_7678, 0x6865_766D, 0x6865_7673,
    ]

    static func header(
        of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        var meta: Range<Int>?
        var film: Range<Int>?
        var position = 0
        while let box = try BoxWalk.box(at: position, before: picture.byteCount, in: &picture) {
            if box.body.upperBound > picture.byteCount {
                // Foreign bytes read as a box have a wild length and no usual name.
                guard Name.usual.contains(box.name) || meta == nil && film == nil else { break }
                throw .truncated(picture.format)
            }
            if box.name == Name.meta { meta = meta ?? box.body }
            if box.name == Name.film { film = film ?? box.body }
            position = box.body.upperBound
        }
        let isSequence = try sequenceBrands.contains(picture.big32(at: 8))
        if let film, isSequence || meta == nil,
            let header = try HEIFSequence.header(in: film, of: &picture, limits: limits)
        {
            return header
        }
        // A file cut between two boxes looks like one that never had the second.
        guard let meta else { throw .truncated(picture.format) }
        return try item(in: meta, of: &picture, limits: limits)
    }

    private static func item(
        in meta: Range<Int>, of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        let items = try HEIFItems(meta: meta, of: &picture)
        guard let coding = try items.coding(of: items.primary, in: &picture) else {
            throw picture.flaw(.missingPicture)
        }
        guard Coding.pictures.contains(coding) || Coding.derived.contains(coding) else {
            throw .unsupported(.heifCoding)
        }
        let properties = try items.properties(of: items.primary, in: &picture)
        guard let sides = properties.sides() else { throw picture.flaw(.missingHeader) }
        let size = try limits.size(width: sides.width, height: sides.height, in: picture)
        var (depth, channels) = (properties.depth, properties.channels)
        var hasAlpha = try items.hasAlpha(items.primary, in: &picture)
        if Coding.derived.contains(coding) {
            guard let part = try items.firstPart(of: items.primary, in: &picture) else {
                throw picture.flaw(.missingPicture)
            }
            guard part != items.primary else { throw picture.flaw(.circle) }
            let tile = try items.properties(of: part, in: &picture)
            (depth, channels) = (depth ?? tile.depth, channels ?? tile.channels)
            try items.requireBytes(of: part, in: &picture)
            // Transparency may belong to the tiles instead of the grid.
            if !hasAlpha { hasAlpha = try items.hasAlpha(part, in: &picture) }
        }
        try items.requireBytes(of: items.primary, in: &picture)
        return PictureHeader(
            storedSize: size, orientation: properties.orientation, hasAlpha: hasAlpha, bitDepth: depth ?? 8,
            channels: (channels ?? 3) + (hasAlpha ? 1 : 0), colorProfile: properties.colorProfile)
    }
}
