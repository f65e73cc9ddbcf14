import AssetModel

/// One box of the ISO base media file format (ISO/IEC 14496-12): a name of four letters and its content.
struct Box {
    let name: Int
    let body: Range<Int>
}

/// The boxes of a file, or of another box, one after the other. Takes no memory and follows nothing by itself.
struct BoxWalk {
    private var position: Int
    private let end: Int

    /// Walks over the boxes in a range that lies inside the file.
    init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next box, or nil at the end; fewer than eight bytes are not a box. A box that reaches beyond its
    /// surroundings is malformed.
    mutating func next(in picture: inout PictureBytes) throws(InspectionError) -> Box? {
        guard let box = try Self.box(at: position, before: end, in: &picture) else { return nil }
        guard box.body.upperBound <= end else { throw picture.flaw(.blockLength) }
        position = box.body.upperBound
        return box
    }

    /// The first box of a name in a range, or nil.
    static func first(
        _ name: Int, in range: Range<Int>, of picture: inout PictureBytes
    ) throws(InspectionError) -> Range<Int>? {
        var walk = BoxWalk(range)
        while let box = try walk.next(in: &picture) {
            if box.name == name { return box.body }
        }
        return nil
    }

    /// The box at a position, wherever it says that it ends; nil when no header fits before `end`.
    static func box(
        at position: Int, before end: Int, in picture: inout PictureBytes
    ) throws(InspectionError) -> Box? {
        guard end - position >= 8 else { return nil }
        var length = try picture.big32(at: position)
        var headerLength = 8
        if length == 1 {
            length = try picture.number64(at: position + 8, isLittle: false)
            headerLength = 16
        } else if length == 0 {
            length = end - position
        }
        guard length >= headerLength else { throw picture.flaw(.blockLength) }
        return Box(
            name: try picture.big32(at: position + 4), body: position + headerLength..<position + length)
    }
}

extension PictureBytes {
    /// A number of 0, 1, 2, 4 or 8 bytes inside a box, the high byte first; beyond the box is malformed.
    mutating func field(_ length: Int, at offset: Int, in body: Range<Int>) throws(InspectionError) -> Int {
        guard offset + length <= body.count else { throw flaw(.blockLength) }
        let position = body.lowerBound + offset
        switch length {
        case 1: return try byte(at: position)
        case 2: return try big16(at: position)
        case 4: return try big32(at: position)
        case 8: return try number64(at: position, isLittle: false)
        default: return 0
        }
    }
}
