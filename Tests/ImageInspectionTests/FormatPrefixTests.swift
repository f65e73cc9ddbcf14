import AssetModel
import Fixtures
import ImageInspection
import Testing

struct FormatPrefixTests {
    /// A file of each format and the number of bytes at which it is known.
    static let knownAt: [(file: String, format: ImageFormat, count: Int)] = [
        ("png/rgb8.png", .png, 8),
        ("jpeg/baseline.jpg", .jpeg, 3),
        ("webp/lossy.webp", .webp, 12),
        ("gif/single.gif", .gif, 6),
        ("gif/version-87a.gif", .gif, 6),
        ("broken/only-the-start.avif", .avif, 12),
        ("broken/only-the-start.heic", .heic, 12),
        ("broken/only-the-start.jxl", .jxl, 12),
        ("broken/only-the-start.tiff", .tiff, 4),
        ("broken/only-the-start.bmp", .bmp, 18),
        ("bmp/os2-1-rgb24.bmp", .bmp, 18),
        ("bmp/os2-2-short.bmp", .bmp, 18),
        ("tiff/bigtiff-big-endian.tiff", .tiff, 4),
        ("avif/animated.avif", .avif, 12),
        ("heic/sequence.heic", .heic, 12),
        ("jxl/lossy.jxl", .jxl, 2),
        ("jxl/container.jxl", .jxl, 12),
    ]

    @Test(arguments: knownAt)
    func `a format is known from one length on and never taken back`(
        file: String, format: ImageFormat, count: Int
    ) throws {
        let bytes = try Fixtures.data("images/\(file)")
        for length in 0...min(bytes.count, 64) {
            let expected = length < count ? nil : format
            #expect(ImageInspector.format(ofPrefix: bytes.prefix(length)) == expected, "\(length) bytes")
        }
    }

    @Test func `every format is known by some beginning`() {
        #expect(Set(Self.knownAt.map(\.format)) == Set(ImageFormat.allCases))
    }

    @Test(arguments: [
        ("MM\0*", ImageFormat.tiff), ("II+\0", .tiff), ("MM\0+", .tiff),
        ("\0\0\0\u{18}ftypavis", .avif), ("\0\0\0\u{18}ftypheix", .heic),
        ("\0\0\0\u{18}ftypmif1\0\0\0\0mif1avif", .avif), ("\0\0\0\u{18}ftypmsf1\0\0\0\0msf1hevc", .heic),
    ])
    func `a less common beginning is known too`(start: String, format: ImageFormat) {
        #expect(ImageInspector.format(ofPrefix: start.utf8) == format)
    }

    @Test func `a bare JPEG XL codestream is known by two bytes`() {
        #expect(ImageInspector.format(ofPrefix: [0xFF, 0x0A]) == .jxl)
    }

    @Test func `a brand beyond the first look is not seen, in memory as in a file`() throws {
        let folder = try TemporaryFolder()
        // A box of 8,000 bytes of brands, the telling one at its end.
        let brands = Array(repeatElement(Array("miaf".utf8), count: 1_995).joined()) + Array("avif".utf8)
        let bytes: [UInt8] = [0, 0, 0x1F, 0x40] + Array("ftypmif1\0\0\0\0".utf8) + brands
        #expect(ImageInspector.format(ofPrefix: bytes) == nil)
        #expect(Outcome(bytes: bytes) == .failure(.notAnImage))
        #expect(Outcome(path: try folder.write(bytes, as: "brands")) == .failure(.notAnImage))
    }

    /// Beginnings that share something with a picture and are none.
    @Test(arguments: [
        "", "G", "GIF88a", "GIF89b", "RIFF\u{24}\0\0\0WAVEfmt ", "RIFF\u{24}\0\0\0WEB", "BM",
        "BMW is a car maker, not a bitmap.",
        "II", "II\0*", "MM*\0", "\0\0\0\u{18}ftypisom\0\0\0\0isommp42", "\0\0\0\u{18}ftypmif1\0\0\0\0mif1miaf",
        "\0\0\0\u{8}ftypavif", "\0\0\0\u{C}JXL ", "%PDF-1.7", "<svg xmlns=", "PK\u{3}\u{4}", "PNG", "JFIF", "hello",
    ])
    func `what only resembles a picture is not recognised`(start: String) {
        #expect(ImageInspector.format(ofPrefix: start.utf8) == nil)
    }

    @Test(
        arguments: [
            [0xFF, 0xD8], [0xFF, 0xD8, 0x00], [0xFF, 0xD8, 0xD8, 0xFF], [0xFF, 0xFB, 0x90],
            [0x89, 0x50, 0x4E, 0x47], [0x89, 0x50, 0x4E, 0x47, 0x0A, 0x1A, 0x0A, 0x00],
            // A PNG that a text-mode transfer has damaged: its signature is made to show that.
            [0x89, 0x50, 0x4E, 0x47, 0x0A, 0x0A, 0x1A, 0x0A],
        ] as [[UInt8]])
    func `bytes that only resemble a picture are not recognised`(start: [UInt8]) {
        #expect(ImageInspector.format(ofPrefix: start) == nil)
    }
}
