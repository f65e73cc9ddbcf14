import AssetModel
import ImageInspection
import Testing

/// Texts of AVIF whose items lie in the file in unusual ways, each in the smallest file that can carry it.
struct HEIFTextTests {
    private static let line =
        "a brass compass\nSteps: 24, Sampler: Euler, Seed: 1234567890123, Size: 512x768, Version: v1.10.1"

    private static func number(_ value: Int, _ length: Int) -> [UInt8] {
        (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * (length - 1 - $0))) }
    }

    private static func box(_ name: String, _ body: [UInt8]) -> [UInt8] {
        number(body.count + 8, 4) + Array(name.utf8) + body
    }

    /// EXIF with a description, behind the four bytes that an item begins with.
    private static var exif: [UInt8] {
        let text = Array(line.utf8) + [0]
        let entry = number(0x010E, 2) + number(2, 2) + number(text.count, 4) + number(26, 4)
        return [0, 0, 0, 0] + Array("MM\0*".utf8) + number(8, 4) + number(1, 2) + entry + [0, 0, 0, 0] + text
    }

    /// A file with one item of EXIF that lies in pieces, in the file or in the box `idat`.
    private static func file(pieces: [[UInt8]], inItemData: Bool, claiming count: Int? = nil) -> [UInt8] {
        func meta(from start: Int) -> [UInt8] {
            var places: [UInt8] = []
            var offset = start
            for piece in pieces {
                places += number(offset, 4) + number(piece.count, 4)
                offset += piece.count
            }
            let info = box("infe", [2, 0, 0, 0] + number(7, 2) + [0, 0] + Array("Exif".utf8) + [0])
            let location =
                [1, 0, 0, 0, 0x44, 0x00] + number(1, 2) + number(7, 2) + number(inItemData ? 1 : 0, 2) + number(0, 2)
                + number(count ?? pieces.count, 2) + places
            return box(
                "meta",
                [0, 0, 0, 0] + box("pitm", [0, 0, 0, 0, 0, 1]) + box("iinf", [0, 0, 0, 0] + number(1, 2) + info)
                    + box("iloc", location) + (inItemData ? box("idat", pieces.flatMap(\.self)) : []))
        }
        let start = box("ftyp", Array("avif".utf8) + [0, 0, 0, 0] + Array("avifmif1".utf8))
        if inItemData { return start + meta(from: 0) }
        let place = start.count + meta(from: 0).count + 8
        return start + meta(from: place) + box("mdat", pieces.flatMap(\.self))
    }

    @Test(arguments: [false, true], [1, 2, 7])
    func `an item in one piece or several is read, in the file and in its own box`(inItemData: Bool, count: Int) throws
    {
        let size = (Self.exif.count + count - 1) / count
        let pieces = stride(from: 0, to: Self.exif.count, by: size).map {
            Array(Self.exif[$0..<min($0 + size, Self.exif.count)])
        }
        let reading = try RecipeReader().read(bytes: Self.file(pieces: pieces, inItemData: inItemData))
        #expect(reading.recipe?.recipe.seed == 1_234_567_890_123)
    }

    @Test func `an item that claims more pieces, or bytes beyond the file, is none`() throws {
        for count in [3, 65, 65_535] {
            let bytes = Self.file(pieces: [Self.exif], inItemData: false, claiming: count)
            #expect(try RecipeReader().read(bytes: bytes).recipe == nil)
        }
        let cut = Self.file(pieces: [Self.exif], inItemData: false).dropLast(20)
        #expect(try RecipeReader().read(bytes: Array(cut)).recipe == nil)
    }
}
