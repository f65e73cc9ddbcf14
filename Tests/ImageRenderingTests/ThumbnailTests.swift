import AssetModel
import Fixtures
import Foundation
import ImageInspection
import ImageRendering
import Testing

struct ThumbnailTests {
    /// Left half red, right half blue, with a gradient of light from top to bottom.
    private static func draw(_ width: Int, _ height: Int, alpha: (Int) -> UInt8 = { _ in 255 }) throws -> Bitmap {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let light = 60 + 190 * y / height
                pixels += x < width / 2 ? [UInt8(light), 10, 10] : [10, 10, UInt8(light)]
                pixels.append(alpha(x))
            }
        }
        let size = try Self.size(width, height)
        return try #require(Bitmap(size: size, pixels: pixels))
    }

    private static func with(
        _ bytes: [UInt8], _ body: (String, ImageFacts) throws -> Void
    ) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).picture").path
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path, try ImageInspector().inspect(fileAt: path))
    }

    private static func size(_ width: Int, _ height: Int) throws -> PixelSize {
        try #require(PixelSize(width: width, height: height))
    }

    @Test func `a large picture gets both sizes, opaque ones as JPEG`() throws {
        let bytes = try ImageEncoder(.png(level: 1)).encode(try Self.draw(1500, 900), isOpaque: true)
        try Self.with(bytes) { path, facts in
            let look = try Thumbnailer().look(ofFileAt: path, facts)
            #expect(look.large.size == (try Self.size(512, 307)) && look.large.format == .jpeg)
            #expect(try #require(look.small).size == (try Self.size(256, 154)))
            for rendition in [look.large, try #require(look.small)] {
                let shown = try ImageDecoder().decode(rendition.bytes)
                #expect(shown.size == rendition.size)
                let (left, right) = (shown[10, shown.size.height - 2], shown[shown.size.width - 10, 2])
                #expect(left.red > 220 && left.blue < 40 && right.blue > 40 && right.red < 40)
            }
        }
    }

    @Test func `no picture is enlarged, and one of at most 256 pixels is made once`() throws {
        for (width, height, hasSmall) in [(40, 30, false), (256, 10, false), (300, 20, true), (1, 900, true)] {
            let bytes = try ImageEncoder(.png()).encode(try Self.draw(width, height), isOpaque: true)
            try Self.with(bytes) { path, facts in
                let look = try Thumbnailer().look(ofFileAt: path, facts)
                #expect(look.large.size == (try Self.size(width, height)).fitted(within: 512))
                #expect((look.small != nil) == hasSmall)
            }
        }
    }

    @Test func `alpha is kept, and so are the colours beside it`() throws {
        let picture = try Self.draw(800, 400) { $0 < 400 ? 255 : 0 }
        try Self.with(try ImageEncoder(.png(level: 1)).encode(picture)) { path, facts in
            let look = try Thumbnailer().look(ofFileAt: path, facts)
            #expect(look.large.format == .webp)
            let shown = try ImageDecoder().decode(try #require(look.small).bytes)
            #expect(shown[20, 60].alpha == 255 && shown[20, 60].red > 100 && shown[200, 60].alpha == 0)
            // Half of it is seen, and that is red alone.
            let alpha = look.placeholder.bitmap(try Self.size(1, 1)).pixels[3]
            #expect(alpha == 7 * 17)
            #expect(look.colours.allSatisfy { $0.red > $0.blue })
        }
    }

    @Test(arguments: Orientation.allCases)
    func `thumbnails stand upright`(orientation: Orientation) throws {
        let upright = try Self.draw(900, 600)
        let inverse: [Orientation: Orientation] = [.rotated90: .rotated270, .rotated270: .rotated90]
        let stored = upright.turnedUpright(from: inverse[orientation] ?? orientation)
        let bytes = try ImageEncoder(.jpeg(quality: 95)).encode(stored, isOpaque: true)
        try Self.with(bytes) { path, facts in
            let turned = ImageFacts(
                format: facts.format, storedSize: facts.storedSize, orientation: orientation, hasAlpha: false,
                bitDepth: 8, frameCount: 1, byteCount: facts.byteCount)
            let look = try Thumbnailer().look(ofFileAt: path, turned)
            #expect(look.large.size == (try Self.size(512, 341)))
            let shown = try ImageDecoder().decode(look.large.bytes)
            #expect(shown[20, 330].red > 200 && shown[490, 330].blue > 200 && shown[20, 5].red < 120)
        }
    }

    @Test func `the fingerprint is the one that is made alone`() throws {
        for fixture in try Fixtures.images where fixture.facts != nil {
            guard let facts = fixture.facts, CopyRenderer.canRead(facts),
                let look = try? Thumbnailer().look(ofFileAt: fixture.path, facts)
            else { continue }
            #expect(look.fingerprint == (try Fingerprinter().fingerprint(ofFileAt: fixture.path, facts)), "\(fixture)")
        }
    }

    @Test func `a placeholder shows where light and colours are, in 27 bytes`() throws {
        let picture = try Self.draw(320, 240)
        let placeholder = Placeholder(of: try Scaler().fit(picture, within: 32))
        #expect(placeholder.bytes.count == Placeholder.byteCount)
        let shown = placeholder.bitmap(try Self.size(16, 12))
        let (dark, light, blue) = (shown[2, 1], shown[2, 10], shown[13, 10])
        #expect(light.red > 180 && light.blue < 80 && dark.red < light.red - 60 && blue.blue > 180 && blue.red < 80)
        #expect(shown.isOpaque)
        #expect(Placeholder(bytes: placeholder.bytes) == placeholder && Placeholder(bytes: [1, 2]) == nil)
        // One pixel has no waves.
        let one = try Self.size(1, 1)
        let dot = Placeholder(of: try #require(Bitmap(size: one, pixels: [200, 100, 50, 255])))
        let pixel = dot.bitmap(try Self.size(3, 3))[1, 1]
        #expect(abs(Int(pixel.red) - 200) < 3 && abs(Int(pixel.green) - 100) < 3 && abs(Int(pixel.blue) - 50) < 3)
    }

    @Test func `main colours are those of most pixels, and alike ones count once`() throws {
        let wide = try Self.size(50, 20)
        var pixels: [UInt8] = []
        for index in 0..<1000 {
            let noise = UInt8(index % 7)
            switch index % 10 {
            case 0..<6: pixels += [200 + noise, 30, 30, 255]
            case 6..<9: pixels += [20, 40 + noise, 180, 255]
            default: pixels += [240, 240, 240 + noise, 255]
            }
        }
        let colours = DominantColours.of(try #require(Bitmap(size: wide, pixels: pixels)))
        #expect(colours.count == 3)
        #expect(colours[0].red > 190 && colours[1].blue > 170 && colours[2].green > 230)
        let pair = try Self.size(2, 1)
        let dot = try Self.size(1, 1)
        let plain = try #require(Bitmap(size: pair, pixels: [10, 20, 30, 255, 12, 21, 30, 255]))
        #expect(DominantColours.of(plain).count == 1)
        let nothing = try #require(Bitmap(size: dot, pixels: [10, 20, 30, 0]))
        #expect(DominantColours.of(nothing) == [.white])
    }

    @Test func `a preview has at most 2048 pixels on its longer side`() throws {
        let bytes = try ImageEncoder(.png(level: 1)).encode(try Self.draw(2400, 300), isOpaque: true)
        try Self.with(bytes) { path, facts in
            let preview = try Thumbnailer().preview(ofFileAt: path, facts).rendition
            #expect(preview.size == (try Self.size(2048, 256)) && preview.format == .jpeg)
        }
    }

    private static let vips = [
        "/usr/bin/vipsthumbnail", "/usr/local/bin/vipsthumbnail", "/opt/homebrew/bin/vipsthumbnail",
    ]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(.enabled(if: vips != nil, "vipsthumbnail is not installed"))
    func `a picture is made smaller as libvips does it`() throws {
        let program = try #require(Self.vips)
        var pixels: [UInt8] = []
        for y in 0..<900 {
            for x in 0..<1400 {
                let light = 128 + 60 * sin(Double(x) / 37) + 50 * cos(Double(y) / 23)
                let grain = Double((x &* 7919 ^ y &* 104_729) % 13) - 6
                let isInside = (x - 700) * (x - 700) + (y - 400) * (y - 400) < 60_000
                pixels += [
                    UInt8(light + grain), isInside ? 230 : UInt8(light / 2), UInt8(max(0, 200 - light / 2)), 255,
                ]
            }
        }
        let size = try Self.size(1400, 900)
        let picture = try #require(Bitmap(size: size, pixels: pixels))
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "large.png")
        try Data(ImageEncoder(.png(level: 1)).encode(picture, isOpaque: true)).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = [file.path, "--size", "512", "-o", folder.path + "/small.png"]
        try process.run()
        process.waitUntilExit()
        let theirs = try ImageDecoder().decode(fileAt: folder.path + "/small.png")
        let ours = try ImageDecoder(colour: .sRGB).decode(fileAt: file.path, maximumSide: 512)
        #expect(ours.size == theirs.size)
        var squares = 0.0
        for (one, other) in zip(ours.pixels, theirs.pixels) { squares += pow(Double(one) - Double(other), 2) }
        // Alpha is equal everywhere. They weigh pixels outside of the area a little too (Lanczos), and average as stored, as we do.
        let ratio = 10 * log10(255 * 255 / (squares / Double(ours.size.pixelCount * 3)))
        #expect(ratio > 35, "\(ratio) dB")
    }
}
