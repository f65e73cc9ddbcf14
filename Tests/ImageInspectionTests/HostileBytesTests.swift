import AssetModel
import Fixtures
import ImageInspection
import TestSupport
import Testing

/// Bytes that were cut, flipped or made to lie: always facts or a code, never a crash.
struct HostileBytesTests {
    @Test(arguments: try Fixtures.images.filter { $0.byteCount <= 20_000 })
    func `a picture cut at any byte is cut, or whole, and nothing else`(fixture: ImageFixture) throws {
        let bytes = try Array(Fixtures.data("images/\(fixture.file)"))
        let whole = Outcome(bytes: bytes)
        var allowed: Set = ["truncated", "not_an_image"]
        if let error = whole.error { allowed.insert(error.code) }
        for length in stride(from: 0, to: bytes.count, by: Attacks.areFull ? 1 : 7) {
            switch Outcome(bytes: Array(bytes[..<length])) {
            case .failure(let error):
                if !allowed.contains(error.code) {
                    Issue.record("\(length) bytes give \(error.code): \(error)")
                }
            case .facts(let facts):
                // Only bytes behind the end of the picture were cut off.
                // Of a TIFF also pages behind the first.
                if facts.storedSize != whole.facts?.storedSize || facts.orientation != whole.facts?.orientation
                    || facts.format != .tiff && facts.frameCount != whole.facts?.frameCount
                    || facts.byteCount != Int64(length)
                {
                    Issue.record("\(length) bytes give \(facts)")
                }
            }
        }
    }

    @Test func `a picture cut in its pixels never gives facts`() throws {
        for file in [
            "jpeg/baseline.jpg", "jpeg/progressive.jpg", "jpeg/arithmetic.jpg", "png/rgb8.png", "webp/lossy.webp",
            "gif/animated.gif", "bmp/indexed4.bmp", "bmp/runs8.bmp", "bmp/profile.bmp", "tiff/little-endian.tiff",
            "tiff/strips.tiff", "tiff/directory-first.tiff", "tiff/tiles.tiff", "avif/lossy.avif",
            "avif/animated.avif", "heic/grid.heic", "heic/alpha.heic", "jxl/container.jxl", "jxl/parts.jxl",
        ] {
            let bytes = try Array(Fixtures.data("images/\(file)"))
            // The last bytes of a TIFF's directory name the next page, and are not missed when they are cut off.
            let end = bytes.count - (file.hasPrefix("tiff") ? 4 : 0)
            for length in stride(from: 0, to: end, by: Attacks.areFull ? 1 : 7)
            where Outcome(bytes: Array(bytes[..<length])).facts != nil {
                Issue.record("\(length) of \(bytes.count) bytes of \(file) give facts")
            }
        }
    }

    @Test func `thousands of damaged pictures give sane facts or a code, the same from memory as from a file`() throws {
        let folder = try TemporaryFolder()
        var mutator = Mutator(seed: 20_260_000)
        let originals = try Fixtures.images.filter { $0.byteCount <= 20_000 && $0.byteCount > 0 }
            .map { try Array(Fixtures.data("images/\($0.file)")) }
        var codes: Set<String> = []
        for number in 0..<Attacks.count("damaged pictures", 600, full: 4_000) {
            let mutant = mutator.damaged(originals[number % originals.count])
            let outcome = Outcome(bytes: mutant)
            switch outcome {
            case .failure(let error): codes.insert(error.code)
            case .facts(let facts):
                codes.insert("facts")
                #expect(facts.storedSize.pixelCount <= InspectionLimits().maximumPixelCount)
                #expect(1...64 ~= facts.bitDepth)
                #expect(1...65_539 ~= facts.channels ?? 0)
                #expect(1...max(1, mutant.count) ~= facts.frameCount)
                #expect(facts.byteCount == Int64(mutant.count))
            }
            // The window over a file must see exactly what memory shows.
            let path = try folder.write(mutant, as: "mutant")
            #expect(Outcome(path: path) == outcome, "mutant \(number)")
        }
        #expect(codes == ["facts", "not_an_image", "unsupported", "truncated", "malformed", "too_large"])
    }

