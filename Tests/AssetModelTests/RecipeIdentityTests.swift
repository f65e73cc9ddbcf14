import AssetModel
import Testing

struct RecipeIdentityTests {
    private static let edit = "fal-ai/hidream-o1-image/edit"

    private static func identity(
        _ parameters: [String: JSONValue] = [:], model: String = edit, prompt: String = "on märble",
        references: [UInt8] = [1]
    ) throws -> RecipeIdentity {
        RecipeIdentity(
            model: model, prompt: prompt, parameters: .object(parameters),
            references: try references.map { try ContentDigest(bytes: [UInt8](repeating: $0, count: 32)) })
    }

    @Test func `the canonical form is what its page says`() throws {
        let form = RecipeIdentity(
            model: "a/b", prompt: "é", parameters: .object(["x": .number(0.5), "seed": .integer(7)]), references: [])
        #expect(
            String(decoding: form.canonicalForm, as: UTF8.self)
                == "d8:endpoint3:a/b4:formi1e10:parametersd4:seedi7e1:xx3fe0000000000000ee6:prompt2:é10:referenceslee")
    }

    @Test(
        arguments: [
            ["num_images": .integer(1)], ["num_inference_steps": .integer(50)], ["guidance_scale": .integer(5)],
            ["guidance_scale": .number(5)], ["output_format": .string("png")], ["enable_safety_checker": .bool(true)],
            ["keep_original_aspect": .bool(false)],
            ["image_size": .object(["width": .integer(2048), "height": .integer(2048)])],
            ["sync_mode": .bool(true)], ["seed": .null],
        ] as [[String: JSONValue]])
    func `a default that is spelled out is the same recipe`(parameters: [String: JSONValue]) throws {
        #expect(try Self.identity(parameters) == Self.identity())
    }

    @Test(
        arguments: [
            ["num_images": .integer(2)], ["num_inference_steps": .integer(28)], ["guidance_scale": .number(5.5)],
            ["output_format": .string("jpeg")], ["enable_safety_checker": .bool(false)],
            ["keep_original_aspect": .bool(true)],
            ["image_size": .string("square")], ["seed": .integer(0)], ["unknown": .integer(1)],
        ] as [[String: JSONValue]])
    func `anything else is another recipe`(parameters: [String: JSONValue]) throws {
        #expect(try Self.identity(parameters) != Self.identity())
    }

    @Test func `model, prompt, references and their order belong to the recipe`() throws {
        let all = try [
            Self.identity(), Self.identity(model: "fal-ai/hidream-o1-image/dev/edit"),
            Self.identity(prompt: "on marble"),
            Self.identity(references: [1, 2]), Self.identity(references: [2, 1]), Self.identity(references: []),
        ]
        #expect(Set(all).count == all.count)
    }

    @Test func `a named size is its pixels, and a missing side the 512 that fal puts there`() throws {
        let named = try Self.identity(["image_size": .string("landscape_4_3")])
        let sides: JSONValue = .object(["width": .integer(1024), "height": .integer(768)])
        #expect(try named == Self.identity(["image_size": sides]))
        let half = try Self.identity(["image_size": .object(["width": .integer(1024)])])
        let whole: JSONValue = .object(["width": .integer(1024), "height": .integer(512)])
        #expect(try half == Self.identity(["image_size": whole]))
    }

    @Test func `keeping the aspect counts with exactly one reference only`() throws {
        let kept: [String: JSONValue] = ["keep_original_aspect": .bool(true)]
        #expect(try Self.identity(kept, references: [1, 2]) == Self.identity(references: [1, 2]))
    }

    @Test func `a drawn seed makes a run the recipe with that seed, and an asked one stays`() throws {
        let drawn = RecipeIdentity(
            model: "a/b", prompt: "p", parameters: .object([:]), references: [], drawnSeed: .max)
        let asked = RecipeIdentity(
            model: "a/b", prompt: "p", parameters: .object(["seed": .seed(.max)]), references: [], drawnSeed: 3)
        #expect(drawn == asked)
    }
}
