import AssetModel
import FalSandbox
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10)))
struct StreamTests {
    @Test func `a status stream tells every stage and ends with COMPLETED`() async throws {
        let script = try SandboxScript(parsing: ["status:slow:4"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
            let answer = try await caller.send(
                .GET, try #require(submitted["status_url"]?.text) + "/stream?logs=1",
                headers: ["Accept": "application/json, text/event-stream"])
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "text/event-stream")
            #expect(answer.header("x-fal-request-id") == submitted["request_id"]?.text)
            let events = try answer.events
            #expect(
                events.prefix(4).map { $0["status"]?.text } == [
                    "IN_QUEUE", "IN_QUEUE", "IN_PROGRESS", "IN_PROGRESS",
                ])
            #expect(events.prefix(2).map { $0["queue_position"]?.int } == [1, 0])
            #expect(events.allSatisfy { $0["response_url"] == submitted["response_url"] })
            #expect(events.filter { $0["status"] == "COMPLETED" }.count == 1)
            #expect(events.last?["status"] == "COMPLETED")
            #expect(events.last?["logs"]?.elements?.isEmpty == false)
        }
    }

    @Test func `a stream of a finished request is one event, of a failed one with its error`() async throws {
        let script = try SandboxScript(parsing: ["result:error:1"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            for expected in ["Invalid status code: 500", nil] {
                let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
                _ = try await caller.finish(submitted)
                let url = try #require(submitted["status_url"]?.text)
                let events = try await caller.send(.GET, url + "/stream").events
                #expect(events.map { $0["status"] } == ["COMPLETED"])
                #expect(events.first?["error"]?.text == expected)
            }
        }
    }

    @Test func `a stream that is opened before the work ends waits for its end`() async throws {
        try await SandboxCaller.with { caller in
            try await withThrowingTaskGroup(of: JSONValue?.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let input: JSONValue = ["prompt": "p", "num_images": .integer(2)]
                        let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: input).json
                        let url = try #require(submitted["status_url"]?.text)
                        return try await caller.send(.GET, url + "/stream").events.last?["status"]
                    }
                }
                for try await last in group { #expect(last == "COMPLETED") }
            }
        }
    }

    @Test func `a stream of an unknown request is 404, and one that is cancelled while waiting ends`() async throws {
        let script = try SandboxScript(parsing: ["status:slow:3"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            let unknown = try await caller.send(.GET, "/\(Endpoint.create)/requests/x/status/stream")
            #expect(unknown.status == 404)
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
            _ = try await caller.send(.PUT, try #require(submitted["cancel_url"]?.text))
            let gone = try await caller.send(.GET, try #require(submitted["status_url"]?.text) + "/stream")
            #expect(gone.status == 404)
        }
    }

    @Test func `a run can be streamed: its result is the one event`() async throws {
        try await SandboxCaller.with { caller in
            let answer = try await caller.send(
                .POST, "/run/\(Endpoint.create)/stream", json: ["prompt": "p", "image_size": "square"])
            #expect(answer.header("content-type") == "text/event-stream")
            #expect(try answer.events.count == 1)
            #expect(try answer.events.first?["images"]?.elements?.count == 1)
            let wrong = try await caller.send(.POST, "/run/\(Endpoint.create)/stream", json: [:])
            #expect(wrong.status == 422)
        }
    }
}

extension SandboxCaller.Answer {
    /// The values of server-sent events.
    var events: [JSONValue] {
        get throws {
            try String(decoding: bytes, as: UTF8.self).split(separator: "\n\n").map { event in
                try #require(event.hasPrefix("data: "))
                return try JSONDecoder().decode(JSONValue.self, from: Data(event.dropFirst(6).utf8))
            }
        }
    }
}
