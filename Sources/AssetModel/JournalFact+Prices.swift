/// What can be said about prices.
extension JournalEntry {
    /// Prices were read from fal's list, on the day of the entry.
    package struct PricesSeen: Hashable, Sendable, Codable {
        /// Whose prices: the account and server that they were read from.
        package let host: RemoteHost
        /// The prices, one an endpoint.
        package let prices: [Price]

        package init(host: RemoteHost, prices: [Price]) {
            self.host = host
            self.prices = prices
        }

        /// One endpoint's price, in fal's words.
        package struct Price: Hashable, Sendable, Codable {
            /// The endpoint's id.
            package let endpoint: String
            /// What one unit costs.
            package let unitPrice: Double
            /// What is counted.
            package let unit: String
            /// ISO 4217 code.
            package let currency: String

            package init(endpoint: String, unitPrice: Double, unit: String, currency: String) {
                self.endpoint = endpoint
                self.unitPrice = unitPrice
                self.unit = unit
                self.currency = currency
            }

            private enum CodingKeys: String, CodingKey {
                case endpoint, unit, currency
                case unitPrice = "unit_price"
            }
        }
    }
}
