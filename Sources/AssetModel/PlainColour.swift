/// One opaque colour, in the numbers of the picture that it is used with. Written `white`, `black` or `#rrggbb`.
public struct PlainColour: Hashable, Sendable, CustomStringConvertible {
    /// 0 to 255.
    public let red: UInt8
    /// 0 to 255.
    public let green: UInt8
    /// 0 to 255.
    public let blue: UInt8

    /// #ffffff.
    public static let white = PlainColour(red: 255, green: 255, blue: 255)
    /// #000000.
    public static let black = PlainColour(red: 0, green: 0, blue: 0)

    /// Takes the three channels.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `white`, `black`, or `#` and six hexadecimal digits, case aside; nil for anything else.
    public init?(parsing text: some StringProtocol) {
        switch text.lowercased() {
        case "white": self = .white
        case "black": self = .black
        case let text where text.hasPrefix("#"): self.init(hex: text.dropFirst())
        default: return nil
        }
    }

    /// Reads six hexadecimal digits; nil for anything else.
    package init?(hex: some StringProtocol) {
        guard hex.utf8.count == 6, hex.allSatisfy(\.isHexDigit), let value = UInt32(hex, radix: 16) else { return nil }
        self.init(
            red: UInt8(truncatingIfNeeded: value >> 16), green: UInt8(truncatingIfNeeded: value >> 8),
            blue: UInt8(truncatingIfNeeded: value))
    }

    /// Six hexadecimal digits, lower case.
    package var hex: String {
        let digits = String(UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue), radix: 16)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// `white`, `black`, or such as `#f0e68c`.
    public var description: String { self == .white ? "white" : self == .black ? "black" : "#\(hex)" }
}
