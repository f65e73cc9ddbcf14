import AssetModel
import Foundation
import Testing

struct ImageFactsTests {
    static let before = """
        {"format":"png","size":"48x32","orientation":1,"has_alpha":false,"bit_depth":8,"frame_count":1,"byte_count":99}
        """

    @Test func `facts from before channels were counted are read and written as they were`() throws {
        let facts = try JSONDecoder().decode(ImageFacts.self, from: Data(Self.before.utf8))
        #expect(facts.channels == nil)
        #expect(facts.colorProfile == nil)
        let again = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(facts))
        #expect(try again == JSONDecoder().decode(JSONValue.self, from: Data(Self.before.utf8)))
    }

    @Test func `channels and the name of a profile survive JSON`() throws {
        let size = try #require(PixelSize(width: 48, height: 32))
        let facts = ImageFacts(
            format: .heic, storedSize: size, orientation: .rotated90, hasAlpha: true, bitDepth: 10, channels: 4,
            colorProfile: "Display P3", frameCount: 1, byteCount: 99)
        #expect(try JSONDecoder().decode(ImageFacts.self, from: JSONEncoder().encode(facts)) == facts)
    }
}
