import AssetLibrary
import AssetModel
import Foundation
import LibraryJSON
import Logging

/// The reader of our output has gone, which is a success.
struct BrokenPipe: Error {}

/// Results, on standard output: text for people or JSON Lines for programs.
struct Output: Sendable {
    let isJSON: Bool

    /// One item: its object for programs, its lines for people.
    func item(_ object: @autoclosure () -> JSONObject, _ text: @autoclosure () -> String) throws {
        let line = isJSON ? JSONText.line(.object(object())) : Phrase.printable(text())
        // A run that returned no file has no line for people.
        guard !line.isEmpty else { return }
        try Self.write(Array((line + "\n").utf8))
    }

    /// What a verb has done, once it is done: an object among the others for programs, a line beside the results for people.
    func summary(_ object: @autoclosure () -> JSONObject, _ text: @autoclosure () -> String) throws {
        if isJSON {
            try Self.write(Array((JSONText.line(.object(object())) + "\n").utf8))
        } else {
            Console.note(text())
        }
    }

    /// A line beside the results that only people want.
    func remark(_ text: String) {
        if !isJSON { Console.note(text) }
    }

    /// A line that only people want.
    func line(_ text: String) throws {
        if !isJSON { try Self.write(Array((Phrase.printable(text) + "\n").utf8)) }
    }

    /// Results that were put into their form already, line ends included.
    static func write(_ bytes: [UInt8]) throws {
        guard !bytes.isEmpty else { return }
        try Screen.shared.results(bytes)
    }
}

/// Standard error and standard input: hints, what went wrong, and what is read.
enum Console {
    /// A line for people.
    static func note(_ text: String) { Screen.shared.note(Phrase.printable(text)) }

    /// The names on standard input, to its end: one a line, or each with a zero byte behind it when `areNullTerminated`.
    ///
    /// Names are bytes and may hold anything but those. A byte order mark at the beginning, and a carriage return at the end of a
    /// line, are not part of a name: they come from Windows. A file whose name does end in one is found, when it is there.
    static func inputNames(areNullTerminated: Bool = false) throws -> [String] {
        var bytes = [UInt8](try FileHandle.standardInput.readToEnd() ?? Data())[...]
        if areNullTerminated { return bytes.split(separator: 0).map(FilePathText.text) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        guard !bytes.contains(0) else {
            throw LibraryError(
                .invalidInput, code: "null_bytes",
                "standard input has null bytes: use -0 for names that end with one; UTF-16 text is not read")
        }
        return bytes.split(separator: UInt8(ascii: "\n")).map { line in
            let name = FilePathText.text(of: line)
            guard line.last == UInt8(ascii: "\r"), !FilePathText.exists(name) else { return name }
            return FilePathText.text(of: line.dropLast())
        }.filter { !$0.isEmpty }
    }

    /// Logs go to standard error; quiet below warnings.
    static let logger: Logger = {
        var logger = Logger(label: "atelier") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return logger
    }()
}

/// Words for people.
enum Phrase {
    /// `1 picture`, `2 pictures`.
    static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// `4.2 MB`, in powers of 1000.
    static func bytes(_ count: Int64) -> String {
        guard count >= 1000 else { return "\(count) B" }
        var (value, unit) = (Double(count) / 1000, 0)
        while value >= 999.95, unit < 3 { (value, unit) = (value / 1000, unit + 1) }
        return "\(decimal(value, 1)) \(["kB", "MB", "GB", "TB"][unit])"
    }

    /// A number with some digits after the point.
    static func decimal(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    /// A number as short as it can be written: `2`, `2.5`.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    /// The text without control characters other than line breaks and tabs: a file's name or a model's log must not be able
    /// to steer a terminal.
    static func printable(_ text: String) -> String {
        let text = FilePathText.shown(text)
        guard text.unicodeScalars.contains(where: isSteering) else { return text }
        var printable = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { printable.append(isSteering(scalar) ? "\u{FFFD}" : scalar) }
        return String(printable)
    }

    private static func isSteering(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
    }

    /// What the system calls an error number.
    static func systemError(_ number: Int32) -> String { String(cString: strerror(number)) }

    /// One line of at most `limit` characters.
    static func oneLine(_ text: String, _ limit: Int = 60) -> String {
        let line = text.split(whereSeparator: { $0.isNewline }).joined(separator: " ")
        return line.count <= limit ? line : line.prefix(limit - 1) + "…"
    }

    /// `2026-11-23 18:13`, in the time zone of the person who reads it.
    static func time(_ time: Timestamp) -> String { LocalTime(time).minute }

    /// `2026-11-23 18:13 +01:00`.
    static func timeWithZone(_ time: Timestamp) -> String {
        let local = LocalTime(time)
        return "\(local.minute) \(local.zone)"
    }

    /// A text with spaces behind it, at least `width` characters.
    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// US dollars, as precise as the prices are.
    static func dollars(_ value: Double) -> String { "$\(decimal(value, 4))" }
}
