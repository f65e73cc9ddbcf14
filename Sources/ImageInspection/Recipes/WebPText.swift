import AssetModel

/// The texts of a WebP: its `EXIF` and `XMP ` chunks (RFC 9649, 2.7.1.5), announced by the header or not.
enum WebPText {
    static func collect(
        from picture: inout PictureBytes, into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        let end = try 8 + picture.little32(at: 4)
        var position = 12
        var sawExif = false
        while position + 8 <= end {
            let name = try picture.big32(at: position)
            let length = try picture.little32(at: position + 4)
            let body = position + 8..<position + 8 + length
            try picture.require(body.upperBound)
            switch name {
            case 0x4558_4946 where !sawExif:
                sawExif = true
                try ExifText.collect(body, block: "EXIF", of: &picture, into: &collector)
            case 0x584D_5020:
                if let bytes = try collector.bytes(of: "XMP", .xmp, in: body, block: "XMP ", of: &picture) {
                    XMPPacket.collect(bytes, at: collector.place(body, "XMP "), into: &collector)
                }
            default: break
            }
            position = body.upperBound + body.count & 1
        }
    }
}
