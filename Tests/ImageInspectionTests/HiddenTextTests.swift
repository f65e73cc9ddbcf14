import ImageInspection
import Testing

/// Whether a picture is worth decoding for a text in its alpha channel.
struct HiddenTextTests {
    private static func column(_ text: String, filler: UInt8 = 254) -> [UInt8] {
        text.utf8.flatMap { letter in (0..<8).map { filler | letter >> (7 - $0) & 1 } }
    }

    @Test(arguments: ["stealth_pnginfo", "stealth_pngcomp", "stealth_"])
    func `a column that begins as a hidden text does is`(text: String) {
        #expect(RecipeReader.mayHideText(firstColumn: Self.column(text)))
    }

    @Test func `any other column is not`() {
        #expect(!RecipeReader.mayHideText(firstColumn: Self.column("stealth-")))
        #expect(!RecipeReader.mayHideText(firstColumn: Self.column("stealth")))
        #expect(!RecipeReader.mayHideText(firstColumn: Array(repeating: 255, count: 64)))
        #expect(!RecipeReader.mayHideText(firstColumn: []))
    }
}
