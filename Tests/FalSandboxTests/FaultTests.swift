import AssetModel
import FalSandbox
import Foundation
import Testing

struct FaultTests {
    @Test(arguments: [
        ("storage:503:2", SandboxFault(.storageUnavailable, 2)), ("storage:503", SandboxFault(.storageUnavailable)),
        ("submit:422", SandboxFault(.submitRefused)), ("submit:422:1", SandboxFault(.submitRefused, 1)),
        ("submit:timeout:after-accept", SandboxFault(.submitTimeoutAfterAccept)),
        ("submit:timeout:after-accept:3", SandboxFault(.submitTimeoutAfterAccept, 3)),
        ("status:slow:5", SandboxFault(.statusSlow, 5)), ("result:error", SandboxFault(.resultError)),
        ("delay:20", SandboxFault(.delay, 20)), ("url:expire-early", SandboxFault(.urlExpiresEarly)),
    ])
    func `a fault is read from its text and written as it`(text: String, fault: SandboxFault) throws {
        #expect(try SandboxFault(parsing: text) == fault)
        #expect(fault.description == text)
    }

    @Test(arguments: SandboxFault.Kind.allCases)
    func `every kind has a form in the list and can be read with a number`(kind: SandboxFault.Kind) throws {
        #expect(try SandboxFault(parsing: "\(kind.rawValue):7") == SandboxFault(kind, 7))
        let forms = SandboxFault.forms.filter { $0.hasPrefix(kind.rawValue + ":") || $0.hasPrefix(kind.rawValue + "[") }
        #expect(forms.count == 1)
    }

    @Test(arguments: [
        "", "storage", "storage:503:0", "storage:503:x", "storage:503:1:2", "storage:504:1", "submit", "submit:422:",
        "submit:timeout", "submit:timeout:before", "submit:timeout:after-accept:-1", "status:slow", "delay",
        "delay:0", "result", "result:error:1:1", "Storage:503:1",
    ])
    func `an unknown fault is an error that names it and lists the known ones`(text: String) throws {
        let error = #expect(throws: SandboxError.self) { try SandboxScript(parsing: ["submit:422", text]) }
        #expect(error == .unknownFault(text))
        #expect(error?.description.contains("storage:503[:N]") == true)
    }

    @Test func `a refused submit is fal's 422 and queues nothing`() async throws {
        let script = try SandboxScript(parsing: ["submit:422:1"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            let refused = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
            #expect(refused.status == 422)
            let problem = try #require(try refused.firstProblem)
            #expect(problem["type"]?.text == "content_policy_violation")
            #expect(problem["loc"] == .array(["body", "prompt"]))
            #expect(problem["url"]?.text == "https://docs.fal.ai/errors/#content_policy_violation")
            #expect(try refused.json["request_id"] == nil)
            #expect(try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).status == 200)
        }
    }

    @Test func `a submit that times out after being accepted was accepted all the same`() async throws {
        try await withFolder { folder in
            let log = folder + "/log.jsonl"
            let script = try SandboxScript(parsing: ["submit:timeout:after-accept:1"])
            try await SandboxCaller.with(SandboxConfiguration(log: log, script: script)) { caller in
                await #expect(throws: (any Error).self) {
                    try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
                }
                let second = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
                #expect(second.status == 200)
            }
            let lines = try LogLine.read(log).filter { $0.value["path"]?.text == "/" + Endpoint.create }
            #expect(lines.map { $0.value["status"] } == [nil, .integer(200)])
            #expect(lines.allSatisfy { $0.value["json"] == ["prompt": "p"] })
        }
    }

