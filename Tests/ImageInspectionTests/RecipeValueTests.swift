import AssetModel
import ImageInspection
import Testing

/// Single values as generators write them, each in the smallest picture that can carry it.
struct RecipeValueTests {
    /// The recipe of a PNG with one text; no pixels are needed to read it.
    private static func recipe(_ text: String, as keyword: String = "parameters") throws -> Recipe? {
        let body = Array(keyword.utf8) + [0] + Array(text.utf8)
        let length = (0..<4).map { UInt8(truncatingIfNeeded: body.count >> (24 - 8 * $0)) }
        let start: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        return try RecipeReader().read(bytes: start + length + Array("tEXt".utf8) + body + [0, 0, 0, 0]).recipe?.recipe
    }

    private static func swarm(_ members: String) throws -> Recipe? {
        try recipe(#"{"sui_image_params": {"prompt": "x", \#(members)}}"#)
    }

    @Test(
        arguments: [
            ("0", 0), ("18446744073709551615", .max), (#""18446744073709551615""#, .max),
            ("9223372036854775808", 1 << 63),
            ("7.0", 7), ("1e3", 1000), ("18446744073709551616", nil), ("1e19", nil), ("9007199254740993.0", nil),
            ("-1", nil),
            (#""12a""#, nil), ("null", nil), ("[5]", nil), ("NaN", nil), ("true", nil),
        ] as [(String, UInt64?)])
    func `a seed is all of 64 bits or none`(written: String, seed: UInt64?) throws {
        #expect(try Self.swarm(#""seed": \#(written)"#)?.seed == seed)
    }

    @Test(arguments: [
        (#"caf\u00e9"#, "café"), (#"\ud83e\uded6 tea"#, "🫖 tea"), (#"a\nb\t\"c\"\\\/"#, "a\nb\t\"c\"\\/"),
        (#"half \ud83e of a pair"#, "half \u{FFFD} of a pair"), (#"low \uded6"#, "low \u{FFFD}"), ("青い", "青い"),
    ])
    func `a text in JSON is read with its escapes`(written: String, text: String) throws {
        #expect(try Self.recipe(#"{"sui_image_params": {"prompt": "\#(written)"}}"#)?.prompt == text)
    }

    @Test(arguments: [
        #"{"sui_image_params": {"prompt": "x"}"#, #"{"sui_image_params": {"prompt": "x"}} and more"#,
        #"{"sui_image_params": {"prompt": "x",}}"#, #"{"sui_image_params": {"prompt": "\x"}}"#,
        #"{"sui_image_params": {"prompt": "\u12"}}"#, #"{"sui_image_params": {prompt: "x"}}"#,
        #"{"sui_image_params": {"prompt" "x"}}"#, #"{"sui_image_params": {"prompt": "x", "seed": +5}}"#,
        #"{"sui_image_params": {"prompt": "x", "seed": 5x}}"#, #"{"sui_image_params": {"prompt": "x", "seed": .}}"#,
        #"{"sui_image_params": "x"}"#, #"{"sui_image_params": {}}"#, #"["sui_image_params"]"#,
    ])
    func `what breaks the rules of JSON is no recipe`(text: String) throws {
        #expect(try Self.recipe(text) == nil)
    }

    @Test(arguments: [
        ("512", "768", PixelSize(width: 512, height: 768)), (#""512""#, #""768""#, PixelSize(width: 512, height: 768)),
        ("0", "768", nil), ("-5", "768", nil), ("512", "null", nil), ("99999999999", "1", nil), ("512.5", "768", nil),
    ])
    func `a size has two sides that can be`(width: String, height: String, size: PixelSize?) throws {
        #expect(try Self.swarm(#""width": \#(width), "height": \#(height)"#)?.size == size)
    }

    @Test(
        arguments: [
            ("20", 20), (#""20""#, 20), ("0", nil), ("-3", nil), ("100001", nil), ("20.5", nil), ("20.0", 20),
        ] as [(String, Int?)])
    func `steps are a sane number`(written: String, steps: Int?) throws {
        #expect(try Self.swarm(#""steps": \#(written)"#)?.steps == steps)
    }

    @Test func `commas and colons in quotes belong to the value`() throws {
        let text = #"x"# + "\n" + #"Steps: 5, Model: "a, b: \"c\"", Seed: 7, Sampler: "never ends, Size: 8x16"#
        let recipe = try Self.recipe(text)
        #expect(recipe?.model == #"a, b: "c""#)
        #expect(recipe?.seed == 7)
        #expect(recipe?.size == PixelSize(width: 8, height: 16))
    }

    @Test(arguments: [
        "Steps: 5", "Steps: 5, Seed: 7", "Steps: 5, Size: 8x8, Model: x", "Steps: many, Seed: 7, Sampler: x",
        "Steps: 5.5, Seed: 7, Sampler: x", "steps: 5, seed: 7", "Footsteps: 5, Seed: 7, Sampler: x",
        "Seed: 7, Sampler: x, Size: 8x8", "1. Steps: 5, Seed: 7, Sampler: x",
        "Steps: 5, Seed: 7, Sampler: x\n" + String(repeating: "more\n", count: 100),
    ])
    func `a line that lacks what every settings line has is none`(text: String) throws {
        #expect(try Self.recipe(text) == nil)
    }
}
