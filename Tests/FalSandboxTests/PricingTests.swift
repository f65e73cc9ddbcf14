import AssetModel
import FalSandbox
import Testing

struct PricingTests {
    private static let list = "/v1/models/pricing?endpoint_id="

    @Test func `the price list tells unit price, unit and currency of each endpoint`() async throws {
        try await SandboxCaller.with { caller in
            let answer = try await caller.send(
                .GET, Self.list + "fal-ai%2Fhidream-o1-image%2Fdev&endpoint_id=fal-ai/other")
            #expect(answer.status == 200)
            #expect(
                try answer.json["prices"]
                    == .array([
                        [
                            "endpoint_id": .string(Endpoint.dev), "unit_price": .number(0.005), "unit": "megapixels",
                            "currency": "USD",
                        ],
                        [
                            "endpoint_id": "fal-ai/other", "unit_price": .number(0.025), "unit": "images",
                            "currency": "USD",
                        ],
                    ]))
            #expect(try answer.json["has_more"] == .bool(false))
            #expect(try await caller.send(.GET, "/v1/models/pricing").status == 422)
            #expect(try await caller.send(.GET, Self.list + "fal-ai/hidream-o1-image/nothing").status == 404)
            #expect(try await caller.withoutKey.send(.GET, Self.list + "fal-ai/other").status == 401)
            let many = Array(repeating: "fal-ai/other", count: 51).joined(separator: "&endpoint_id=")
            #expect(try await caller.send(.GET, Self.list + many).status == 422)
        }
    }

    @Test func `a result says how many units were billed: megapixels of what came, else images`() async throws {
        try await SandboxCaller.with { caller in
            let input: JSONValue = ["prompt": "p", "image_size": "square_hd", "num_images": .integer(2)]
            let described = try await caller.complete(Endpoint.create, input)
            #expect(described.header("x-fal-billable-units") == "2.097152")
            let other = try await caller.complete("fal-ai/other", input)
            #expect(other.header("x-fal-billable-units") == "2.0")
            let echo = try await caller.complete("fal-ai/other", ["image_url": "https://elsewhere/a.png"])
            #expect(echo.header("x-fal-billable-units") == "1.0")
        }
    }

    @Test(arguments: [("pricing:403", 403), ("pricing:500", 500), ("pricing:none", 200)])
    func `prices can be withheld`(fault: String, status: Int) async throws {
        let script = try SandboxScript(parsing: [fault])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            let answer = try await caller.send(.GET, Self.list + "fal-ai/other")
            #expect(answer.status == status)
            if status == 200 { #expect(try answer.json["prices"] == .array([])) }
        }
    }

    @Test func `a result can keep silent about what was billed`() async throws {
        let script = try SandboxScript(parsing: ["billing:none:1"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            let first = try await caller.complete(Endpoint.dev, ["prompt": "p"])
            let second = try await caller.complete(Endpoint.dev, ["prompt": "p"])
            #expect(first.header("x-fal-billable-units") == nil)
            #expect(second.header("x-fal-billable-units") != nil)
        }
    }
}
