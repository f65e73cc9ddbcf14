package import AssetModel

/// What a model allows, as data: how it picks a size, and how it treats references.
package struct SizePolicy: Hashable, Sendable {
    /// How a size asked for becomes a size that comes back.
    package enum Allowed: Hashable, Sendable {
        /// One of a list, by nearest ratio.
        case list(ClosestRatio)
        /// Any size whose sides are multiples of a step, within a number of pixels.
        case grid(step: Int, maximumPixels: Int)
    }

    /// How a size asked for becomes a size that comes back.
    package let allowed: Allowed
    /// The size when nothing is asked for.
    package let defaultSize: PixelSize
    /// What a missing side counts as, in pixels.
    package let missingSide: Int
    /// The longest side that may be asked for, in pixels.
    package let maximumSide: Int
    /// The pixel budget's square root and step when a single reference's ratio is kept; nil when the model cannot.
    package let keepAspect: KeepAspect?

    /// The sizes of the list, in its order; none where any size goes.
    package var listedSizes: [PixelSize] {
        if case .list(let list) = allowed { list.sizes } else { [] }
    }

    /// The numbers of `keep_original_aspect`.
    package struct KeepAspect: Hashable, Sendable {
        /// The square root of the pixel budget.
        package let side: Int
        /// Sides become multiples of it.
        package let step: Int
    }

    /// The HiDream-O1-Image endpoints when references are given: 11 sizes by ratio, or the only reference's ratio.
    ///
    /// List and order are those of the published model (`PREDEFINED_RESOLUTIONS`).
    package static let hiDreamO1Edit = SizePolicy(
        allowed: .list(ClosestRatio(hiDreamO1Sizes)), defaultSize: square2048, missingSide: 512, maximumSide: 14_142,
        keepAspect: KeepAspect(side: 2048, step: 32))

    /// The HiDream-O1-Image endpoints without references: sides cut down to multiples of 32, up to 2048² pixels.
    ///
    /// fal's own descriptions disagree here (the other one says that the list applies, as with references); this is
    /// the newer one. Compare what comes back.
    package static let hiDreamO1Create = SizePolicy(
        allowed: .grid(step: 32, maximumPixels: 2048 * 2048), defaultSize: square2048, missingSide: 512,
        maximumSide: 14_142, keepAspect: nil)

    private static let square2048 = size(2048, 2048)

    private static let hiDreamO1Sizes = [
        size(2048, 2048), size(2304, 1728), size(1728, 2304), size(2560, 1440), size(1440, 2560), size(2496, 1664),
        size(1664, 2496), size(3104, 1312), size(1312, 3104), size(2304, 1792), size(1792, 2304),
    ]

    private static func size(_ width: Int, _ height: Int) -> PixelSize {
        guard let size = PixelSize(width: width, height: height) else {
            preconditionFailure("a size in the table above is not positive")
        }
        return size
    }
}
