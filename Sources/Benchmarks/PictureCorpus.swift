import Foundation

/// A folder of pictures as people who generate them have: 41 PNG, 44 JPEG and 15 WebP of 100, sides of 64 to 2048 pixels.
///
/// Most PNG carry an infotext of 300 to 2,000 bytes, as `tEXt` or `iTXt`; a third of the JPEG one as EXIF, a fifth of them large
/// segments before the frame header; WebP have their EXIF behind the pixels. The structure is a real picture's, chunk by
/// chunk; the compressed pixels are a hole in the file: a reader of headers never looks at them, no encoder is needed, and
/// ten thousand files take 80 MB. The same number gives the same files.
struct PictureCorpus {
    /// What is true of a picture.
    struct Picture {
        let path: String
        let width: Int
        let height: Int
        let orientation: Int
    }

    private var random = SplitMix(state: 9)
    private let vocabulary = Vocabulary(count: 3_000, seed: 5)

    /// Writes pictures, 500 to a folder.
    mutating func write(_ count: Int, to folder: String) throws -> [Picture] {
        var pictures: [Picture] = []
        for number in 0..<count {
            let home = "\(folder)/\(number / 500)"
            if number % 500 == 0 {
                try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            }
            let sides = [64, 128, 256, 512, 768, 832, 1024, 1216, 1536, 2048]
            let (width, height) = (sides[random.below(sides.count)], sides[random.below(sides.count)])
            let kind = random.below(100)
            let (ending, file): (String, File) =
                kind < 41
                ? ("png", png(width, height)) : kind < 85 ? ("jpg", jpeg(width, height)) : ("webp", webp(width, height))
            let path = "\(home)/\(number).\(ending)"
            try file.write(to: path)
            pictures.append(Picture(path: path, width: width, height: height, orientation: file.orientation))
        }
        return pictures
    }

    /// The bytes before the pixels, the length of the hole that stands for them, and the bytes behind.
    private struct File {
        var front: [UInt8]
        var hole: Int
        var back: [UInt8]
        var orientation = 1

        func write(to path: String) throws {
            guard FileManager.default.createFile(atPath: path, contents: Data(front)) else {
                throw CocoaError(.fileWriteUnknown)
            }
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try handle.truncate(atOffset: UInt64(front.count + hole))
            try handle.seekToEnd()
            try handle.write(contentsOf: back)
            try handle.close()
        }
    }

    // MARK: Formats

    private mutating func png(_ width: Int, _ height: Int) -> File {
        var front: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        front += Self.chunk("IHDR", Self.big32(width) + Self.big32(height) + [8, 2, 0, 0, 0])
        switch random.below(10) {
        case 0..<5: front += Self.chunk("tEXt", Array("parameters\0".utf8) + infotext(width, height))
        case 5: front += Self.chunk("iTXt", Array("parameters\0\0\0\0\0".utf8) + infotext(width, height))
        case 6: front += Self.chunk("pHYs", Self.big32(2835) + Self.big32(2835) + [1])
        default: break
        }
        let hole = max(64, width * height)
        front += Self.big32(hole) + Array("IDAT".utf8)
        return File(front: front, hole: hole, back: [0, 0, 0, 0] + Self.chunk("IEND", []))
    }

