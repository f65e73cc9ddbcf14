import AssetModel
import Fixtures
import Foundation
import ImageInspection
import ImageRendering
import Testing

/// What other programs make of the same files.
struct AveragingTests {
    /// What a program printed; nil when it is not there or fails.
    private static func run(_ arguments: [String], input: String = "") -> Data? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let (stdin, stdout) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (stdin, stdout)
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        // Shorter than a pipe's buffer, so writing it first cannot wait for ever.
        try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try? stdin.fileHandleForWriting.close()
        let output = try? stdout.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? output ?? Data() : nil
    }

    /// How near two pictures are, both laid over white, in decibels.
    private static func nearness(_ one: Bitmap, _ other: Bitmap) throws -> Double {
        try #require(one.size == other.size)
        let (ours, theirs) = (one.flattened(on: .white), other.flattened(on: .white))
        let sum = zip(ours.pixels, theirs.pixels).reduce(0.0) { sum, pair in
            let difference = Double(pair.0) - Double(pair.1)
            return sum + difference * difference
        }
        return 10 * log10(255 * 255 / max(1e-9, sum / Double(ours.size.pixelCount * 3)))
    }

    @Test(
        .enabled("vipsthumbnail is not installed") { run(["vipsthumbnail", "--vips-version"]) != nil },
        arguments: ["mug.png", "cat.jpg", "marble.webp"], [64, 256])
    func `thumbnails are nearly those of libvips`(file: String, side: Int) throws {
        let path = Fixtures.path("images/demo/\(file)")
        let (theirs, linear) = (temporaryPath("vips.png"), temporaryPath("linear.png"))
        defer { [theirs, linear].forEach(remove) }
        _ = try #require(Self.run(["vipsthumbnail", path, "-s", "\(side)", "-o", theirs]))
        _ = try #require(Self.run(["vipsthumbnail", path, "-s", "\(side)", "--linear", "-o", linear]))
        let ours = try ImageDecoder(colour: .sRGB).decode(fileAt: path, maximumSide: side)
        // As stored they are nearer than in linear light, which is what libvips does by itself, too.
        let nearness = try Self.nearness(ours, try ImageDecoder().decode(fileAt: theirs))
        #expect(nearness > 36)
        let inLinearLight = try Self.nearness(ours, try ImageDecoder().decode(fileAt: linear))
        #expect(nearness >= inLinearLight)
    }

    /// Answers with a size and the pixels of each file named on a line, or with `null`.
    private static let pillow = """
        import json, sys, warnings
        from PIL import Image
        warnings.simplefilter("ignore")
        for plugin in "pillow_heif", "pillow_jxl":
            try:
                getattr(__import__(plugin), "register_heif_opener", lambda: None)()
            except ImportError:
                pass
        for line in sys.stdin:
            try:
                with Image.open(line.rstrip("\\n")) as picture:
                    # Of gray of 16 bits Pillow takes the lowest eight, of floating point what is between 0 and 255.
                    seen = None if picture.mode[0] in "IF" else picture.convert("RGBA")
                    print(json.dumps(seen and {"width": seen.size[0], "height": seen.size[1], "pixels": seen.tobytes().hex()}))
            except Exception:
                print("null")
        """

    private struct Seen: Decodable {
        let width: Int
        let height: Int
        let pixels: String
    }

    /// What is not compared, and why.
    private static let differences: [String: String] = [
        "tiff/rgba-not-named.tiff": "libtiff takes colours beside an alpha that nothing explains for multiplied by it",
        "jxl/animated.jxl": "the plug-in shows another frame",
        "jxl/exif-says-otherwise.jxl": "the plug-in turns it by its EXIF",
        "heic/collection.heic": "the plug-in opens another picture first",
        "avif/clean-aperture.avif": "libavif leaves the cutting to its callers",
        "avif/mirror-before-rotation.avif": "libavif takes the turns in one order, whatever is given",
    ]

    @Test(.enabled("python3 with Pillow is not installed") { run(["python3", "-c", "import PIL"]) != nil })
    func `Pillow sees the same in every fixture that it opens`() throws {
        let fixtures = try Fixtures.images.filter {
            guard let facts = $0.facts, !$0.file.hasPrefix("broken/"), facts.storedSize.pixelCount < 10_000 else {
                return false
            }
            // Whoever opens an AVIF, a JPEG XL or a TIFF may have turned it or not.
            return Self.differences[$0.file] == nil && facts.orientation == .upright
        }
        let output = try #require(
            Self.run(["python3", "-c", Self.pillow], input: fixtures.map { $0.path + "\n" }.joined()))
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        try #require(lines.count == fixtures.count)
        var compared = 0
        for (fixture, line) in zip(fixtures, lines) {
            guard let seen = try JSONDecoder().decode(Seen?.self, from: Data(line.utf8)),
                let size = PixelSize(width: seen.width, height: seen.height),
                let ours = try? ImageDecoder().decode(fileAt: fixture.path)
            else { continue }
            var (pixels, digits) = ([UInt8](), seen.pixels.utf8.makeIterator())
            while let high = digits.next(), let low = digits.next() {
                func value(_ digit: UInt8) -> UInt8 { digit < 58 ? digit - 48 : digit - 87 }
                pixels.append(value(high) << 4 | value(low))
            }
            let theirs = try #require(Bitmap(size: size, pixels: pixels))
            // Colour of half the size is enlarged in more than one way.
            #expect(try Self.nearness(ours, theirs) > 24, "\(fixture)")
            compared += 1
        }
        #expect(compared > 100)
    }
}
