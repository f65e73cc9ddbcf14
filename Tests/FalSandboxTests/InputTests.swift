import AssetModel
import FalSandbox
import Foundation
import Testing

struct InputTests {
    /// One wrong input: what is sent beside a good prompt, where the problem is, and its type.
    struct Wrong: Sendable, CustomTestStringConvertible {
        var field: String
        var value: JSONValue
        var type: String
        var place: [JSONValue] = []
        var context: JSONValue?
        var endpoint = Endpoint.create

        var testDescription: String { "\(field) \(value)" }
    }

    static let wrongs: [Wrong] = [
        Wrong(field: "prompt", value: .integer(1), type: "string_type"),
        Wrong(field: "prompt", value: .null, type: "string_type"),
        Wrong(field: "num_images", value: .integer(0), type: "greater_than_equal", context: ["ge": .integer(1)]),
        Wrong(field: "num_images", value: .integer(5), type: "less_than_equal", context: ["le": .integer(4)]),
        Wrong(field: "num_images", value: "2", type: "int_type"),
        Wrong(field: "num_images", value: .number(1.5), type: "int_from_float"),
        Wrong(
            field: "num_inference_steps", value: .integer(0), type: "greater_than_equal", context: ["ge": .integer(1)]),
        Wrong(
            field: "num_inference_steps", value: .integer(51), type: "less_than_equal", context: ["le": .integer(50)]),
        Wrong(
            field: "num_inference_steps", value: .integer(29), type: "less_than_equal", context: ["le": .integer(28)],
            endpoint: Endpoint.dev),
        Wrong(field: "guidance_scale", value: .number(-0.5), type: "greater_than_equal", context: ["ge": .integer(0)]),
        Wrong(field: "guidance_scale", value: .number(20.5), type: "less_than_equal", context: ["le": .integer(20)]),
        Wrong(field: "guidance_scale", value: "5", type: "float_type"),
        Wrong(field: "seed", value: "7", type: "int_type"),
        Wrong(field: "seed", value: .number(0.5), type: "int_type"),
        Wrong(
            field: "output_format", value: "gif", type: "one_of",
            context: ["expected": .array(["jpeg", "png", "webp"])]),
        Wrong(field: "image_size", value: "huge", type: "one_of"),
        Wrong(field: "image_size", value: .integer(2048), type: "dict_type"),
        Wrong(
            field: "image_size", value: ["width": .integer(0)], type: "greater_than_equal", place: ["width"],
            context: ["ge": .integer(1)]),
        Wrong(
            field: "image_size", value: ["height": .integer(14_143)], type: "less_than_equal", place: ["height"],
            context: ["le": .integer(14_142)]),
        Wrong(field: "image_size", value: ["width": "512"], type: "int_type", place: ["width"]),
        Wrong(field: "sync_mode", value: "yes", type: "bool_type"),
        Wrong(field: "enable_safety_checker", value: .integer(1), type: "bool_type"),
        Wrong(field: "keep_original_aspect", value: .null, type: "bool_type"),
        Wrong(field: "reference_image_urls", value: "a.png", type: "list_type"),
        Wrong(
            field: "reference_image_urls", value: .array([.integer(1)]), type: "string_type", place: [.integer(0)]),
        Wrong(
            field: "reference_image_urls", value: .array([]), type: "sequence_too_short",
            context: ["min_length": .integer(1)], endpoint: Endpoint.edit),
        Wrong(field: "reference_image_urls", value: .null, type: "list_type", endpoint: Endpoint.devEdit),
    ]

    @Test func `every wrong field is named with its place, type, limit and value`() async throws {
        try await SandboxCaller.with { caller in
            for wrong in Self.wrongs {
                var fields: [String: JSONValue] = ["prompt": "p"]
                if wrong.endpoint.hasSuffix("edit") {
                    fields["reference_image_urls"] = .array([.string(TestPictures.pixelURI)])
                }
                fields[wrong.field] = wrong.value
                for path in ["/run/", "/"] {
                    let answer = try await caller.send(.POST, path + wrong.endpoint, json: .object(fields))
                    #expect(answer.status == 422, "\(wrong)")
                    let problems = try #require(try answer.json["detail"]?.elements)
                    #expect(problems.count == 1, "\(wrong)")
                    #expect(problems[0]["loc"] == .array(["body", .string(wrong.field)] + wrong.place), "\(wrong)")
                    #expect(problems[0]["type"]?.text == wrong.type, "\(wrong)")
                    #expect(problems[0]["msg"]?.text?.isEmpty == false)
                    if let context = wrong.context {
                        #expect(problems[0]["ctx"] == context, "\(wrong)")
                        #expect(problems[0]["url"]?.text == "https://docs.fal.ai/errors/#\(wrong.type)")
                    }
                }
            }
        }
    }

