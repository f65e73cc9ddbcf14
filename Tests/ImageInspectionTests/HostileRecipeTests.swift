import AssetModel
import Fixtures
import ImageInspection
import TestSupport
import Testing

/// Texts that were cut, flipped, swollen or made to lie: always a reading, never a crash or a walk without end.
struct HostileRecipeTests {
    static let small = RecipeLimits(maximumTextLength: 20_000, maximumTotalLength: 40_000)

    @Test(arguments: try Fixtures.recipes.filter { $0.byteCount <= 4_000 })
    func `a picture cut at any byte gives its recipe, a part of it, or none`(fixture: RecipeFixture) throws {
        let bytes = try Array(Fixtures.data("recipes/\(fixture.file)"))
        let whole = try RecipeReader().read(bytes: bytes)
        for length in stride(from: 12, to: bytes.count, by: Attacks.areFull ? 1 : 7) {
            guard let reading = try? RecipeReader(limits: Self.small).read(bytes: Array(bytes[..<length])) else {
                continue
            }
            // Nothing is made up: every text of a cut file is one of the whole file.
            for text in reading.texts where !whole.texts.contains(text) {
                Issue.record("\(length) bytes give another text, \(text)")
            }
        }
    }

    @Test func `thousands of damaged pictures give a reading, the same from memory as from a file`() throws {
        let folder = try TemporaryFolder()
        var mutator = Mutator(seed: 20_261_123)
        let originals = try Fixtures.recipes.filter { $0.byteCount <= 8_000 }
            .map { try Array(Fixtures.data("recipes/\($0.file)")) }
        let reader = RecipeReader(limits: Self.small)
        var recipes = 0
        let count = Attacks.count("damaged recipes", 600, full: 4_000)
        for number in 0..<count {
            let mutant = mutator.damaged(originals[number % originals.count])
            var reading: RecipeReading?
            do throws(InspectionError) {
                reading = try reader.read(bytes: mutant)
            } catch {
                #expect(error.code == "not_an_image", "\(error)")
            }
            if let recipe = reading?.recipe {
                recipes += 1
                #expect(!recipe.payload.isEmpty)
                #expect(1...100_000 ~= recipe.recipe.steps ?? 1)
                #expect(recipe.recipe.guidance?.isFinite != false)
            }
            for text in reading?.texts ?? [] {
                #expect(text.place.offset >= 0 && Int(text.place.offset) + text.place.length <= mutant.count)
            }
            if number % 4 == 0 {
                let path = try folder.write(mutant, as: "mutant")
                #expect((try? reader.read(fileAt: path)) == reading, "mutant \(number)")
            }
        }
        // Damage elsewhere leaves most recipes alone.
        #expect(recipes > count / 8)
    }

    @Test func `no limit is exceeded, whatever the texts`() throws {
        for fixture in try Fixtures.recipes {
            for length in [0, 1, 100, 1_000, -5] {
                let limits = RecipeLimits(
                    maximumTextLength: length, maximumTotalLength: 2 * length, maximumTextCount: 3)
                let reading = try RecipeReader(limits: limits).read(fileAt: fixture.path)
                #expect(reading.texts.allSatisfy { $0.text.utf8.count <= max(0, length) })
                #expect(reading.texts.reduce(0) { $0 + $1.text.utf8.count } <= max(0, 2 * length))
                #expect(reading.texts.count <= 3)
                #expect(reading.omitted.count <= 3)
            }
        }
    }

    @Test func `a graph with more values than the limit is not read`() throws {
        let path = Fixtures.path("recipes/comfyui/prompt.png")
        #expect(try RecipeReader(limits: RecipeLimits(maximumValueCount: 120)).read(fileAt: path).recipe != nil)
        #expect(try RecipeReader(limits: RecipeLimits(maximumValueCount: 30)).read(fileAt: path).recipe == nil)
        #expect(try RecipeReader(limits: RecipeLimits(maximumDepth: 2)).read(fileAt: path).recipe == nil)
    }

