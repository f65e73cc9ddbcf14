import AssetModel
import Hummingbird

/// What things cost, and what was billed; the sandbox itself is free.
extension SandboxResponder {
    /// How many endpoints one question may name.
    private static let largestPriceList = 50

    /// `GET /v1/models/pricing?endpoint_id=…`, once for each endpoint. One that does not exist makes the whole question 404.
    func pricing(_ exchange: Exchange) async -> SandboxAnswer {
        if await state.fails(.pricingForbidden) {
            return .detail(403, "The key may not read prices", type: "authorization_error")
        }
        if await state.fails(.pricingUnavailable) { return .broken }
        let endpoints = exchange.request.uri.queryParameters.filter { $0.key == "endpoint_id" }.map { String($0.value) }
        guard 1...Self.largestPriceList ~= endpoints.count else {
            let problem = InputProblem(
                [.string("query"), .string("endpoint_id")],
                "Between 1 and \(Self.largestPriceList) endpoints must be given", type: "value_error")
            return SandboxResult.failure(ModelFailure([problem]))
        }
        var prices: [JSONValue] = []
        for endpoint in endpoints {
            guard let model = SandboxModel(named: endpoint) else {
                return .detail(404, "Endpoint \(endpoint) not found", type: "not_found")
            }
            prices.append(
                .object([
                    "endpoint_id": .string(endpoint), "unit_price": .number(model.unitPrice),
                    "unit": .string(model.unit), "currency": .string("USD"),
                ]))
        }
        if await state.fails(.pricingEmpty) { prices = [] }
        return .json(
            200, .object(["prices": .array(prices), "next_cursor": .null, "has_more": .bool(false)]))
    }

    /// The header that says how many units a result was billed; nothing for a run that failed, which costs nothing.
    func billing(_ outcome: SandboxJob.Outcome, _ model: SandboxModel) async -> [String: String] {
        guard case .pictures(let drawn) = outcome, await !state.fails(.billingSilent) else { return [:] }
        return ["x-fal-billable-units": "\(model.units(of: drawn))"]
    }
}

extension SandboxModel {
    /// What is counted: megapixels of output where fal says so, else pictures.
    var unit: String { isEcho ? "images" : "megapixels" }

    /// What one unit would cost in US dollars: of the models that fal describes its own price, else an invented one.
    var unitPrice: Double { isEcho ? 0.025 : endpoint.contains("/dev") ? 0.005 : 0.01 }

    /// How many units pictures are; an answer without any is one image.
    func units(of drawn: DrawnPictures) -> Double {
        isEcho
            ? Double(max(1, drawn.pictures.count)) : drawn.pictures.reduce(0) { $0 + $1.size.megapixels }
    }
}
