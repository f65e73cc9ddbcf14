public import AssetModel

/// What runs are expected to cost. fal bills by the megapixel of what comes back; references do not count.
enum PriceEstimate {
    /// US dollars for some millions of output pixels; nil for a model without a price on record. An estimate: the account's own
    /// terms decide.
    static func estimatedCost(model: String, megapixels: Double) -> Double? {
        EditModels.entry(model).map { megapixels * $0.price.perMegapixel }
    }

    /// Whether what was spent and one more price stay within a budget. Equal is within; a sum of many prices may be off by
    /// the last bits of a double, which is no money.
    static func fits(_ spent: Double, _ price: Double, in budget: Double?) -> Bool {
        guard let budget else { return true }
        return spent + price <= budget + 1e-9
    }
}

extension Run {
    /// What it costs by the estimate for its planned pixels, in US dollars; nil for a model without a known price or size.
    public var estimatedPrice: Double? {
        guard let plannedSize else { return nil }
        return PriceEstimate.estimatedCost(
            model: model, megapixels: plannedSize.megapixels * Double(parameters[.imageCount]?.int ?? 1))
    }
}
