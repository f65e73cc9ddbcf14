extension Run {
    /// What fal billed for a run, as it said itself when the result was fetched.
    public struct Billing: Hashable, Sendable, Codable {
        /// How many units were billed, in the unit of the endpoint's price.
        public let units: Double
        /// What one unit cost on that day; nil when fal's list could not be read.
        public let unitPrice: Double?
        /// What was counted, in fal's word; nil with `unitPrice`.
        public let unit: String?
        /// ISO 4217 code of the price; nil with `unitPrice`.
        public let currency: String?

        /// Units, and the price of that day where it is known.
        package init(units: Double, price: UnitPrice?) {
            self.init(units: units, unitPrice: price?.amount, unit: price?.unit, currency: price?.currency)
        }

        package init(units: Double, unitPrice: Double?, unit: String?, currency: String?) {
            self.units = units
            self.unitPrice = unitPrice
            self.unit = unit
            self.currency = currency
        }

        /// What the run cost in US dollars: units times unit price. Nil without a price, and for another currency.
        public var cost: Double? {
            guard let unitPrice, currency == UnitPrice.dollars else { return nil }
            return units * unitPrice
        }

        private enum CodingKeys: String, CodingKey {
            case units, unit, currency
            case unitPrice = "unit_price"
        }
    }
}
