import AssetModel

/// The texts in a block of EXIF, which is a small TIFF: its first directory and the EXIF directory that this one names.
///
/// Nothing else is followed, and no directory twice, so a block that refers to itself leads nowhere.
enum ExifText {
    /// How the value of a tag is to be read.
    private enum Form {
        case narrow, wide, comment, xmp, iptc
    }

    private static let maximumEntryCount = 512
    /// A camera's private notes have this tag too; only the single word that Fooocus writes is wanted.
    private static let longestMakerNote = 32

    /// The tags that carry text, by number; some generators put them into the wrong directory.
    private static func tag(_ number: Int) -> (name: String, form: Form)? {
        switch number {
        case 0x010D: ("DocumentName", .narrow)
        case 0x010E: ("ImageDescription", .narrow)
        case 0x010F: ("Make", .narrow)
        case 0x0110: ("Model", .narrow)
        case 0x0131: ("Software", .narrow)
        case 0x011D: ("PageName", .narrow)
        case 0x013B: ("Artist", .narrow)
        case 0x013C: ("HostComputer", .narrow)
        case 0x02BC: ("XMP", .xmp)
        case 0x8298: ("Copyright", .narrow)
        case 0x83BB: ("IPTC", .iptc)
        case 0x9213: ("ImageHistory", .narrow)
        case 0x927C: ("MakerNote", .narrow)
        case 0x9286: ("UserComment", .comment)
        case 0x9C9B: ("XPTitle", .wide)
        case 0x9C9C: ("XPComment", .wide)
        case 0x9C9D: ("XPAuthor", .wide)
        case 0x9C9E: ("XPKeywords", .wide)
        case 0x9C9F: ("XPSubject", .wide)
        case 0xA436: ("ImageTitle", .narrow)
        default: nil
        }
    }

    static func collect(
        _ block: Range<Int>, block name: String, of picture: inout PictureBytes,
        into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        var start = block.lowerBound
        guard block.count >= 8 else { return }
        if block.count >= 14, try picture.big32(at: start) == 0x4578_6966, try picture.big16(at: start + 4) == 0 {
            start += 6
        }
        let isLittle: Bool
        switch try picture.big32(at: start) {
        case 0x4949_2A00: isLittle = true
        case 0x4D4D_002A: isLittle = false
        default: return
        }
        var tiff = TIFFBlock(start: start, end: block.upperBound, isLittle: isLittle)
        let first = try tiff.number32(at: start + 4, in: &picture)
        tiff.name = name
        guard let second = try tiff.collectDirectory(at: first, of: &picture, into: &collector), second != first else {
            return
        }
        _ = try tiff.collectDirectory(at: second, of: &picture, into: &collector)
    }

    /// EXIF as the item of a HEIF file or the box of a JPEG XL holds it: four bytes say how many others stand before the TIFF.
    static func collect(
        shifted block: Range<Int>, block name: String, of picture: inout PictureBytes,
        into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        guard block.count >= 12 else { return }
        let marks = [0x4949_2A00, 0x4D4D_002A, 0x4578_6966]
        let shift = try picture.big32(at: block.lowerBound)
        // Some writers leave the four bytes out, some count what stands before the TIFF and some do not.
        var body = block
        if !marks.contains(shift) {
            body = block.dropFirst(4)
            if try !marks.contains(picture.big32(at: body.lowerBound)) { body = body.dropFirst(min(shift, body.count)) }
        }
        try collect(body, block: name, of: &picture, into: &collector)
    }

    /// Where a TIFF lies in the file, and its byte order.
    private struct TIFFBlock {
        let start: Int
        let end: Int
        let isLittle: Bool
        var name = ""

        func number16(at offset: Int, in picture: inout PictureBytes) throws(InspectionError) -> Int {
            try isLittle ? picture.little16(at: offset) : picture.big16(at: offset)
        }

        func number32(at offset: Int, in picture: inout PictureBytes) throws(InspectionError) -> Int {
            try isLittle ? picture.little32(at: offset) : picture.big32(at: offset)
        }

        /// Reads one directory; gives the offset of the EXIF directory if this one names it.
        func collectDirectory(
            at offset: Int, of picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
        ) throws(InspectionError) -> Int? {
            let directory = start + offset
            guard offset >= 8, directory + 2 <= end else { return nil }
            var exifDirectory: Int?
            let declared = try number16(at: directory, in: &picture)
            for index in 0..<min(declared, (end - directory - 2) / 12, maximumEntryCount) {
                let entry = directory + 2 + index * 12
                let number = try number16(at: entry, in: &picture)
                if number == 0x8769 {
                    exifDirectory = try number32(at: entry + 8, in: &picture)
                } else if let tag = tag(number) {
                    try collect(tag.name, tag.form, entry: entry, of: &picture, into: &collector)
                }
            }
            return exifDirectory
        }

        private func collect(
            _ keyword: String, _ form: Form, entry: Int, of picture: inout PictureBytes,
            into collector: inout EmbeddedTextCollector
        ) throws(InspectionError) {
            let kind = try number16(at: entry + 2, in: &picture)
            let count = try number32(at: entry + 4, in: &picture)
            let width: Int
            switch kind {
            // BYTE, ASCII, UNDEFINED, and UTF-8 since EXIF 3.0.
            case 1, 2, 7, 129: width = 1
            // LONG, in which some writers pack IPTC.
            case 4 where form == .iptc: width = 4
            default: return
            }
            let length = count * width
            guard length > 0, keyword != "MakerNote" || length <= longestMakerNote else { return }
            let value = try length <= 4 ? entry + 8 : start + number32(at: entry + 8, in: &picture)
            let range = value..<value + length
            guard range.upperBound <= end else {
                return collector.omit(keyword, .exif, .damaged, collector.place(entry..<entry + 12, name))
            }
            if form == .iptc {
                return try IPTCText.collect(record: range, block: name, of: &picture, into: &collector)
            }
            let carrier = form == .xmp ? EmbeddedText.Carrier.xmp : .exif
            guard let bytes = try collector.bytes(of: keyword, carrier, in: range, block: name, of: &picture) else {
                return
            }
            let place = collector.place(range, name)
            let text: String
            switch form {
            case .xmp:
                XMPPacket.collect(bytes, at: place, into: &collector)
                return
            case .narrow, .iptc: text = TextDecoding.narrow(bytes[...])
            case .wide: text = TextDecoding.wide(bytes[...], isLittle: true)
            // Pillow writes a comment as plain ASCII without the eight bytes.
            case .comment where kind == 2 || kind == 129: text = unprefixed(bytes)
            case .comment: text = TextDecoding.userComment(bytes, isLittle: isLittle)
            }
            collector.keep(text, as: keyword, .exif, at: place)
        }

        private func unprefixed(_ bytes: [UInt8]) -> String {
            bytes.starts(with: Array("ASCII\0\0\0".utf8)) || bytes.starts(with: Array("UNICODE\0".utf8))
                ? TextDecoding.userComment(bytes, isLittle: isLittle) : TextDecoding.narrow(bytes[...])
        }
    }
}
