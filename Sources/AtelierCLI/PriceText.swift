import AssetLibrary
import AssetModel

/// Prices for people.
enum PriceText {
    /// `about $0.0419 (fal's price of 2026-11-26, $0.0100 a megapixel)`, or the unit's price alone where only fal can count.
    static func estimate(_ plan: RunPlan) -> String {
        guard let price = plan.price else { return "no price on record" }
        guard let cost = plan.cost else { return "\(line(price)) (fal's price of \(price.seenOn))" }
        return "about \(Phrase.dollars(cost)) (fal's price of \(price.seenOn), \(line(price)))"
    }

    /// `$0.0100 a megapixel`, `$0.0250 an image`, `$0.0500 per seconds`: fal's own word where we know none.
    static func line(_ price: UnitPrice) -> String {
        let amount = price.currency == "USD" ? Phrase.dollars(price.amount) : "\(price.amount) \(price.currency)"
        return switch price.unit.lowercased() {
        case "megapixel", "megapixels": "\(amount) a megapixel"
        case "image", "images": "\(amount) an image"
        case "request", "requests": "\(amount) a request"
        case "second", "seconds": "\(amount) a second"
        case "compute second", "compute seconds": "\(amount) a compute second"
        default: "\(amount) per “\(price.unit)”"
        }
    }

    /// `$0.0419, 4.19 megapixels`: what fal billed.
    static func billing(_ billing: Run.Billing) -> String {
        let unit = billing.unit ?? "units"
        let units = "\(Phrase.decimal(billing.units, 2)) \(unit)"
        return billing.cost.map { "\(Phrase.dollars($0)), \(units)" } ?? "\(units), price not known"
    }
}
