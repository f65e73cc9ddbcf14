import AssetModel
import Testing

struct PictureFieldTests {
    private let input: JSONValue = .object([
        "prompt": .string("cat.jpg"), "image_url": .string("a"), "num_images": .integer(2),
        "images": .array([
            .string("b"), .object(["url": .string("c"), "caption": .string("d")]), .array([.string("e")]),
        ]),
        "nets": .array([.object(["control_image": .string("f"), "path": .string("g")])]), "mask": .string("h"),
        "mask_blur": .string("i"), "image": .null, "curl": .string("j"),
    ])

    @Test func `texts in fields that hold addresses are found, in the order of keys and elements, and no others`() {
        #expect(
            input.pictureFields.map { "\($0.path)=\($0.text)\($0.isInArray ? "*" : "")" }
                == [
                    "image_url=a", "images[0]=b*", "images[1].url=c", "images[2][0]=e*", "mask=h",
                    "nets[0].control_image=f",
                ])
    }

    @Test func `in an array one text can become several, elsewhere it becomes one`() {
        let changed = input.replacingPictureFields { $0.isInArray ? [$0.text, "x"] : ["y", "z"] }
        #expect(changed["image_url"] == .string("y"))
        #expect(changed["images"]?.elements?.prefix(2) == [.string("b"), .string("x")])
        #expect(changed["prompt"] == .string("cat.jpg"))
        #expect(input.replacingPictureFields { [$0.text] } == input)
    }

    @Test func `only a whole placeholder stands for an asset`() throws {
        let digest = try ContentDigest(bytes: [UInt8](repeating: 7, count: 32))
        let placed = JSONValue.object(["url": .string(PictureField.placeholder(of: digest))])
        #expect(placed.pictureFields.map(\.asset) == [digest])
        #expect(JSONValue.object(["url": .string("asset:0707")]).pictureFields.map(\.asset) == [nil])
    }

    @Test func `an answer's files are found wherever they stand, pictures first`() {
        func file(_ url: String, _ type: String?) -> JSONValue {
            .object(["url": .string(url), "content_type": type.map(JSONValue.string) ?? .null])
        }
        let answer = JSONValue.object([
            "video": file("https://f/v.mp4", "video/mp4"),
            "images": .array([file("https://f/a", nil), .string("https://f/b")]),
            "image": file("data:x", nil), "extra": .object(["deep": .array([file("https://f/c", "image/PNG")])]),
            "drawing": file("https://f/d.svg", "image/svg+xml"), "link": .object(["url": .string("no address")]),
        ])
        #expect(
            answer.answerFiles.map { "\($0.url ?? "-") \($0.isPictureExpected)" }
                == [
                    "https://f/a true", "https://f/b true", "data:x true", "https://f/d.svg false", "https://f/c true",
                    "https://f/v.mp4 false",
                ])
    }
}
