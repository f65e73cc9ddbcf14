import AssetModel

/// The texts of a JPEG: comments, EXIF and XMP in APP1, extended XMP, IPTC in APP13. Looks no further than the first scan.
enum JPEGText {
    private static let xmpName = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    private static let extensionName = Array("http://ns.adobe.com/xmp/extension/\0".utf8)
    private static let photoshopName = Array("Photoshop 3.0\0".utf8)

    static func collect(
        from picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        var position = 2
        var continuation = ExtendedXMP()
        var sawExif = false
        walk: while true {
            while try picture.byte(at: position) != 0xFF { position += 1 }
            while try picture.byte(at: position) == 0xFF { position += 1 }
            let marker = try picture.byte(at: position)
            position += 1
            switch marker {
            case 0x00, 0x01, 0xD0...0xD7: continue
            case 0xD8, 0xD9, 0xDA: break walk
            default: break
            }
            let length = try picture.big16(at: position)
            guard length >= 2 else { break walk }
            let body = position + 2..<position + length
            try picture.require(body.upperBound)
            switch marker {
            case 0xE1 where !sawExif && body.count >= 14:
                if try starts(body, with: Array("Exif\0\0".utf8), in: &picture) {
                    sawExif = true
                    try ExifText.collect(body, block: "APP1", of: &picture, into: &collector)
                } else {
                    try xmp(body, &continuation, of: &picture, into: &collector)
                }
            case 0xE1: try xmp(body, &continuation, of: &picture, into: &collector)
            case 0xED where try starts(body, with: photoshopName, in: &picture):
                let range = body.lowerBound + photoshopName.count..<body.upperBound
                try IPTCText.collect(resources: range, block: "APP13", of: &picture, into: &collector)
            case 0xFE:
                if let bytes = try collector.bytes(of: "comment", .comment, in: body, block: "COM", of: &picture) {
                    collector.keep(
                        TextDecoding.narrow(bytes[...]), as: "comment", .comment, at: collector.place(body, "COM"))
                }
            default: break
            }
            position = body.upperBound
        }
        continuation.finish(into: &collector)
    }

    private static func starts(
        _ body: Range<Int>, with name: [UInt8], in picture: inout PictureBytes
    ) throws(InspectionError) -> Bool {
        guard body.count >= name.count else { return false }
        return try picture.run(body.lowerBound..<body.lowerBound + name.count).elementsEqual(name)
    }

    private static func xmp(
        _ body: Range<Int>, _ continuation: inout ExtendedXMP, of picture: inout PictureBytes,
        into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        if try starts(body, with: xmpName, in: &picture) {
            let range = body.lowerBound + xmpName.count..<body.upperBound
            guard let bytes = try collector.bytes(of: "XMP", .xmp, in: range, block: "APP1", of: &picture) else {
                return
            }
            continuation.identifier =
                XMPPacket.collect(bytes, at: collector.place(range, "APP1"), into: &collector)
                ?? continuation.identifier
        } else if try starts(body, with: extensionName, in: &picture), body.count > extensionName.count + 40 {
            let start = body.lowerBound + extensionName.count
            let identifier = try picture.copy(start..<start + 32)
            let total = try picture.big32(at: start + 32)
            let offset = try picture.big32(at: start + 36)
            let range = start + 40..<body.upperBound
            guard continuation.expects(identifier, total: total, offset: offset, count: range.count) else { return }
            guard total <= collector.room else {
                return collector.omit("XMP", .xmp, .tooLong, collector.place(range, "APP1"))
            }
            continuation.append(try picture.copy(range), total: total, at: range.lowerBound)
        }
    }
}

/// XMP that is longer than one segment (XMP part 3, 1.1.3.1): pieces that carry the identifier which the main packet
/// names. Only pieces in order, without gaps, are put together.
struct ExtendedXMP {
    /// What the main packet says in `xmpNote:HasExtendedXMP`: 32 hexadecimal digits.
    var identifier: String?
    private var bytes: [UInt8] = []
    private var total = 0
    private var start = 0

    /// Whether a piece is the next one.
    func expects(_ identifier: [UInt8], total: Int, offset: Int, count: Int) -> Bool {
        guard let own = self.identifier, identifier.elementsEqual(own.utf8) else { return false }
        return offset == bytes.count && offset + count <= total && (bytes.isEmpty || total == self.total)
    }

    /// Takes the next piece. `total` was checked against the room there is.
    mutating func append(_ piece: [UInt8], total: Int, at offset: Int) {
        if bytes.isEmpty {
            self.total = total
            start = offset
        }
        bytes.append(contentsOf: piece)
    }

    /// Reads the whole when it is whole.
    func finish(into collector: inout EmbeddedTextCollector) {
        guard !bytes.isEmpty else { return }
        let place = EmbeddedText.Place(block: "APP1", offset: Int64(start), length: bytes.count)
        guard bytes.count == total else { return collector.omit("XMP", .xmp, .damaged, place) }
        XMPPacket.collect(bytes, at: place, into: &collector)
    }
}
