import AssetModel
import Fixtures
import ImageInspection
import Testing

struct RecipeTests {
    @Test(arguments: try Fixtures.recipes)
    func `a picture gives the recipe it was drawn with, or none`(fixture: RecipeFixture) throws {
        let reading = try RecipeReader().read(fileAt: fixture.path)
        #expect(reading.recipe?.recipe == fixture.recipe, "\(fixture.proves)")
        #expect(reading.recipe?.rule == fixture.rule)
        #expect(reading.note?.text == fixture.note)
        if let unread = fixture.unread { #expect(reading.unread ?? "" == unread) }
        #expect(reading.unread?.utf8.count ?? 0 <= 16_384)
        #expect(reading.omitted.map(\.reason.rawValue) == [fixture.omitted].compactMap(\.self))
    }

    @Test(arguments: try Fixtures.recipes)
    func `bytes in memory give the same as their file`(fixture: RecipeFixture) throws {
        let bytes = try Array(Fixtures.data("recipes/\(fixture.file)"))
        #expect(try RecipeReader().read(bytes: bytes) == RecipeReader().read(fileAt: fixture.path))
    }

    @Test func `facts and texts of one opening are those of two`() throws {
        let paths = try Fixtures.recipes.map(\.path) + Fixtures.images.map(\.path)
        for path in paths {
            do throws(InspectionError) {
                let (facts, texts, _) = try RecipeReader().read(fileAt: path, factsBy: ImageInspector())
                let alone = try ImageInspector().inspect(fileAt: path)
                #expect(facts == alone)
                let textsAlone = try RecipeReader().read(fileAt: path)
                #expect(texts == textsAlone)
            } catch {
                #expect(throws: error) { try ImageInspector().inspect(fileAt: path) }
            }
        }
    }

    @Test(arguments: try Fixtures.recipes)
    func `every text lies where its place says`(fixture: RecipeFixture) throws {
        let bytes = try Array(Fixtures.data("recipes/\(fixture.file)"))
        for text in try RecipeReader().read(bytes: bytes).texts {
            let place = text.place
            let range = Int(place.offset)..<Int(place.offset) + place.length
            try #require(range.upperBound <= bytes.count)
            let stored = bytes[range]
            switch place.block {
            case "tEXt", "comf", "COM", "APP13":
                let plain =
                    String(validating: stored, as: UTF8.self)
                    ?? String(String.UnicodeScalarView(stored.map { Unicode.Scalar($0) }))
                #expect(plain == text.text)
            case "zTXt": #expect(stored.first == 0x78)
            case "EXIF", "eXIf", "APP1", "IFD", "iTXt", "XMP ", "Exif", "mime", "uuid", "xml ", "XMP", "Comment":
                #expect(!stored.isEmpty)
            default: Issue.record("an unknown block, \(place.block)")
            }
        }
    }

    @Test func `the fixtures cover every generator, carrier and format`() throws {
        let fixtures = try Fixtures.recipes
        let generators = Set(fixtures.compactMap(\.recipe?.generator))
        #expect(
            generators == [
                "AUTOMATIC1111", "Forge", "SD.Next", "Civitai", "ComfyUI", "InvokeAI", "NovelAI", "Fooocus", "SwarmUI",
                "Easy Diffusion", "Draw Things", "Midjourney", "reForge", "stable-diffusion.cpp", "RuinedFooocus",
                "mflux",
                "Kiln Studio", "Lantern", "Kiln", "Kiln 3", "unknown",
            ])
        let readings = try fixtures.map { try RecipeReader().read(fileAt: $0.path) }
        let carriers = Set(readings.flatMap(\.texts).map(\.carrier))
        #expect(carriers == Set(EmbeddedText.Carrier.allCases).subtracting([.alpha]))
        #expect(fixtures.filter { $0.recipe == nil && $0.alpha == nil }.count >= 30)
    }

    @Test func `pictures with recipes are pictures`() throws {
        for fixture in try Fixtures.recipes where !fixture.file.hasSuffix(".tiff") {
            let facts = try ImageInspector().inspect(fileAt: fixture.path)
            #expect(facts.byteCount == fixture.byteCount, "\(fixture)")
        }
    }

    @Test(arguments: try Fixtures.recipes.filter { $0.alpha != nil })
    func `a recipe in the alpha channel is found there`(fixture: RecipeFixture) throws {
        let expected = try #require(fixture.alpha)
        let (alpha, width, height) = try Self.alpha(ofStored: Array(Fixtures.data("recipes/\(fixture.file)")))
        let found = try #require(RecipeReader().read(alpha: alpha, width: width, height: height))
        #expect(found.recipe == expected.recipe)
        #expect(found.rule == expected.rule)
        #expect(found.payload.map(\.carrier) == [.alpha])
        // It is cut off by a limit, and by sizes that cannot be.
        #expect(
            RecipeReader(limits: RecipeLimits(maximumTextLength: 100)).read(alpha: alpha, width: width, height: height)
                == nil)
        for size in [(0, height), (width, 0), (-1, height), (width, height + 1), (Int.max, Int.max), (1, 1)] {
            #expect(RecipeReader().read(alpha: alpha, width: size.0, height: size.1) == nil, "\(size)")
        }
    }

    @Test func `an alpha channel without a text gives nothing`() {
        for byte in [0, 1, 254, 255] as [UInt8] {
            #expect(RecipeReader().read(alpha: Array(repeating: byte, count: 64 * 64), width: 64, height: 64) == nil)
        }
    }

    @Test func `a recipe survives its JSON, the seed as text`() throws {
        for fixture in try Fixtures.recipes {
            let reading = try RecipeReader().read(fileAt: fixture.path)
            guard let recipe = reading.recipe else { continue }
            #expect(try Self.copy(recipe) == recipe)
        }
    }

    /// The alpha channel of a PNG whose pixels are RGBA, not filtered, and stored without compression in one chunk.
    private static func alpha(ofStored png: [UInt8]) throws -> (alpha: [UInt8], width: Int, height: Int) {
        func big32(_ at: Int) -> Int { png[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        let (width, height) = (big32(16), big32(20))
        // Signature, header chunk, length and name of the pixel chunk, two bytes of zlib.
        var position = 33 + 8 + 2
        var rows: [UInt8] = []
        var isLast = false
        while !isLast {
            isLast = png[position] == 1
            let length = Int(png[position + 1]) | Int(png[position + 2]) << 8
            rows += png[position + 5..<position + 5 + length]
            position += 5 + length
        }
        try #require(rows.count == height * (1 + width * 4))
        let alpha = (0..<height).flatMap { y in (0..<width).map { x in rows[y * (1 + width * 4) + 4 + x * 4] } }
        return (alpha, width, height)
    }
}
