import AssetModel
import Crypto
import Fixtures
import Foundation
import Testing

/// What `fixtures/recipes/recipes.json` says about its files is true.
struct RecipeFixtureTests {
    @Test(arguments: try Fixtures.recipes)
    func `a picture with a recipe has the bytes that the list names`(fixture: RecipeFixture) throws {
        let data = try Data(contentsOf: URL(filePath: fixture.path))
        #expect(Int64(data.count) == fixture.byteCount)
        #expect(try ContentDigest(bytes: Array(SHA256.hash(data: data))) == fixture.sha256)
        #expect(data.count <= 20_000)
    }

    @Test func `every picture with a recipe is listed, once, and every listed one is there`() throws {
        let folder = Fixtures.path("recipes")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
            .filter { $0.contains("/") }
        let listed = try Fixtures.recipes.map(\.file)
        #expect(files.sorted() == listed.sorted())
        #expect(listed == Set(listed).sorted())
    }
}
