import AssetModel
import CImageCodec
import Fixtures
import Foundation
import ImageInspection
import ImageRendering
import Testing

struct CopyTests {
    /// A copy's bytes and what inspection says about them.
    private static func copy(
        _ file: String, orientation: Orientation? = nil, size: PixelSize? = nil
    ) throws -> (bytes: [UInt8], facts: ImageFacts, copied: ImageFacts) {
        let path = Fixtures.path("images/\(file)")
        var facts = try ImageInspector().inspect(fileAt: path)
        if let orientation {
            facts = ImageFacts(
                format: facts.format, storedSize: facts.storedSize, orientation: orientation, hasAlpha: facts.hasAlpha,
                bitDepth: facts.bitDepth, frameCount: facts.frameCount, byteCount: facts.byteCount)
        }
        let bytes = try CopyRenderer().render(fileAt: path, facts, size: size ?? facts.displaySize)
        return (bytes, facts, try inspect(bytes))
    }

    private static func inspect(_ bytes: [UInt8]) throws -> ImageFacts {
        let file = FileManager.default.temporaryDirectory.appending(path: "copy-\(UUID().uuidString)")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try ImageInspector().inspect(fileAt: file.path)
    }

    private static func largestDifference(_ one: Bitmap, _ other: Bitmap) throws -> Int {
        try #require(one.size == other.size)
        return zip(one.pixels, other.pixels).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
    }

    @Test(arguments: [
        "jpeg/orientation-%.jpg", "tiff/orientation-%.tiff", "heic/orientation-%.heic", "avif/orientation-%.avif",
    ])
    func `eight pictures that are stored turned give eight copies that look the same`(pattern: String) throws {
        let upright = try ImageDecoder().decode(
            fileAt: Fixtures.path("images/" + pattern.replacing("%", with: "1")))
        for orientation in 2...8 {
            let (bytes, facts, copied) = try Self.copy(pattern.replacing("%", with: "\(orientation)"))
            #expect(copied.orientation == .upright && copied.storedSize == facts.displaySize)
            #expect(copied.format == (facts.format == .jpeg ? .jpeg : .png))
            // What a lossy codec makes of the edges differs with the direction.
            #expect(try Self.largestDifference(try ImageDecoder().decode(bytes), upright) < 40, "\(orientation)")
        }
    }

    @Test(arguments: Orientation.allCases.dropFirst())
    func `a JPEG of whole blocks is turned without loss, and its metadata stays behind`(orientation: Orientation) throws
    {
        let file = "jpeg/thumbnail-in-exif.jpg"
        let (bytes, _, copied) = try Self.copy(file, orientation: orientation)
        #expect(copied.orientation == .upright && copied.format == .jpeg)
        #expect(!Data(bytes).contains(Data("Exif".utf8)))
        let turned = try ImageDecoder().decode(fileAt: Fixtures.path("images/" + file), orientation: orientation)
        // The same coefficients; only the rounding of the cosine transform knows a direction.
        #expect(try Self.largestDifference(try ImageDecoder().decode(bytes), turned) <= 3)
    }

    @Test func `a JPEG whose edges are no whole blocks is encoded again and keeps every pixel`() throws {
        let size = try #require(PixelSize(width: 51, height: 37))
        var pixels: [UInt8] = []
        for y in 0..<37 { for x in 0..<51 { pixels += [UInt8(x * 5), UInt8(y * 6), 90, 255] } }
        let picture = try #require(Bitmap(size: size, pixels: pixels))
        let file = FileManager.default.temporaryDirectory.appending(path: "odd-\(UUID().uuidString).jpg")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(try ImageEncoder(.jpeg(quality: 95)).encode(picture)).write(to: file)
        let facts = ImageFacts(
            format: .jpeg, storedSize: size, orientation: .rotated90, hasAlpha: false, bitDepth: 8, frameCount: 1,
            byteCount: 1)
        let bytes = try CopyRenderer().render(fileAt: file.path, facts, size: size.transposed)
        #expect(try Self.inspect(bytes).storedSize == size.transposed)
        let turned = try ImageDecoder().decode(fileAt: file.path, orientation: .rotated90)
        #expect(try Self.largestDifference(try ImageDecoder().decode(bytes), turned) < 12)
    }

