/// What an endpoint costs: so much for each unit of what it makes, in the unit that fal bills it by.
public struct UnitPrice: Hashable, Sendable {
    /// How much one unit costs, in `currency`.
    public let amount: Double
    /// What is counted, in fal's own word, such as `megapixels`, `images` or `compute seconds`.
    public let unit: String
    /// The currency's ISO 4217 code, such as `USD`.
    public let currency: String
    /// When it was read: a day such as `2026-11-26`, UTC, or a month where no more is known.
    public let seenOn: String
    /// Where it was read, for people.
    public let source: String

    package init(amount: Double, unit: String, currency: String = Self.dollars, seenOn: String, source: String) {
        self.amount = amount
        self.unit = unit
        self.currency = currency
        self.seenOn = seenOn
        self.source = source
    }

    /// The currency of every sum that is shown.
    package static let dollars = "USD"

    /// What can be counted before a run; everything else is known only afterwards.
    enum Measure: Hashable {
        /// Millions of output pixels.
        case megapixels
        /// Pictures.
        case images
        /// Runs.
        case requests
    }

    /// What the unit counts, where a plan can tell; nil for seconds, tokens, and words that are not known here.
    var measure: Measure? {
        switch unit.lowercased() {
        case "megapixel", "megapixels": .megapixels
        case "image", "images": .images
        case "request", "requests": .requests
        default: nil
        }
    }

    /// The US dollars that runs cost by this price: `megapixels` of all their pictures together, nil when not known before,
    /// how many pictures, and how many runs. Nil where the unit is none that can be told before a run, and for another currency.
    package func cost(megapixels: Double?, images: Int, requests: Int = 1) -> Double? {
        guard currency == Self.dollars else { return nil }
        return switch measure {
        case .megapixels: megapixels.map { $0 * amount }
        case .images: Double(images) * amount
        case .requests: Double(requests) * amount
        case nil: nil
        }
    }
}

/// A price as it was read from fal's list, for one endpoint and one account: fal may give accounts prices of their own.
public struct SeenPrice: Hashable, Sendable {
    /// The endpoint's id.
    public let endpoint: String
    /// Whose price it is: the account and server that it was read from.
    public let host: RemoteHost
    /// When it was read.
    public let seenAt: Timestamp
    /// The price.
    public let price: UnitPrice

    /// A price on fal's list.
    package init(endpoint: String, host: RemoteHost, seenAt: Timestamp, amount: Double, unit: String, currency: String)
    {
        self.endpoint = endpoint
        self.host = host
        self.seenAt = seenAt
        price = UnitPrice(
            amount: amount, unit: unit, currency: currency, seenOn: String(seenAt.description.prefix(10)),
            source: "fal's price list")
    }
}
