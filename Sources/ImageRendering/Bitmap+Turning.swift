package import AssetModel

extension Bitmap {
    /// The picture as a viewer shows it, given how its file says the stored pixels are turned.
    ///
    /// Cost: one pass over the pixels and a second copy of them; nothing when the picture is upright already.
    package func turnedUpright(from orientation: Orientation) -> Bitmap {
        guard orientation != .upright else { return self }
        let target = orientation.swapsSides ? size.transposed : size
        let (width, height) = (size.width, size.height)
        // Where the first pixel of the result is stored, and how far to go for the next pixel and the next row.
        let first: Int
        let right: Int
        let down: Int
        switch orientation {
        case .upright: (first, right, down) = (0, 1, width)
        case .mirrored: (first, right, down) = (width - 1, -1, width)
        case .rotated180: (first, right, down) = (width * height - 1, -1, -width)
        case .mirroredRotated180: (first, right, down) = (width * (height - 1), 1, -width)
        case .mirroredRotated270: (first, right, down) = (0, width, 1)
        case .rotated90: (first, right, down) = (width * (height - 1), -width, 1)
        case .mirroredRotated90: (first, right, down) = (width * height - 1, -width, -1)
        case .rotated270: (first, right, down) = (width - 1, width, -1)
        }
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { buffer, count in
            pixels.withUnsafeBytes { stored in
                let result = UnsafeMutableRawBufferPointer(buffer)
                var offset = 0
                for y in 0..<target.height {
                    var source = (first + y * down) * 4
                    for _ in 0..<target.width {
                        result.storeBytes(
                            of: stored.loadUnaligned(fromByteOffset: source, as: UInt32.self), toByteOffset: offset,
                            as: UInt32.self)
                        source += right * 4
                        offset += 4
                    }
                }
            }
            count = pixels.count
        }
        return Bitmap(unchecked: target, pixels: turned)
    }
}
