/// A fact, and when it became one. The journal holds these and nothing else.
///
/// One entry is one line of JSON: `{"at":…,"by":…,"data":{…},"id":…,"op":…,"type":…,"v":2}`. What a line means never
/// changes; a new meaning gets a new type or a new version.
package struct JournalEntry: Hashable, Sendable, Identifiable {
    /// The version written today. Lines of version 1 are read for ever.
    package static let version = 2

    /// Unique, and in the order of logical time.
    package let id: EntryID
    /// What the clock of the writing machine said, UTC, whatever the id says.
    package let at: Timestamp
    /// The id of the first line of the action that this line belongs to: one call of one verb.
    package let op: EntryID
    /// The verb of that action, as a person would say it: `import`, `tag add`. Empty in lines of version 1.
    package let by: String
    /// What happened.
    package let fact: Fact

    /// An entry. Without `op` it is an action of its own.
    package init(id: EntryID, at: Timestamp, op: EntryID? = nil, by: String = "", fact: Fact) {
        self.id = id
        self.at = at
        self.op = op ?? id
        self.by = by
        self.fact = fact
    }
}

extension JournalEntry: Codable {
    enum CodingKeys: String, CodingKey {
        case version = "v"
        case id, at, op, by, type, data, skip
    }

    /// Reads one line; a newer version or an unknown type is `JournalEntryError`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decode(Int.self, forKey: .version)
        guard version <= Self.version else { throw JournalEntryError.newerVersion(version) }
        let type = try container.decode(String.self, forKey: .type)
        id = try container.decode(EntryID.self, forKey: .id)
        // Every id that is written later sorts after this one, so there must be room: beyond the year 6000 it is damage.
        guard id.milliseconds < 1 << 47 else { throw JournalEntryError.malformed }
        at = try container.decode(Timestamp.self, forKey: .at)
        op = try container.decodeIfPresent(EntryID.self, forKey: .op) ?? id
        by = try container.decodeIfPresent(String.self, forKey: .by) ?? ""
        fact = try Fact(type: type, from: container.superDecoder(forKey: .data))
    }

    /// Writes one line's object. `op` is left out of the first line of an action, where it is the id itself.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.version, forKey: .version)
        try container.encode(id, forKey: .id)
        try container.encode(at, forKey: .at)
        if op != id { try container.encode(op, forKey: .op) }
        if !by.isEmpty { try container.encode(by, forKey: .by) }
        if fact.isSkippable { try container.encode(true, forKey: .skip) }
        try container.encode(fact.type, forKey: .type)
        try fact.encodeData(to: container.superEncoder(forKey: .data))
    }
}

/// What can be wrong with a journal line.
package enum JournalEntryError: Error, Hashable, Sendable {
    /// The line was written by a newer program, in this version of the format.
    case newerVersion(Int)
    /// The line is of a type that this program does not know and may not pass over.
    case unknownType(String)
    /// The line is not an entry.
    case malformed
}

/// One line of a segment, read.
package enum JournalLine: Hashable, Sendable {
    /// A fact.
    case entry(JournalEntry)
    /// The first line of a segment: whose it is.
    case segment(SegmentHeader)
    /// A fact of a type that only a newer program knows, and that may be passed over.
    case skipped(type: String)

    /// Reads one line without its line feed.
    package init(parsing bytes: UnsafeBufferPointer<UInt8>) throws(JournalEntryError) {
        let tape = try JSONTape(bytes)
        do {
            let container = try JournalDecoder(tape: tape, node: 0).container(keyedBy: JournalEntry.CodingKeys.self)
            if try container.decode(String.self, forKey: .type) == SegmentHeader.type {
                self = .segment(try SegmentHeader(from: JournalDecoder(tape: tape, node: 0)))
                return
            }
            self = .entry(try JournalEntry(from: JournalDecoder(tape: tape, node: 0)))
        } catch JournalEntryError.unknownType(let type) {
            guard let skip = tape.member("skip", of: 0), tape.nodes[skip].kind == .yes else {
                throw .unknownType(type)
            }
            self = .skipped(type: type)
        } catch let error as JournalEntryError {
            throw error
        } catch {
            throw .malformed
        }
    }
}

/// The first line of a segment since version 2: which library and which replica it belongs to. Segments without one are of
/// version 1.
package struct SegmentHeader: Hashable, Sendable, Codable {
    /// The `type` of the line.
    package static let type = "segment"

    /// The library's name, a UUID.
    package let library: String
    /// The name of the replica that appends to the segment, a UUID.
    package let replica: String

    package init(library: String, replica: String) {
        self.library = library
        self.replica = replica
    }

    private enum CodingKeys: String, CodingKey {
        case version = "v"
        case type, library, replica
    }

    /// Reads the line's object; a newer version is `JournalEntryError.newerVersion`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decode(Int.self, forKey: .version)
        guard version <= JournalEntry.version else { throw JournalEntryError.newerVersion(version) }
        library = try container.decode(String.self, forKey: .library)
        replica = try container.decode(String.self, forKey: .replica)
    }

    /// Writes the line's object.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(JournalEntry.version, forKey: .version)
        try container.encode(Self.type, forKey: .type)
        try container.encode(library, forKey: .library)
        try container.encode(replica, forKey: .replica)
    }
}

/// How far one segment of the journal has been read.
package struct JournalPosition: Hashable, Sendable {
    /// The replica whose segment it is.
    package let replica: String
    /// The segment's number, from 1.
    package let segment: Int
    /// Bytes read from its start; always the end of a line.
    package let byteOffset: Int64

    /// A position.
    package init(replica: String, segment: Int, byteOffset: Int64) {
        self.replica = replica
        self.segment = segment
        self.byteOffset = byteOffset
    }
}
