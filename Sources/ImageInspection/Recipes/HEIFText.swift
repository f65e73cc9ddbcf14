import AssetModel

/// The texts of AVIF and HEIC (ISO/IEC 23008-12, annex A): items of the kinds `Exif` and `mime` with XMP, and XMP in a `uuid` box.
///
/// An item may lie in several pieces, in the file or in the box `idat`; those of up to 64 pieces are put together.
enum HEIFText {
    /// Names of boxes and kinds of items, as four bytes.
    private enum Name {
        static let meta = 0x6D65_7461
        static let infos = 0x6969_6E66  // iinf
        static let info = 0x696E_6665  // infe
        static let locations = 0x696C_6F63  // iloc
        static let data = 0x6964_6174  // idat
        static let user = 0x7575_6964  // uuid
        static let exif = 0x4578_6966
        static let mime = 0x6D69_6D65
    }

    private static let xmpUser: [UInt8] = [
        0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC,
    ]
    private static let xmpType = Array("application/rdf+xml\0".utf8)
    private static let maximumItemCount = 8
    private static let maximumPieceCount = 64

    static func collect(
        from picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        var position = 0
        while let box = try BoxWalk.box(at: position, before: picture.byteCount, in: &picture) {
            try picture.require(box.body.upperBound)
            if box.name == Name.meta { try items(in: box.body, of: &picture, into: &collector) }
            if box.name == Name.user, box.body.count > 16,
                try picture.run(box.body.prefix(16)).elementsEqual(xmpUser)
            {
                try packet(box.body.dropFirst(16), block: "uuid", of: &picture, into: &collector)
            }
            position = box.body.upperBound
        }
    }

    private static func packet(
        _ range: Range<Int>, block: String, of picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        guard let bytes = try collector.bytes(of: "XMP", .xmp, in: range, block: block, of: &picture) else { return }
        XMPPacket.collect(bytes, at: collector.place(range, block), into: &collector)
    }

    private static func items(
        in meta: Range<Int>, of picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        var (infos, locations, data): (Range<Int>?, Range<Int>?, Range<Int>?)
        var walk = BoxWalk(meta.dropFirst(4))
        while let box = try walk.next(in: &picture) {
            switch box.name {
            case Name.infos: infos = infos ?? box.body
            case Name.locations: locations = locations ?? box.body
            case Name.data: data = data ?? box.body
            default: break
            }
        }
        guard let infos, let locations else { return }
        for (item, kind) in try texts(in: infos, of: &picture) {
            let pieces = try pieces(of: item, in: locations, data, of: &picture)
            guard let first = pieces.first else { continue }
            let (keyword, carrier) = kind == Name.exif ? ("EXIF", EmbeddedText.Carrier.exif) : ("XMP", .xmp)
            let block = kind == Name.exif ? "Exif" : "mime"
            let length = pieces.reduce(0) { $0 + $1.count }
            let place = EmbeddedText.Place(block: block, offset: Int64(first.lowerBound), length: length)
            guard pieces.allSatisfy({ $0.upperBound <= picture.byteCount }) else {
                collector.omit(keyword, carrier, .damaged, collector.place(meta, "meta"))
                continue
            }
            if pieces.count == 1 {
                if kind == Name.exif {
                    try ExifText.collect(shifted: first, block: block, of: &picture, into: &collector)
                } else {
                    try packet(first, block: block, of: &picture, into: &collector)
                }
                continue
            }
            guard length <= collector.room else {
                collector.omit(keyword, carrier, .tooLong, place)
                continue
            }
            var bytes: [UInt8] = []
            for piece in pieces { bytes += try picture.copy(piece) }
            if kind == Name.exif {
                collector.collect(from: bytes, at: place) { (part, collector) throws(InspectionError) in
                    try ExifText.collect(shifted: 0..<part.byteCount, block: block, of: &part, into: &collector)
                }
            } else {
                XMPPacket.collect(bytes, at: place, into: &collector)
            }
        }
    }

    /// The numbers and kinds of the items that are texts.
    private static func texts(
        in infos: Range<Int>, of picture: inout PictureBytes
    ) throws(InspectionError) -> [(item: Int, kind: Int)] {
        var found: [(item: Int, kind: Int)] = []
        var walk = BoxWalk(infos.dropFirst(try picture.field(1, at: 0, in: infos) == 0 ? 6 : 8))
        while found.count < maximumItemCount, let box = try walk.next(in: &picture) {
            guard box.name == Name.info else { continue }
            let version = try picture.field(1, at: 0, in: box.body)
            guard version == 2 || version == 3 else { continue }
            let length = version == 2 ? 2 : 4
            let kind = try picture.field(4, at: 4 + length + 2, in: box.body)
            if kind == Name.exif {
                found.append((try picture.field(length, at: 4, in: box.body), kind))
            } else if kind == Name.mime {
                // A name that ends in zero, then the type.
                let rest = box.body.dropFirst(4 + length + 6).prefix(256)
                let words = try picture.run(rest)
                guard let end = words.firstIndex(of: 0), words[(end + 1)...].starts(with: xmpType) else { continue }
                found.append((try picture.field(length, at: 4, in: box.body), kind))
            }
        }
        return found
    }

    /// Where an item lies in the file; empty when that is not said, or in a way that is not read.
    private static func pieces(
        of item: Int, in locations: Range<Int>, _ data: Range<Int>?, of picture: inout PictureBytes
    ) throws(InspectionError) -> [Range<Int>] {
        let version = try picture.field(1, at: 0, in: locations)
        let sizes = try picture.field(2, at: 4, in: locations)
        let (offsetLength, lengthLength, baseLength) = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15)
        let indexLength = version == 0 ? 0 : sizes & 15
        guard [offsetLength, lengthLength, baseLength, indexLength].allSatisfy({ [0, 4, 8].contains($0) }) else {
            return []
        }
        let numberLength = version < 2 ? 2 : 4
        var offset = 6 + numberLength
        for _ in 0..<(try picture.field(numberLength, at: 6, in: locations)) {
            let number = try picture.field(numberLength, at: offset, in: locations)
            offset += numberLength
            // Where offsets are counted from: 0 the file, 1 the box `idat`.
            let method = version == 0 ? 0 : try picture.field(2, at: offset, in: locations) & 15
            offset += version == 0 ? 2 : 4
            let base = try picture.field(baseLength, at: offset, in: locations)
            let count = try picture.field(2, at: offset + baseLength, in: locations)
            offset += baseLength + 2
            guard number == item else {
                offset += count * (indexLength + offsetLength + lengthLength)
                continue
            }
            guard method == 0 || method == 1 && data != nil, count <= maximumPieceCount else { return [] }
            let origin = base + (method == 1 ? data?.lowerBound ?? 0 : 0)
            var pieces: [Range<Int>] = []
            for _ in 0..<count {
                let start = try origin + picture.field(offsetLength, at: offset + indexLength, in: locations)
                let length = try picture.field(lengthLength, at: offset + indexLength + offsetLength, in: locations)
                // Each number is at most 2⁶¹.
                pieces.append(start..<start + length)
                offset += indexLength + offsetLength + lengthLength
            }
            return pieces
        }
        return []
    }
}
