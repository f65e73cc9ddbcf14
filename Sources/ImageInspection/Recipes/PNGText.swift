import AssetModel

/// The texts of a PNG: `tEXt`, `zTXt` and `iTXt` (PNG third edition, 11.3.3), an XMP packet or a raw
/// profile in any of them, and `eXIf`.
enum PNGText {
    /// Names of chunks, as four bytes.
    private enum Chunk {
        static let pixels = 0x4944_4154  // IDAT
        static let end = 0x4945_4E44  // IEND
        static let plain = 0x7445_5874  // tEXt
        static let compressed = 0x7A54_5874  // zTXt
        static let international = 0x6954_5874  // iTXt
        static let exif = 0x6558_4966  // eXIf
        static let comfy = 0x636F_6D66  // comf, a tEXt by another name, in ComfyUI's animated pictures
    }

    static func collect(
        from picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        var position = 8
        var lastPixelLength = -1
        while true {
            let length = try picture.big32(at: position)
            let name = try picture.big32(at: position + 4)
            let body = position + 8..<position + 8 + length
            try picture.require(body.upperBound + 4)
            var next = body.upperBound + 4
            switch name {
            case Chunk.end: return
            case Chunk.pixels:
                if length == lastPixelLength {
                    next = try PNGInspection.leap(over: length, from: position, in: &picture)
                    lastPixelLength = -1
                } else {
                    lastPixelLength = length
                }
            case Chunk.plain: try plain(body, "tEXt", of: &picture, into: &collector)
            case Chunk.comfy: try plain(body, "comf", of: &picture, into: &collector)
            case Chunk.compressed: try compressed(body, of: &picture, into: &collector)
            case Chunk.international: try international(body, of: &picture, into: &collector)
            case Chunk.exif: try ExifText.collect(body, block: "eXIf", of: &picture, into: &collector)
            default: break
            }
            position = next
        }
    }

    /// Keyword, zero, Latin-1.
    private static func plain(
        _ body: Range<Int>, _ block: String, of picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        guard let (keyword, start) = try keyword(in: body, of: &picture) else { return }
        let range = start..<body.upperBound
        guard let bytes = try collector.bytes(of: keyword, .png, in: range, block: block, of: &picture) else { return }
        keep(bytes, as: keyword, at: collector.place(range, block), into: &collector)
    }

    /// Keyword, zero, method, compressed Latin-1.
    private static func compressed(
        _ body: Range<Int>, of picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        guard let (keyword, start) = try keyword(in: body, of: &picture), start < body.upperBound,
            try picture.byte(at: start) == 0
        else { return }
        let range = start + 1..<body.upperBound
        guard let bytes = try inflated(range, "zTXt", keyword, of: &picture, into: &collector) else { return }
        keep(bytes, as: keyword, at: collector.place(range, "zTXt"), into: &collector)
    }

    /// Keeps a text, or what a packet of XMP or a block of another kind under that keyword holds.
    private static func keep(
        _ bytes: [UInt8], as keyword: String, at place: EmbeddedText.Place, into collector: inout EmbeddedTextCollector
    ) {
        if keyword == "XML:com.adobe.xmp" {
            XMPPacket.collect(bytes, at: place, into: &collector)
        } else if RawProfile.isOne(keyword) {
            RawProfile.collect(bytes, as: keyword, at: place, into: &collector)
        } else {
            collector.keep(TextDecoding.narrow(bytes[...]), as: keyword, .png, at: place)
        }
    }

    /// Keyword, zero, flag, method, language, zero, translated keyword, zero, UTF-8 that may be compressed.
    private static func international(
        _ body: Range<Int>, of picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        guard let (keyword, start) = try keyword(in: body, of: &picture), start + 2 <= body.upperBound else { return }
        let isCompressed = try picture.byte(at: start) == 1
        let method = try picture.byte(at: start + 1)
        guard !isCompressed || method == 0,
            let language = try zero(from: start + 2, before: body.upperBound, in: &picture),
            let translated = try zero(from: language + 1, before: body.upperBound, in: &picture)
        else { return }
        let range = translated + 1..<body.upperBound
        let bytes =
            if isCompressed {
                try inflated(range, "iTXt", keyword, of: &picture, into: &collector)
            } else {
                try collector.bytes(of: keyword, .png, in: range, block: "iTXt", of: &picture)
            }
        guard let bytes else { return }
        keep(bytes, as: keyword, at: collector.place(range, "iTXt"), into: &collector)
    }

    private static func inflated(
        _ range: Range<Int>, _ block: String, _ keyword: String, of picture: inout PictureBytes,
        into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) -> [UInt8]? {
        guard let packed = try collector.bytes(of: keyword, .png, in: range, block: block, of: &picture) else {
            return nil
        }
        switch Inflation.inflate(packed[...], .zlib, limit: collector.room) {
        case .bytes(let bytes): return bytes
        case .tooLong: collector.omit(keyword, .png, .tooLong, collector.place(range, block))
        case .damaged: collector.omit(keyword, .png, .damaged, collector.place(range, block))
        }
        return nil
    }

    /// The keyword at the start of a chunk, at most 79 bytes, and the offset behind its zero.
    private static func keyword(
        in body: Range<Int>, of picture: inout PictureBytes
    ) throws(InspectionError) -> (String, Int)? {
        guard
            let end = try zero(from: body.lowerBound, before: min(body.upperBound, body.lowerBound + 80), in: &picture),
            end > body.lowerBound
        else { return nil }
        return (TextDecoding.narrow(try picture.copy(body.lowerBound..<end)[...]), end + 1)
    }

    /// The offset of the next zero. A language or a translated keyword of more than 4 KiB is none.
    private static func zero(
        from start: Int, before end: Int, in picture: inout PictureBytes
    ) throws(InspectionError) -> Int? {
        guard start < end else { return nil }
        let run = try picture.run(start..<min(end, start + PictureBytes.usualRead))
        return run.firstIndex(of: 0).map { start + $0 }
    }
}
