import AssetLibrary
import Foundation

/// Text that a person gives in a file or through a pipe, as they mean it: editors begin a file with a byte order mark and end it with a
/// line ending, which belong to the file and not to a prompt. Otherwise it stays as it is, byte for byte.
enum GivenText {
    /// A prompt as it was typed; `-` is all of standard input without one line ending at its end.
    static func prompt(_ argument: String) throws -> String {
        argument == "-" ? withoutLastLineEnding(try text(ofFile: "-")) : argument
    }

    /// The prompts in a text file, one a line: lines that are empty or blank are none. `-` is standard input.
    static func prompts(inFile path: String) throws -> [String] {
        lines(of: try text(ofFile: path)).filter { !$0.allSatisfy(\.isWhitespace) }
    }

    /// All of a text file; `-` is standard input. Errors: there is none, or it is not UTF-8.
    static func text(ofFile path: String) throws -> String {
        if path == "-" { return try decoded(try FileHandle.standardInput.readToEnd() ?? Data(), "standard input") }
        guard let data = FileManager.default.contents(atPath: LibraryOptions.absolute(path)) else {
            throw LibraryError(.notFound, code: "no_such_file", "\(path): no such file, or it cannot be read")
        }
        return try decoded(data, path)
    }

    /// The text of bytes, without the byte order mark in front.
    static func decoded(_ data: Data, _ name: String) throws(LibraryError) -> String {
        guard let text = String(validating: data, as: UTF8.self) else {
            throw LibraryError(.invalidInput, code: "not_utf8", "\(name): not UTF-8 text")
        }
        var scalars = text.unicodeScalars[...]
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        return String(scalars)
    }

    /// Split at LF, CR LF and CR alone: what else Unicode calls a line break can be part of a prompt.
    static func lines(of text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { ["\n", "\r\n", "\r"].contains($0) }.map(String.init)
    }

    /// One line ending less, where there is one: LF, CR LF or CR.
    static func withoutLastLineEnding(_ text: String) -> String {
        // CR LF is one character.
        text.last.map { ["\n", "\r\n", "\r"].contains($0) } == true ? String(text.dropLast()) : text
    }
}
