import AssetModel

/// Finds the orientation in a block of EXIF: a small TIFF whose first directory holds tag 0x0112.
///
/// Nothing else is followed: no second directory, no pointer to another one, so a block that refers to itself cannot
/// lead anywhere. What is wrong with the block is never held against the picture: a viewer shows it as it is stored,
/// and so do we.
enum ExifOrientation {
    /// The orientation that the block says, or `upright` when it says none that exists.
    ///
    /// `block` must lie inside the file. It may begin with `Exif` and two zeros, as some writers of WebP and PNG put it.
    static func read(_ block: Range<Int>, of picture: inout PictureBytes) throws(InspectionError) -> Orientation {
        var start = block.lowerBound
        // "Exif", zero, zero.
        if block.count >= 6, try picture.big32(at: start) == 0x4578_6966, try picture.big16(at: start + 4) == 0 {
            start += 6
        }
        guard block.upperBound - start >= 8 else { return .upright }
        let isLittle: Bool
        switch try picture.big32(at: start) {
        case 0x4949_2A00: isLittle = true
        case 0x4D4D_002A: isLittle = false
        default: return .upright
        }
        let directory =
            try start + (isLittle ? picture.little32(at: start + 4) : picture.big32(at: start + 4))
        guard directory + 2 <= block.upperBound else { return .upright }
        let declared = try isLittle ? picture.little16(at: directory) : picture.big16(at: directory)
        let count = min(declared, (block.upperBound - directory - 2) / 12)
        for index in 0..<count {
            let entry = directory + 2 + index * 12
            guard try (isLittle ? picture.little16(at: entry) : picture.big16(at: entry)) == 0x0112 else { continue }
            // The value stands in the entry itself. SHORT by the standard; LONG is met in the wild.
            let value =
                switch try isLittle ? picture.little16(at: entry + 2) : picture.big16(at: entry + 2) {
                case 3: try isLittle ? picture.little16(at: entry + 8) : picture.big16(at: entry + 8)
                case 4: try isLittle ? picture.little32(at: entry + 8) : picture.big32(at: entry + 8)
                default: 0
                }
            return Orientation(rawValue: value) ?? .upright
        }
        return .upright
    }
}
