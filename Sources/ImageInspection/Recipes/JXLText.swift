import AssetModel

/// The texts of a JPEG XL container (ISO/IEC 18181-2): its boxes `Exif` and `xml `. One that is compressed with Brotli (`brob`) is
/// noted as left out. A bare codestream has none.
enum JXLText {
    private static let exif = 0x4578_6966
    private static let xml = 0x786D_6C20
    private static let packed = 0x6272_6F62

    static func collect(
        from picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        guard try picture.big16(at: 0) != 0xFF0A else { return }
        var position = 0
        while let box = try BoxWalk.box(at: position, before: picture.byteCount, in: &picture) {
            try picture.require(box.body.upperBound)
            switch box.name {
            case exif: try ExifText.collect(shifted: box.body, block: "Exif", of: &picture, into: &collector)
            case xml:
                if let bytes = try collector.bytes(of: "XMP", .xmp, in: box.body, block: "xml ", of: &picture) {
                    XMPPacket.collect(bytes, at: collector.place(box.body, "xml "), into: &collector)
                }
            case packed where box.body.count >= 4:
                let inner = try picture.big32(at: box.body.lowerBound)
                let place = collector.place(box.body, "brob")
                if inner == exif { collector.omit("EXIF", .exif, .compressed, place) }
                if inner == xml { collector.omit("XMP", .xmp, .compressed, place) }
            default: break
            }
            position = box.body.upperBound
        }
    }
}
