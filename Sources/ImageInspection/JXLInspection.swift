import AssetModel

/// Reads JPEG XL (ISO/IEC 18181): the image header of a bare codestream, or of the one in a container of boxes.
///
/// - Size, orientation, depth, channels and alpha stand in the header, before anything compressed. A block of EXIF in the
///   container tells no orientation: the header does.
/// - A profile is compressed with the pixels' own coding, so it has no name here.
/// - Frames can be counted only by decoding. An animation has the number that its frame index names, else 2, which stands
///   for "more than one".
/// - Whether the file is cut is seen only in a container, by its boxes; a bare codestream tells its end nowhere.
enum JXLInspection {
    /// Names of boxes, as four bytes.
    private enum Name {
        static let codestream = 0x6A78_6C63  // jxlc
        static let part = 0x6A78_6C70  // jxlp
        static let index = 0x6A78_6C69  // jxli
        static let usual: Set = [
            codestream, part, index, 0x6A62_7264, 0x4578_6966, 0x786D_6C20, 0x6272_6F62,  // jbrd, Exif, xml, brob
        ]
    }

    /// How much of the codestream is looked at first. A header has a few dozen bytes, and more only if channels have names.
    private static let usualLength = PictureBytes.usualRead
    /// The longest header: as many channels as are looked at, each with a name of 1,071 bytes and 20 for the rest.
    private static let headerLength = maximumExtraCount * 1100 + usualLength
    /// The shortest picture behind its header: a byte of frame header, two that tell the length of one section, and the
    /// section.
    private static let frameLength = 4
    /// Channels beside colour that are looked at; more is allowed by the format and met in no picture.
    private static let maximumExtraCount = 256

    static func header(
        of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        guard try picture.big16(at: 0) != 0xFF0A else {
            do throws(InspectionError) {
                let bytes = try picture.copy(0..<min(usualLength, picture.byteCount))
                return try codestream(bytes, of: picture, limits: limits)
            } catch .truncated where picture.byteCount > usualLength {
                let bytes = try picture.copy(0..<min(headerLength, picture.byteCount))
                return try codestream(bytes, of: picture, limits: limits)
            }
        }
        var (bytes, frames) = try container(&picture, upTo: usualLength)
        var header: PictureHeader
        do throws(InspectionError) {
            header = try codestream(bytes, of: picture, limits: limits)
        } catch .truncated where bytes.count == usualLength {
            (bytes, frames) = try container(&picture, upTo: headerLength)
            header = try codestream(bytes, of: picture, limits: limits)
        }
        if header.frameCount > 1, let frames { header.frameCount = max(2, frames) }
        return header
    }

    // MARK: The container

    /// The beginning of the codestream, put together of its parts, and the number of frames if an index tells it.
    private static func container(
        _ picture: inout PictureBytes, upTo most: Int
    ) throws(InspectionError) -> (bytes: [UInt8], frames: Int?) {
        var bytes: [UInt8] = []
        var frames: Int?
        var isWhole = false
        var position = 0
        while let box = try BoxWalk.box(at: position, before: picture.byteCount, in: &picture) {
            if box.body.upperBound > picture.byteCount {
                // Behind the picture, foreign bytes that read as a box have a wild length and no usual name.
                guard Name.usual.contains(box.name) || !isWhole else { break }
                throw .truncated(.jxl)
            }
            switch box.name {
            case Name.codestream where bytes.isEmpty && !isWhole:
                bytes = try picture.copy(box.body.prefix(most))
                isWhole = true
            case Name.part where !isWhole:
                // The number of the part; its highest bit marks the last.
                isWhole = try picture.field(4, at: 0, in: box.body) >> 31 == 1
                let rest = box.body.dropFirst(4).prefix(most - bytes.count)
                if !rest.isEmpty { bytes += try picture.copy(rest) }
            case Name.index where frames == nil:
                frames = try indexedFrames(box.body, in: &picture)
            default:
                break
            }
            position = box.body.upperBound
        }
        guard isWhole else { throw .truncated(.jxl) }
        return (bytes, frames)
    }

    /// The frame index: the number of its entries, the unit of time, then of each entry how many bytes, units and frames
    /// lie between it and the next. Numbers have seven bits a byte.
    private static func indexedFrames(
        _ body: Range<Int>, in picture: inout PictureBytes
    ) throws(InspectionError) -> Int? {
        var offset = 0
        func number() throws(InspectionError) -> Int? {
            var value = 0
            for shift in stride(from: 0, to: 56, by: 7) {
                guard offset < body.count else { return nil }
                let byte = try picture.byte(at: body.lowerBound + offset)
                offset += 1
                value |= byte & 0x7F << shift
                if byte & 0x80 == 0 { return value }
            }
            return nil
        }
        guard let count = try number(), count <= body.count / 3 else { return nil }
        offset += 8
        var frames = 0
        for _ in 0..<count {
            guard try number() != nil, try number() != nil, let more = try number() else { return nil }
            // Each frame takes at least a byte of the file.
            frames += more
            guard frames <= picture.byteCount else { return nil }
        }
        return frames
    }

