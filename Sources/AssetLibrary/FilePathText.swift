import Files

/// Paths as the library takes and gives them: text, also where a name is not UTF-8.
///
/// Such a name comes as a text that leads back to its bytes (see `PathText`) and that no person should see.
package enum FilePathText {
    /// Whether a text may be another one than people see. Cheap; no path that is plain UTF-8 differs.
    package static func mayDiffer(_ text: String) -> Bool { PathText.mayHoldStandIns(text) }

    /// The text of a path.
    package static func text(of bytes: some Collection<UInt8>) -> String { PathText.text(of: bytes) }

    /// The text of a path that ends with a zero byte.
    package static func text(of path: UnsafePointer<CChar>) -> String { PathText.text(of: path) }

    /// A path as people see it: U+FFFD for each byte that is not UTF-8.
    package static func shown(_ path: String) -> String { PathText.shown(path) }

    /// A path that is not UTF-8 in the characters of a URL; nil for one that is.
    package static func percentEncoded(_ path: String) -> String? { PathText.percentEncoded(path) }

    /// Whether something is there.
    package static func exists(_ path: String) -> Bool { Path.exists(path) }
}
