/// The name of an action: `u` and 12 digits of the alphabet of run ids, made from the random bits of the action's first line.
///
/// It starts with a letter that no digest and no run has, so a prefix of one is never taken for a prefix of the other.
public struct ActionID: Hashable, Sendable, CustomStringConvertible {
    /// The id of the action's first line: `op` in the journal.
    package let op: EntryID

    package init(_ op: EntryID) {
        self.op = op
    }

    /// The text form, 13 characters.
    public var text: String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        // 60 of the 62 random bits: a clock cannot tell two actions of one minute apart, these can.
        return "u" + (0..<12).map { String(alphabet[Int(op.low >> UInt64(5 * $0) & 31)]) }.joined()
    }

    /// The first eight characters, which name one action among all but a few in ten thousand.
    public var short: String { String(text.prefix(8)) }

    /// The text form.
    public var description: String { text }

    /// Whether a text can be the beginning of an action's name.
    public static func looksLikePrefix(_ text: some StringProtocol) -> Bool {
        guard text.first == "u", text.utf8.count <= 13 else { return false }
        return text.dropFirst().utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "a")...UInt8(ascii: "z"): !"ilou".utf8.contains(byte)
            default: false
            }
        }
    }
}
