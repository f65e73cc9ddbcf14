import Foundation

/// What a run is expected to cost. fal bills by the megapixel of what comes back, references do not count.
public enum PriceEstimate {
    /// When the prices were looked up, in fal's documentation.
    public static let seenOn = "2026-09"

    /// US dollars for some millions of output pixels; nil for a model whose price nobody has looked up.
    ///
    /// 0.01 a megapixel for `fal-ai/hidream-o1-image` and its `/edit`, 0.005 for the `/dev` ones. An estimate: the account's
    /// own terms decide.
    public static func estimatedCost(model: String, megapixels: Double) -> Double? {
        EditModels.all.first { $0.id == model }.map { megapixels * $0.pricePerMegapixel }
    }

    /// Whether what was spent and one more price stay within a budget. Equal is within; a sum of many prices may be off by
    /// the last bits of a double, which is no money.
    static func fits(_ spent: Double, _ price: Double, in budget: Double?) -> Bool {
        guard let budget else { return true }
        return spent + price <= budget + 1e-9
    }
}