    @Test func `boxes and directories that refer to each other a million times are left soon`() throws {
        // Four bytes of version, then eight thousand references to the primary item, each from an item whose
        // properties would have to be looked up in a list of eight thousand.
        func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
            withUnsafeBytes(of: UInt32(8 + content.count).bigEndian) { Array($0) } + Array(name.utf8) + content
        }
        func many(_ count: Int, _ bytes: [UInt8]) -> [UInt8] {
            Array(repeatElement(bytes, count: count).joined())
        }
        let version: [UInt8] = [0, 0, 0, 0]
        let references = box("iref", version + many(8_000, box("auxl", [0, 2, 0, 1, 0, 1])))
        let container = box("ipco", many(32_000, box("free", [])))
        let owned = many(255, [0xFF, 0xFF])
        let associations = box(
            "ipma", [0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 255] + owned + [0, 2, 255] + owned)
        let info = box("infe", [2, 0, 0, 0, 0, 1, 0, 0] + Array("av01".utf8) + [0])
        let meta = box(
            "meta",
            version + box("pitm", version + [0, 1]) + box("iinf", version + [0, 1] + info) + references
                + box("iprp", container + associations))
        let bytes = box("ftyp", Array("avif".utf8) + version + Array("avif".utf8)) + meta
        #expect(Outcome(bytes: bytes) == .failure(.malformed(.avif, .missingHeader)))
        let folder = try TemporaryFolder()
        #expect(Outcome(path: try folder.write(bytes, as: "references")) == Outcome(bytes: bytes))

        // A TIFF of directories that overlap: each begins two bytes behind the one before.
        var directories: [UInt8] = [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0]
        directories += many(60_000, [1, 0])
        #expect(Outcome(bytes: directories).error != nil)
    }

    @Test func `a run of equal bytes behind any signature ends`() {
        let starts: [[UInt8]] = [
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF], Array("GIF89a".utf8),
            Array("RIFF\u{7F}\u{7F}\u{7F}\u{7F}WEBP".utf8), Array("RIFF\u{7F}\0\0\0WEBPVP8X".utf8),
            Array("BM0000000000\0\0\u{28}\0\0\0".utf8), Array("BM0000000000\0\0\u{7C}\0\0\0".utf8),
            Array("II*\0\u{8}\0\0\0".utf8), Array("MM\0*\0\0\0\u{8}".utf8),
            Array("II+\0\u{8}\0\0\0\u{10}\0\0\0\0\0\0\0".utf8),
            Array("\0\0\0\u{10}ftypavif\0\0\0\0".utf8), Array("\0\0\0\u{10}ftypheic\0\0\0\0\0\0\0\u{7F}meta".utf8),
            [0, 0, 0, 12] + Array("JXL \r\n".utf8) + [0x87, 0x0A],
            [0, 0, 0, 12] + Array("JXL \r\n".utf8) + [0x87, 0x0A, 0, 0, 0, 0x7F] + Array("jxlc".utf8),
        ]
        for start in starts {
            for byte in UInt8.min...UInt8.max {
                let outcome = Outcome(bytes: start + Array(repeating: byte, count: 9_000))
                #expect(outcome.facts == nil, "\(start) and \(byte) give \(outcome)")
            }
        }
    }
}

/// Damages bytes the same way in every run.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// The next number of a fixed row (SplitMix64).
    private mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ value >> 31) % UInt64(bound))
    }

    /// One to four damages, more of them near the beginning, where the headers are.
    mutating func damaged(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...next(below: 4) {
            guard !bytes.isEmpty else { break }
            let reach = next(below: 3) == 0 ? bytes.count : min(bytes.count, 64)
            let position = next(below: reach)
            switch next(below: 6) {
            case 0: bytes[position] ^= 1 << UInt8(next(below: 8))
            case 1: bytes[position] = UInt8(next(below: 256))
            case 2: bytes[position] = [0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF][next(below: 6)]
            case 3:
                // A length at one of the edges.
                let edge: [UInt8] = next(below: 2) == 0 ? [0xFF, 0xFF, 0xFF, 0xFF] : [0x7F, 0xFF, 0xFF, 0xF3]
                bytes.replaceSubrange(position..<min(bytes.count, position + 4), with: edge)
            case 4: bytes.removeSubrange(position..<min(bytes.count, position + 1 + next(below: 16)))
            default:
                let part = bytes[position..<min(bytes.count, position + 1 + next(below: 40))]
                bytes.insert(contentsOf: part, at: next(below: bytes.count))
            }
        }
        return bytes
    }
}