    private mutating func jpeg(_ width: Int, _ height: Int) -> File {
        func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
            [0xFF, marker] + Self.big16(body.count + 2) + body
        }
        var front: [UInt8] = [0xFF, 0xD8] + segment(0xE0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0])
        let (kind, orientation) = (random.below(10), 1 + random.below(8))
        if kind < 3 {
            let comment = Array("UNICODE\0".utf8) + infotext(width, height).flatMap { [0, $0] }
            front += segment(0xE1, Array("Exif\0\0".utf8) + Self.exif(orientation: orientation, comment: comment))
        } else if kind < 5 {
            // A camera's: a thumbnail inside EXIF, then a profile.
            let exif =
                Self.exif(orientation: orientation, comment: [])
                + [UInt8](repeating: 7, count: 8_000 + random.below(40_000))
            front += segment(0xE1, Array("Exif\0\0".utf8) + exif)
            front += segment(0xE2, Array("ICC_PROFILE\0".utf8) + [1, 1] + [UInt8](repeating: 0, count: 3_144))
        }
        for table: UInt8 in 0..<2 { front += segment(0xDB, [table] + [UInt8](repeating: 8, count: 64)) }
        front += segment(
            0xC0, [8] + Self.big16(height) + Self.big16(width) + [3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])
        for table: UInt8 in [0x00, 0x10, 0x01, 0x11] {
            front += segment(0xC4, [table, 1] + [UInt8](repeating: 0, count: 16))
        }
        front += segment(0xDA, [3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0])
        return File(
            front: front, hole: max(64, width * height / 6), back: [0xFF, 0xD9], orientation: kind < 5 ? orientation : 1
        )
    }

    private mutating func webp(_ width: Int, _ height: Int) -> File {
        func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
            Array(name.utf8) + Self.little32(body.count) + body + (body.count % 2 == 1 ? [0] : [])
        }
        let hole = max(64, width * height / 10 / 2 * 2)
        let pixels =
            Array("VP8 ".utf8) + Self.little32(hole + 10) + [0x10, 0, 0, 0x9D, 0x01, 0x2A] + Self.little16(width)
            + Self.little16(height)
        let hasText = random.below(3) > 0
        var header: [UInt8] = []
        var back: [UInt8] = []
        if hasText {
            header = chunk(
                "VP8X",
                [0x08, 0, 0, 0] + Self.little32(width - 1).prefix(3) + Self.little32(height - 1).prefix(3))
            let comment = Array("UNICODE\0".utf8) + infotext(width, height).flatMap { [0, $0] }
            back = chunk("EXIF", Self.exif(orientation: 1, comment: comment))
        }
        let length = 4 + header.count + pixels.count + hole + back.count
        let front = Array("RIFF".utf8) + Self.little32(length) + Array("WEBP".utf8) + header + pixels
        return File(front: front, hole: hole, back: back)
    }

    // MARK: Texts

    /// Prompt, negative prompt and settings as AUTOMATIC1111 writes them, 300 to 2,000 bytes.
    private mutating func infotext(_ width: Int, _ height: Int) -> [UInt8] {
        let length = 200 + random.below(1_700)
        var text: [UInt8] = []
        while text.count < length * 3 / 4 {
            vocabulary.appendWord(to: &text, &random)
            text += Array(random.below(4) == 0 ? ", ".utf8 : " ".utf8)
        }
        text += Array("\nNegative prompt: ".utf8)
        while text.count < length {
            vocabulary.appendWord(to: &text, &random)
            text += Array(", ".utf8)
        }
        let settings =
            "\nSteps: \(20 + random.below(30)), Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: \(random.next() >> 32), "
            + "Size: \(width)x\(height), Model hash: 6ce0161689, Model: v1-5-pruned, Version: v1.10.1"
        return text + Array(settings.utf8)
    }

    /// A TIFF of two directories, the low byte first: the orientation, and a comment when there is one.
    private static func exif(orientation: Int, comment: [UInt8]) -> [UInt8] {
        func entry(_ tag: Int, _ kind: Int, _ count: Int, _ value: Int) -> [UInt8] {
            little16(tag) + little16(kind) + little32(count) + little32(value)
        }
        // Big-endian text in UNICODE comments is what most programs write, whatever the order of the block.
        let start: [UInt8] = [0x49, 0x49, 0x2A, 0] + little32(8)
        guard !comment.isEmpty else { return start + little16(1) + entry(0x0112, 3, 1, orientation) + little32(0) }
        return start + little16(2) + entry(0x0112, 3, 1, orientation) + entry(0x8769, 4, 1, 38) + little32(0)
            + little16(1) + entry(0x9286, 7, comment.count, 56) + little32(0) + comment
    }

    // MARK: Numbers

    private static func big16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)] }
    private static func big32(_ value: Int) -> [UInt8] { big16(value >> 16) + big16(value & 0xFFFF) }
    private static func little16(_ value: Int) -> [UInt8] { big16(value).reversed() }
    private static func little32(_ value: Int) -> [UInt8] { big32(value).reversed() }

    private static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
        let named = Array(name.utf8) + body
        return big32(body.count) + named + big32(Int(checksum(named)))
    }

    /// CRC-32; readers check it of the chunks that they need.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { register, byte in
            (0..<8).reduce(register ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
    }
}
