import AssetModel
import FalSandbox
import Foundation
import ImageInspection
import Testing

struct PictureTests {
    /// A request, and the size that must come back; sizes from the protocol facts, section 7.4.
    struct Case: Sendable, CustomTestStringConvertible {
        var reference: String?
        var fields: [String: JSONValue]
        var expected: String

        var testDescription: String { "\(reference ?? "no reference") \(fields) \(expected)" }
    }

    static let cases: [Case] = [
        Case(reference: nil, fields: [:], expected: "2048x2048"),
        Case(reference: nil, fields: ["image_size": "landscape_16_9"], expected: "1024x576"),
        Case(
            reference: nil, fields: ["image_size": ["width": .integer(1000), "height": .integer(700)]],
            expected: "992x672"),
        Case(reference: nil, fields: ["image_size": ["height": .integer(1024)]], expected: "512x1024"),
        Case(reference: "png/rgb8.png", fields: [:], expected: "2048x2048"),
        Case(reference: "png/rgb8.png", fields: ["image_size": "landscape_4_3"], expected: "2304x1728"),
        Case(
            reference: "png/rgb8.png", fields: ["image_size": ["width": .integer(3000), "height": .integer(1)]],
            expected: "3104x1312"),
    ]

    @Test(arguments: cases, [ImageFormat.png, .jpeg, .webp])
    func `pictures have exactly the planned size in the format that was asked for`(
        _ item: Case, format: ImageFormat
    ) async throws {
        try await SandboxCaller.with { caller in
            var fields = item.fields
            fields["prompt"] = "a quiet harbour"
            fields["output_format"] = .string(format.rawValue)
            if let reference = item.reference {
                fields["reference_image_urls"] = .array([
                    .string(try await caller.upload(try TestPictures.bytes(reference)))
                ])
            }
            let endpoint = item.reference == nil ? Endpoint.create : Endpoint.edit
            let image = try await Self.onlyImage(try await caller.complete(endpoint, .object(fields)))
            let file = try await caller.withoutKey.send(.GET, try #require(image["url"]?.text))
            let facts = try ImageInspector().inspect(bytes: file.bytes)
            #expect(facts.format == format)
            #expect(facts.storedSize.description == item.expected)
            #expect("\(image["width"]?.int ?? 0)x\(image["height"]?.int ?? 0)" == item.expected)
            #expect(file.header("content-type") == format.mediaType)
        }
    }

    @Test func `keeping the aspect uses the stored pixels, whatever EXIF says`() async throws {
        try await SandboxCaller.with { caller in
            // Stored 32 wide and 48 high, seen 48 wide and 32 high.
            let url = try await caller.upload(try TestPictures.bytes("jpeg/orientation-6.jpg"), type: "image/jpeg")
            let input: JSONValue = [
                "prompt": "p", "reference_image_urls": .array([.string(url)]), "keep_original_aspect": .bool(true),
            ]
            let image = try await Self.onlyImage(try await caller.complete(Endpoint.edit, input))
            #expect(try #require(image["width"]?.int) < (try #require(image["height"]?.int)))
        }
    }

    @Test func `the same request gives the same bytes, anything else gives others`() async throws {
        try await SandboxCaller.with { caller in
            let cat = try await caller.upload(try TestPictures.bytes("demo/cat.jpg"), type: "image/jpeg")
            let again = try await caller.upload(try TestPictures.bytes("demo/cat.jpg"), type: "image/jpeg")
            let mug = try await caller.upload(try TestPictures.bytes("demo/mug.png"))
            @Sendable func bytes(_ prompt: String, _ seed: Int64, _ reference: String) async throws -> [UInt8] {
                let input: JSONValue = [
                    "prompt": .string(prompt), "seed": .integer(seed),
                    "reference_image_urls": .array([.string(reference)]),
                ]
                let image = try await Self.onlyImage(try await caller.complete(Endpoint.edit, input))
                return try await caller.withoutKey.send(.GET, try #require(image["url"]?.text)).bytes
            }
            let first = try await bytes("p", 7, cat)
            #expect(try await bytes("p", 7, again) == first)
            #expect(try await bytes("q", 7, cat) != first)
            #expect(try await bytes("p", 8, cat) != first)
            #expect(try await bytes("p", 7, mug) != first)
        }
    }

    @Test func `the pictures of one request differ`() async throws {
        try await SandboxCaller.with { caller in
            let input: JSONValue = [
                "prompt": "p", "seed": .integer(1), "num_images": .integer(4), "image_size": "square",
            ]
            let answer = try await caller.complete(Endpoint.create, input)
            let images = try #require(try answer.json["images"]?.elements)
            var seen: Set<[UInt8]> = []
            for image in images {
                seen.insert(try await caller.withoutKey.send(.GET, try #require(image["url"]?.text)).bytes)
            }
            #expect(seen.count == 4)
        }
    }

    @Test func `in sync mode pictures are data URIs`() async throws {
        try await SandboxCaller.with { caller in
            let input: JSONValue = [
                "prompt": "p", "sync_mode": .bool(true), "output_format": "webp", "image_size": "square_hd",
            ]
            for answer in [
                try await caller.complete(Endpoint.create, input),
                try await caller.send(.POST, "/run/" + Endpoint.create, json: input),
            ] {
                let image = try await Self.onlyImage(answer)
                let url = try #require(image["url"]?.text)
                #expect(url.hasPrefix("data:image/webp;base64,"))
                let data = try #require(Data(base64Encoded: String(url.dropFirst(23))))
                #expect(data.count == image["file_size"]?.int)
                #expect(try ImageInspector().inspect(bytes: [UInt8](data)).storedSize.description == "1024x1024")
            }
        }
    }

    @Test(arguments: [JSONValue.integer(0), .integer(-5), .integer(.max), .unsigned(.max)])
    func `a seed comes back as it was given`(seed: JSONValue) async throws {
        try await SandboxCaller.with { caller in
            let input: JSONValue = ["prompt": "p", "seed": seed, "image_size": "square"]
            let answer = try await caller.complete(Endpoint.create, input)
            #expect(try answer.json["seed"] == seed)
        }
    }

    @Test func `without a seed one is chosen and told, and it gives the same picture again`() async throws {
        try await SandboxCaller.with { caller in
            let first = try await caller.complete(Endpoint.create, ["prompt": "p", "image_size": "square"])
            let seed = try #require(try first.json["seed"])
            #expect(try #require(seed.int) >= 0)
            let second = try await caller.complete(
                Endpoint.create, ["prompt": "p", "image_size": "square", "seed": seed])
            var files: [[UInt8]] = []
            for answer in [first, second] {
                let url = try #require(try await Self.onlyImage(answer)["url"]?.text)
                files.append(try await caller.withoutKey.send(.GET, url).bytes)
            }
            #expect(files[0] == files[1])
        }
    }

    @Test func `a format that cannot hold the size is a breakdown, not a crash`() async throws {
        try await SandboxCaller.with { caller in
            let input: JSONValue = [
                "prompt": "p", "output_format": "webp", "keep_original_aspect": .bool(true),
                "reference_image_urls": .array([.string(try await caller.upload(try TestPictures.slimPicture))]),
            ]
            let answer = try await caller.complete(Endpoint.edit, input)
            #expect(answer.status == 500)
            #expect(try answer.firstProblem?["msg"]?.text?.contains("webp") == true)
        }
    }

    private static func onlyImage(_ answer: SandboxCaller.Answer) async throws -> JSONValue {
        let images = try #require(try answer.json["images"]?.elements)
        #expect(images.count == 1)
        return images[0]
    }
}
