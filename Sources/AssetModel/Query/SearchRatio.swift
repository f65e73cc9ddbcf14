/// Width by height as one byte, on a scale of 32 steps an octave.
package enum SearchRatio {
    /// 2^(1∕32), the distance of two neighbours.
    private static let step = 1.021_897_148_654_116_7
    /// What lies between two neighbours goes to the nearer one on the scale: each is 2^((i − 128 + ½) ∕ 32), ascending.
    private static let bounds: [Double] = (0..<255).map { value(of: UInt8($0)) * 1.010_889_286_051_700_4 }

    /// The byte of a size; 128, a square, where the size is not known. Out of bounds, the nearest.
    package static func byte(width: Int64, height: Int64) -> UInt8 {
        guard width > 0, height > 0 else { return 128 }
        let ratio = Double(width) / Double(height)
        var (low, high) = (0, bounds.count)
        while low < high {
            let middle = (low + high) / 2
            if ratio < bounds[middle] { high = middle } else { low = middle + 1 }
        }
        return UInt8(low)
    }

    /// What a byte means. Without the system's `pow`, which this module does not know.
    package static func value(of byte: UInt8) -> Double {
        let (octaves, steps) = ((Int(byte) - 128) >> 5, (Int(byte) - 128) & 31)
        var value = 1.0
        for _ in 0..<steps { value *= step }
        return octaves < 0 ? value / Double(1 << -octaves) : value * Double(1 << octaves)
    }
}
