import AssetModel
import Fixtures
import Foundation
import ImageRendering
import Testing

/// Pictures of our own that are drawn and changed here; how real photos fare is measured by the folder test below.
struct FingerprintTests {
    /// A picture of soft spots, different for each seed.
    static func draw(_ seed: Int, width: Int = 320, height: Int = 240) throws -> Bitmap {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func next() -> Double {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Double(state % 10_000) / 10_000
        }
        let spots = (0..<24).map { _ in (x: next(), y: next(), size: 0.05 + 0.25 * next(), light: next() * 2 - 1) }
        return try bitmap(width, height) { x, y in
            var light = 0.5
            for spot in spots {
                let (dx, dy) = (x - spot.x, y - spot.y)
                light += spot.light * exp(-(dx * dx + dy * dy) / (2 * spot.size * spot.size))
            }
            return UInt8(max(0, min(255, light * 255)))
        }
    }

    static func bitmap(_ width: Int, _ height: Int, _ light: (Double, Double) -> UInt8) throws -> Bitmap {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let value = light((Double(x) + 0.5) / Double(width), (Double(y) + 0.5) / Double(height))
                pixels += [value, value, value, 255]
            }
        }
        let size = try #require(PixelSize(width: width, height: height))
        return try #require(Bitmap(size: size, pixels: pixels))
    }

    private static func fingerprint(_ bitmap: Bitmap) throws -> Fingerprint {
        try #require(Fingerprinter().fingerprint(of: bitmap))
    }

    @Test
    func `there are 95 different waves, and exchanging the sides leaves the first 32 and all of them as they are`() {
        let waves = Fingerprint.waves
        #expect(waves.count == 95 && Set(waves).count == 95)
        #expect(!waves.contains(Fingerprint.Wave(across: 0, down: 0)))
        for count in [32, 95] {
            let some = Set(waves.prefix(count))
            #expect(Set(some.map { Fingerprint.Wave(across: $0.down, down: $0.across) }) == some)
        }
    }

    @Test func `a picture made smaller keeps its fingerprint, and another picture has another`() throws {
        var distances: [Int] = []
        for seed in 1...12 {
            let picture = try Self.draw(seed)
            let small = try Scaler().fit(picture, within: 100)
            let own = try Self.fingerprint(picture)
            #expect(own.distance(to: try Self.fingerprint(small)) <= 4)
            let others = try Self.fingerprint(try Self.draw(seed + 100)).orientations
            distances += others.map { own.distance(to: $0) }
        }
        #expect(try #require(distances.min()) > 28)
    }

    @Test(arguments: Orientation.allCases)
    func `a turned or mirrored picture has one of the eight forms of its fingerprint`(orientation: Orientation) throws {
        for seed in 1...4 {
            let picture = try Self.draw(seed)
            let turned = try Self.fingerprint(picture.turnedUpright(from: orientation))
            let nearest = try Self.fingerprint(picture).orientations.map { $0.distance(to: turned) }.min()
            #expect(try #require(nearest) <= 2)
        }
    }

    @Test func `the eight forms of the eight forms are the same eight`() throws {
        let forms = Set(try Self.fingerprint(try Self.draw(3)).orientations)
        #expect(forms.count == 8)
        for form in forms { #expect(Set(form.orientations) == forms) }
    }

    @Test func `a picture of one colour has none, and a faint one of real detail has`() throws {
        #expect(Fingerprinter().fingerprint(of: try Self.bitmap(80, 60) { _, _ in 200 }) == nil)
        #expect(Fingerprinter().fingerprint(of: try Self.bitmap(80, 60) { x, _ in x < 0.5 ? 120 : 128 }) != nil)
    }

    @Test func `transparent pixels count as white, whatever hides under them`() throws {
        let picture = try Self.draw(5)
        func withAlpha(_ hidden: UInt8) throws -> Bitmap {
            var pixels = picture.pixels
            for start in stride(from: 0, to: pixels.count / 4, by: 4) {
                (pixels[start], pixels[start + 1], pixels[start + 2], pixels[start + 3]) = (hidden, hidden, hidden, 0)
            }
            return try #require(Bitmap(size: picture.size, pixels: pixels))
        }
        #expect(try Self.fingerprint(try withAlpha(0)) == Self.fingerprint(try withAlpha(255)))
        #expect(
            try Self.fingerprint(try withAlpha(0)) == Self.fingerprint(try withAlpha(9).flattened(on: .white)))
    }

    @Test func `every fixture that can be decoded has a fingerprint or is blank, however thin it is`() throws {
        var (made, blank) = (0, 0)
        for fixture in try Fixtures.images {
            guard let facts = fixture.facts else { continue }
            guard let fingerprint = try? Fingerprinter().fingerprint(ofFileAt: fixture.path, facts) else {
                blank += 1
                continue
            }
            made += 1
            #expect(fingerprint.distance(to: fingerprint) == 0)
        }
        #expect(made > 100)
        let thin = try Self.bitmap(3000, 1) { x, _ in UInt8(x * 255) }
        #expect(Fingerprinter().fingerprint(of: thin) != nil)
    }
}
