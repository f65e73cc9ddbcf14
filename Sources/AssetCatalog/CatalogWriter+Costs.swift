package import AssetModel
internal import GRDB

/// What entries say about money: prices on fal's list, and what was billed.
extension CatalogWriter {
    /// Keeps every sighting: what a run was estimated to cost goes by the price of its day. A price that cannot be one is passed
    /// over, so that no entry of another program can stop a fold.
    func applyPricesSeen(_ fact: JournalEntry.PricesSeen, _ entry: JournalEntry) throws {
        for price in fact.prices
        where Self.isAmount(price.unitPrice) && ![price.endpoint, price.unit, price.currency].contains("") {
            try sql.run(
                """
                INSERT INTO price (endpoint, host, entry, at, amount, unit, currency) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """, price.endpoint, try word(fact.host.name), entry.id, entry.at.milliseconds, price.unitPrice,
                price.unit, price.currency)
        }
    }

    /// Whether a price of an endpoint was read from fal's list for an account since a moment.
    package func knowsPrice(of endpoint: String, on host: RemoteHost, since: Timestamp) throws(CatalogError) -> Bool {
        try translating {
            try sql.integer(
                """
                SELECT 1 FROM price JOIN word ON word.id = price.host WHERE endpoint = ? AND word.text = ? AND at > ?
                """, endpoint, host.name, since.milliseconds) != nil
        }
    }

    /// Notes what fal billed for a run: the newest entry that says so counts, whether the run ended with it or not.
    func noteBilling(_ billing: Run.Billing?, of run: Int64, _ entry: JournalEntry) throws {
        guard let billing, Self.isAmount(billing.units) else { return }
        let price = billing.unitPrice.flatMap { Self.isAmount($0) ? $0 : nil }
        try sql.run(
            """
            UPDATE generation SET billedBy = ?2, billedUnits = ?3, billedPrice = ?4, billedUnit = ?5, billedCurrency = ?6
            WHERE id = ?1 AND (billedBy IS NULL OR billedBy < ?2)
            """, run, entry.id, billing.units, price, try billing.unit.map(word), try billing.currency.map(word))
    }

    private static func isAmount(_ number: Double) -> Bool { number.isFinite && number >= 0 }

    /// How many pictures a request asks for, as it says itself; nil when it says nothing that can be counted.
    static func plannedImages(_ parameters: JSONValue) -> Int? {
        parameters[.imageCount]?.int.flatMap { 1...10_000 ~= $0 ? $0 : nil }
    }

    /// The pixels of some pictures together, by what inspection measured when they came.
    static func pixels(of outputs: [Run.Output]) -> Int {
        outputs.reduce(0) { sum, output in
            let (next, overflows) = sum.addingReportingOverflow(output.facts.storedSize.pixelCount)
            return overflows ? .max : next
        }
    }
}