    /// A profile of RGB colours with nothing in it but what libpng checks: its length, the light of its connection space, a tag.
    private static func profile() -> [UInt8] {
        // The tag's content does not shrink when packed; libpng calls a profile of a few packed bytes too short.
        var bytes = (0..<400).map { $0 < 144 ? 0 : UInt8(truncatingIfNeeded: $0 * $0 * $0 / 7) }
        (bytes[2], bytes[3]) = (1, 144)
        bytes.replaceSubrange(12..<24, with: Array("mntrRGB XYZ ".utf8))
        bytes.replaceSubrange(36..<40, with: Array("acsp".utf8))
        bytes.replaceSubrange(68..<80, with: [0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D])
        bytes.replaceSubrange(128..<144, with: [0, 0, 0, 1] + Array("test".utf8) + [0, 0, 0, 144, 0, 0, 1, 0])
        return bytes
    }

    @Test(arguments: [ImageEncoder.Settings.jpeg(), .png()])
    func `the colour profile comes along`(settings: ImageEncoder.Settings) throws {
        let size = try #require(PixelSize(width: 32, height: 16))
        let picture = try #require(Bitmap(size: size, pixels: [UInt8](repeating: 200, count: 32 * 16 * 4)))
        let file = FileManager.default.temporaryDirectory.appending(path: "profile-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let original = try ImageEncoder(settings).encode(picture, profile: Self.profile(), profileName: "Test light")
        try Data(original).write(to: file)
        for orientation in [Orientation.upright, .rotated90] {
            for length in [32, 8] {
                let facts = ImageFacts(
                    format: settings.format, storedSize: size, orientation: orientation, hasAlpha: false, bitDepth: 8,
                    colorProfile: "Test light", frameCount: 1, byteCount: 1)
                let copy = try CopyRenderer().render(
                    fileAt: file.path, facts, size: facts.displaySize.fitted(within: length))
                #expect(try Self.inspect(copy).storedSize == facts.displaySize.fitted(within: length))
                var found = image_codec_buffer()
                #expect(image_codec_profile(copy, copy.count, &found) == Int32(IMAGE_CODEC_OK))
                #expect(Array(UnsafeBufferPointer(start: found.bytes, count: found.count)) == Self.profile())
                image_codec_free(found.bytes)
            }
        }
    }

    @Test func `a JPEG that is turned without loss keeps even a profile of many pieces`() throws {
        let (_, facts, copied) = try Self.copy("jpeg/profile.jpg", orientation: .rotated90)
        #expect(copied.colorProfile != nil && copied.storedSize == facts.displaySize)
        let path = Fixtures.path("images/jpeg/large-profile.jpg")
        let original = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let copy = try Self.copy("jpeg/large-profile.jpg", orientation: .rotated180).bytes
        var profiles: [[UInt8]] = []
        for bytes in [original, copy] {
            var found = image_codec_buffer()
            #expect(image_codec_profile(bytes, bytes.count, &found) == Int32(IMAGE_CODEC_OK))
            profiles.append(Array(UnsafeBufferPointer(start: found.bytes, count: found.count)))
            image_codec_free(found.bytes)
        }
        #expect(profiles[0].count > 65_536 && profiles[0] == profiles[1])
    }

    @Test(arguments: ["profile-twice", "profile-thrice", "profile-part-twice"])
    func `a profile whose segments stand twice comes along`(name: String) throws {
        let turned = try Self.copy("jpeg/\(name).jpg", orientation: .rotated90).copied
        let smaller = try Self.copy("jpeg/\(name).jpg", size: PixelSize(width: 24, height: 16)).copied
        #expect(turned.colorProfile == "Slightly Warm RGB")
        #expect(smaller.colorProfile == "Slightly Warm RGB")
    }

    @Test(arguments: ["webp/profile.webp", "tiff/profile-display-p3.tiff", "heic/profile.heic", "avif/profile.avif"])
    func `the colour profile is found in every format that has one`(file: String) throws {
        let bytes = [UInt8](try Fixtures.data("images/\(file)"))
        var found = image_codec_buffer()
        #expect(image_codec_profile(bytes, bytes.count, &found) == Int32(IMAGE_CODEC_OK))
        let profile = Array(UnsafeBufferPointer(start: found.bytes, count: found.count))
        image_codec_free(found.bytes)
        #expect(profile.count > 128 && Array(profile[36..<40]) == Array("acsp".utf8))
    }

    @Test(arguments: ["webp/lossless-alpha.webp", "tiff/rgba.tiff", "heic/alpha.heic", "gif/transparent.gif"])
    func `transparency is kept`(file: String) throws {
        let (bytes, facts, copied) = try Self.copy(file)
        #expect(facts.hasAlpha && copied.hasAlpha && copied.format == .png)
        let (made, original) = (
            try ImageDecoder().decode(bytes),
            try ImageDecoder().decode(fileAt: Fixtures.path("images/\(file)"), orientation: facts.orientation)
        )
        #expect(made == original)
    }

    @Test(arguments: ["jpeg/orientation-6.jpg", "png/orientation-6.png", "webp/orientation-6.webp", "bmp/rgb24.bmp"])
    func `the same picture gives the same bytes, in the size asked for`(file: String) throws {
        let small = try #require(PixelSize(width: 11, height: 13))
        let copy = try Self.copy(file, size: small)
        #expect(copy.copied.storedSize == small)
        #expect(try Self.copy(file, size: small).bytes == copy.bytes)
        #expect(try Self.copy(file).bytes == Self.copy(file).bytes)
    }

    @Test(
        arguments: [
            "png/hidden-colour.png", "png/hidden-colour-palette.png", "png/hidden-colour-16-bits-turned.png",
            "webp/hidden-colour.webp", "webp/hidden-colour-lossless.webp", "tiff/hidden-colour.tiff",
        ], [(32, 24), (9, 7)])
    func `colours hidden under alpha are not seen in a flattened copy, whatever its size`(
        file: String, sides: (width: Int, height: Int)
    ) throws {
        let path = Fixtures.path("images/\(file)")
        let facts = try ImageInspector().inspect(fileAt: path)
        var size = try #require(PixelSize(width: sides.width, height: sides.height))
        if facts.orientation.swapsSides { size = size.transposed }
        for background in [PlainColour.white, PlainColour(red: 10, green: 200, blue: 10)] {
            let bytes = try CopyRenderer().render(fileAt: path, facts, size: size, background: background)
            let copied = try Self.inspect(bytes)
            #expect(!copied.hasAlpha && copied.bitDepth == 8 && copied.storedSize == size)
            let bitmap = try ImageDecoder().decode(bytes)
            // The first column is seen, the last hidden; turned to the right, columns are rows from the top.
            let (seen, hidden) = (bitmap[0, 0], bitmap[size.width - 1, size.height - 1])
            #expect(abs(Int(seen.red) - 30) < 6 && abs(Int(seen.green) - 60) < 6 && abs(Int(seen.blue) - 200) < 6)
            #expect(
                hidden
                    == Bitmap.Pixel(red: background.red, green: background.green, blue: background.blue))
        }
    }

