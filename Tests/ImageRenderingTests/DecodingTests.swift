import AssetModel
import Fixtures
import ImageRendering
import Testing

struct DecodingTests {
    /// Fixtures with facts in a format that can be decoded, one frame each.
    static var stillPictures: [ImageFixture] {
        get throws {
            try Fixtures.images.filter { fixture in
                guard let facts = fixture.facts, facts.frameCount == 1 else { return false }
                return [.png, .jpeg, .webp].contains(facts.format)
            }
        }
    }

    @Test func `every sound fixture decodes to its display size`() throws {
        let pictures = try Self.stillPictures.filter { !$0.file.hasPrefix("broken/") }
        #expect(pictures.count > 40)
        // The scan of two-components names a third one: its header is sound, its pixels are not.
        let undecodable = Self.rareKinds + ["jpeg/two-components.jpg"]
        for fixture in pictures where !undecodable.contains(fixture.file) {
            let facts = try #require(fixture.facts)
            let bitmap = try ImageDecoder().decode(fileAt: fixture.path, orientation: facts.orientation)
            #expect(bitmap.size == facts.displaySize, "\(fixture)")
            #expect(bitmap.pixels.count == facts.storedSize.pixelCount * 4)
        }
    }

    /// Sound pictures that a codec library may have been built without.
    static let rareKinds = [
        "jpeg/12-bits.jpg", "jpeg/arithmetic.jpg", "jpeg/arithmetic-progressive.jpg", "jpeg/differential.jpg",
        "jpeg/differential-arithmetic.jpg", "jpeg/lossless-8-bits.jpg", "jpeg/lossless-16-bits.jpg",
        "jpeg/lossless-arithmetic.jpg",
    ]

    /// Formats that hold more than one picture, or that only a library of their own reads: the first picture counts.
    static var otherPictures: [ImageFixture] {
        get throws {
            try Fixtures.images.filter { fixture in
                guard let facts = fixture.facts, !fixture.file.hasPrefix("broken/") else { return false }
                return [.tiff, .bmp, .gif, .heic, .avif].contains(facts.format)
            }
        }
    }

    /// Sound enough to be inspected, and more than the codec libraries take as they are: floating point, and an aperture outside
    /// of the picture.
    static let tooRare: Set<String> = [
        "tiff/gray32-float.tiff", "avif/impossible-aperture.avif", "heic/impossible-aperture.heic",
    ]

    @Test func `every fixture of the other formats decodes to its display size`() throws {
        let pictures = try Self.otherPictures
        #expect(pictures.count > 100)
        for fixture in pictures where !Self.tooRare.contains(fixture.file) {
            let facts = try #require(fixture.facts)
            do throws(RenderingError) {
                let bitmap = try ImageDecoder().decode(fileAt: fixture.path, orientation: facts.orientation)
                #expect(bitmap.size == facts.displaySize, "\(fixture)")
            } catch {
                Issue.record("\(fixture): \(error.code)")
            }
        }
    }

    @Test(arguments: rareKinds)
    func `a rare kind of JPEG decodes to its size, or is said to be unsupported`(file: String) throws {
        let facts = try #require(try Fixtures.images.first { $0.file == file }?.facts)
        do throws(RenderingError) {
            let bitmap = try ImageDecoder().decode(fileAt: Fixtures.path("images/" + file))
            #expect(bitmap.size == facts.displaySize)
        } catch {
            #expect(error == .unsupported)
        }
    }

    @Test func `no fixture, however broken, does more than throw`() throws {
        for fixture in try Fixtures.images {
            let bytes = [UInt8](try Fixtures.data("images/" + fixture.file))
            for side in [nil, 7] {
                do throws(RenderingError) {
                    let bitmap = try ImageDecoder().decode(bytes, maximumSide: side)
                    #expect(side == nil || max(bitmap.size.width, bitmap.size.height) <= 7, "\(fixture)")
                } catch {
                    #expect(!error.description.isEmpty)
                }
            }
        }
    }

