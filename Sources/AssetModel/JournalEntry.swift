/// A fact, and when it became one. The journal holds these and nothing else.
///
/// One entry is one line of JSON: `{"at":…,"data":{…},"id":…,"type":…,"v":1}`. What a line means never changes; a
/// new meaning gets a new type or a new version.
public struct JournalEntry: Hashable, Sendable, Identifiable {
    /// The version written today; a reader refuses anything newer.
    public static let version = 1

    /// Unique, and in the order of time.
    public let id: EntryID
    /// When the fact became one, UTC.
    public let at: Timestamp
    /// What happened.
    public let fact: Fact

    /// Takes the values as they are.
    public init(id: EntryID, at: Timestamp, fact: Fact) {
        self.id = id
        self.at = at
        self.fact = fact
    }
}

extension JournalEntry: Codable {
    private enum CodingKeys: String, CodingKey { case version = "v", id, at, type, data }

    /// Reads one line; a newer version or an unknown type is `JournalEntryError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decode(Int.self, forKey: .version)
        guard version <= Self.version else { throw JournalEntryError.newerVersion(version) }
        let type = try container.decode(String.self, forKey: .type)
        id = try container.decode(EntryID.self, forKey: .id)
        at = try container.decode(Timestamp.self, forKey: .at)
        fact = try Fact(type: type, from: container.superDecoder(forKey: .data))
    }

    /// Writes one line's object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.version, forKey: .version)
        try container.encode(id, forKey: .id)
        try container.encode(at, forKey: .at)
        try container.encode(fact.type, forKey: .type)
        try fact.encodeData(to: container.superEncoder(forKey: .data))
    }
}

/// What can be wrong with a journal line beyond its JSON.
public enum JournalEntryError: Error, Hashable, Sendable {
    /// The line was written by a newer program, in this version of the format.
    case newerVersion(Int)
    /// The line is of a type that this program does not know.
    case unknownType(String)
}

/// A journal entry's name: a UUID of version 7 (RFC 9562), whose text sorts by time and, within one millisecond, by
/// the order of writing.
public struct EntryID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The text form, 36 lowercase characters.
    public let text: String

    /// Reads the text form without judging it: order and equality are those of the text.
    public init(_ text: String) {
        self.text = text
    }

    /// The first id at or after `now` that sorts after `last`.
    ///
    /// The 12 bits after the version are a counter within the millisecond (RFC 9562, method 1), so one replica's
    /// entries never go backwards, even when its clock does.
    public init(after last: EntryID?, at now: Timestamp, random: UInt64) {
        var milliseconds = UInt64(max(0, now.milliseconds))
        var counter: UInt64 = 0
        if let previous = last?.parts, previous.milliseconds >= milliseconds {
            (milliseconds, counter) = (previous.milliseconds, previous.counter + 1)
            if counter > 0xFFF { (milliseconds, counter) = (milliseconds + 1, 0) }
        }
        let high = String(milliseconds & 0xFFFF_FFFF_FFFF | 1 << 48, radix: 16).dropFirst()
        let middle = String(counter | 0x7000, radix: 16)
        let low = String(random >> 2 | 1 << 63, radix: 16)
        text = "\(high.prefix(8))-\(high.suffix(4))-\(middle)-\(low.prefix(4))-\(low.suffix(12))"
    }

    /// The time inside.
    public var time: Timestamp? { parts.map { Timestamp(milliseconds: Int64($0.milliseconds)) } }

    private var parts: (milliseconds: UInt64, counter: UInt64)? {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
        guard digits.count == 32, let head = UInt64(String(decoding: digits.prefix(16), as: UTF8.self), radix: 16)
        else {
            return nil
        }
        return (head >> 16, head & 0xFFF)
    }

    /// The text form.
    public var description: String { text }

    /// Earlier sorts first.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    /// Reads a single string.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Writes a single string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// How far one segment of the journal has been read.
public struct JournalPosition: Hashable, Sendable {
    /// The machine whose segment it is.
    public let replica: String
    /// The segment's number, from 1.
    public let segment: Int
    /// Bytes read from its start; always the end of a line.
    public let byteOffset: Int64

    /// Takes the values as they are.
    public init(replica: String, segment: Int, byteOffset: Int64) {
        self.replica = replica
        self.segment = segment
        self.byteOffset = byteOffset
    }
}
