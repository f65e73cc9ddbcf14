import AssetModel

/// Finds the name of an ICC profile (ICC.1:2022): its tag `desc`, in the form of version 2 or 4.
///
/// What is wrong with a profile is never held against the picture: a viewer shows it without, and here it has no name.
enum ColorProfile {
    /// Tags that are looked at; real profiles have nine to twenty.
    private static let maximumTagCount = 100
    /// Bytes of a name that are kept.
    private static let maximumNameLength = 256

    /// The name that the profile gives itself, or nil. `block` must lie inside the file.
    static func name(in block: Range<Int>, of picture: inout PictureBytes) throws(InspectionError) -> String? {
        // "acsp" in the fixed header of 128 bytes, then the number of tags.
        guard block.count >= 132, try picture.big32(at: block.lowerBound + 36) == 0x6163_7370 else { return nil }
        let declared = try picture.big32(at: block.lowerBound + 128)
        for index in 0..<min(declared, maximumTagCount, (block.count - 132) / 12) {
            let tag = block.lowerBound + 132 + index * 12
            guard try picture.big32(at: tag) == 0x6465_7363 else { continue }
            let start = try block.lowerBound + picture.big32(at: tag + 4)
            let end = try start + picture.big32(at: tag + 8)
            guard end <= block.upperBound, end - start >= 16 else { return nil }
            switch try picture.big32(at: start) {
            case 0x6465_7363:
                // desc: the length with its closing zero, then letters.
                let length = try picture.big32(at: start + 8)
                return try ascii(start + 12..<min(end, start + 12 + length), of: &picture)
            case 0x6D6C_7563:
                return try localised(start..<end, of: &picture)
            default:
                return nil
            }
        }
        return nil
    }

    /// Plain letters up to the first zero.
    static func ascii(_ range: Range<Int>, of picture: inout PictureBytes) throws(InspectionError) -> String? {
        let bytes = try picture.run(range.prefix(maximumNameLength))
        return clean(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
    }

    /// `mluc`: records of language, country, length and offset; the first in English, or the first at all.
    private static func localised(
        _ block: Range<Int>, of picture: inout PictureBytes
    ) throws(InspectionError) -> String? {
        let declared = try picture.big32(at: block.lowerBound + 8)
        let count = min(declared, (block.count - 16) / 12, maximumTagCount)
        guard count > 0 else { return nil }
        var chosen = block.lowerBound + 16
        for index in 0..<count {
            let record = block.lowerBound + 16 + index * 12
            if try picture.big16(at: record) == 0x656E {
                chosen = record
                break
            }
        }
        let length = try picture.big32(at: chosen + 4)
        let start = try block.lowerBound + picture.big32(at: chosen + 8)
        guard start + length <= block.upperBound else { return nil }
        let bytes = try picture.run((start..<start + length).prefix(maximumNameLength))
        var units: [UInt16] = []
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            units.append(UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]))
        }
        return clean(String(decoding: units.prefix { $0 != 0 }, as: UTF16.self))
    }

    /// Without control characters and outer spaces; nil when nothing is left.
    private static func clean(_ text: String) -> String? {
        let visible = text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F ~= $0.value) }
        let name = String(String.UnicodeScalarView(visible))
        let start = name.drop { $0.isWhitespace }
        let end = start.lastIndex { !$0.isWhitespace }
        return end.map { String(start[...$0]) }
    }
}
