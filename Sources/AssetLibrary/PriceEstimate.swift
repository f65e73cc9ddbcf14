import AssetModel
import FalAPI

/// What units cost: what was read from fal's list, else what the described models came with.
struct PriceBook: Sendable {
    /// In the order in which they were read, by endpoint.
    private let seen: [String: [SeenPrice]]

    init(_ prices: [SeenPrice]) { seen = Dictionary(grouping: prices, by: \.endpoint) }

    /// The price of an endpoint for an account: the account's own, else another account's at the same server. Nil when none is on
    /// record.
    ///
    /// What was read goes before what a described model came with. `host` nil stands for fal itself, whoever asks. With `day`, in whole days since 1970, it is the price of that day: the last
    /// one read until its end, or the first one after it.
    func price(of endpoint: String, on host: RemoteHost?, day: Int64? = nil) -> UnitPrice? {
        listed(endpoint, on: host, day: day) ?? EditModels.entry(endpoint)?.price
    }

    /// The same without what the described models came with.
    func listed(_ endpoint: String, on host: RemoteHost?, day: Int64? = nil) -> UnitPrice? {
        let service = host?.service ?? FalEndpoints.production.queue
        let prices = (seen[endpoint] ?? []).filter { $0.host.service == service }
        let own = prices.filter { $0.host == host }
        let known = own.isEmpty ? prices : own
        let until = day.map { Timestamp(milliseconds: ($0 + 1) * 86_400_000) }
        let last = known.last { price in until.map { price.seenAt < $0 } ?? true }
        return (last ?? known.first)?.price
    }
}

/// What runs are expected to cost.
enum PriceEstimate {
    /// Whether what was spent and one more price stay within a budget. Equal is within; a sum of many prices may be off by
    /// the last bits of a double, which is no money.
    static func fits(_ spent: Double, _ price: Double, in budget: Double?) -> Bool {
        guard let budget else { return true }
        return spent + price <= budget + 1e-9
    }
}

extension UnitPrice {
    /// What a run costs whose output size may be known, in US dollars; nil where that cannot be told before.
    func cost(_ size: PixelSize?, _ parameters: JSONValue) -> Double? {
        let images = parameters[.imageCount]?.int ?? 1
        return cost(megapixels: size.map { $0.megapixels * Double(images) }, images: images)
    }
}