    @Test(arguments: ["png/rgb8.png", "jpeg/baseline.jpg", "webp/lossy.webp", "webp/lossless.webp"])
    func `every prefix of a file is refused`(file: String) throws {
        let bytes = [UInt8](try Fixtures.data("images/" + file))
        let whole = try ImageDecoder().decode(bytes)
        for length in stride(from: 0, to: bytes.count - 20, by: 7) {
            #expect(throws: RenderingError.self, "\(length) bytes") {
                let bitmap = try ImageDecoder().decode(Array(bytes.prefix(length)))
                // A decoder may have all pixels before the last bytes; what it then gives must be the whole picture.
                if bitmap == whole { throw RenderingError.damaged }
            }
        }
    }

    @Test(arguments: [
        "png/rgba8.png", "png/interlaced.png", "jpeg/progressive.jpg", "jpeg/cmyk.jpg", "webp/lossy-alpha.webp",
    ])
    func `bytes changed by chance give pixels or an error`(file: String) throws {
        let bytes = [UInt8](try Fixtures.data("images/" + file))
        var state: UInt64 = 7
        var outcomes: Set<Bool> = []
        for _ in 0..<400 {
            var broken = bytes
            for _ in 0..<4 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let place = Int(state >> 33) % broken.count
                broken[place] = UInt8(truncatingIfNeeded: state >> 24)
            }
            // A changed header may declare a large picture; the limit is what keeps that cheap.
            outcomes.insert((try? ImageDecoder(pixelLimit: 1 << 20).decode(broken)) != nil)
        }
        #expect(outcomes.contains(false))
    }

    @Test func `a picture above the pixel limit is refused before it is decoded`() throws {
        let huge = Fixtures.path("images/broken/png-huge.png")
        let error = #expect(throws: RenderingError.self) { try ImageDecoder().decode(fileAt: huge) }
        if case .tooManyPixels(let size, let limit) = error {
            #expect(size.pixelCount > limit)
            #expect(limit == ImageDecoder.defaultPixelLimit)
        } else {
            Issue.record("\(String(describing: error))")
        }
        #expect(throws: RenderingError.tooManyPixels(try #require(PixelSize(parsing: "48x32")), limit: 1535)) {
            try ImageDecoder(pixelLimit: 1535).decode(fileAt: Fixtures.path("images/jpeg/orientation-1.jpg"))
        }
    }

    @Test func `other formats are unsupported and missing files unreadable`() throws {
        #expect(throws: RenderingError.unsupported) { try ImageDecoder().decode([]) }
        #expect(throws: RenderingError.unsupported) { try ImageDecoder().decode(Array("hello, world".utf8)) }
        #expect(throws: RenderingError.unreadable(path: "/nowhere.png")) {
            try ImageDecoder().decode(fileAt: "/nowhere.png")
        }
    }

    @Test(arguments: ["png/rgb8.png", "png/interlaced.png", "jpeg/baseline.jpg", "webp/lossless.webp"])
    func `a smaller picture has the asked longer side and the same average colour`(file: String) throws {
        let bytes = [UInt8](try Fixtures.data("images/" + file))
        let whole = try ImageDecoder().decode(bytes)
        for side in [1, 5, 16] {
            let small = try ImageDecoder().decode(bytes, maximumSide: side)
            #expect(max(small.size.width, small.size.height) == side)
            for (ours, theirs) in zip(Self.average(whole), Self.average(small)) {
                #expect(abs(ours - theirs) < 8, "\(file) at \(side)")
            }
        }
        #expect(try ImageDecoder().decode(bytes, maximumSide: 10_000) == whole)
    }

    private static func average(_ bitmap: Bitmap) -> [Double] {
        var sums = [0.0, 0, 0]
        for place in 0..<bitmap.pixels.count where place % 4 < 3 { sums[place % 4] += Double(bitmap.pixels[place]) }
        return sums.map { $0 / Double(bitmap.size.pixelCount) }
    }
}