    @Test func `a long text in small pieces costs time in step with its length`() throws {
        // Each of these is made of many pieces of one kind; a walk that starts again at every piece would never end.
        let count = 1 << 17
        let texts: [(String, String)] = [
            ("parameters", String(repeating: "\nSteps: 5", count: count / 3)),
            ("parameters", String(repeating: "Steps: 5, ", count: count / 3)),
            ("parameters", "Steps: 5, Seed: 5, Sampler: \"" + String(repeating: "\\\"", count: count)),
            ("parameters", "Steps: 5, Seed: 5, " + String(repeating: "a: {, ", count: count / 3)),
            ("parameters", "Steps: 5, Seed: 5, " + String(repeating: "a: [", count: count / 2)),
            ("parameters", "x " + String(repeating: "a steps: 5 ", count: count / 5)),
            ("parameters", String(repeating: "size: 5, steps: 5, ", count: count / 8)),
            ("parameters", "x, " + String(repeating: "model: ", count: count / 3) + "steps: 5, seed: 5"),
            ("Raw profile type exif", "\nexif\n8\n" + String(repeating: "4d", count: count)),
            ("parameters", "{\"a\":" + String(repeating: "[0,", count: count)),
            ("parameters", String(repeating: "Negative prompt:", count: count / 5)),
            (
                "prompt",
                "{" + String(repeating: "\"1\":{\"class_type\":\"Save\",\"inputs\":{}},", count: count / 10)
                    + "\"2\":0}"
            ),
            ("Description", String(repeating: " --v", count: count)),
            ("Dream", "\"" + String(repeating: "[a", count: count) + "\" -s5 -S5"),
            ("Dream", "\"" + String(repeating: "[]", count: count) + "\" -s5 -S5"),
            ("Comment", String(repeating: "\\u0000", count: count / 3)),
        ]
        for (keyword, text) in texts {
            let reading = try RecipeReader().read(bytes: Self.png(keyword, Array(text.utf8)))
            #expect(reading.texts.count + reading.omitted.count == 1, "\(keyword)")
        }
    }

    @Test func `a recipe of very many settings keeps as many as anyone writes`() throws {
        let settings = (0..<5_000).map { "name \($0): \(String(repeating: "x", count: 200))" }.joined(separator: ", ")
        let text = "Steps: 5, Seed: 7, Sampler: x, \(settings)"
        let recipe = try RecipeReader().read(bytes: Self.png("parameters", Array(text.utf8))).recipe?.recipe
        #expect(recipe?.seed == 7)
        #expect(100...1_000 ~= recipe?.settings.count ?? 0)
    }

    @Test func `a long packet of XMP in small pieces is read or given up`() throws {
        let count = 60_000
        let packets = [
            "<a>", "</a>", "<!--", "&#x41;", "<Description ", "<a b=\"", "<![CDATA[", "<Description description='x'>",
            "<a/>",
        ].map { String(repeating: $0, count: count) }
        for packet in packets {
            let bytes = Self.png("XML:com.adobe.xmp", [0, 0, 0, 0] + Array(packet.utf8), chunk: "iTXt")
            #expect(try RecipeReader().read(bytes: bytes).recipe == nil)
        }
    }

    @Test func `a ladder of nodes with two ways at every rung ends the walk`() throws {
        // A ladder: from every rung two ways lead to the next, 2²⁰⁰ paths in all.
        var nodes = (0..<200).map { number in
            #""\#(number)":{"class_type":"Blend","inputs":{"image":["\#(number + 1)",0],"other":["\#(number + 1)",0]}}"#
        }
        nodes += (0..<64).map { number in
            #""s\#(number)":{"class_type":"SaveImage","inputs":{"images":["\#(number)",0]}}"#
        }
        nodes.append(#""200":{"class_type":"VAEDecode","inputs":{"samples":["k",0]}}"#)
        nodes.append(
            #""k":{"class_type":"KSampler","inputs":{"seed":5,"steps":2,"positive":["0",0],"latent_image":["0",0]}}"#)
        let bytes = Self.png("prompt", Array("{\(nodes.joined(separator: ","))}".utf8))
        #expect(try RecipeReader().read(bytes: bytes).recipe?.recipe.seed == 5)
        // No real graph saves thousands of pictures; the first of them are asked.
        nodes += (64..<4_000).map { #""s\#($0)":{"class_type":"SaveImage","inputs":{"images":["0",0]}}"# }
        let flood = Self.png("prompt", Array("{\(nodes.joined(separator: ","))}".utf8))
        #expect(try RecipeReader().read(bytes: flood).recipe?.recipe.seed == 5)
    }

    @Test func `what is no file is refused as by an inspection`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: InspectionError.unreadable(.folder)) { try RecipeReader().read(fileAt: folder.path(".")) }
        #expect(throws: InspectionError.unreadable(.invalidPath)) { try RecipeReader().read(fileAt: "a\0b") }
        #expect(throws: InspectionError.empty) { try RecipeReader().read(bytes: []) }
        #expect(throws: InspectionError.notAnImage) { try RecipeReader().read(bytes: Array("Steps: 5, Seed: 5".utf8)) }
    }

    /// The beginning of a PNG with one text; no pixels are needed to read it.
    private static func png(_ keyword: String, _ text: [UInt8], chunk: String = "tEXt") -> [UInt8] {
        let body = Array(keyword.utf8) + [0] + text
        let length = (0..<4).map { UInt8(truncatingIfNeeded: body.count >> (24 - 8 * $0)) }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + length + Array(chunk.utf8) + body + [0, 0, 0, 0]
    }
}
