import AssetModel
import Fixtures
import ImageInspection
import Testing

/// Bytes that were cut, flipped or made to lie: always facts or a code, never a crash.
struct HostileBytesTests {
    @Test(arguments: try Fixtures.images.filter { $0.byteCount <= 20_000 })
    func `a picture cut at any byte is cut, or whole, and nothing else`(fixture: ImageFixture) throws {
        let bytes = try Array(Fixtures.data("images/\(fixture.file)"))
        let whole = Outcome(bytes: bytes)
        var allowed: Set = ["truncated", "not_an_image"]
        if let error = whole.error { allowed.insert(error.code) }
        for length in 0..<bytes.count {
            switch Outcome(bytes: Array(bytes[..<length])) {
            case .failure(let error):
                if !allowed.contains(error.code) {
                    Issue.record("\(length) bytes give \(error.code): \(error)")
                }
            case .facts(let facts):
                // Only bytes behind the end of the picture were cut off.
                if facts.storedSize != whole.facts?.storedSize || facts.orientation != whole.facts?.orientation
                    || facts.frameCount != whole.facts?.frameCount || facts.byteCount != Int64(length)
                {
                    Issue.record("\(length) bytes give \(facts)")
                }
            }
        }
    }

    @Test func `a picture cut in its pixels never gives facts`() throws {
        for file in [
            "jpeg/baseline.jpg", "jpeg/progressive.jpg", "png/rgb8.png", "webp/lossy.webp", "gif/animated.gif",
        ] {
            let bytes = try Array(Fixtures.data("images/\(file)"))
            for length in 0..<bytes.count where Outcome(bytes: Array(bytes[..<length])).facts != nil {
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
        for number in 0..<4_000 {
            let mutant = mutator.damaged(originals[number % originals.count])
            let outcome = Outcome(bytes: mutant)
            switch outcome {
            case .failure(let error): codes.insert(error.code)
            case .facts(let facts):
                codes.insert("facts")
                #expect(facts.storedSize.pixelCount <= InspectionLimits().maximumPixelCount)
                #expect(1...16 ~= facts.bitDepth)
                #expect(1...max(1, mutant.count) ~= facts.frameCount)
                #expect(facts.byteCount == Int64(mutant.count))
            }
            // The window over a file must see exactly what memory shows.
            let path = try folder.write(mutant, as: "mutant")
            #expect(Outcome(path: path) == outcome, "mutant \(number)")
        }
        #expect(codes == ["facts", "not_an_image", "unsupported", "truncated", "malformed", "too_large"])
    }

    @Test func `a run of equal bytes behind any signature ends`() {
        let starts: [[UInt8]] = [
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF], Array("GIF89a".utf8),
            Array("RIFF\u{7F}\u{7F}\u{7F}\u{7F}WEBP".utf8), Array("RIFF\u{7F}\0\0\0WEBPVP8X".utf8),
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
