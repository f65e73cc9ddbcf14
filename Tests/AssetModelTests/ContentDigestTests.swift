import AssetModel
import Foundation
import Testing

struct ContentDigestTests {
    private static let text = "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f"

    @Test func `the text form reads back as the same digest`() throws {
        let digest = try ContentDigest(parsing: Self.text)
        #expect(digest.hex == Self.text)
        #expect(try ContentDigest(bytes: digest.bytes) == digest)
        #expect(digest.short == "001122334455")
    }

    @Test func `capitals and the prefix are accepted`() throws {
        #expect(try ContentDigest(parsing: "sha256:" + Self.text.uppercased()).hex == Self.text)
    }

    @Test(arguments: ["", "abc", String(text.dropLast()), text + "0", String(text.dropLast()) + "g", "sha256:"])
    func `anything else is an error`(text: String) {
        #expect(throws: DigestError.notADigest(text)) { try ContentDigest(parsing: text) }
    }

    @Test func `31 bytes are no digest`() {
        #expect(throws: DigestError.wrongLength(31)) { try ContentDigest(bytes: [UInt8](repeating: 1, count: 31)) }
    }

    @Test func `digests sort as their text does`() throws {
        var generator = SystemRandomNumberGenerator()
        let digests = try (0..<100).map { _ in
            try ContentDigest(bytes: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
        #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
    }
}
