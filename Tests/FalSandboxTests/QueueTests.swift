import AssetModel
import FalSandbox
import Foundation
import Testing

struct QueueTests {
    @Test func `a submit is answered with the five fields and addresses below the host that was asked`() async throws {
        try await SandboxCaller.with { caller in
            let local = SandboxCaller(base: caller.base.replacing("127.0.0.1", with: "localhost"))
            let answer = try await local.send(.POST, "/" + Endpoint.edit, json: Self.editInput)
            #expect(answer.status == 200)
            let json = try answer.json
            let id = try #require(json["request_id"]?.text)
            let base = "\(local.base)/fal-ai/hidream-o1-image/requests/\(id)"
            #expect(
                json == [
                    "status": "IN_QUEUE", "queue_position": .integer(0), "request_id": .string(id),
                    "response_url": .string(base), "status_url": .string(base + "/status"),
                    "cancel_url": .string(base + "/cancel"),
                ])
            #expect(answer.header("x-fal-request-id") == id)
            #expect(answer.header("content-type") == "application/json")
        }
    }

    @Test func `polls tell IN_QUEUE, then IN_PROGRESS, both 202, then COMPLETED with 200`() async throws {
        let script = try SandboxScript(parsing: ["status:slow:4"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
            let url = try #require(submitted["status_url"]?.text)
            // Positions count down to the front of the line.
            #expect(submitted["queue_position"] == .integer(2))
            var positions: [JSONValue?] = []
            var told: [String] = []
            for _ in 0..<4 {
                let answer = try await caller.send(.GET, url + "?logs=true")
                #expect(answer.status == 202)
                let json = try answer.json
                told.append(try #require(json["status"]?.text))
                positions.append(json["queue_position"])
                #expect((json["logs"]?.elements == nil) == (told.last == "IN_QUEUE"))
                #expect(json["response_url"] == submitted["response_url"])
                #expect(json["request_id"] == submitted["request_id"])
            }
            #expect(told == ["IN_QUEUE", "IN_QUEUE", "IN_PROGRESS", "IN_PROGRESS"])
            #expect(positions == [.integer(1), .integer(0), .null, .null])
            let last = try await caller.finish(submitted)
            #expect(last["metrics"]?["inference_time"] != nil)
            #expect(last["error"] == nil)
            let line = try #require(last["logs"]?.elements?.first)
            #expect(line["level"]?.text == "INFO")
            #expect(line["labels"]?["level"]?.text == "INFO")
            #expect(line["source"]?.text == "USER")
            #expect(line["message"]?.text?.isEmpty == false)
            #expect(Timestamp(parsing: line["timestamp"]?.text ?? "") != nil)
            #expect(try await caller.send(.GET, url).status == 200)
        }
    }

    @Test func `logs come only to those who ask`() async throws {
        try await SandboxCaller.with { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
            _ = try await caller.finish(submitted)
            let url = try #require(submitted["status_url"]?.text)
            for query in ["", "?logs=0", "?logs=false"] {
                let answer = try await caller.send(.GET, url + query)
                #expect(try answer.json["logs"] == .null)
            }
            for query in ["?logs=1", "?logs=true"] {
                let answer = try await caller.send(.GET, url + query)
                #expect(try answer.json["logs"]?.elements?.isEmpty == false)
            }
        }
    }

    @Test func `a result that is asked for too early is 400`() async throws {
        let script = try SandboxScript(parsing: ["status:slow:1000"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
            let answer = try await caller.send(.GET, try #require(submitted["response_url"]?.text))
            #expect(answer.status == 400)
            #expect(try answer.json == ["detail": "Request is still in progress"])
        }
    }

    @Test func `a result has the five documented fields`() async throws {
        try await SandboxCaller.with { caller in
            let answer = try await caller.complete(
                Endpoint.create, ["prompt": "a boat", "seed": .integer(11), "num_images": .integer(2)])
            #expect(answer.status == 200)
            #expect(answer.header("x-fal-request-id") != nil)
            let json = try answer.json
            #expect(json["seed"] == .integer(11))
            #expect(json["prompt"] == "a boat")
            #expect(json["has_nsfw_concepts"] == .array([.bool(false), .bool(false)]))
            #expect(json["timings"]?["inference"] != nil)
            let images = try #require(json["images"]?.elements)
            #expect(images.count == 2)
            for image in images {
                let url = try #require(image["url"]?.text)
                let file = try await caller.withoutKey.send(.GET, url)
                #expect(image["file_size"]?.int == file.bytes.count)
                #expect(image["content_type"]?.text == file.header("content-type"))
                #expect(image["file_name"]?.text.map { url.hasSuffix($0) } == true)
            }
        }
    }

    @Test func `status and result answer to the application's and the endpoint's address`() async throws {
        try await SandboxCaller.with { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.devEdit, json: Self.editInput).json
            _ = try await caller.finish(submitted)
            let id = try #require(submitted["request_id"]?.text)
            for owner in [Endpoint.create, Endpoint.devEdit] {
                #expect(try await caller.send(.GET, "/\(owner)/requests/\(id)/status").status == 200)
                let plain = try await caller.send(.GET, "/\(owner)/requests/\(id)")
                let suffixed = try await caller.send(.GET, "/\(owner)/requests/\(id)/response")
                #expect(plain.status == suffixed.status)
                #expect(plain.bytes == suffixed.bytes)
            }
            #expect(try await caller.send(.GET, "/fal-ai/other/requests/\(id)/status").status == 404)
        }
    }

    @Test func `an unknown request is NOT_FOUND everywhere`() async throws {
        try await SandboxCaller.with { caller in
            let base = "/\(Endpoint.create)/requests/\(UUID().uuidString)"
            for answer in [
                try await caller.send(.GET, base), try await caller.send(.GET, base + "/status"),
                try await caller.send(.PUT, base + "/cancel"),
            ] {
                #expect(answer.status == 404)
                #expect(try answer.json == ["status": "NOT_FOUND"])
            }
        }
    }

    @Test func `an endpoint that a known application lacks is 404 with a detail, at the queue and at run`() async throws
    {
        try await SandboxCaller.with { caller in
            for path in ["/run/fal-ai/hidream-o1-image/nothing", "/fal-ai/hidream-o1-image/nothing"] {
                let answer = try await caller.send(.POST, path, json: ["prompt": "p"])
                #expect(answer.status == 404)
                #expect(try answer.json["detail"]?.text?.contains("not found") == true)
            }
        }
    }

    @Test func `an unknown endpoint draws a card for a prompt, and gives any other input back`()
        async throws
    {
        try await SandboxCaller.with { caller in
            let card = try await caller.send(
                .POST, "/run/fal-ai/other/model", json: ["prompt": "p", "seed": .integer(7), "strange": ["a": .null]])
            #expect(card.status == 200)
            #expect(try card.json["images"]?.elements?.first?["width"] == .integer(1024))
            #expect(try card.json["seed"] == .integer(7))
            let echo = try await caller.send(.POST, "/run/fal-ai/other", json: ["image_url": "https://elsewhere/a.png"])
            #expect(try echo.json == ["input": ["image_url": "https://elsewhere/a.png"]])
        }
    }

    @Test func `a wrong method is 405`() async throws {
        try await SandboxCaller.with { caller in
            let get = try await caller.send(.GET, "/" + Endpoint.edit)
            #expect(get.status == 405)
            let post = try await caller.send(.POST, "/\(Endpoint.create)/requests/x/cancel")
            #expect(post.status == 405)
        }
    }

    @Test func `a waiting request that is cancelled is gone`() async throws {
        let script = try SandboxScript(parsing: ["status:slow:1000"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
            let cancel = try await caller.send(.PUT, try #require(submitted["cancel_url"]?.text))
            #expect(cancel.status == 200)
            #expect(try cancel.json == ["status": "OK"])
            #expect(try await caller.send(.GET, try #require(submitted["status_url"]?.text)).status == 404)
        }
    }

    @Test func `a running request can be told to stop, and ends either way`() async throws {
        let script = try SandboxScript(parsing: ["status:slow:2"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            let submitted = try await caller.send(
                .POST, "/" + Endpoint.create, json: ["prompt": "p", "num_images": .integer(4)]
            ).json
            _ = try await caller.send(.GET, try #require(submitted["status_url"]?.text))
            let cancel = try await caller.send(.PUT, try #require(submitted["cancel_url"]?.text))
            #expect(cancel.status == 202)
            let last = try await caller.finish(submitted)
            let result = try await caller.send(.GET, try #require(submitted["response_url"]?.text))
            #expect((last["error_type"]?.text == "client_cancelled") == (result.status == 499))
            #expect(result.status == 499 || result.status == 200)
        }
    }

    @Test func `a finished request cannot be cancelled`() async throws {
        try await SandboxCaller.with { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
            _ = try await caller.finish(submitted)
            let cancel = try await caller.send(.PUT, try #require(submitted["cancel_url"]?.text))
            #expect(cancel.status == 400)
            #expect(try cancel.json == ["status": "ALREADY_COMPLETED"])
        }
    }

    @Test func `a request that waits longer than its caller allows is 504, and says whose limit it was`() async throws {
        try await SandboxCaller.with { caller in
            func submit(_ timeout: String) async throws -> SandboxCaller.Answer {
                try await caller.send(
                    .POST, "/" + Endpoint.create, json: ["prompt": "p"], headers: ["X-Fal-Request-Timeout": timeout])
            }
            // Less than the time between the answer to a submit and the beginning of its work.
            let submitted = try await submit("0.000000001").json
            let last = try await caller.finish(submitted)
            #expect(last["error_type"] == "request_timeout")
            let result = try await caller.send(.GET, try #require(submitted["response_url"]?.text))
            #expect(result.status == 504)
            #expect(result.header("x-fal-request-timeout-type") == "user")
            #expect(try result.json == ["detail": "Request timed out", "error_type": "request_timeout"])

            let patient = try await submit("30.0").json
            #expect(try await caller.finish(patient)["error"] == nil)
            for wrong in ["soon", "0", "-1", "inf"] { #expect(try await submit(wrong).status == 400) }
        }
    }

    @Test func `many requests at once all finish`() async throws {
        try await SandboxCaller.with { caller in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let input: JSONValue = ["prompt": "p", "image_size": "square", "seed": .integer(Int64(number))]
                        let answer = try await caller.complete(Endpoint.create, input)
                        return try #require(try answer.json["seed"]?.int)
                    }
                }
                var seeds: Set<Int> = []
                for try await seed in group { seeds.insert(seed) }
                #expect(seeds == Set(0..<8))
            }
        }
    }

    @Test func `a run is answered at once with the result`() async throws {
        try await SandboxCaller.with { caller in
            let answer = try await caller.send(.POST, "/run/" + Endpoint.dev, json: ["prompt": "p"])
            #expect(answer.status == 200)
            #expect(answer.header("x-fal-request-id") != nil)
            #expect(try answer.json["images"]?.elements?.count == 1)
        }
    }

    static let editInput: JSONValue = [
        "prompt": "p", "reference_image_urls": .array([.string(TestPictures.pixelURI)]),
    ]
}
