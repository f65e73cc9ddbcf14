import AssetModel

/// Walks over every byte of a picture whose header was read, and throws `truncated` when it is cut.
///
/// JPEG and PNG: the others tell their whole length in what their header's reader looks at, or are walked through there (GIF).
/// A picture that ends with all of its marks and has wrong pixels inside is not found: nothing is decoded.
enum WholePicture {
    static func check(_ picture: inout PictureBytes) throws(InspectionError) -> [FactsNote] {
        switch picture.format {
        case .jpeg:
            picture.walksWhole()
            let end = try JPEGScans.end(ofPictureAt: 0, in: &picture)
            return try JPEGScans.laterPicturesAreWhole(from: end, in: &picture) ? [] : [.laterPictureCut]
        case .png:
            picture.walksWhole()
            try PNGInspection.requireEveryChunk(of: &picture)
            return []
        default:
            return []
        }
    }
}
