import AssetModel

/// The texts of an IPTC record (IIM 4.2): title, headline, caption, keywords and instructions, as photo agencies write them.
enum IPTCText {
    /// Goes through the resources of Photoshop in an APP13 segment and reads the one with IPTC, number 0x0404.
    static func collect(
        resources: Range<Int>, block: String, of picture: inout PictureBytes,
        into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        var position = resources.lowerBound
        // "8BIM", a number, a name with its length padded to even, a length, the data padded to even.
        while position + 12 <= resources.upperBound, try picture.big32(at: position) == 0x3842_494D {
            let number = try picture.big16(at: position + 4)
            let nameLength = try picture.byte(at: position + 6)
            let lengthAt = position + 6 + (nameLength + 2) & ~1
            guard lengthAt + 4 <= resources.upperBound else { return }
            let length = try picture.big32(at: lengthAt)
            let data = lengthAt + 4..<lengthAt + 4 + length
            guard data.upperBound <= resources.upperBound else { return }
            if number == 0x0404 { try collect(record: data, block: block, of: &picture, into: &collector) }
            position = data.upperBound + length & 1
        }
    }

    /// Reads the data sets of a record: a mark, two numbers, a length, the bytes.
    static func collect(
        record: Range<Int>, block: String, of picture: inout PictureBytes,
        into collector: inout EmbeddedTextCollector
    ) throws(InspectionError) {
        var position = record.lowerBound
        while position + 5 <= record.upperBound, try picture.byte(at: position) == 0x1C {
            let number = try picture.big16(at: position + 1)
            let length = try picture.big16(at: position + 3)
            let data = position + 5..<position + 5 + length
            // A length with its top bit set would be the length of a length: of no text that is wanted.
            guard length < 0x8000, data.upperBound <= record.upperBound else { return }
            if let keyword = keyword(number),
                let bytes = try collector.bytes(of: keyword, .iptc, in: data, block: block, of: &picture)
            {
                collector.keep(TextDecoding.narrow(bytes[...]), as: keyword, .iptc, at: collector.place(data, block))
            }
            position = data.upperBound
        }
    }

    /// Record and data set in one number.
    private static func keyword(_ number: Int) -> String? {
        switch number {
        case 0x0205: "ObjectName"
        case 0x0219: "Keywords"
        case 0x0228: "SpecialInstructions"
        case 0x0269: "Headline"
        case 0x0278: "Caption-Abstract"
        default: nil
        }
    }
}