    @Test func `a result that is an error is COMPLETED with an error and 500`() async throws {
        let script = try SandboxScript(parsing: ["result:error:1"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
            let last = try await caller.finish(submitted)
            #expect(last["error"]?.text == "Invalid status code: 500")
            #expect(last["error_type"]?.text == "internal_server_error")
            let result = try await caller.send(.GET, try #require(submitted["response_url"]?.text))
            #expect(result.status == 500)
            #expect(try result.firstProblem?["type"]?.text == "internal_server_error")
            #expect(result.header("x-fal-retryable") == "false")
            #expect(try await caller.complete(Endpoint.create, ["prompt": "p"]).status == 200)
        }
    }

    // MARK: - Submit

    @Test(arguments: [("submit:429:1", 429), ("submit:503:1", 503)])
    func `a submit that is turned away says when to come back and queues nothing`(text: String, status: Int)
        async throws
    {
        try await Self.with([text]) { caller in
            let first = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
            #expect(first.status == status)
            #expect(first.header("retry-after") == "1")
            let second = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
            #expect(second.status == 200)
            #expect(try second.json["queue_position"] == .integer(0))
        }
    }

    @Test func `a submit that is reset is not accepted, one whose answer is garbage is`() async throws {
        try await Self.with(["submit:reset:1", "submit:garbage:1", "status:slow:1000"]) { caller in
            await #expect(throws: (any Error).self) {
                try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
            }
            let garbage = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
            #expect(garbage.status == 200)
            #expect(throws: (any Error).self) { try garbage.json }
            let id = try #require(garbage.header("x-fal-request-id"))
            #expect(!id.isEmpty)
        }
    }

    @Test func `a queue that is longer than the caller allows is 429`() async throws {
        try await Self.with(["status:slow:1000"]) { caller in
            let answer = try await caller.send(
                .POST, "/\(Endpoint.create)?fal_max_queue_length=-1", json: ["prompt": "p"])
            #expect(answer.status == 429)
        }
    }

    // MARK: - Storage

    @Test func `an upload is cut in the middle, then answered with 500, then taken`() async throws {
        try await Self.with(["storage:reset:1", "put:500:1"]) { caller in
            let announced = try await caller.send(
                .POST, "/storage/upload/initiate", json: ["content_type": "image/png", "file_name": "a.png"]
            ).json
            let target = try #require(announced["upload_url"]?.text)
            let bytes = [UInt8](repeating: 7, count: 2_000_000)
            await #expect(throws: (any Error).self) {
                try await caller.withoutKey.send(.PUT, target, bytes: bytes)
            }
            #expect(try await caller.withoutKey.send(.PUT, target, bytes: bytes).status == 500)
            let file = try #require(announced["file_url"]?.text)
            #expect(try await caller.withoutKey.send(.GET, file).status == 404)
            #expect(try await caller.withoutKey.send(.PUT, target, bytes: bytes).status == 200)
            #expect(try await caller.withoutKey.send(.GET, file).bytes == bytes)
        }
    }

    @Test func `a part fails as often as the script says`() async throws {
        try await Self.with(["part:500:2"]) { caller in
            let upload = try await caller.announceParts()
            for status in [500, 500, 200] {
                let part = try await caller.withoutKey.send(.PUT, upload.address(of: "1"), bytes: [1])
                #expect(part.status == status)
            }
        }
    }

