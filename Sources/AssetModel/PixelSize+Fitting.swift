extension PixelSize {
    /// This size, or a smaller one of the same ratio whose longer side has `side` pixels; no side falls below 1.
    public func fitted(within side: Int) -> PixelSize {
        let longer = max(width, height)
        guard side < longer, side >= 1 else { return side < 1 ? fitted(within: 1) : self }
        let shorter = (min(width, height) * side + longer / 2) / longer
        let other = max(1, shorter)
        return PixelSize(width: width >= height ? side : other, height: width >= height ? other : side) ?? self
    }
}
