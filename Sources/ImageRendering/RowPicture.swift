package import AssetModel

/// A picture of few different rows, each stored once: flat graphics of any height in little memory. Opaque RGB.
package struct RowPicture: Sendable {
    /// Width and height.
    package let size: PixelSize
    /// The stored rows one after the other, `size.width * 3` bytes each.
    package let rows: [UInt8]
    /// For each row of the picture, from the top, the number of its stored row.
    package let rowIndex: [UInt32]

    /// Nil when the parts do not fit together: a row of the wrong length, or a number without a stored row.
    package init?(size: PixelSize, rows: [UInt8], rowIndex: [UInt32]) {
        let stored = rows.count / (size.width * 3)
        guard rows.count == stored * size.width * 3, rowIndex.count == size.height,
            rowIndex.allSatisfy({ $0 < stored })
        else { return nil }
        self.size = size
        self.rows = rows
        self.rowIndex = rowIndex
    }
}
