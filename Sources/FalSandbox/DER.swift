/// The few ASN.1 values that a certificate is made of, in their Distinguished Encoding (X.690).
enum DER {
    /// A value: its tag, its length in the fewest bytes, its content.
    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        if content.count < 0x80 {
            length = [UInt8(content.count)]
        } else {
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(rest & 0xFF), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + content
    }

    static func sequence(_ members: [UInt8]...) -> [UInt8] { value(0x30, members.flatMap { $0 }) }

    static func set(_ member: [UInt8]) -> [UInt8] { value(0x31, member) }

    static let `true`: [UInt8] = [0x01, 0x01, 0xFF]

    /// A non-negative integer from its big-endian bytes.
    static func integer(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array(bytes.drop { $0 == 0 })
        // A leading bit that is set would make it negative.
        return value(0x02, digits.first.map { $0 < 0x80 } == true ? digits : [0] + digits)
    }

    /// Named bits or a signature; `unusedBits` is how many of the last byte's do not count.
    static func bitString(_ bytes: [UInt8], unusedBits: UInt8 = 0) -> [UInt8] { value(0x03, [unusedBits] + bytes) }

    static func octetString(_ bytes: [UInt8]) -> [UInt8] { value(0x04, bytes) }

    static func utf8String(_ text: String) -> [UInt8] { value(0x0C, Array(text.utf8)) }

    /// An object identifier from its numbers, of which there are at least two.
    static func identifier(_ first: UInt, _ second: UInt, _ rest: UInt...) -> [UInt8] {
        value(0x06, ([first * 40 + second] + rest).flatMap(base128))
    }

    /// A time in UTC from its digits, `YYYYMMDDhhmmss`: with two digits of the year until 2049, as RFC 5280 asks.
    static func time(_ digits: String) -> [UInt8] {
        digits < "2050" ? value(0x17, Array((digits.dropFirst(2) + "Z").utf8)) : value(0x18, Array((digits + "Z").utf8))
    }

    /// A member with the number of its choice for a tag: `explicit` wraps a whole value, otherwise `content` is bare.
    static func tagged(_ number: UInt8, explicit: Bool = false, _ content: [UInt8]) -> [UInt8] {
        value((explicit ? 0xA0 : 0x80) | number, content)
    }

    /// Seven bits a byte, all but the last byte marked.
    private static func base128(_ number: UInt) -> [UInt8] {
        var bytes = [UInt8(number & 0x7F)]
        var rest = number >> 7
        while rest > 0 {
            bytes.insert(0x80 | UInt8(rest & 0x7F), at: 0)
            rest >>= 7
        }
        return bytes
    }
}
