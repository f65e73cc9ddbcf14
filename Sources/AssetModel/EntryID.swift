/// A journal entry's name: a UUID of version 7 (RFC 9562), which sorts by time and, within one millisecond, by the order
/// of writing.
///
/// It is logical time, not a clock: an id sorts after every entry that its writer knew, also after those of a machine
/// whose clock is ahead. When something happened is `JournalEntry.at`.
package struct EntryID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// 48 bits of milliseconds since 1970, the version, and the 12-bit counter within the millisecond.
    package let high: UInt64
    /// The variant and 62 random bits.
    package let low: UInt64

    /// The 128 bits as two halves.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Sorts before every other.
    package static let zero = EntryID(high: 0, low: 0)

    /// Reads the text form, 36 characters, upper or lower case; nil for anything else.
    package init?(parsing text: some StringProtocol) {
        var (halves, digits): ((UInt64, UInt64), Int) = ((0, 0), 0)
        for (index, byte) in text.utf8.enumerated() {
            if [8, 13, 18, 23].contains(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if digits < 16 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
            digits += 1
            guard digits <= 32 else { return nil }
        }
        guard digits == 32 else { return nil }
        (high, low) = halves
    }

    /// The first id at or after `now` that sorts after `last`.
    ///
    /// The 12 bits after the version are a counter within the millisecond (RFC 9562, method 1), so one replica's
    /// entries never go backwards, even when its clock does.
    package init(after last: EntryID?, at now: Timestamp, random: UInt64) {
        var milliseconds = UInt64(max(0, now.milliseconds))
        var counter: UInt64 = 0
        if let last, last.milliseconds >= milliseconds {
            (milliseconds, counter) = (last.milliseconds, last.counter + 1)
            if counter > 0xFFF { (milliseconds, counter) = (milliseconds + 1, 0) }
        }
        high = milliseconds << 16 | 0x7000 | counter
        low = random >> 2 | 1 << 63
    }

    /// The same id at another moment: the place of something that happened then and was written down later. It names no entry.
    package func moved(to time: Timestamp) -> EntryID {
        EntryID(high: UInt64(max(0, time.milliseconds)) << 16 | high & 0xFFFF, low: low)
    }

    /// The logical time inside, in milliseconds since 1970.
    package var milliseconds: UInt64 { high >> 16 }

    /// The logical time inside.
    package var time: Timestamp { Timestamp(milliseconds: Int64(milliseconds)) }

    /// The place within the millisecond.
    package var counter: UInt64 { high & 0xFFF }

    /// The text form, 36 lowercase characters.
    package var text: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for index in 0..<32 {
                if [8, 12, 16, 20].contains(index) {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let half = index < 16 ? high : low
                buffer[position] = digits[Int(half >> UInt64((15 - index % 16) * 4) & 15)]
                position += 1
            }
            return position
        }
    }

    /// The text form.
    package var description: String { text }

    /// Earlier sorts first.
    package static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }

    /// Reads a single string.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = EntryID(parsing: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an entry id")
        }
        self = id
    }

    /// Writes a single string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
