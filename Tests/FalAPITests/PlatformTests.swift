import NIOHTTP1
import Testing

@testable import FalAPI

/// The platform API: the request history.
struct PlatformTests {
    /// JSON as a caller may want it.
    struct Payload: Decodable, Hashable {
        var seed: UInt64?
        var images: [String]?
    }

    /// All requests of a window, as a server's pages tell them.
    private static func requests(
        _ pages: [LoopbackServer.Reaction], _ check: (LoopbackServer) async -> Void = { _ in }
    ) async throws -> [PastRequest<Payload>] {
        try await LoopbackServer.withRunning { _, number, _ in
            pages[min(number, pages.count) - 1]
        } _: { server in
            let found = try await withTransport(to: server.url) { transport in
                try await FalPlatform(transport).requests(
                    of: ["fal-ai/x/edit", "fal-ai/y"], from: 1_732_600_000_004, to: 1_732_700_000_000,
                    onlySuccessful: true, as: Payload.self)
            }
            await check(server)
            return found
        }
    }

    @Test func `the history is asked with the key, the window and the endpoints`() async throws {
        let found = try await Self.requests([.json(200, #"{"items":[],"has_more":false,"next_cursor":null}"#)]) {
            server in
            let call = await server.received.first
            #expect(call?.path == "/v1/models/requests/by-endpoint")
            #expect(call?.headers.first(name: "authorization") == "Key \(sampleKey)")
            #expect(
                call?.query
                    == "endpoint_id=fal-ai%2Fx%2Fedit&endpoint_id=fal-ai%2Fy&start=2024-11-26T05%3A46%3A40.004Z"
                    + "&end=2024-11-27T09%3A33%3A20.000Z&expand=payloads&limit=100&status=success")
        }
        #expect(found.isEmpty)
    }

    @Test func `pages are followed to the last one, each request comes once, and a cursor that turns in circles ends`()
        async throws
    {
        func item(_ id: String) -> String {
            #"{"request_id":"\#(id)","endpoint_id":"fal-ai/y","sent_at":"2026-01-01T00:00:00Z"}"#
        }
        let pages: [LoopbackServer.Reaction] = [
            .json(200, #"{"items":[\#(item("a")),\#(item("b"))],"has_more":true,"next_cursor":"Mg=="}"#),
            .json(200, #"{"items":[\#(item("b")),\#(item("c"))],"has_more":true,"next_cursor":"Mw=="}"#),
            .json(200, #"{"items":[\#(item("d"))],"has_more":true,"next_cursor":"Mg=="}"#),
        ]
        let found = try await Self.requests(pages) { server in
            #expect(await server.received.map { $0.parameters["cursor"] } == [nil, "Mg==", "Mw=="])
        }
        #expect(found.map(\.id) == ["a", "b", "c", "d"])
    }

    @Test func `inputs and answers keep every digit, and what is no request is passed over`() async throws {
        let found = try await Self.requests([
            .json(
                200,
                #"""
                {"items":[7,{"request_id":"../x","endpoint_id":"e/e","sent_at":"2026-01-01T00:00:00Z"},{"request_id":"no-time"},
                 {"request_id":"a","endpoint_id":"fal-ai/y","started_at":"2026-01-01T00:00:05.5Z","ended_at":"2026-01-01T00:00:08Z",
                  "status_code":200,"json_input":{"seed":18446744073709551615},"json_output":{"images":[]},"new":1}]}
                """#)
        ])
        #expect(found.count == 1)
        #expect(found.first?.at == 1_767_225_605_500)
        #expect(found.first?.input?.seed == .max)
        #expect(found.first?.output?.images == [])
        #expect(found.first?.statusCode == 200)
    }

    @Test(arguments: [
        (401, "unauthorized"), (403, "forbidden"), (404, "rejected"), (500, "unavailable"),
    ])
    func `a refusal is told with fal's own sentence`(status: Int, code: String) async throws {
        let error = await falError {
            _ = try await Self.requests([.json(status, #"{"error":{"type":"x","message":"may not"}}"#)])
        }
        #expect(error?.code == code)
        #expect(error?.description.contains("may not") == true)
    }

    @Test(arguments: ["<html>", "[]", #"{"items":{}}"#])
    func `an answer that is no list is not understood`(text: String) async throws {
        let error = await falError { _ = try await Self.requests([.json(200, text)]) }
        #expect(error?.code == "unintelligible")
    }

    @Test(arguments: [
        ("2026-01-01T00:00:00Z", 1_767_225_600_000 as Int64?), ("2026-01-01T00:00:00.123456Z", 1_767_225_600_123),
        ("2026-01-01T00:00:00.5+00:00", 1_767_225_600_500), ("2026-01-01T02:00:00+02:00", 1_767_225_600_000),
        ("2026-01-01T00:00:00", 1_767_225_600_000), ("yesterday", nil), ("", nil),
    ])
    func `times are read with any fraction and any offset`(text: String, milliseconds: Int64?) {
        #expect(WireTime.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [0, 1, -1, 999, 1_767_225_600_123] as [Int64])
    func `a time that was written is read again`(milliseconds: Int64) {
        #expect(WireTime.milliseconds(WireTime.text(milliseconds)) == milliseconds)
    }

    @Test func `a request that is known by its id has the addresses of the protocol`() async throws {
        try await withTransport(to: "http://127.0.0.1:9") { transport in
            let request = try FalQueue(transport).request("r1", of: "fal-ai/x/edit")
            #expect(request.statusURL == "http://127.0.0.1:9/fal-ai/x/requests/r1/status")
            #expect(request.responseURL == "http://127.0.0.1:9/fal-ai/x/requests/r1")
            #expect(request.cancelURL == "http://127.0.0.1:9/fal-ai/x/requests/r1/cancel")
        }
    }
}
