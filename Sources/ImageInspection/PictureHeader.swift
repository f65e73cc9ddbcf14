import AssetModel

/// What the reader of one format found; the inspector adds what it knows itself.
struct PictureHeader {
    var storedSize: PixelSize
    var orientation = Orientation.upright
    var hasAlpha = false
    var bitDepth: Int
    /// Of a stored pixel, alpha included when it is stored with the picture; 1 for indexed pictures.
    var channels = 3
    var colorProfile: String?
    var frameCount = 1
    /// What is odd and does no harm.
    var notes: [FactsNote] = []
}

extension InspectionLimits {
    /// Turns declared sides into a size, or says why that cannot be: zero is malformed, too much is too large.
    ///
    /// Readers call it as soon as they have the two numbers, before they look at anything else.
    func size(width: Int, height: Int, in picture: borrowing PictureBytes) throws(InspectionError) -> PixelSize {
        guard width > 0, height > 0 else { throw picture.flaw(.zeroSide) }
        guard let size = PixelSize(width: width, height: height), size.pixelCount <= maximumPixelCount else {
            throw .tooLarge(width: width, height: height, maximumPixelCount: maximumPixelCount)
        }
        return size
    }
}