    @Test(arguments: ["png/gray16-half.png", "png/gray16-half-turned.png", "png/gray16-profile.png"])
    func `gray of 16 bits becomes the same gray of 8 bits, and keeps a profile of gray`(file: String) throws {
        let (bytes, facts, copied) = try Self.copy(file)
        #expect(copied.bitDepth == 8 && copied.orientation == .upright && copied.storedSize == facts.displaySize)
        #expect(copied.colorProfile == facts.colorProfile)
        let pixel = try ImageDecoder().decode(bytes)[3, 3]
        #expect(pixel == Bitmap.Pixel(red: 128, green: 128, blue: 128))
    }

    @Test func `a JPEG of gray keeps a profile of gray when it is made smaller`() throws {
        let size = try #require(PixelSize(width: 32, height: 16))
        let picture = try #require(Bitmap(size: size, pixels: [UInt8](repeating: 200, count: 32 * 16 * 4)))
        var profile = Self.profile()
        profile.replaceSubrange(16..<20, with: Array("GRAY".utf8))
        let bytes = try ImageEncoder(.jpeg()).encode(picture, profile: profile)
        #expect(try Self.inspect(bytes).channels == 1)
        var found = image_codec_buffer()
        #expect(image_codec_profile(bytes, bytes.count, &found) == Int32(IMAGE_CODEC_OK))
        #expect(Array(UnsafeBufferPointer(start: found.bytes, count: found.count)) == profile)
        image_codec_free(found.bytes)
        // With a colour in it the profile says nothing about the picture.
        var coloured = picture.pixels
        coloured[0] = 3
        let mixed = try ImageEncoder(.jpeg()).encode(
            try #require(Bitmap(size: size, pixels: coloured)), profile: profile)
        #expect(!Data(mixed).contains(Data("ICC_PROFILE".utf8)))
    }

    /// A profile's segments of a JPEG, each with its marker.
    private static func profileSegments(_ bytes: [UInt8]) -> [[UInt8]] {
        var (segments, at) = ([[UInt8]](), 2)
        while at + 4 <= bytes.count, bytes[at] == 0xFF, bytes[at + 1] != 0xDA {
            let end = at + 2 + Int(bytes[at + 2]) << 8 + Int(bytes[at + 3])
            if bytes[at + 1] == 0xE2 { segments.append(Array(bytes[at..<end])) }
            at = end
        }
        return segments
    }

    @Test(arguments: ["jpeg/profile.jpg", "jpeg/large-profile.jpg"], [0, 1, 2])
    func `a JPEG whose profile stands twice keeps it`(file: String, order: Int) throws {
        let original = [UInt8](try Fixtures.data("images/\(file)"))
        let segments = Self.profileSegments(original)
        #expect(!segments.isEmpty)
        let again = order == 0 ? segments : order == 1 ? segments.reversed() : segments + segments
        let bytes = Array(original[..<2]) + again.flatMap(\.self) + original[2...]
        let path = FileManager.default.temporaryDirectory.appending(path: "twice-\(UUID().uuidString).jpg").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(filePath: path))
        let whole = try ImageDecoder().decode(original)
        let facts = ImageFacts(
            format: .jpeg, storedSize: whole.size, orientation: .rotated180, hasAlpha: false, bitDepth: 8,
            frameCount: 1,
            byteCount: 1)
        // The long profile is no real one, which does not matter as long as no pixel is made anew.
        for size in file == "jpeg/profile.jpg" ? [whole.size, whole.size.fitted(within: 8)] : [whole.size] {
            let copy = try CopyRenderer().render(fileAt: path, facts, size: size)
            var profiles: [[UInt8]] = []
            for bytes in [original, copy] {
                var found = image_codec_buffer()
                #expect(image_codec_profile(bytes, bytes.count, &found) == Int32(IMAGE_CODEC_OK))
                profiles.append(Array(UnsafeBufferPointer(start: found.bytes, count: found.count)))
                image_codec_free(found.bytes)
            }
            #expect(profiles[0] == profiles[1] && !profiles[0].isEmpty)
            #expect(Self.profileSegments(copy).count == segments.count)
        }
    }

