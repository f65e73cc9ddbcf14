import AssetModel
import Fixtures
import Foundation
import ImageInspection
import Testing

/// What an independent reader says about the same files. Runs where `python3` has Pillow.
struct PillowTests {
    /// What Pillow can tell; it has no word for bit depth.
    struct Answer: Decodable {
        let format: String
        let width: Int
        let height: Int
        let orientation: Int
        let hasAlpha: Bool
        let frameCount: Int
        let channels: Int
        let colorProfile: String?
    }

    /// Reads one path a line and answers with one JSON line each, `null` for what it cannot open.
    static let program = """
        import io, json, sys, warnings
        from PIL import Image, ImageCms
        warnings.simplefilter("ignore")
        for plugin in "pillow_heif", "pillow_jxl":
            try:
                module = __import__(plugin)
                getattr(module, "register_heif_opener", lambda: None)()
            except ImportError:
                pass
        def profile(picture):
            try:
                return ImageCms.getProfileDescription(io.BytesIO(picture.info["icc_profile"])).strip()
            except Exception:
                return None
        for line in sys.stdin:
            try:
                with Image.open(line.rstrip("\\n")) as picture:
                    print(json.dumps({
                        "format": {"MPO": "jpeg", "HEIF": "heic", "DIB": "bmp"}.get(picture.format, picture.format.lower()),
                        "width": picture.size[0],
                        "height": picture.size[1],
                        "orientation": picture.getexif().get(0x0112, 1),
                        "hasAlpha": "A" in picture.mode or "transparency" in picture.info,
                        "frameCount": getattr(picture, "n_frames", 1),
                        "channels": len(picture.getbands()),
                        "colorProfile": profile(picture),
                    }))
            except Exception:
                print("null")
        """

    /// What is not compared of one file, and why.
    static let differences: [String: (String, String)] = [
        "jpeg/orientation-9.jpg": ("orientation", "Pillow repeats the value, we say what a viewer does with it"),
        "tiff/orientation-9.tiff": ("orientation", "the same"),
        "tiff/pyramid.tiff": ("frames", "Pillow counts smaller copies and masks as pages"),
        "avif/general-brand.avif": ("format", "Pillow takes every general HEIF file for a HEIC"),
        "avif/mirror-before-rotation.avif": ("orientation", "libavif takes the turns in one order, whatever is given"),
        "avif/clean-aperture.avif": ("size", "libavif leaves the cutting to its callers"),
        "heic/impossible-aperture.heic": ("size", "libheif repeats what the file says"),
        "jxl/exif-says-otherwise.jxl": ("orientation", "the plug-in shows what EXIF says"),
        "jxl/animated.jxl": ("frames", "the plug-in shows the first frame only"),
        "tiff/rgbx.tiff": ("channels", "Pillow leaves out a sample without a meaning"),
        "png/gray-alpha16.png": ("channels", "Pillow unpacks it as colour"),
    ]

    /// Pictures that Pillow, or its plug-ins for HEIC and JPEG XL, cannot open, and why.
    static let closed: [String: String] = [
        "bmp/indexed2.bmp": "an index of two bits, from Windows CE",
        "bmp/masks-10-bits.bmp": "Pillow knows masks of eight bits",
        "bmp/masks-with-alpha-behind-header.bmp": "Pillow knows masks of eight bits inside the header",
        "bmp/os2-2-short.bmp": "Pillow does not know this header",
        "bmp/masks-17-bits.bmp": "Pillow knows masks of eight bits",
        "bmp/masks-20-bits.bmp": "Pillow knows masks of eight bits",
        "bmp/masks-32-bits.bmp": "Pillow knows masks of eight bits",
        "bmp/masks-with-gaps.bmp": "Pillow knows masks of eight bits",
        "broken/bigtiff-next-page-away.tiff": "Pillow counts pages by going to each",
        "broken/tiff-next-page-away.tiff": "Pillow counts pages by going to each",
        "broken/tiff-third-page-empty.tiff": "Pillow counts pages by going to each",
        "avif/turned-copy.avif": "libavif does not know items that are copies",
        "jpeg/12-bits.jpg": "Pillow's libjpeg reads eight bits",
        "jpeg/lossless-16-bits.jpg": "Pillow's libjpeg reads eight bits",
        "jpeg/two-components.jpg": "Pillow knows one, three and four",
        "tiff/bigtiff-big-endian.tiff": "Pillow reads BigTIFF with the low byte first only",
    ]

    @Test(.enabled("python3 with Pillow is not installed") { (try? python("import PIL", "")) != nil })
    func `Pillow says the same about every picture that it can open`() throws {
        let fixtures = try Fixtures.images.filter { $0.facts != nil }
        let lines = try Self.python(Self.program, fixtures.map { $0.path + "\n" }.joined()).split(separator: "\n")
        try #require(lines.count == fixtures.count)
        var compared = 0
        for (fixture, line) in zip(fixtures, lines) {
            let facts = try #require(fixture.facts)
            guard let answer = try JSONDecoder().decode(Answer?.self, from: Data(line.utf8)) else {
                // HEIC and JPEG XL need a plug-in each, which may be missing.
                if Self.closed[fixture.file] == nil, facts.format != .heic, facts.format != .jxl {
                    Issue.record("Pillow cannot open \(fixture)")
                }
                continue
            }
            let ours = try ImageInspector().inspect(fileAt: fixture.path)
            let skipped = Self.differences[fixture.file]?.0
            if skipped != "format" { #expect(answer.format == ours.format.rawValue, "\(fixture)") }
            // A HEIC is turned when its plug-in opens it; of a TIFF the size is told as it is seen.
            let turned = ours.format == .heic
            let size = turned || ours.format == .tiff ? ours.displaySize : ours.storedSize
            if skipped != "size" {
                #expect(PixelSize(width: answer.width, height: answer.height) == size, "\(fixture)")
            }
            // The pictures of a HEIC collection are counted like frames.
            if skipped != "frames", ours.format != .heic {
                #expect(answer.frameCount == ours.frameCount, "\(fixture)")
            }
            if skipped != "orientation", !turned {
                #expect(answer.orientation == ours.orientation.rawValue, "\(fixture)")
            }
            // Of an animation Pillow tells what the first frame has.
            if ours.frameCount == 1 {
                #expect(answer.hasAlpha == ours.hasAlpha, "\(fixture)")
                if skipped != "channels" { #expect(answer.channels == ours.channels, "\(fixture)") }
            }
            // The library that names a profile wants it whole; ours are names and little else.
            // For a JPEG XL libjxl makes one up from the numbers in the header.
            if let name = answer.colorProfile, !name.isEmpty, ours.format != .jxl {
                #expect(name == ours.colorProfile, "\(fixture)")
            }
            compared += 1
        }
        #expect(compared > 180)
    }

    /// Runs a program in Python and gives what it printed; an exit code above zero is an error.
    static func python(_ program: String, _ input: String) throws -> String {
        struct Failed: Error {}
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        // The list is shorter than a pipe's buffer, so writing it first cannot wait for ever.
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
        return String(decoding: output, as: UTF8.self)
    }
}
