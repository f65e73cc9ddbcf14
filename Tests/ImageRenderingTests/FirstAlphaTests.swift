import AssetModel
import Fixtures
import ImageRendering
import Testing

/// A look at the first column of alpha, without decoding the rest.
struct FirstAlphaTests {
    @Test(arguments: ["images/png/rgba8.png", "images/png/rgba16.png", "images/png/rgb8.png"])
    func `it is what decoding the whole picture gives`(file: String) throws {
        let bitmap = try ImageDecoder().decode(fileAt: Fixtures.path(file))
        for rows in [1, bitmap.size.height] {
            let column = try ImageDecoder().firstAlpha(fileAt: Fixtures.path(file), rows: rows)
            #expect(column == (0..<rows).map { bitmap.pixels[$0 * bitmap.size.width * 4 + 3] })
        }
    }

    @Test(arguments: [
        ("images/png/rgba8.png", 1000), ("images/png/interlaced.png", 1), ("images/jpeg/baseline.jpg", 1),
        ("images/broken/text.png", 1),
    ])
    func `what cannot be looked at cheaply is told`(file: String, rows: Int) {
        #expect(throws: RenderingError.unsupported) {
            try ImageDecoder().firstAlpha(fileAt: Fixtures.path(file), rows: rows)
        }
    }

    @Test func `a cut picture is damaged, and gives no rows`() {
        #expect(throws: RenderingError.damaged) {
            try ImageDecoder().firstAlpha(fileAt: Fixtures.path("images/broken/png-cut-in-pixels.png"), rows: 10)
        }
    }
}
