import AssetModel

/// Scales a picture to a pixel budget of `side`², sides cut down to multiples of `step`, by the published model's own
/// arithmetic. Small pictures are scaled up.
///
/// Source: `resize_pilimage` of HiDream-O1-Image, restated: halve while both sides are at least twice the budget's;
/// then try rounded and floored sides in four combinations, largest area first, and take the first within the budget.
struct AspectResize {
    /// The square root of the pixel budget.
    let side: Int
    /// Every side of the result is a multiple of it.
    let step: Int

    /// What became of a picture.
    struct Result: Hashable {
        let size: PixelSize
        /// The share of the picture cropped away to make the sides fit, 0 to 1.
        let croppedShare: Double
    }

    /// The new size; an error for sides below 1 and for pictures so thin that a side would vanish.
    func resize(width: Int, height: Int) throws(SizePlanningError) -> Result {
        guard let asked = PixelSize(width: width, height: height) else {
            throw .noRatio(width: width, height: height)
        }
        var (width, height) = (width, height)
        while min(width, height) >= 2 * side { (width, height) = (width / 2, height / 2) }

        let scale = (Double(side * side) / Double(width * height)).squareRoot()
        func rounded(_ length: Int) -> Int { cut(Int((Double(length) * scale).rounded(.toNearestOrEven))) }
        func floored(_ length: Int) -> Int { cut(Int((Double(length) * scale).rounded(.down))) }
        let candidates = [
            (rounded(width), rounded(height)), (rounded(width), floored(height)),
            (floored(width), rounded(height)), (floored(width), floored(height)),
        ]
        // Swift's sort is stable in practice but not by contract, and equal areas must keep their order.
        let byArea = candidates.enumerated()
            .sorted { ($1.element.0 * $1.element.1, $0.offset) < ($0.element.0 * $0.element.1, $1.offset) }
            .map(\.element)
        let chosen = byArea.first { $0.0 * $0.1 <= side * side } ?? byArea[byArea.count - 1]
        guard let size = PixelSize(width: chosen.0, height: chosen.1) else { throw .tooThin(asked) }
        return Result(size: size, croppedShare: croppedShare(from: (width, height), covering: size))
    }

    private func cut(_ length: Int) -> Int { length / step * step }

    /// The picture is scaled until it covers the target, and what stands out on one axis is cut off.
    private func croppedShare(from source: (width: Int, height: Int), covering target: PixelSize) -> Double {
        let (across, down) = (
            Double(source.width) / Double(target.width), Double(source.height) / Double(target.height)
        )
        let covered: Double, kept: Int
        if across < down {
            (covered, kept) = ((Double(source.height) / across).rounded(.toNearestOrEven), target.height)
        } else {
            (covered, kept) = ((Double(source.width) / down).rounded(.toNearestOrEven), target.width)
        }
        return max(0, 1 - Double(kept) / max(covered, 1))
    }
}
