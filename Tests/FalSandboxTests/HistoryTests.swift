import AssetModel
import Foundation
import Testing

@testable import FalSandbox

/// The sandbox's request history.
struct HistoryTests {
    private static let path = "/v1/models/requests/by-endpoint"

    private static func items(_ answer: SandboxCaller.Answer) throws -> [JSONValue] {
        try #require(try answer.json["items"]?.elements)
    }

    @Test func `a request that has ended is listed with its input and its answer`() async throws {
        try await SandboxCaller.with { caller in
            let input: JSONValue = ["prompt": "p", "seed": .integer(7)]
            let result = try await caller.complete(Endpoint.dev, input)
            let answer = try await caller.send(.GET, Self.path + "?endpoint_id=\(Endpoint.dev)&expand=payloads")
            let item = try #require(try Self.items(answer).first)
            #expect(item["endpoint_id"] == .string(Endpoint.dev))
            #expect(item["json_input"] == input)
            #expect(item["json_output"] == (try result.json))
            #expect(item["status_code"] == .integer(200))
            for name in ["sent_at", "started_at", "ended_at"] {
                #expect(item[name]?.text.flatMap(Timestamp.init(parsing:)) != nil, "\(name)")
            }
            #expect(try answer.json["has_more"] == .bool(false))
            let bare = try await caller.send(.GET, Self.path + "?endpoint_id=\(Endpoint.dev)")
            #expect(try Self.items(bare).first?["json_input"] == nil)
        }
    }

    @Test func `other accounts, other endpoints, other times and requests that are not stored are not listed`()
        async throws
    {
        try await SandboxCaller.with { caller in
            _ = try await caller.complete(Endpoint.dev, ["prompt": "p"])
            let hidden = try await caller.send(
                .POST, "/" + Endpoint.dev, json: ["prompt": "hidden"], headers: ["X-Fal-Store-IO": "0"])
            _ = try await caller.finish(try hidden.json)
            _ = try await caller.complete(Endpoint.dev, ["prompt": "inline", "sync_mode": .bool(true)])
            let query = Self.path + "?endpoint_id=\(Endpoint.dev)"
            #expect(try Self.items(try await caller.send(.GET, query)).count == 1)
            var other = caller
            other.key = "Key other:key"
            #expect(try Self.items(try await other.send(.GET, query)).isEmpty)
            #expect(try Self.items(try await caller.send(.GET, Self.path + "?endpoint_id=\(Endpoint.create)")).isEmpty)
            #expect(try Self.items(try await caller.send(.GET, query + "&end=2026-01-01")).isEmpty)
            #expect(try Self.items(try await caller.send(.GET, query + "&start=2100-01-01T00:00:00Z")).isEmpty)
            #expect(try Self.items(try await caller.send(.GET, query + "&status=error")).isEmpty)
        }
    }

    @Test func `pages hold as many as asked for, and the cursor leads through all`() async throws {
        try await SandboxCaller.with { caller in
            for seed in 1...5 { _ = try await caller.complete("fal-ai/any", ["seed": .integer(Int64(seed))]) }
            var cursor: String?
            var counts: [Int] = []
            var ids: Set<String> = []
            repeat {
                let query = "?endpoint_id=fal-ai/any,fal-ai/other&limit=2" + (cursor.map { "&cursor=\($0)" } ?? "")
                let page = try await caller.send(.GET, Self.path + query)
                let items = try Self.items(page)
                counts.append(items.count)
                ids.formUnion(items.compactMap { $0["request_id"]?.text })
                cursor = try page.json["next_cursor"]?.text
            } while cursor != nil
            #expect(counts == [2, 2, 1])
            #expect(ids.count == 5)
        }
    }

    @Test(arguments: [
        ("", 400), ("?endpoint_id=fal-ai/hidream-o1-image/nosuch", 404), ("?endpoint_id=fal-ai/x&limit=101", 400),
        ("?endpoint_id=fal-ai/x&limit=0", 400), ("?endpoint_id=fal-ai/x&start=monday", 400),
        ("?endpoint_id=fal-ai/x&cursor=%21", 400),
    ])
    func `what cannot be answered is refused in the platform's shape`(query: String, status: Int) async throws {
        try await SandboxCaller.with { caller in
            let answer = try await caller.send(.GET, Self.path + query)
            #expect(answer.status == status)
            #expect(try answer.json["error"]?["message"]?.text?.isEmpty == false)
            #expect(try await caller.withoutKey.send(.GET, Self.path + query).status == 401)
        }
    }

    @Test(arguments: [
        ("history:late:1", [0, 1], [200, 200]), ("history:twice:1", [2, 1], [200, 200]),
        ("history:403:1", [0, 1], [403, 200]), ("history:500:1", [0, 1], [500, 200]),
    ])
    func `its faults happen as often as they were asked for`(fault: String, counts: [Int], statuses: [Int]) async throws
    {
        let script = try SandboxScript(parsing: [fault])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            _ = try await caller.complete("fal-ai/any", ["a": .integer(1)])
            for (count, status) in zip(counts, statuses) {
                let answer = try await caller.send(.GET, Self.path + "?endpoint_id=fal-ai/any&expand=payloads")
                #expect(answer.status == status)
                let items = try answer.json["items"]?.elements ?? []
                #expect(items.count == count)
                #expect(Set(items.compactMap { $0["request_id"]?.text }).count == count)
            }
        }
    }
}
