import AssetModel
import Fixtures
import ImageInspection
import ImageRendering
import Testing

@testable import FalSandbox

struct TestCardTests {
    @Test(arguments: ["1x1", "32x32", "64x2048", "2048x64", "288x14464", "14464x288", "2048x2048", "96x98496"])
    func `a card fits every size, however thin`(text: String) throws {
        let size = try #require(PixelSize(parsing: text))
        let picture = try #require(Self.card(size).draw())
        #expect(picture.size == size)
        #expect(picture.rowIndex.count == size.height)
        #expect(picture.rows.count / (size.width * 3) < 400)
    }

    @Test func `the word in the middle is large and light on dark`() throws {
        let size = try #require(PixelSize(width: 1024, height: 1024))
        let bytes = try ImageEncoder(.png(level: 1)).encode(try #require(Self.card(size).draw()))
        let picture = try ImageDecoder().decode(bytes)
        // The horizontal bar of the letter A is ink, the ground beside the word is not.
        let unit = 22
        let top = 3 * unit + 11 * 3 + unit
        let left = (1024 - 41 * unit) / 2
        #expect(picture[left + 8 * unit, top + 3 * unit + unit / 2].red > 200)
        #expect(picture[left / 2, top + 3 * unit + unit / 2].red < 128)
    }

    @Test func `letters are folded to what can be drawn`() {
        #expect(BlockLetters.drawable("Café\n  «x»") == Array("CAFE ".utf8) + [0, UInt8(ascii: "X"), 0])
        #expect(BlockLetters.runs(of: Array("H-".utf8)[...], row: 3) == [0..<5, 7..<10])
        #expect(BlockLetters.runs(of: Array("H-".utf8)[...], row: 0) == [0..<1, 4..<5])
    }

    @Test func `a reference becomes blocks of its colours in its own ratio`() throws {
        let size = try #require(PixelSize(width: 400, height: 200))
        var pixels: [UInt8] = []
        for _ in 0..<200 {
            for x in 0..<400 { pixels += x < 200 ? [255, 0, 0, 255] : [0, 0, 255, 255] }
        }
        let bitmap = try #require(Bitmap(size: size, pixels: pixels))
        let colours = try ReferenceColours(of: try ImageEncoder(.png(level: 1)).encode(bitmap))
        #expect(colours.columns == 16)
        #expect(colours.rows == 8)
        #expect(colours[0, 0] == Colour(255, 0, 0))
        #expect(colours[15, 7] == Colour(0, 0, 255))
    }

    @Test func `a reference is seen as a model's reader gives it: without alpha, and gray of 16 bits as white`() throws
    {
        let magenta = Colour(255, 0, 255)
        for file in ["png/hidden-colour.png", "png/hidden-colour-palette.png", "webp/hidden-colour-lossless.webp"] {
            let path = Fixtures.path("images/\(file)")
            let seen = try ReferenceColours(of: [UInt8](try Fixtures.data("images/\(file)")))
            #expect(seen[seen.columns - 1, 0] == magenta && seen[0, 0] == Colour(30, 60, 200), "\(file)")
            let facts = try ImageInspector().inspect(fileAt: path)
            let flat = try ReferenceColours(
                of: try CopyRenderer().render(fileAt: path, facts, size: facts.displaySize, background: .black))
            #expect(flat[flat.columns - 1, 0] == Colour(0, 0, 0) && flat[0, 0] == Colour(30, 60, 200), "\(file)")
        }
        let path = Fixtures.path("images/png/gray16-half.png")
        let gray = try ReferenceColours(of: [UInt8](try Fixtures.data("images/png/gray16-half.png")))
        #expect(gray[0, 0] == Colour(255, 255, 255))
        let facts = try ImageInspector().inspect(fileAt: path)
        let copy = try ReferenceColours(of: try CopyRenderer().render(fileAt: path, facts, size: facts.displaySize))
        #expect(copy[0, 0] == Colour(128, 128, 128))
    }

    private static func card(_ size: PixelSize) -> TestCard {
        TestCard(
            size: size, seed: 7, prompt: "a prompt of some words", index: 0, count: 1, model: "model",
            references: [])
    }
}
