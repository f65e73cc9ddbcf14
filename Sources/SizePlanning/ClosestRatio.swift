package import AssetModel

/// Picks the entry of a list whose ratio is nearest to a request.
///
/// The distance is |W/H − w/h| in IEEE doubles, walked in list order with a strict `<`: that is how the published
/// model does it, and exact fractions give other answers at four midpoints. Pixels asked for play no role.
/// Source: `find_closest_resolution` of HiDream-O1-Image, restated.
package struct ClosestRatio: Hashable, Sendable {
    /// The sizes to choose from, in the order that decides ties.
    package let sizes: [PixelSize]

    /// The first entry wins ties; an empty list answers every request with an error.
    package init(_ sizes: [PixelSize]) {
        self.sizes = sizes
    }

    /// The nearest entry. A width of 0 is a ratio like any other; a height of 0 has none and is an error.
    package func size(width: Int, height: Int) throws(SizePlanningError) -> PixelSize {
        guard width >= 0, height > 0 else { throw .noRatio(width: width, height: height) }
        let ratio = Double(width) / Double(height)
        var best: (size: PixelSize, distance: Double)?
        for size in sizes {
            let distance = abs(Double(size.width) / Double(size.height) - ratio)
            if distance < best?.distance ?? .infinity { best = (size, distance) }
        }
        guard let best else { throw .noRatio(width: width, height: height) }
        return best.size
    }
}