    @Test(arguments: [
        "png/rgb8.png", "png/interlaced.png", "jpeg/baseline.jpg", "webp/lossy.webp", "tiff/tall-strips.tiff",
        "tiff/tall-tiles.tiff", "bmp/rgb24.bmp", "bmp/top-down.bmp",
    ])
    func `a picture above the limit is made smaller in rows, and gives what it gives below`(file: String) throws {
        let path = Fixtures.path("images/\(file)")
        let facts = try ImageInspector().inspect(fileAt: path)
        let size = facts.displaySize.fitted(within: 10)
        // A row of tiles or strips must fit, the whole must not.
        let limit = facts.storedSize.pixelCount / 2
        #expect(
            try CopyRenderer(pixelLimit: limit).render(fileAt: path, facts, size: size)
                == CopyRenderer().render(fileAt: path, facts, size: size))
        #expect(throws: RenderingError.tooManyPixels(facts.displaySize, limit: limit)) {
            try CopyRenderer(pixelLimit: limit).render(fileAt: path, facts, size: facts.displaySize)
        }
    }

    @Test(arguments: [
        "jpeg/progressive.jpg", "webp/lossless.webp", "webp/lossy-alpha.webp", "tiff/deflate.tiff", "bmp/runs8.bmp",
        "gif/single.gif", "heic/lossy.heic", "avif/lossy.avif",
    ])
    func `a picture above the limit of which the whole is needed is refused`(file: String) throws {
        let path = Fixtures.path("images/\(file)")
        let facts = try ImageInspector().inspect(fileAt: path)
        #expect(throws: RenderingError.tooLargeToHold(facts.storedSize, limit: 100)) {
            try CopyRenderer(pixelLimit: 100).render(fileAt: path, facts, size: facts.displaySize.fitted(within: 5))
        }
    }

    @Test(arguments: [
        "png/interlaced.png", "tiff/tall-strips.tiff", "tiff/tall-tiles.tiff", "tiff/pyramid.tiff", "bmp/rgb24.bmp",
        "bmp/top-down.bmp", "webp/lossy-alpha.webp", "png/rgba8.png",
    ])
    func `a picture made smaller while it is decoded is the whole one made smaller`(file: String) throws {
        let path = Fixtures.path("images/\(file)")
        let whole = try ImageDecoder().decode(fileAt: path)
        for side in [1, 5, 11, 16, 22] {
            let small = try ImageDecoder().decode(fileAt: path, maximumSide: side)
            #expect(try Self.largestDifference(small, try Scaler().scale(whole, to: small.size)) <= 1, "\(side)")
        }
    }

    @Test(arguments: [
        "jpeg/orientation-6.jpg", "tiff/rgb16.tiff", "bmp/runs8.bmp", "gif/single.gif", "heic/lossy.heic",
    ])
    func `a picture that declares too many pixels is refused before it is decoded`(file: String) throws {
        let path = Fixtures.path("images/\(file)")
        let facts = try ImageInspector().inspect(fileAt: path)
        #expect(throws: RenderingError.self) {
            _ = try CopyRenderer(pixelLimit: 100).render(fileAt: path, facts, size: facts.displaySize)
        }
    }
}
