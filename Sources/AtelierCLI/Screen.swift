import AssetLibrary
import Foundation
import Synchronization

/// The one writer of standard output and standard error, so that results, notes and the progress line never mix.
///
/// While a line of progress stands on the terminal, whatever else is printed there erases it first and draws it again below,
/// in one piece where both streams are the same terminal.
final class Screen: Sendable {
    /// The program's own.
    static let shared = Screen()

    /// Whether a person watches standard error and the terminal can draw a line again.
    let isLive: Bool
    /// Whether standard output is the same terminal.
    private let isOneTerminal: Bool
    /// Whether colours are welcome.
    let hasColour: Bool
    /// Whether they are welcome on standard output.
    let hasColouredResults: Bool

    private let line = Mutex("")

    private init() {
        let terminal = Environment.value("TERM")
        isLive = isatty(STDERR_FILENO) == 1 && terminal != "dumb"
        hasColour = isLive && Environment.value("NO_COLOR") == nil
        hasColouredResults =
            isatty(STDOUT_FILENO) == 1 && terminal != "dumb" && Environment.value("NO_COLOR") == nil
        isOneTerminal = isLive && isatty(STDOUT_FILENO) == 1 && Self.device(STDOUT_FILENO) == Self.device(STDERR_FILENO)
    }

    /// How many columns the terminal has now.
    var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes results. Throws `BrokenPipe` when their reader has gone.
    func results(_ bytes: [UInt8]) throws {
        try line.withLock { line in
            if line.isEmpty { return try Self.output(bytes) }
            if isOneTerminal { return try Self.output(Array(Self.erase.utf8) + bytes + Array(line.utf8)) }
            // Anything else than this terminal does not show the line.
            try Self.output(bytes)
        }
    }

    /// Writes a line beside the results.
    func note(_ text: String) {
        line.withLock { line in Self.errors(line.isEmpty ? text + "\n" : Self.erase + text + "\n" + line) }
    }

    /// Draws the line of progress in place of the one that stands there.
    func draw(_ text: String) {
        guard isLive else { return }
        line.withLock { line in
            // The rest of an older, longer line is erased behind the new one, so that nothing flickers.
            let drawn = "\r" + text + "\u{1B}[K"
            guard drawn != line else { return }
            line = drawn
            Self.errors(drawn)
        }
    }

    /// Removes the line of progress.
    func clear() {
        line.withLock { line in
            if !line.isEmpty { Self.errors(Self.erase) }
            line = ""
        }
    }

    private static let erase = "\r\u{1B}[K"

    private static func output(_ bytes: [UInt8]) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(bytes))
        } catch {
            if errno == EPIPE { throw BrokenPipe() }
            throw LibraryError(
                .storage, code: "output_failed", "the results cannot be written: \(Phrase.systemError(errno))")
        }
    }

    private static func errors(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    private static func device(_ descriptor: Int32) -> UInt64? {
        var facts = stat()
        return fstat(descriptor, &facts) == 0 ? UInt64(facts.st_rdev) : nil
    }
}
