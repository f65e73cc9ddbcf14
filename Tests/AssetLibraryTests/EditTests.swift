import AssetLibrary
import AssetModel
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

struct EditTests {
    private static func request(_ library: Library, _ references: [String] = ["mug.png", "cat.jpg"], seed: UInt64 = 7)
        async throws -> RunRequest
    {
        var request = RunRequest(model: EditModels.defaultForEdits, prompt: "put the mug on märble")
        request.references = try await library.pictures(named: references.map { Fixtures.path("images/demo/\($0)") })
        request.seed = seed
        return request
    }

    @Test func `a second use sends nothing, and both runs are found`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let first = try await session.run(try await session.plan(try await Self.request(library)))
            #expect(first.uploadedCount == 2 && first.reusedCount == 0)
            let second = try await session.run(try await session.plan(try await Self.request(library)))
            #expect(second.uploadedCount == 0 && second.reusedCount == 2)
            #expect(first.differences.isEmpty && second.differences.isEmpty)
            // The sandbox draws the same for the same seed: one asset, two generations.
            #expect(
                first.run.outputs
                    == second.run.outputs.map { output in
                        Run.Output(
                            asset: output.asset, facts: output.facts, isFlagged: output.isFlagged,
                            url: first.run.outputs[0].url)
                    })
            let hits = try await library.search(SearchQuery(parsing: "seed:7 MARBLE"))
            #expect(hits.map(\.generation) == [second.run.id, first.run.id])
            #expect(try await library.uploads().map(\.useCount) == [2, 2])
        }
    }

    @Test func `planning changes nothing, not even by a reference that is a file`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let plan = try await session.plan(try await Self.request(library))
            #expect(plan.estimate?.size.output.description == "2048x2048")
            #expect(plan.references.map(\.reusedURL) == [nil, nil])
            #expect(plan.input["seed"] == .integer(7))
            #expect(try await library.statistics().assetCount == 0)
            #expect(try await library.runs(limit: 10).isEmpty)
        }
    }

    @Test(arguments: [ImageFormat.png, .jpeg, .webp])
    func `what comes back has the planned size and the asked format`(format: ImageFormat) async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library, ["cat.jpg"])
            request.keepAspect = true
            request.outputFormat = format
            request.imageCount = 2
            // A whole number is an integer once a journal line was read, and a catalog must not tell the two apart.
            request.guidance = 3
            let finished = try await session.run(try await session.plan(request))
            #expect(finished.differences.isEmpty)
            #expect(finished.run.outputs.count == 2)
            for output in finished.run.outputs {
                #expect(output.facts.storedSize.description == "1760x2336")
                #expect(output.facts.format == format)
                let path = library.path(of: output.asset, format)
                #expect(FileManager.default.fileExists(atPath: path))
            }
        }
    }

    @Test func `pictures inside the answer are stored like downloads, and not twice in the journal`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library, ["mug.png"])
            request.syncMode = true
            let finished = try await session.run(try await session.plan(request))
            let output = try #require(finished.run.outputs.first)
            #expect(output.url == nil)
            let response = try #require(try await library.response(of: finished.run.id))
            #expect(response["images"]?.elements?.first?["url"]?.text == "sha256:\(output.asset.hex)")
        }
    }

    @Test func `all twelve fields reach the model`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library, ["mug.png"])
            request.size = .exactly(width: 1024, height: nil)
            request.steps = 9
            request.guidance = 2.5
            request.imageCount = 1
            request.safetyChecker = false
            request.syncMode = false
            request.outputFormat = .jpeg
            let plan = try await session.plan(request)
            #expect(plan.estimate?.size.reasons.contains(.missingSide(512)) == true)
            #expect(plan.input["image_size"] == .object(["width": .integer(1024)]))
            #expect(plan.input["num_inference_steps"] == .integer(9))
            #expect(plan.input["guidance_scale"] == .number(2.5))
            #expect(plan.input["enable_safety_checker"] == .bool(false))
            #expect(plan.input["output_format"] == .string("jpeg"))
            #expect(try await session.run(plan).differences.isEmpty)
        }
    }

    @Test(arguments: [("images", 5), ("images", 0), ("steps", 51), ("steps", 0), ("guidance", 21), ("guidance", -1)])
    func `a field out of its range is refused before anything is written`(field: String, value: Int) async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library)
            switch field {
            case "images": request.imageCount = value
            case "steps": request.steps = value
            default: request.guidance = Double(value)
            }
            let error = await #expect(throws: LibraryError.self) { try await session.plan(request) }
            #expect(error?.category == .invalidInput)
            #expect(error?.message.contains("\(value)") == true)
            #expect(try await library.statistics().assetCount == 0)
        }
    }

    @Test func `without a key an edit says so and leaves nothing`() async throws {
        try await TestLibrary.with { library in
            let plan = try await library.plan(try await Self.request(library))
            let error = await #expect(throws: LibraryError.self) {
                try await library.withSession(nil) { session in _ = try await session.run(plan) }
            }
            #expect(error?.category == .credential && error?.remedy == .setKey)
            #expect(try await library.statistics().generationCount == 0)
        }
    }

    @Test func `a wrong key is refused by fal, and the run has ended`() async throws {
        try await TestLibrary.withSandbox(SandboxConfiguration(acceptedKey: "right:key")) { library, session, _ in
            let plan = try await session.plan(try await Self.request(library))
            let error = await #expect(throws: LibraryError.self) { try await session.run(plan) }
            #expect(error?.category == .refused)
            #expect(try await library.unfinishedRuns().isEmpty)
            let failed = try await library.runs(limit: 1).first
            #expect(failed?.state == .failed)
        }
    }

    @Test func `a validation error names the field, and the run has ended`() async throws {
        let script = try SandboxScript(parsing: ["submit:422"])
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script)) { library, session, _ in
            let plan = try await session.plan(try await Self.request(library))
            let error = await #expect(throws: LibraryError.self) { try await session.run(plan) }
            #expect(error?.category == .refused)
            #expect(try await library.runs(limit: 1).first?.state == .failed)
            #expect(try await library.unfinishedRuns().isEmpty)
        }
    }

    @Test func `a run that fails at fal says why`() async throws {
        let script = try SandboxScript(parsing: ["result:error"])
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script)) { library, session, _ in
            let plan = try await session.plan(try await Self.request(library))
            let error = await #expect(throws: LibraryError.self) { try await session.run(plan) }
            #expect(error?.category == .refused)
            let failed = try #require(try await library.runs(limit: 1).first)
            #expect(failed.state == .failed && failed.reason?.isEmpty == false)
        }
    }

    @Test func `storage that stumbles is asked again`() async throws {
        let script = try SandboxScript(parsing: ["storage:503:1"])
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script)) { library, session, _ in
            let finished = try await session.run(try await session.plan(try await Self.request(library, ["mug.png"])))
            #expect(finished.uploadedCount == 1)
        }
    }

    @Test func `ten edits at once send a shared reference once`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log)) { library, session, _ in
                let request = try await Self.request(library, ["mug.png"])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for seed in 0..<10 as Range<UInt64> {
                        group.addTask {
                            var request = request
                            request.seed = seed
                            _ = try await session.run(try await session.plan(request))
                        }
                    }
                    try await group.waitForAll()
                }
                let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
                #expect(lines.count { $0.contains("\"PUT\"") } == 1)
                #expect(try await library.uploads().map(\.useCount) == [10])
            }
        }
    }

    @Test func `a reference given twice, and a file that changed, are refused`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder + "/mug.png"
            try Pictures.copy("images/demo/mug.png", to: path)
            try await TestLibrary.withSandbox { library, session, _ in
                var request = RunRequest(model: EditModels.defaultForEdits, prompt: "p")
                request.references = try await library.pictures(named: [path, path])
                let twice = await #expect(throws: LibraryError.self) { try await session.plan(request) }
                #expect(twice?.code == "repeated_reference")
                request.references.removeLast()
                let plan = try await session.plan(request)
                try Pictures.copy("images/demo/mug.png", to: path, appending: 3)
                let changed = await #expect(throws: LibraryError.self) { try await session.run(plan) }
                #expect(changed?.code == "file_changed")
                #expect(try await library.statistics().generationCount == 0)
            }
        }
    }
}
