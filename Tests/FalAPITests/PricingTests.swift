import Foundation
import NIOHTTP1
import Testing

@testable import FalAPI

/// fal's price list, and what a result says was billed.
struct PricingTests {
    private static func entry(
        _ endpoint: String, _ more: String = #""unit_price":0.025,"unit":"images","currency":"USD""#
    )
        -> String
    { #"{"endpoint_id":"\#(endpoint)",\#(more)}"# }

    private static func list(_ entries: [String]) -> LoopbackServer.Reaction {
        .json(200, #"{"prices":[\#(entries.joined(separator: ","))],"next_cursor":null,"has_more":false}"#)
    }

    private static func ask(
        _ endpoints: [String], _ answer: @escaping @Sendable (LoopbackServer.Received, Int) -> LoopbackServer.Reaction,
        check: @escaping @Sendable (LoopbackServer) async throws -> Void = { _ in }
    ) async throws -> [FalPlatform.Price] {
        try await LoopbackServer.withRunning { request, number, _ in
            answer(request, number)
        } _: { server in
            let prices = try await withTransport(to: server.url) { try await FalPlatform($0).prices(of: endpoints) }
            try await check(server)
            return prices
        }
    }

    @Test func `endpoints are asked about 50 at a time, with the key, each by its name`() async throws {
        let endpoints = (1...51).map { "fal-ai/model-\($0)/edit" }
        let prices = try await Self.ask(endpoints) { request, _ in
            let names = request.query.split(separator: "&").map {
                String($0.dropFirst("endpoint_id=".count)).removingPercentEncoding ?? ""
            }
            return Self.list(names.map { Self.entry($0) })
        } check: { server in
            let received = await server.received
            #expect(received.map(\.path) == ["/v1/models/pricing", "/v1/models/pricing"])
            #expect(received.allSatisfy { $0.headers.first(name: "authorization") == "Key \(sampleKey)" })
        }
        #expect(prices.map(\.endpoint) == endpoints)
        #expect(prices.first?.unitPrice == 0.025 && prices.first?.unit == "images" && prices.first?.currency == "USD")
    }

    @Test func `an endpoint that fal does not know leaves the others' prices`() async throws {
        let prices = try await Self.ask(["fal-ai/a", "fal-ai/gone", "fal-ai/b"]) { request, _ in
            if request.query.contains("gone") { return .json(404, #"{"detail":"not found"}"#) }
            return Self.list([Self.entry(request.query.contains("fal-ai%2Fa") ? "fal-ai/a" : "fal-ai/b")])
        }
        #expect(prices.map(\.endpoint) == ["fal-ai/a", "fal-ai/b"])
    }

    @Test func `an entry that is no price is passed over, and so is one that was not asked for`() async throws {
        let prices = try await Self.ask(["fal-ai/a"]) { _, _ in
            Self.list([
                Self.entry("fal-ai/other"),
                Self.entry("fal-ai/a", #""unit_price":-1,"unit":"images","currency":"USD""#),
                Self.entry("fal-ai/a", #""unit_price":"x","unit":"images","currency":"USD""#),
                Self.entry("fal-ai/a", #""unit_price":1,"unit":"","currency":"USD""#),
                Self.entry("fal-ai/a", #""unit_price":2,"unit":"compute seconds","currency":"EUR","new":[1]"#), "7",
            ])
        }
        #expect(prices.map(\.unitPrice) == [2])
    }

    @Test func `a key that may not read prices is told so, and an answer without a list is nonsense`() async throws {
        let forbidden = await falError { _ = try await Self.ask(["fal-ai/a"]) { _, _ in .json(403, "{}") } }
        #expect(forbidden == .forbidden(status: 403, detail: nil, requestID: nil))
        let garbled = await falError { _ = try await Self.ask(["fal-ai/a"]) { _, _ in .json(200, "{}") } }
        #expect(garbled == .unintelligible(what: "the price list has no prices", requestID: nil))
        let malformed = await falError { _ = try await Self.ask(["a&b=c"]) { _, _ in .json(200, "{}") } }
        #expect(malformed == .malformedEndpoint("a&b=c"))
    }

    @Test(arguments: [
        ("4.194304", 4.194304), ("1", 1), ("0", 0), (nil, nil), ("", nil), ("many", nil), ("-1", nil), ("inf", nil),
        ("nan", nil),
    ])
    func `the units that a result was billed are read where they are a number`(
        header: String?, units: Double?
    ) async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(200, #"{"images":[]}"#, headers: header.map { ["X-Fal-Billable-Units": $0] } ?? [:])
        } _: { server in
            let request = QueuedRequest(
                requestID: "r", statusURL: server.url, responseURL: server.url + "/r", cancelURL: server.url)
            let result = try await withTransport(to: server.url) { try await FalQueue($0).result(of: request) }
            #expect(result.billableUnits == units)
        }
    }

    @Test(arguments: [
        (200, "OK", CancelAnswer.removed), (202, "OK", .removed), (202, "CANCELLATION_REQUESTED", .requested),
        (200, "CANCELLATION_REQUESTED", .requested), (200, "ALREADY_COMPLETED", .alreadyCompleted),
        (400, "ALREADY_COMPLETED", .alreadyCompleted), (200, "NOT_FOUND", .notFound), (404, "NOT_FOUND", .notFound),
        (204, "", .requested), (202, "SOMETHING_NEW", .requested),
    ])
    func `a cancel is read from its body, whichever success it comes with`(
        status: Int, word: String, answer: CancelAnswer
    ) async throws {
        try await LoopbackServer.withRunning { _, _, _ in
            word.isEmpty ? .answer(status) : .json(status, #"{"status":"\#(word)"}"#)
        } _: { server in
            let request = QueuedRequest(
                requestID: "r", statusURL: server.url, responseURL: server.url, cancelURL: server.url + "/c")
            let told = try await withTransport(to: server.url) { try await FalQueue($0).cancel(request) }
            #expect(told == answer)
        }
    }
}
