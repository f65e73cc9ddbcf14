import AssetModel

/// Walks over the compressed pixels of a JPEG (ITU-T T.81 B.1.1), from marker to marker, to its EOI.
///
/// Inside a scan each 0xFF is followed by a zero, a restart marker or the marker that ends the scan. Any other byte behind it
/// is damage inside the pixels, which decoders step over too.
enum JPEGScans {
    /// The offset behind the EOI of the picture whose SOI stands at `start`; a file that ends before it is `truncated`, and so is
    /// a picture in which another one begins.
    static func end(ofPictureAt start: Int, in picture: inout PictureBytes) throws(InspectionError) -> Int {
        try end(from: start + 2, in: &picture)
    }

    /// The same from anywhere behind the SOI, outside of a segment.
    static func end(from start: Int, in picture: inout PictureBytes) throws(InspectionError) -> Int {
        var position = start
        while true {
            position = try picture.find(0xFF, from: position) + 1
            // Any number of 0xFF may stand before the marker.
            while try picture.byte(at: position) == 0xFF { position += 1 }
            let marker = try picture.byte(at: position)
            position += 1
            switch marker {
            case 0xD9:
                return position
            case 0xD8:
                throw .truncated(.jpeg)
            // Frames, tables, scans, and segments of programs and comments: each with its length.
            case 0xC0...0xCF, 0xDA...0xDF, 0xE0...0xEF, 0xFE:
                let length = try picture.big16(at: position)
                if length >= 2 { position += length }
            default:
                break
            }
        }
    }

    /// Whether each further picture that begins right behind an end, zeros aside, has an end too (MPO, gain maps).
    ///
    /// What else stands there, a film or a camera's notes, is no picture and says nothing.
    static func laterPicturesAreWhole(from end: Int, in picture: inout PictureBytes) throws(InspectionError) -> Bool {
        var position = end
        do throws(InspectionError) {
            while true {
                while position < picture.byteCount, try picture.byte(at: position) == 0 { position += 1 }
                guard position + 3 <= picture.byteCount, try picture.big16(at: position) == 0xFFD8,
                    try picture.byte(at: position + 2) == 0xFF
                else { return true }
                position = try Self.end(ofPictureAt: position, in: &picture)
            }
        } catch .truncated {
            return false
        }
    }
}