    // MARK: The image header

    private static func codestream(
        _ bytes: [UInt8], of picture: borrowing PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        var reader = BitReader(bytes, of: .jxl)
        guard try reader.bits(16) == 0x0AFF else { throw picture.flaw(.pictureStart) }
        let sides = try sides(&reader)
        let size = try limits.size(width: sides.width, height: sides.height, in: picture)
        var header = PictureHeader(storedSize: size, bitDepth: 8)
        // One bit for all that is usual: 8 bits, three channels, upright, still.
        if try reader.flag() {
            try reader.skip(8 * frameLength)
            return header
        }
        if try reader.flag() {
            header.orientation = Orientation(rawValue: 1 + (try reader.bits(3))) ?? .upright
            // The size at which it wants to be shown; we tell how it is stored.
            if try reader.flag() { _ = try Self.sides(&reader) }
            if try reader.flag() { try skipPreview(&reader) }
            if try reader.flag() {
                header.frameCount = 2
                try skipAnimation(&reader)
            }
        }
        header.bitDepth = try depth(&reader)
        // Whether 16 bits are enough to decode it.
        try reader.skip(1)
        let extras = try reader.number((0, 0), (1, 0), (2, 4), (1, 12))
        guard extras <= maximumExtraCount else { throw picture.flaw(.pixelLayout) }
        for _ in 0..<extras {
            if try isAlpha(&reader) { header.hasAlpha = true }
        }
        // Whether it is stored in XYB, then the colour encoding: all usual, with a profile, gray.
        try reader.skip(1)
        let isUsual = try reader.flag()
        var isGray = false
        if !isUsual {
            try reader.skip(1)
            isGray = try reader.choice() == 1
        }
        header.channels = (isGray ? 1 : 3) + extras
        guard 1...32 ~= header.bitDepth else { throw picture.flaw(.pixelLayout) }
        try reader.skip(8 * frameLength)
        return header
    }

    /// Height, then a ratio or width. Small multiples of eight have a short form.
    private static func sides(_ reader: inout BitReader) throws(InspectionError) -> (width: Int, height: Int) {
        let isSmall = try reader.flag()
        func side() throws(InspectionError) -> Int {
            isSmall ? try 8 * (1 + reader.bits(5)) : try reader.number((1, 9), (1, 13), (1, 18), (1, 30))
        }
        let height = try side()
        let ratio = try reader.bits(3)
        return (ratio == 0 ? try side() : width(of: height, ratio), height)
    }

    private static func width(of height: Int, _ ratio: Int) -> Int {
        switch ratio {
        case 1: height
        case 2: height * 12 / 10
        case 3: height * 4 / 3
        case 4: height * 3 / 2
        case 5: height * 16 / 9
        case 6: height * 5 / 4
        default: height * 2
        }
    }

    private static func skipPreview(_ reader: inout BitReader) throws(InspectionError) {
        let isSmall = try reader.flag()
        func skipSide() throws(InspectionError) {
            _ =
                isSmall
                ? try reader.number((16, 0), (32, 0), (1, 5), (33, 9))
                : try reader.number((1, 6), (65, 8), (321, 10), (1345, 12))
        }
        try skipSide()
        if try reader.bits(3) == 0 { try skipSide() }
    }

    /// Ticks a second as a fraction, the number of loops, whether frames carry a time code.
    private static func skipAnimation(_ reader: inout BitReader) throws(InspectionError) {
        _ = try reader.number((100, 0), (1000, 0), (1, 10), (1, 30))
        _ = try reader.number((1, 0), (1001, 0), (1, 8), (1, 10))
        _ = try reader.number((0, 0), (0, 3), (0, 16), (0, 32))
        try reader.skip(1)
    }

    /// Bits of a whole number, or of a floating point number with those of its exponent.
    private static func depth(_ reader: inout BitReader) throws(InspectionError) -> Int {
        guard try reader.flag() else { return try reader.number((8, 0), (10, 0), (12, 0), (1, 6)) }
        let bits = try reader.number((32, 0), (16, 0), (24, 0), (1, 6))
        try reader.skip(4)
        return bits
    }

    /// Walks over one channel beside colour and tells whether it is transparency.
    private static func isAlpha(_ reader: inout BitReader) throws(InspectionError) -> Bool {
        // One bit for the usual: alpha of 8 bits.
        if try reader.flag() { return true }
        let kind = try reader.choice()
        _ = try depth(&reader)
        _ = try reader.number((0, 0), (3, 0), (4, 0), (1, 3))
        try reader.skip(8 * reader.number((0, 0), (0, 4), (16, 5), (48, 10)))
        switch kind {
        case 0: try reader.skip(1)  // Alpha: whether colours are multiplied by it.
        case 2: try reader.skip(64)  // A spot colour: four numbers of 16 bits.
        case 5: _ = try reader.number((1, 0), (0, 2), (3, 4), (19, 8))  // The place in a colour filter.
        default: break
        }
        return kind == 0
    }
}
