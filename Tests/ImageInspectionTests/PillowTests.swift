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
    }

    /// Reads one path a line and answers with one JSON line each, `null` for what it cannot open.
    static let program = """
        import json, sys, warnings
        from PIL import Image
        warnings.simplefilter("ignore")
        for line in sys.stdin:
            try:
                with Image.open(line.rstrip("\\n")) as picture:
                    print(json.dumps({
                        "format": picture.format.lower().replace("mpo", "jpeg"),
                        "width": picture.size[0],
                        "height": picture.size[1],
                        "orientation": picture.getexif().get(0x0112, 1),
                        "hasAlpha": "A" in picture.mode or "transparency" in picture.info,
                        "frameCount": getattr(picture, "n_frames", 1),
                    }))
            except Exception:
                print("null")
        """

    /// Why one file is not compared in one respect.
    static let differences: [String: String] = [
        "jpeg/orientation-9.jpg": "Pillow repeats the value, we say what a viewer does with it"
    ]

    @Test(.enabled("python3 with Pillow is not installed") { (try? python("import PIL", "")) != nil })
    func `Pillow says the same about every picture that it can open`() throws {
        let fixtures = try Fixtures.images.filter { $0.facts != nil }
        let lines = try Self.python(Self.program, fixtures.map { $0.path + "\n" }.joined()).split(separator: "\n")
        try #require(lines.count == fixtures.count)
        var compared = 0
        for (fixture, line) in zip(fixtures, lines) {
            guard let answer = try JSONDecoder().decode(Answer?.self, from: Data(line.utf8)) else {
                Issue.record("Pillow cannot open \(fixture)")
                continue
            }
            let facts = try ImageInspector().inspect(fileAt: fixture.path)
            #expect(answer.format == facts.format.rawValue, "\(fixture)")
            #expect(PixelSize(width: answer.width, height: answer.height) == facts.storedSize, "\(fixture)")
            #expect(answer.frameCount == facts.frameCount, "\(fixture)")
            if Self.differences[fixture.file] == nil {
                #expect(answer.orientation == facts.orientation.rawValue, "\(fixture)")
            }
            // Of an animation Pillow tells what the first frame has.
            if facts.frameCount == 1 { #expect(answer.hasAlpha == facts.hasAlpha, "\(fixture)") }
            compared += 1
        }
        #expect(compared > 60)
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
