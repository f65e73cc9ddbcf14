import AssetModel

/// The texts of one picture, for rules to look things up in.
struct EmbeddedTexts {
    /// All of them, in file order.
    let all: [EmbeddedText]
    /// What parsing them may cost.
    let limits: RecipeLimits
    /// What each of them is as JSON, read once for all rules.
    private let values: [JSONValue?]
    /// The places where most generators put one long text: `parameters` of a PNG, the user comment of the others, which
    /// photo programs copy into XMP.
    let settings: [EmbeddedText]
    /// What each of these is in the common text form, read once for all rules.
    private let infotexts: [Infotext?]

    init(all: [EmbeddedText], limits: RecipeLimits) {
        self.all = all
        self.limits = limits
        var valuesLeft = limits.maximumValueCount
        values = all.map { BoundedJSON.value(of: $0.text, limits: limits, valuesLeft: &valuesLeft) }
        let places: [(EmbeddedText.Carrier, String)] = [
            (.png, "parameters"), (.exif, "UserComment"), (.comment, "comment"), (.xmp, "UserComment"),
        ]
        settings = places.compactMap { carrier, keyword in
            all.first { $0.carrier == carrier && $0.keyword == keyword }
        }
        infotexts = settings.map { Infotext($0.text) }
    }

    /// The first text with a name in one kind of container.
    func first(_ carrier: EmbeddedText.Carrier, _ keyword: String) -> EmbeddedText? {
        all.first { $0.carrier == carrier && $0.keyword == keyword }
    }

    /// The text as JSON, or nil when it is not JSON or exceeds the limits.
    func json(_ text: EmbeddedText) -> JSONValue? {
        all.firstIndex { $0.place == text.place && $0.keyword == text.keyword }.flatMap { values[$0] }
    }

    /// The text in the form that AUTOMATIC1111 made common, or nil when it is not in that form.
    func infotext(_ text: EmbeddedText) -> Infotext? {
        guard let index = settings.firstIndex(where: { $0.place == text.place && $0.keyword == text.keyword }) else {
            return Infotext(text.text)
        }
        return infotexts[index]
    }
}

extension JSONValue {
    /// The text of a member, or nil when it is empty or not a text.
    func words(_ key: String) -> String? {
        self[key]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A member that is a seed: a whole number from 0 to 2⁶⁴ − 1, or its digits as text.
    ///
    /// A number with a fraction sign counts only below 2⁵³: above, digits have been lost on the way.
    func seedNumber(_ key: String) -> UInt64? {
        switch self[key] {
        case .string(let text): UInt64(text)
        case .number(let value): value < 9_007_199_254_740_992 ? UInt64(exactly: value) : nil
        case let other: other?.seed
        }
    }

    /// A member that is a number of steps, or its digits as text.
    func stepNumber(_ key: String) -> Int? {
        let number = self[key]?.int ?? self[key]?.text.flatMap { Int($0) }
        return number.flatMap { 1...100_000 ~= $0 ? $0 : nil }
    }

    /// A member that is any number, or one as text.
    func decimal(_ key: String) -> Double? {
        let number: Double? =
            switch self[key] {
            case .integer(let value): Double(value)
            case .unsigned(let value): Double(value)
            case .number(let value): value
            case .string(let text): Double(text)
            default: nil
            }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    /// Two members that are sides in pixels, or their digits as text.
    func pixelSize(_ width: String = "width", _ height: String = "height") -> PixelSize? {
        guard let width = self[width]?.int ?? self[width]?.text.flatMap({ Int($0) }),
            let height = self[height]?.int ?? self[height]?.text.flatMap({ Int($0) })
        else { return nil }
        return PixelSize(width: width, height: height)
    }
}

extension String {
    /// Nil instead of an empty text.
    var orNil: String? { isEmpty ? nil : self }
}
