package import AssetModel
import Foundation

/// Makes the fingerprint of a picture from its pixels: the same pixels always give the same one.
///
/// Like the well-known perceptual hashes (pHash, PDQ), it asks the discrete cosine transform of a small grey picture; unlike them it
/// fades the borders out a little, so that a narrow crop or a slight turn changes less, and it keeps how strong the slowest waves are.
package struct Fingerprinter: Sendable {
    /// Counts up whenever the same picture gets other bits.
    package static let version = 2

    /// The sides of the small grey picture.
    static let side = 64
    /// How large a picture is decoded: as for a thumbnail, so that one decoding does for both and gives the same fingerprint.
    private static let decodedSide = Thumbnailer.side
    /// A picture whose grey differs less than this from its mean, of 255, is blank: it would look like every other blank one.
    static let faintest: Float = 1.5

    private let decoder: ImageDecoder
    /// The cosines of each wave, already faded: `frequency * side + position`.
    private let cosines: [Float]
    private let fade: [Float]

    /// A fingerprinter; `heldLimit` bounds, in pixels, what must be held whole to be decoded.
    package init(heldLimit: Int = CopyRenderer.defaultPixelLimit) {
        decoder = ImageDecoder(heldLimit: heldLimit, colour: .sRGB, acceptsPartial: true)
        let side = Self.side
        let highest = Fingerprint.waves.map { max($0.across, $0.down) }.max() ?? 0
        var (fade, cosines): ([Float], [Float]) = ([], [])
        for position in 0..<side {
            let angle: Double = Double.pi * (Double(position) + 0.5) / Double(side)
            fade.append(Float(pow(sin(angle), 0.15)))
        }
        for frequency in 0...highest {
            // The mean has another length than the waves.
            let length: Double = frequency == 0 ? 0.5.squareRoot() : 1
            for position in 0..<side {
                let angle: Double = Double.pi * (Double(position) + 0.5) * Double(frequency) / Double(side)
                cosines.append(Float(length * cos(angle)))
            }
        }
        self.fade = fade
        self.cosines = cosines
    }

    /// The fingerprint of a file's picture; nil when the picture is blank.
    ///
    /// `facts` are those of the file. Errors: what the decoder does not decode. Cost: decoding, a JPEG at an eighth, and 0.2 ms. Memory as
    /// `ImageDecoder` says.
    package func fingerprint(ofFileAt path: String, _ facts: ImageFacts) throws(RenderingError) -> Fingerprint? {
        fingerprint(
            of: try decoder.decode(fileAt: path, maximumSide: Self.decodedSide, orientation: facts.orientation))
    }

    /// The fingerprint of an upright picture, laid over white; nil when it is blank.
    package func fingerprint(of bitmap: Bitmap) -> Fingerprint? {
        guard let size = PixelSize(width: Self.side, height: Self.side),
            let small = try? Scaler().scale(bitmap, to: size)
        else { return nil }
        let flat = small.flattened(on: .white)
        var grey: [Float] = []
        grey.reserveCapacity(size.pixelCount)
        for start in stride(from: 0, to: flat.pixels.count, by: 4) {
            let (red, green, blue) = (flat.pixels[start], flat.pixels[start + 1], flat.pixels[start + 2])
            // ITU-R BT.601, as JPEG has it.
            grey.append(0.299 * Float(red) + 0.587 * Float(green) + 0.114 * Float(blue))
        }
        return fingerprint(ofGrey: grey)
    }

    private func fingerprint(ofGrey grey: [Float]) -> Fingerprint? {
        var mean: Float = 0
        for value in grey { mean += value / Float(grey.count) }
        var variance: Float = 0
        for value in grey { variance += (value - mean) * (value - mean) / Float(grey.count) }
        guard variance.squareRoot() >= Self.faintest else { return nil }
        let waves = waves(of: grey, mean)
        // Slow waves are strong in every photo; a wave is strong for its speed, or not.
        var strengths: [Float] = []
        for index in 0..<Fingerprint.strengthCount {
            let wave = Fingerprint.waves[index]
            let speed = Float(wave.across * wave.across + wave.down * wave.down).squareRoot()
            strengths.append(abs(waves[index]) * speed)
        }
        let sorted = strengths.sorted()
        let median = (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
        return Fingerprint {
            waves[$0] > 0
        } isStrong: {
            strengths[$0] > median
        }
    }

    /// How each wave swings in a grey picture.
    private func waves(of grey: [Float], _ mean: Float) -> [Float] {
        let side = Self.side
        let count = cosines.count / side
        return grey.withUnsafeBufferPointer { grey in
            cosines.withUnsafeBufferPointer { cosines in
                fade.withUnsafeBufferPointer { fade in
                    // Across first: for each row the strength of each frequency.
                    var rows = [Float](repeating: 0, count: side * count)
                    for y in 0..<side {
                        for frequency in 0..<count {
                            var sum: Float = 0
                            for x in 0..<side {
                                sum += (grey[y * side + x] - mean) * fade[x] * cosines[frequency * side + x]
                            }
                            rows[y * count + frequency] = sum * fade[y]
                        }
                    }
                    return Fingerprint.waves.map { wave in
                        var sum: Float = 0
                        for y in 0..<side { sum += rows[y * count + wave.across] * cosines[wave.down * side + y] }
                        return sum
                    }
                }
            }
        }
    }
}
