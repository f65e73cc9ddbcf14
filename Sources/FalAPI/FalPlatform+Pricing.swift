import AsyncHTTPClient
import NIOHTTP1

/// Prices (protocol facts, section 0.1, documented): `GET /models/pricing`, with an ordinary key. They are the account's own.
extension FalPlatform {
    /// What one endpoint costs, in fal's words.
    package struct Price: Sendable, Hashable {
        /// The endpoint's id.
        package let endpoint: String
        /// What one unit costs: a number from 0.
        package let unitPrice: Double
        /// What is counted, such as `megapixels` or `images`.
        package let unit: String
        /// ISO 4217 code, such as `USD`.
        package let currency: String
    }

    /// How many endpoints one call may ask about.
    private static let endpointsPerCall = 50

    /// The prices of some endpoints. One that fal has no price of, or does not know, is left out, and so is an entry that cannot be
    /// read. Cost: one call for each 50 of them; a batch with an unknown endpoint is asked about one by one.
    ///
    /// `once` makes a single attempt at each call, for a caller who can do without. Errors: `malformedEndpoint` before anything is
    /// sent; `forbidden` for a key that may not read prices.
    package func prices(of endpoints: [String], once: Bool = false) async throws(FalError) -> [Price] {
        for endpoint in endpoints { _ = try EndpointID(endpoint) }
        var prices: [Price] = []
        var rest = endpoints[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(Self.endpointsPerCall))
            rest = rest.dropFirst(batch.count)
            do throws(FalError) {
                prices += try await ask(batch, once)
            } catch FalError.rejected(status: 404, _, _, _) {
                guard batch.count > 1 else { continue }
                for endpoint in batch {
                    do throws(FalError) {
                        prices += try await ask([endpoint], once)
                    } catch FalError.rejected(status: 404, _, _, _) {
                        continue
                    }
                }
            }
        }
        return prices
    }

    private func ask(_ endpoints: [String], _ once: Bool) async throws(FalError) -> [Price] {
        var call = call("/models/pricing", endpoints.map { ("endpoint_id", $0) })
        call.isTriedOnce = once
        return try await transport.perform(call) { response in
            let answer = try await FalTransport.json(response)
            guard let entries = answer["prices"]?.array else {
                throw AttemptFailure.garbled(
                    .unintelligible(
                        what: "the price list has no prices",
                        requestID: response.headers.first(name: "x-fal-request-id")))
            }
            return entries.compactMap(Price.init).filter { endpoints.contains($0.endpoint) }
        }
    }
}

extension FalPlatform.Price {
    /// Nil for an entry without the four fields, and for a number that is no price.
    fileprivate init?(_ json: LooseJSON) {
        guard let endpoint = json["endpoint_id"]?.string, let unitPrice = json["unit_price"]?.number,
            unitPrice.isFinite, unitPrice >= 0, let unit = json["unit"]?.string, !unit.isEmpty,
            let currency = json["currency"]?.string, !currency.isEmpty
        else { return nil }
        self.init(
            endpoint: endpoint, unitPrice: unitPrice, unit: PlainText.oneLine(unit, limit: 60),
            currency: PlainText.oneLine(currency, limit: 10))
    }
}