    @Test(arguments: [Endpoint.edit, Endpoint.devEdit])
    func `all that is missing is reported at once`(endpoint: String) async throws {
        try await SandboxCaller.with { caller in
            let answer = try await caller.send(.POST, "/" + endpoint, json: [:])
            #expect(answer.status == 422)
            let problems = try #require(try answer.json["detail"]?.elements)
            #expect(
                problems.map { $0["loc"] } == [
                    .array(["body", "prompt"]), .array(["body", "reference_image_urls"]),
                ])
            #expect(problems.allSatisfy { $0["type"]?.text == "missing" })
        }
    }

    @Test func `a body that is no JSON or no object is refused`() async throws {
        try await SandboxCaller.with { caller in
            let text = try await caller.send(.POST, "/" + Endpoint.create, bytes: Array("{".utf8))
            #expect(text.status == 422)
            #expect(try text.firstProblem?["type"]?.text == "json_invalid")
            let list = try await caller.send(.POST, "/" + Endpoint.create, json: .array([]))
            #expect(try list.firstProblem?["type"]?.text == "dict_type")
        }
    }

    @Test func `limits themselves are allowed`() async throws {
        try await SandboxCaller.with { caller in
            let input: JSONValue = [
                "prompt": "", "num_images": .integer(4), "num_inference_steps": .integer(28),
                "guidance_scale": .integer(20), "image_size": "square", "seed": .null, "reference_image_urls": .null,
                "enable_safety_checker": .bool(false), "unknown_field": .integer(1),
            ]
            let answer = try await caller.send(.POST, "/run/" + Endpoint.dev, json: input)
            #expect(answer.status == 200)
            #expect(try answer.json["images"]?.elements?.count == 4)
        }
    }

    @Test func `with validation at the result the queue takes everything and the result is the 422`() async throws {
        try await SandboxCaller.with(SandboxConfiguration(validation: .withResult)) { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["num_images": .integer(9)])
            #expect(submitted.status == 200)
            let last = try await caller.finish(try submitted.json)
            #expect(last["error"]?.text == "Invalid status code: 422")
            #expect(last["error_type"]?.text == "missing")
            let result = try await caller.send(.GET, try #require(submitted.json["response_url"]?.text))
            #expect(result.status == 422)
            #expect(try result.json["detail"]?.elements?.count == 2)
        }
    }

    @Test func `only files of this sandbox and data URIs are references`() async throws {
        try await SandboxCaller.with { caller in
            let text = try await caller.upload(Array("no picture".utf8))
            let cut = try await caller.upload(Array(try TestPictures.bytes("png/rgb8.png").dropLast(60)))
            let port = caller.base.split(separator: ":").last.map(String.init) ?? ""
            let cases: [(String, String)] = [
                ("https://example.com/a.png", "file_download_error"),
                ("http://127.0.0.1:1/cdn/files/b/a.png", "file_download_error"),
                ("\(caller.base)/cdn/files/b/00000000/unknown.png", "file_download_error"),
                ("\(caller.base)/fal-ai/hidream-o1-image", "file_download_error"),
                ("file:///etc/hostname", "file_download_error"),
                ("http://example.com:\(port)/cdn/files/b/a.png", "file_download_error"),
                ("data:image/png;base64,%%%", "file_download_error"),
                ("data:image/png;base64,AAAA", "image_load_error"), (text, "image_load_error"),
                (cut, "image_load_error"),
            ]
            for (reference, type) in cases {
                let answer = try await caller.complete(
                    Endpoint.edit,
                    [
                        "prompt": "p",
                        "reference_image_urls": .array([.string(TestPictures.pixelURI), .string(reference)]),
                    ])
                #expect(answer.status == 422)
                let problem = try #require(try answer.firstProblem)
                #expect(problem["type"]?.text == type, "\(reference)")
                #expect(problem["loc"] == .array(["body", "reference_image_urls", .integer(1)]))
            }
        }
    }

    @Test func `a reference may name the sandbox by its other name`() async throws {
        try await SandboxCaller.with { caller in
            let url = try await caller.upload(try TestPictures.bytes("png/rgb8.png"))
            let other = url.replacing("127.0.0.1", with: "localhost")
            let answer = try await caller.complete(
                Endpoint.edit, ["prompt": "p", "reference_image_urls": .array([.string(other)])])
            #expect(answer.status == 200)
        }
    }

    @Test func `a reference too thin for the model breaks it down`() async throws {
        try await SandboxCaller.with { caller in
            let card = try TestPictures.thinPicture
            let url = try await caller.upload(card)
            let answer = try await caller.complete(
                Endpoint.edit, ["prompt": "p", "reference_image_urls": .array([.string(url)])])
            #expect(answer.status == 500)
            #expect(try answer.firstProblem?["type"]?.text == "internal_server_error")
        }
    }
}
