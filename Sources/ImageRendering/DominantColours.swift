package import AssetModel

/// The main colours of a picture: one to three.
///
/// A small picture's pixels are gathered around three centres that lie far apart at the beginning (k-means, six rounds, nothing
/// random: the same picture has the same colours). Centres that became alike are one, and those of few pixels are left out.
package enum DominantColours {
    /// How many at most.
    private static let count = 3
    /// Colours nearer than this, of 255 in each channel, are one.
    private static let nearest: Float = 36
    /// Of how many in a hundred pixels a colour must be.
    private static let leastShare: Float = 5

    /// Those of a small picture, the one of most pixels first; a transparent one's of what is seen, and white when nothing is. Cost: 0.1 ms
    /// for 1,000 pixels.
    package static func of(_ bitmap: Bitmap) -> [PlainColour] {
        var points: [SIMD4<Float>] = []
        for start in stride(from: 0, to: bitmap.pixels.count, by: 4) where bitmap.pixels[start + 3] > 31 {
            points.append(
                SIMD4(
                    Float(bitmap.pixels[start]), Float(bitmap.pixels[start + 1]), Float(bitmap.pixels[start + 2]),
                    Float(bitmap.pixels[start + 3]) / 255))
        }
        guard !points.isEmpty else { return [.white] }
        var centres = beginning(points)
        var weights = [Float](repeating: 0, count: centres.count)
        for _ in 0..<6 {
            var sums = [SIMD4<Float>](repeating: .zero, count: centres.count)
            for point in points {
                let place = nearestCentre(to: point, centres).place
                // The fourth lane counts, so that faint pixels count less.
                sums[place] += SIMD4(point.x, point.y, point.z, 1) * point.w
            }
            for (place, sum) in sums.enumerated() where sum.w > 0 { centres[place] = sum / sum.w }
            weights = sums.map(\.w)
        }
        return chosen(centres, weights)
    }

    /// The mean, then what is farthest from all before, unless it is near.
    private static func beginning(_ points: [SIMD4<Float>]) -> [SIMD4<Float>] {
        var centres = [points.reduce(.zero, +) / Float(points.count)]
        while centres.count < count {
            var (farthest, distance) = (points[0], Float(-1))
            for point in points {
                let own = nearestCentre(to: point, centres).distance
                if own > distance { (farthest, distance) = (point, own) }
            }
            guard distance > nearest * nearest else { break }
            centres.append(farthest)
        }
        return centres
    }

    private static func chosen(_ centres: [SIMD4<Float>], _ weights: [Float]) -> [PlainColour] {
        let total = weights.reduce(0, +)
        var kept: [SIMD4<Float>] = []
        for place in weights.indices.sorted(by: { (weights[$0], $1) > (weights[$1], $0) }) {
            let isApart = kept.allSatisfy { distance($0, centres[place]) > nearest * nearest }
            if kept.isEmpty || (isApart && weights[place] * 100 >= total * leastShare) { kept.append(centres[place]) }
        }
        return kept.map { PlainColour(red: byte($0.x), green: byte($0.y), blue: byte($0.z)) }
    }

    private static func nearestCentre(
        to point: SIMD4<Float>, _ centres: [SIMD4<Float>]
    ) -> (place: Int, distance: Float) {
        var best = (place: 0, distance: Float.infinity)
        for (place, centre) in centres.enumerated() {
            let own = distance(point, centre)
            if own < best.distance { best = (place, own) }
        }
        return best
    }

    private static func distance(_ one: SIMD4<Float>, _ other: SIMD4<Float>) -> Float {
        let (red, green, blue) = (one.x - other.x, one.y - other.y, one.z - other.z)
        return red * red + green * green + blue * blue
    }

    private static func byte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value.rounded()))) }
}
