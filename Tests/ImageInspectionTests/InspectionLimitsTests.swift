import AssetModel
import Fixtures
import ImageInspection
import Testing

struct InspectionLimitsTests {
    @Test func `a picture may have exactly as many pixels as the limit`() throws {
        let path = Fixtures.path("images/png/rgb8.png")
        #expect(Outcome(path: path, limits: InspectionLimits(maximumPixelCount: 23 * 17)).facts != nil)
        #expect(
            Outcome(path: path, limits: InspectionLimits(maximumPixelCount: 23 * 17 - 1))
                == .failure(.tooLarge(width: 23, height: 17, maximumPixelCount: 390)))
    }

    @Test func `a side that no size can have is too large under any limit`() {
        let outcome = Outcome(
            path: Fixtures.path("images/broken/png-side-above-limit.png"),
            limits: InspectionLimits(maximumPixelCount: .max))
        #expect(outcome.error?.code == "too_large")
    }

    @Test func `a file of tiny blocks is given up when the limit on reading is reached`() throws {
        let folder = try TemporaryFolder()
        let picture = try Array(Fixtures.data("images/jpeg/baseline.jpg"))
        // Comments of no length, 100 KB of them, between the start and the rest.
        let comments = Array(repeatElement([0xFF, 0xFE, 0x00, 0x02] as [UInt8], count: 25_000).joined())
        let path = try folder.write(picture[..<2] + comments + picture[2...], as: "comments.jpg")
        #expect(Outcome(path: path).facts?.storedSize == PixelSize(width: 48, height: 32))
        #expect(
            Outcome(path: path, limits: InspectionLimits(maximumReadCount: 10))
                == .failure(.malformed(.jpeg, .tooManyBlocks)))
    }

    @Test func `a picture of many equal pieces is read in a few looks`() throws {
        let folder = try TemporaryFolder()
        let picture = try Array(Fixtures.data("images/png/rgb8.png"))
        let piece: [UInt8] = [0, 0, 0x20, 0] + Array("IDAT".utf8) + Array(repeating: 7, count: 8192 + 4)
        let pieces = Array(repeatElement(piece, count: 500).joined())
        // Header, 4 MB in 500 pieces, the picture's own piece and the end.
        let path = try folder.write(picture[..<33] + pieces + picture[33...], as: "pieces.png")
        let facts = Outcome(path: path, limits: InspectionLimits(maximumReadCount: 12)).facts
        #expect(facts?.storedSize == PixelSize(width: 23, height: 17))
        let cut = try folder.write(picture[..<33] + pieces, as: "cut.png")
        #expect(Outcome(path: cut) == .failure(.truncated(.png)))
    }

    @Test func `an ordinary file needs no more reads than its format says`() throws {
        for (file, reads) in [
            ("png/rgb8.png", 1), ("png/many-pieces.png", 12), ("jpeg/orientation-6.jpg", 1),
            ("jpeg/large-profile.jpg", 3), ("demo/cat.jpg", 2), ("demo/mug.png", 2), ("demo/marble.webp", 1),
            ("webp/orientation-8-far-away.webp", 2), ("gif/animated-transparent-late.gif", 2),
            ("bmp/rgb24.bmp", 1), ("bmp/gap-before-pixels.bmp", 1), ("tiff/little-endian.tiff", 1),
            ("tiff/directory-far-away.tiff", 3), ("tiff/bigtiff-pages.tiff", 4), ("avif/grid.avif", 2),
            ("avif/animated.avif", 1), ("heic/lossy.heic", 1), ("heic/grid.heic", 2), ("jxl/container.jxl", 1),
        ] {
            let path = Fixtures.path("images/\(file)")
            #expect(Outcome(path: path, limits: InspectionLimits(maximumReadCount: reads)).facts != nil, "\(file)")
        }
    }
}
