import AssetModel

/// The texts of one picture, for rules to look things up in. Every rule sees every text, wherever it stands.
struct EmbeddedTexts {
    /// All of them, in file order.
    let all: [EmbeddedText]
    /// What parsing them may cost.
    let limits: RecipeLimits
    /// The picture's stored size, where it could be read.
    let size: PixelSize?
    /// All of them again, those first that stand where most generators put one long text: `parameters` of a PNG, the user
    /// comment of the others, which photo programs copy into XMP.
    let settings: [EmbeddedText]
    /// What each of them is as JSON, read once for all rules.
    private let values: [JSONValue?]
    /// What each of them is in the common text form, read once for all rules.
    private let infotexts: [Infotext?]

    init(all: [EmbeddedText], limits: RecipeLimits, size: PixelSize? = nil) {
        self.all = all
        self.limits = limits
        self.size = size
        var valuesLeft = limits.maximumValueCount
        let values = all.map { BoundedJSON.value(of: $0.text, limits: limits, valuesLeft: &valuesLeft) }
        self.values = values
        infotexts = all.indices.map { values[$0] == nil ? Infotext(all[$0].text) : nil }
        let places: [(EmbeddedText.Carrier, String)] = [
            (.png, "parameters"), (.exif, "UserComment"), (.comment, "comment"), (.xmp, "UserComment"),
        ]
        let ranks = all.map { text in
            places.firstIndex { $0.0 == text.carrier && text.keyword.isSameKeyword(as: $0.1) } ?? places.count
        }
        let order = (0...places.count).flatMap { rank in all.indices.filter { ranks[$0] == rank } }
        settings = order.map { all[$0] }
        objects = order.compactMap { index in values[index].map { (all[index], $0) } }
    }

    /// Whether a text stands where generators put such texts themselves.
    func isAtHome(_ text: EmbeddedText) -> Bool {
        switch text.carrier {
        case .png: text.keyword.isSameKeyword(as: "parameters")
        case .exif, .xmp: text.keyword == "UserComment"
        case .comment: true
        default: false
        }
    }

    /// The first text with a name in one kind of container, in whatever case it is written.
    func first(_ carrier: EmbeddedText.Carrier, _ keyword: String) -> EmbeddedText? {
        all.first { $0.carrier == carrier && $0.keyword == keyword }
            ?? all.first { $0.carrier == carrier && $0.keyword.isSameKeyword(as: keyword) }
    }

    /// The texts that are JSON, with their values, in the order of `settings`.
    let objects: [(text: EmbeddedText, json: JSONValue)]

    /// The text as JSON, or nil when it is not JSON or exceeds the limits.
    func json(_ text: EmbeddedText) -> JSONValue? { index(text).flatMap { values[$0] } }

    /// The text in the form that AUTOMATIC1111 made common, or nil when it is not in that form.
    func infotext(_ text: EmbeddedText) -> Infotext? { index(text).flatMap { infotexts[$0] } }

    private func index(_ text: EmbeddedText) -> Int? {
        all.firstIndex { $0.place == text.place && $0.keyword == text.keyword && $0.carrier == text.carrier }
    }
}

extension String {
    /// Whether two keywords are the same but for the case of ASCII letters.
    func isSameKeyword(as other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { $0 == $1 || $0 | 0x20 == $1 | 0x20 && 0x61...0x7A ~= $0 | 0x20 }
    }

    /// Whether nothing but white space stands in it.
    var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }
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
