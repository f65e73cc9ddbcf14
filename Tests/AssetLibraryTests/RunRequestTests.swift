import AssetModel
import FalAPI
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// Runs of endpoints that nobody has described.
struct RunRequestTests {
    private static let endpoint = "fal-ai/other/model"
    private static let mug = Fixtures.path("images/demo/mug.png")
    private static let cat = Fixtures.path("images/demo/cat.jpg")

    private static func input(_ fields: [String: JSONValue]) -> JSONValue {
        .object(["prompt": .string("a mug"), "seed": .integer(7)].merging(fields) { $1 })
    }

    @Test func `pictures at several places are sent once each and stand where they stood`() async throws {
        try await TestLibrary.withSandbox { library, _ in
            _ = try await library.importFiles([Self.cat, Self.mug], set: "both")
            let request = try await library.runRequest(
                Self.endpoint,
                input: Self.input([
                    "image_url": .string(Self.mug), "note": .string(Self.cat),
                    "images": .array([.string("https://elsewhere/x.png"), .string("@both")]),
                ]))
            #expect(request.references.count == 2)
            let plan = try await library.plan(request)
            #expect(plan.references.map(\.places) == [["image_url", "images[2]"], ["images[1]"]])
            let finished = try await library.run(plan)
            #expect(finished.uploadedCount == 2 && finished.differences.isEmpty)
            #expect(finished.generation.plannedSize == nil && finished.generation.seed == 7)
            #expect(finished.generation.outputs.map(\.facts.storedSize.description) == ["1024x1024"])
            // What is written down holds digests, and what was sent holds addresses.
            let again = try await library.plan(
                try await library.runRequest(Self.endpoint, input: library.input(again: finished.generation)))
            #expect(again.request == request)
            let mugURL = try #require(again.input["image_url"]?.text)
            #expect(mugURL.hasPrefix("http://") && again.input["images"]?.elements?.last == .string(mugURL))
            #expect(again.input["images"]?.elements?.first == .string("https://elsewhere/x.png"))
            #expect(again.input["note"] == .string(Self.cat))
            #expect(try await library.earlierRun(of: request) == .finished(finished.generation))
            #expect(try await library.search(SearchQuery(parsing: "mug seed:7 kind:generated")).count == 1)
        }
    }

    @Test(arguments: [
        (["image_url": "nowhere.png"], "no_such_file", "image_url: nowhere.png: no such file"),
        (["image_url": ""], "empty_reference", "image_url: an empty text"),
        (["image_url": "@none"], "unknown_set", "image_url: @none"),
        (["mask": "@both"], "several_pictures", "mask: @both names 2 pictures"),
        (["url": Fixtures.path("README.md")], "image.not_an_image", "url: "),
    ])
    func `a text that names no picture is told with its place, before anything is sent`(
        fields: [String: String], code: String, message: String
    ) async throws {
        try await TestLibrary.with { library in
            _ = try await library.importFiles([Self.cat, Self.mug], set: "both")
            let error = await #expect(throws: LibraryError.self) {
                _ = try await library.runRequest(Self.endpoint, input: Self.input(fields.mapValues(JSONValue.string)))
            }
            #expect(error?.code == code)
            #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: ["nothing", "fal-ai/../x", "fal-ai/a b", "", "https://fal.run/fal-ai/x"])
    func `what is no endpoint id is refused before anything is written down`(endpoint: String) async throws {
        try await TestLibrary.withSandbox { library, _ in
            let error = await #expect(throws: LibraryError.self) {
                let request = try await library.runRequest(endpoint, input: Self.input([:]))
                _ = try await library.plan(request)
            }
            #expect(error?.code == "fal.malformed_endpoint")
            let runs = try await library.generations(limit: 1)
            #expect(runs.isEmpty)
        }
    }

    @Test func `a film inside the answer is kept under its own extension, and the run is finished`() async throws {
        try await TestLibrary.withSandbox { library, _ in
            // The sandbox gives an input without a prompt back, so the answer holds what is put in here.
            let film = JSONValue.object([
                "url": .string("data:video/mp4;base64,AAAAGGZ0eXBtcDQy"), "content_type": .string("video/mp4"),
            ])
            let request = try await library.runRequest(Self.endpoint, input: .object(["clip": film]))
            let run = try await library.run(try await library.plan(request)).generation
            #expect(run.state == .finished && run.outputs.isEmpty && run.drift.isEmpty)
            let file = try #require(run.files.first)
            #expect(file.fileExtension == "mp4" && file.mediaType == "video/mp4" && file.byteCount == 12)
            #expect(try FileManager.default.fileExists(atPath: library.path(of: file)))
            let response = try #require(try await library.response(of: run.id))
            #expect(response["input"]?["clip"]?["url"] == .string("sha256:\(file.digest.hex)"))
        }
    }

    @Test func `an answer in words alone is a finished run whose words are kept`() async throws {
        try await TestLibrary.withSandbox { library, _ in
            let request = try await library.runRequest(Self.endpoint, input: .object(["question": .string("why?")]))
            let run = try await library.run(try await library.plan(request)).generation
            #expect(run.state == .finished && run.outputs.isEmpty && run.files.isEmpty && run.prompt.isEmpty)
            let response = try await library.response(of: run.id)
            #expect(response?["input"]?["question"] == .string("why?"))
        }
    }

    @Test func `an endpoint with typed inputs is planned as an edit, unless the input says more than its types`()
        async throws
    {
        try await TestLibrary.withSandbox { library, _ in
            let fields = Self.input(["reference_image_urls": .array([.string(Self.mug)]), "num_images": .integer(2)])
            let run = try await library.runRequest(EditModels.defaultForEdits, input: fields)
            let edit = try #require(library.editRequest(run))
            #expect(edit.references.map(\.asset) == run.references.map(\.asset) && edit.imageCount == 2)
            #expect(try await library.plan(edit).input == library.plan(run).input)
            let more = RunInput.setting("novelty", to: "3", in: fields)
            #expect(library.editRequest(try await library.runRequest(EditModels.defaultForEdits, input: more)) == nil)
            #expect(library.editRequest(try await library.runRequest(Self.endpoint, input: fields)) == nil)
        }
    }

    @Test func `what was asked of the queue is written down and asked again by resume`() async throws {
        try await TestLibrary.withSandbox { library, _ in
            var request = try await library.runRequest(Self.endpoint, input: Self.input([:]))
            request.terms = SubmitTerms(priority: .low, hint: "h", startTimeoutSeconds: 90, isStored: false)
            let ids = try await library.writeDown([try await library.plan(request).intent])
            let id = try #require(ids.first)
            let planned = try #require(try await library.generation(id))
            #expect(planned.terms == request.terms)
            try await library.resumeUnfinished { _ in }
            #expect(try await library.generation(planned.id)?.state == .finished)
            // Refused before anything is written down.
            request.terms.startTimeoutSeconds = 1
            let refused = request
            await #expect(throws: LibraryError.self) { _ = try await library.plan(refused) }
        }
    }

    @Test func `the typed words of a person become JSON where they are JSON`() {
        var input = JSONValue.object(["a": .integer(1)])
        for (name, text) in [("b", "2.5"), ("c", "[1]"), ("d", "cat.jpg"), ("a", ""), ("prompt", "7")] {
            input = RunInput.setting(name, to: text, in: input)
        }
        #expect(
            input
                == .object([
                    "b": .number(2.5), "c": .array([.integer(1)]), "d": .string("cat.jpg"), "prompt": .string("7"),
                ]))
    }
}
