package import AssetLibrary
package import AssetModel

extension UnitPrice {
    /// `unit_price unit currency priced_at price_source`, null where no price is on record.
    package static func json(_ price: UnitPrice?) -> JSONObject {
        [
            "unit_price": JSONValue(price?.amount), "unit": JSONValue(price?.unit),
            "currency": JSONValue(price?.currency), "priced_at": JSONValue(price?.seenOn),
            "price_source": JSONValue(price?.source),
        ]
    }
}

extension Run.Billing {
    /// `units unit unit_price currency cost_usd`: what fal billed for a run; null where the price of the day is not known.
    package var json: JSONObject {
        [
            "units": .number(units), "unit": JSONValue(unit), "unit_price": JSONValue(unitPrice),
            "currency": JSONValue(currency), "cost_usd": JSONValue(cost.map(Money.rounded)),
        ]
    }
}

extension CostReport.Row {
    /// `by name runs unknown_runs megapixels estimated_price_usd unestimated_runs priced_at actual_price_usd billed_runs drift_usd pictures
    /// price_per_picture_usd`; `by` is `day model set total`. `drift_usd` is actual less estimate, over the runs that have both.
    package func json(by kind: String, pricedAt: String?) -> JSONObject {
        [
            "by": JSONValue(kind), "name": JSONValue(name.isEmpty ? nil : name), "runs": JSONValue(runCount),
            "unknown_runs": JSONValue(unknownCount), "megapixels": JSONValue(Money.rounded(megapixels)),
            "estimated_price_usd": JSONValue(estimatedPrice.map(Money.rounded)),
            "unestimated_runs": JSONValue(unpricedCount), "priced_at": JSONValue(pricedAt),
            "actual_price_usd": JSONValue(actualPrice.map(Money.rounded)), "billed_runs": JSONValue(billedCount),
            "drift_usd": JSONValue(drift.map(Money.rounded)), "pictures": JSONValue(pictureCount),
            "price_per_picture_usd": JSONValue(pricePerPicture.map(Money.rounded)),
        ]
    }
}

/// Numbers as they are published.
private enum Money {
    /// To a millionth, which is finer than any price.
    static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}
