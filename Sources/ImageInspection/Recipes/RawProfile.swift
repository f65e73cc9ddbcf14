import AssetModel

/// `Raw profile type …` of a PNG: how ImageMagick keeps blocks for which PNG has no chunk. A line break, a name, the number of
/// bytes, then the bytes in hexadecimal digits with line breaks between.
enum RawProfile {
    private static let prefix = "raw profile type "

    /// Whether a keyword names such a block.
    static func isOne(_ keyword: String) -> Bool { keyword.lowercased().hasPrefix(prefix) }

    /// Takes the texts of the block. Bytes that are no such block are noted as damaged.
    static func collect(
        _ stored: [UInt8], as keyword: String, at place: EmbeddedText.Place, into collector: inout EmbeddedTextCollector
    ) {
        let kind = String(keyword.lowercased().dropFirst(prefix.count))
        guard ["exif", "app1", "xmp", "iptc", "8bim"].contains(kind) else { return }
        guard let bytes = bytes(stored), bytes.count <= collector.room else {
            return collector.omit(keyword, .png, .damaged, place)
        }
        let packetName = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
        if kind == "xmp" || bytes.starts(with: packetName) {
            let packet = bytes.starts(with: packetName) ? Array(bytes.dropFirst(packetName.count)) : bytes
            XMPPacket.collect(packet, at: place, into: &collector)
            return
        }
        collector.collect(from: bytes, at: place) { (part, collector) throws(InspectionError) in
            let whole = 0..<part.byteCount
            switch kind {
            case "exif", "app1": try ExifText.collect(whole, block: place.block, of: &part, into: &collector)
            case _ where bytes.starts(with: Array("8BIM".utf8)):
                try IPTCText.collect(resources: whole, block: place.block, of: &part, into: &collector)
            default: try IPTCText.collect(record: whole, block: place.block, of: &part, into: &collector)
            }
        }
    }

    private static func bytes(_ stored: [UInt8]) -> [UInt8]? {
        let lines = stored.split(separator: 0x0A, maxSplits: 2)
        guard lines.count == 3, let count = Int(String(decoding: lines[1], as: UTF8.self).filter { $0 != " " }) else {
            return nil
        }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in lines[2] {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x57
            case 0x41...0x46: value = digit - 0x37
            case 0x0A, 0x0D, 0x20: continue
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes.count == count && high == nil ? bytes : nil
    }
}
