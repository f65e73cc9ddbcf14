/// Makes values of a journal line's tape through their `Codable` conformance.
struct JournalDecoder: Decoder {
    let tape: JSONTape
    /// The value on the tape that is decoded.
    let node: Int
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard tape.nodes[node].kind == .object else { throw JournalEntryError.malformed }
        return KeyedDecodingContainer(Keyed<Key>(tape: tape, node: node))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard tape.nodes[node].kind == .array else { throw JournalEntryError.malformed }
        return Unkeyed(tape: tape, node: node, child: node + 1)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(tape: tape, node: node) }

    /// One value of any type that the journal holds.
    static func value<Value: Decodable>(_ type: Value.Type, _ tape: JSONTape, _ node: Int) throws -> Value {
        // A tree of values is read from the tape itself: asking it what each one may be costs a thrown error a guess.
        if type == JSONValue.self, let value = try tape.value(at: node) as? Value { return value }
        if type == String.self, let text = try tape.text(node) as? Value { return text }
        return try Value(from: JournalDecoder(tape: tape, node: node))
    }

    static func whole<Number: FixedWidthInteger>(_ tape: JSONTape, _ node: Int) throws -> Number {
        if let number = tape.whole(node, Number.self) { return number }
        guard let double = tape.double(node), let number = Number(exactly: double) else {
            throw JournalEntryError.malformed
        }
        return number
    }

    static func flag(_ tape: JSONTape, _ node: Int) throws -> Bool {
        switch tape.nodes[node].kind {
        case .yes: true
        case .no: false
        default: throw JournalEntryError.malformed
        }
    }

    static func double(_ tape: JSONTape, _ node: Int) throws -> Double {
        guard let double = tape.double(node) else { throw JournalEntryError.malformed }
        return double
    }
}

private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let tape: JSONTape
    let node: Int
    var codingPath: [any CodingKey] { [] }

    var allKeys: [Key] {
        var keys: [Key] = []
        var child = node + 1
        while child < tape.nodes[node].next {
            if let text = try? tape.text(child), let key = Key(stringValue: text) { keys.append(key) }
            child = tape.nodes[child + 1].next
        }
        return keys
    }

    func contains(_ key: Key) -> Bool { tape.member(key.stringValue, of: node) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { tape.nodes[try member(key)].kind == .null }
    func decode(_: Bool.Type, forKey key: Key) throws -> Bool { try JournalDecoder.flag(tape, try member(key)) }
    func decode(_: String.Type, forKey key: Key) throws -> String { try tape.text(try member(key)) }
    func decode(_: Double.Type, forKey key: Key) throws -> Double { try JournalDecoder.double(tape, try member(key)) }
    func decode(_: Int.Type, forKey key: Key) throws -> Int { try JournalDecoder.whole(tape, try member(key)) }
    func decode(_: Int64.Type, forKey key: Key) throws -> Int64 { try JournalDecoder.whole(tape, try member(key)) }
    func decode(_: UInt64.Type, forKey key: Key) throws -> UInt64 { try JournalDecoder.whole(tape, try member(key)) }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try JournalDecoder.value(type, tape, try member(key))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try JournalDecoder(tape: tape, node: try member(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try JournalDecoder(tape: tape, node: try member(key)).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { throw JournalEntryError.malformed }
    func superDecoder(forKey key: Key) throws -> any Decoder { JournalDecoder(tape: tape, node: try member(key)) }

    private func member(_ key: Key) throws -> Int {
        guard let member = tape.member(key.stringValue, of: node) else { throw JournalEntryError.malformed }
        return member
    }
}

private struct Unkeyed: UnkeyedDecodingContainer {
    let tape: JSONTape
    let node: Int
    var child: Int
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { nil }
    var isAtEnd: Bool { child >= tape.nodes[node].next }

    init(tape: JSONTape, node: Int, child: Int) {
        self.tape = tape
        self.node = node
        self.child = child
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, tape.nodes[child].kind == .null else { return false }
        _ = try advance()
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JournalDecoder.value(type, tape, try advance())
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try JournalDecoder(tape: tape, node: try advance()).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try JournalDecoder(tape: tape, node: try advance()).unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder { JournalDecoder(tape: tape, node: try advance()) }

    private mutating func advance() throws -> Int {
        guard !isAtEnd else { throw JournalEntryError.malformed }
        defer {
            child = tape.nodes[child].next
            currentIndex += 1
        }
        return child
    }
}

private struct Single: SingleValueDecodingContainer {
    let tape: JSONTape
    let node: Int
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { tape.nodes[node].kind == .null }
    func decode(_: Bool.Type) throws -> Bool { try JournalDecoder.flag(tape, node) }
    func decode(_: String.Type) throws -> String { try tape.text(node) }
    func decode(_: Double.Type) throws -> Double { try JournalDecoder.double(tape, node) }
    func decode(_: Int.Type) throws -> Int { try JournalDecoder.whole(tape, node) }
    func decode(_: Int64.Type) throws -> Int64 { try JournalDecoder.whole(tape, node) }
    func decode(_: UInt64.Type) throws -> UInt64 { try JournalDecoder.whole(tape, node) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JournalDecoder.value(type, tape, node)
    }
}