    @Test func `a part that stalls is answered when it is sent again, and the first request then ends`() async throws {
        try await Self.with(["part:stall:1"]) { caller in
            let upload = try await caller.announceParts()
            #expect(try await caller.withoutKey.send(.PUT, upload.address(of: "1"), bytes: [1]).status == 200)
            // Two requests for one part: whichever comes first waits until the other comes.
            let (caller, address) = (caller.withoutKey, upload.address(of: "2"))
            let answers = await withTaskGroup(of: UInt?.self) { group in
                for _ in 0..<2 {
                    group.addTask { try? await UInt(caller.send(.PUT, address, bytes: [2]).status) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.contains(200) && answers.contains(nil))
        }
    }

    // MARK: - Status and result

    @Test func `a status fails in three ways and then tells the truth`() async throws {
        try await Self.with(["status:reset:1", "status:500:1", "status:garbage:1"]) { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
            let url = try #require(submitted["status_url"]?.text)
            await #expect(throws: (any Error).self) { try await caller.send(.GET, url) }
            #expect(try await caller.send(.GET, url).status == 500)
            let garbage = try await caller.send(.GET, url)
            #expect(throws: (any Error).self) { try garbage.json }
            #expect(try await caller.finish(submitted)["error"] == nil)
        }
    }

    @Test func `a result is lost, unavailable or garbage after its request was completed`() async throws {
        try await Self.with(["result:lost:1", "result:500:1", "result:garbage:1"]) { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
            _ = try await caller.finish(submitted)
            let url = try #require(submitted["response_url"]?.text)
            #expect(try await caller.send(.GET, url).status == 404)
            #expect(try await caller.send(.GET, url).status == 500)
            let garbage = try await caller.send(.GET, url)
            #expect(garbage.status == 200)
            #expect(throws: (any Error).self) { try garbage.json }
            #expect(try await caller.send(.GET, url).json["images"]?.elements?.count == 1)
        }
    }

    // MARK: - Files

    @Test func `a file is cut off, missing or noise, and its HEAD stays true`() async throws {
        try await Self.with(["file:truncate:1", "file:404:1", "file:garbage:1"]) { caller in
            let bytes = [UInt8](repeating: 1, count: 1_000_000)
            let url = try await caller.upload(bytes)
            #expect(try await caller.withoutKey.send(.GET, url).status == 404)
            await #expect(throws: (any Error).self) { try await caller.withoutKey.send(.GET, url) }
            let noise = try await caller.withoutKey.send(.GET, url)
            #expect(noise.status == 200)
            #expect(noise.bytes.count == bytes.count)
            #expect(!noise.bytes.contains(1))
            #expect(try await caller.withoutKey.send(.HEAD, url).header("content-length") == "1000000")
            #expect(try await caller.withoutKey.send(.GET, url).bytes == bytes)
        }
    }

    @Test func `an address that expires early is gone after its HEAD, or after a model used it`() async throws {
        try await Self.with(["url:expire-early:2"]) { caller in
            let looked = try await caller.upload([1])
            #expect(try await caller.withoutKey.send(.HEAD, looked).status == 200)
            #expect(try await caller.withoutKey.send(.HEAD, looked).status == 404)
            let used = try await caller.upload(try TestPictures.bytes("png/rgb8.png"))
            let input: JSONValue = ["prompt": "p", "reference_image_urls": .array([.string(used)])]
            #expect(try await caller.complete(Endpoint.edit, input).status == 200)
            let second = try await caller.complete(Endpoint.edit, input)
            #expect(try second.firstProblem?["type"] == "file_download_error")
            let third = try await caller.upload([1])
            for _ in 0..<2 { #expect(try await caller.withoutKey.send(.HEAD, third).status == 200) }
        }
    }

    // MARK: - Output

    @Test func `a result has fewer pictures, another size, no size, another seed, or flags`() async throws {
        let input: JSONValue = [
            "prompt": "p", "seed": .integer(5), "num_images": .integer(2), "image_size": "square",
        ]
        func answer(_ fault: String) async throws -> JSONValue {
            try await Self.with([fault]) { try await $0.complete(Endpoint.create, input).json }
        }
        let plain = try await answer("output:short:1")
        #expect(plain["images"]?.elements?.count == 1)
        #expect(plain["has_nsfw_concepts"]?.elements?.count == 1)

        let planned = try await answer("delay:1")["images"]?.elements?.first
        let halved = try await answer("output:size")["images"]?.elements?.first
        #expect(halved?["width"]?.int == planned?["width"]?.int.map { $0 / 2 })
        #expect(halved?["height"]?.int == planned?["height"]?.int.map { $0 / 2 })

        let silent = try await answer("output:nosize")["images"]?.elements?.first
        #expect(silent?["url"] != nil && silent?["width"] == nil && silent?["height"] == nil)

        #expect(try await answer("output:seed")["seed"] == .integer(6))
        let flagged = try await answer("output:nsfw")
        #expect(flagged["has_nsfw_concepts"] == .array([.bool(true), .bool(true)]))
        #expect(flagged["seed"] == .integer(5))
    }

    // MARK: - Keys

    @Test(arguments: [("auth:401:1", 401), ("auth:402:1", 402), ("auth:403:1", 403)])
    func `a good key is refused as the script says, with a detail`(text: String, status: Int) async throws {
        try await Self.with([text]) { caller in
            let refused = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
            #expect(refused.status == status)
            #expect(try refused.json["detail"]?.text?.isEmpty == false)
            #expect(try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).status == 200)
        }
    }

    private static func with<R: Sendable>(
        _ faults: [String], _ body: @Sendable (SandboxCaller) async throws -> R
    ) async throws -> R {
        try await SandboxCaller.with(SandboxConfiguration(script: try SandboxScript(parsing: faults)), body)
    }
}
