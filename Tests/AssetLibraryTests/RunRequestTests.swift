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
        try await TestLibrary.withSandbox { library, session, _ in
            _ = try await library.importFiles([Self.cat, Self.mug], set: "both")
            let request = try await library.request(
                Self.endpoint,
                input: Self.input([
                    "image_url": .string(Self.mug), "note": .string(Self.cat),
                    "images": .array([.string("https://elsewhere/x.png"), .string("@both")]),
                ]))
            #expect(request.references.count == 2)
            let plan = try await session.plan(request)
            #expect(plan.references.map(\.places) == [["image_url", "images[2]"], ["images[1]"]])
            let finished = try await session.run(plan)
            #expect(finished.uploadedCount == 2 && finished.differences.isEmpty)
            #expect(finished.run.plannedSize == nil && finished.run.seed == 7)
            #expect(finished.run.outputs.map(\.facts.storedSize.description) == ["1024x1024"])
            // What is written down holds digests, and what was sent holds addresses.
            let again = try await session.plan(
                try await library.request(Self.endpoint, input: library.request(again: finished.run).input))
            #expect(again.request == request)
            let mugURL = try #require(again.input["image_url"]?.text)
            #expect(mugURL.hasPrefix("http://") && again.input["images"]?.elements?.last == .string(mugURL))
            #expect(again.input["images"]?.elements?.first == .string("https://elsewhere/x.png"))
            #expect(again.input["note"] == .string(Self.cat))
            #expect(try await library.earlierRun(of: request) == .finished(finished.run))
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
                _ = try await library.request(Self.endpoint, input: Self.input(fields.mapValues(JSONValue.string)))
            }
            #expect(error?.code == code)
            #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: ["nothing", "fal-ai/../x", "fal-ai/a b", "", "https://fal.run/fal-ai/x"])
    func `what is no endpoint id is refused before anything is written down`(endpoint: String) async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let error = await #expect(throws: LibraryError.self) {
                let request = try await library.request(endpoint, input: Self.input([:]))
                _ = try await session.plan(request)
            }
            #expect(error?.code == "fal.malformed_endpoint")
            let runs = try await library.runs(limit: 1)
            #expect(runs.isEmpty)
        }
    }

    @Test func `a film inside the answer is kept under its own extension, and the run is finished`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            // The sandbox gives an input without a prompt back, so the answer holds what is put in here.
            let film = JSONValue.object([
                "url": .string("data:video/mp4;base64,AAAAGGZ0eXBtcDQy"), "content_type": .string("video/mp4"),
            ])
            let request = try await library.request(Self.endpoint, input: .object(["clip": film]))
            let run = try await session.run(try await session.plan(request)).run
            #expect(run.state == .finished && run.outputs.isEmpty && run.drift.isEmpty)
            let file = try #require(run.files.first)
            #expect(file.fileExtension == "mp4" && file.mediaType == "video/mp4" && file.byteCount == 12)
            #expect(try FileManager.default.fileExists(atPath: library.path(of: file)))
            let response = try #require(try await library.response(of: run.id))
            #expect(response["input"]?["clip"]?["url"] == .string("sha256:\(file.digest.hex)"))
        }
    }

    @Test func `an answer in words alone is a finished run whose words are kept`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let request = try await library.request(Self.endpoint, input: .object(["question": .string("why?")]))
            let run = try await session.run(try await session.plan(request)).run
            #expect(run.state == .finished && run.outputs.isEmpty && run.files.isEmpty && run.prompt.isEmpty)
            let response = try await library.response(of: run.id)
            #expect(response?["input"]?["question"] == .string("why?"))
        }
    }

    @Test func `a described model is planned however its input is written, unless that says more than is known`()
        async throws
    {
        try await TestLibrary.withSandbox { library, session, _ in
            let fields = Self.input(["reference_image_urls": .array([.string(Self.mug)]), "num_images": .integer(2)])
            let written = try await library.request(EditModels.defaultForEdits, input: fields)
            var typed = RunRequest(model: EditModels.defaultForEdits, prompt: "a mug")
            typed.references = try await library.pictures(named: [Self.mug])
            (typed.seed, typed.imageCount) = (7, 2)
            #expect(written == typed)
            let plan = try await session.plan(written)
            #expect(plan.estimate?.size.output.description == "2048x2048" && plan.cost ?? 0 > 0)
            let more = RunInput.setting("novelty", to: "3", in: fields)
            let unknown = try await session.plan(try await library.request(EditModels.defaultForEdits, input: more))
            #expect(unknown.estimate == nil && unknown.warnings == [.undescribedFields(["novelty"])])
            #expect(unknown.input["reference_image_urls"] == plan.input["reference_image_urls"])
            #expect(try await session.plan(try await library.request(Self.endpoint, input: fields)).estimate == nil)
            // What can only be refused is not sent.
            let wrong = RunInput.setting("num_inference_steps", to: "many", in: fields)
            let request = try await library.request(EditModels.defaultForEdits, input: wrong)
            let error = await #expect(throws: LibraryError.self) { try await session.plan(request) }
            #expect(error?.code == "bad_parameter")
        }
    }

    @Test func `what was asked of the queue is written down and asked again by resume`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await library.request(Self.endpoint, input: Self.input([:]))
            request.terms = SubmitTerms(priority: .low, hint: "h", startTimeoutSeconds: 90, isStored: false)
            let ids = try await session.runner("test").recordPlans([try await session.plan(request)])
            let id = try #require(ids.first)
            let planned = try #require(try await library.run(id))
            #expect(planned.terms == request.terms)
            try await session.resumeUnfinished { _ in }
            #expect(try await library.run(planned.id)?.state == .finished)
            // Refused before anything is written down.
            request.terms.startTimeoutSeconds = 1
            let refused = request
            await #expect(throws: LibraryError.self) { _ = try await session.plan(refused) }
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
