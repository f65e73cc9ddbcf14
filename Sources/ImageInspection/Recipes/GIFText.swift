import AssetModel

/// The texts of a GIF: comment extensions, and XMP in an application extension (XMP part 3, 1.1.2). They may stand anywhere, so
/// the blocks are walked through to the trailer.
enum GIFText {
    private static let xmpName = Array("XMP DataXMP".utf8)

    static func collect(
        from picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        var position = 13 + tableLength(try picture.byte(at: 10))
        picture.walksThrough()
        while true {
            switch try picture.byte(at: position) {
            case 0x2C:
                position = try endOfData(at: position + 11 + tableLength(picture.byte(at: position + 9)), in: &picture)
            case 0x21:
                let (label, start) = (try picture.byte(at: position + 1), position + 2)
                position = try endOfData(at: start, in: &picture)
                if label == 0xFE { try comment(start..<position, of: &picture, into: &collector) }
                if label == 0xFF { try packet(start..<position, of: &picture, into: &collector) }
            case 0x00: position += 1
            default: return
            }
        }
    }

    /// A row of blocks, put together.
    private static func comment(
        _ range: Range<Int>, of picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        // Without the last block's zero, and without the first block's length: the text alone where there is one block.
        let place = collector.place(range.lowerBound + 1..<max(range.lowerBound + 1, range.upperBound - 1), "Comment")
        guard range.count <= collector.room else { return collector.omit("comment", .comment, .tooLong, place) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            let length = try picture.byte(at: position)
            if length > 0 { bytes += try picture.run(position + 1..<position + 1 + length) }
            position += 1 + length
        }
        collector.keep(TextDecoding.narrow(bytes[...]), as: "comment", .comment, at: place)
    }

    /// The packet is not cut into blocks: a trailer of descending bytes lets a reader that knows only blocks land behind it.
    private static func packet(
        _ range: Range<Int>, of picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        guard range.count > 12 + 258,
            try picture.run(range.lowerBound + 1..<range.lowerBound + 12).elementsEqual(xmpName)
        else { return }
        let body = range.lowerBound + 12..<range.upperBound - 258
        if let bytes = try collector.bytes(of: "XMP", .xmp, in: body, block: "XMP", of: &picture) {
            XMPPacket.collect(bytes, at: collector.place(body, "XMP"), into: &collector)
        }
    }

    private static func endOfData(at start: Int, in picture: inout PictureBytes) throws(InspectionError) -> Int {
        var position = start
        while true {
            let length = try picture.byte(at: position)
            position += 1 + length
            if length == 0 { return position }
        }
    }

    private static func tableLength(_ packed: Int) -> Int { packed & 0x80 == 0 ? 0 : 6 << (packed & 7) }
}
