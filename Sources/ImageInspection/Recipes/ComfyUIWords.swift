extension String {
    /// Whether one of some words of lower-case ASCII letters stands in it, in any case.
    ///
    /// Names of nodes are asked this many times for one graph, and the library's search for a part of a text prepares
    /// itself for longer than such a name takes to read.
    func mentions(_ words: [StaticString]) -> Bool {
        words.contains { word in
            word.withUTF8Buffer { word in scan { text, start in Self.matches(word, text, at: start) } }
        }
    }

    /// Whether it begins with one of some words of lower-case ASCII letters, in any case.
    func begins(with words: [StaticString]) -> Bool {
        words.contains { word in
            word.withUTF8Buffer { word in withBytes { Self.matches(word, $0, at: 0) } }
        }
    }

    private func scan(_ isMatch: (UnsafeBufferPointer<UInt8>, Int) -> Bool) -> Bool {
        withBytes { text in text.indices.contains { isMatch(text, $0) } }
    }

    private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(utf8).withUnsafeBufferPointer(body)
    }

    private static func matches(
        _ word: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>, at start: Int
    ) -> Bool {
        guard text.count - start >= word.count else { return false }
        for index in 0..<word.count {
            let byte = text[start + index]
            let lower = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
            if lower != word[index] { return false }
        }
        return true
    }
}
