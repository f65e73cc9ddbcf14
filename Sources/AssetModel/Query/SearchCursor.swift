/// Where a page of answers ended: hand it back to get the next page.
///
/// It holds the last answer's sort key and id, so a page after the first costs no more than the first, whatever comes in or goes in
/// between. It belongs to one order of the answers. Opaque: only `text` is to be kept, as in a URL.
public struct SearchCursor: Hashable, Sendable {
    /// The order it belongs to.
    package let order: SearchQuery.Order
    /// What the answers are sorted by, of the last one; nil where only the time counts, or where the last one has none.
    package let key: Int64?
    /// The last answer's item.
    package let item: Int64
    /// What an order needs from page to page: the seed of a random one, the bounds of a ranked one.
    package let context: Int64

    package init(order: SearchQuery.Order, key: Int64? = nil, item: Int64, context: Int64 = 0) {
        self.order = order
        self.key = key
        self.item = item
        self.context = context
    }

    /// The cursor as letters, digits, `.`, `-` and `_`.
    public var text: String {
        let fields =
            "1."
            + [key.map(Self.digits) ?? "", Self.digits(item), Self.digits(context), order.rawValue].joined(
                separator: ".")
        return fields + "." + Self.check(fields)
    }

    /// Reads what `text` gave; nil for any other text, and for a damaged one.
    public init?(parsing text: String) {
        // An order's name may begin with a `-` and has no point in it.
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "1", let item = Self.number(parts[2]), let context = Self.number(parts[3]),
            let order = SearchQuery.Order(rawValue: String(parts[4])),
            Self.check(parts.dropLast().joined(separator: ".")) == parts[5]
        else { return nil }
        let key = Self.number(parts[1])
        guard key != nil || parts[1].isEmpty else { return nil }
        self.init(order: order, key: key, item: item, context: context)
    }

    private static func digits(_ number: Int64) -> String { String(UInt64(bitPattern: number), radix: 36) }

    private static func number(_ digits: Substring) -> Int64? {
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0.isLowercase) }) else { return nil }
        return UInt64(digits, radix: 36).map(Int64.init(bitPattern:))
    }

    /// 32 bits that a slip of the hand changes: FNV-1a.
    private static func check(_ text: String) -> String {
        var sum: UInt32 = 2_166_136_261
        for byte in text.utf8 { sum = (sum ^ UInt32(byte)) &* 16_777_619 }
        return String(sum, radix: 36)
    }
}
