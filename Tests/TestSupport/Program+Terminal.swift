internal import CSpawn
import Foundation

extension Program {
    /// Runs to the end with both of its streams on a new terminal of this size.
    ///
    /// `whileRunning` is called with all that the terminal was sent so far, each time more arrives, and may send signals.
    package func runOnTerminal(
        _ arguments: [String], width: Int, height: Int = 50,
        whileRunning: @Sendable @escaping (_ sent: [UInt8], _ program: Int32) -> Void = { _, _ in }
    ) async throws -> (status: Int32, sent: [Sent]) {
        var name = [CChar](repeating: 0, count: 128)
        let master = open_terminal(&name, name.count)
        guard master >= 0 else { throw POSIXError(.ENODEV) }
        let path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        // Open here too until the program has ended, or what nobody has open any more would be the end of it.
        let slave = open(path, O_RDWR | O_NOCTTY)
        guard slave >= 0, ioctl(master, UInt(TIOCSWINSZ), &size) == 0 else { throw POSIXError(.ENOTTY) }

        var variables = ["HOME": folder, "PATH": "/usr/bin:/bin", "TERM": "xterm"]
        variables.merge(environment) { $1 }
        let (id, ended) = try ChildProcess.start(
            Self.path, arguments, in: folder, variables: variables, input: "/dev/null", output: path, errors: path)

        let (pieces, reading) = AsyncStream.makeStream(of: Sent.self)
        Thread.detachNewThread {
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(master, &buffer, buffer.count)
                guard count > 0 else { break }
                all += buffer[..<count]
                reading.yield(Sent(bytes: Array(buffer[..<count])))
                whileRunning(all, id)
            }
            reading.finish()
            close(master)
        }
        var status: Int32 = -1
        for await code in ended { status = code }
        close(slave)
        var sent: [Sent] = []
        for await piece in pieces { sent.append(piece) }
        return (status, sent)
    }

    /// What a terminal was sent in one piece.
    package struct Sent: Sendable {
        package let bytes: [UInt8]
    }
}

/// What a person sees on a terminal: rows of characters, and where the cursor is. Knows the little that a program needs that
/// draws one line again and again.
package struct TerminalScreen {
    /// How often a row was longer than the terminal is wide.
    package private(set) var wrapCount = 0
    /// Control sequences that were not understood.
    package private(set) var unknown: [String] = []

    private let width: Int
    private var cells: [[Character]] = [[]]
    private var column = 0
    private var pending: [UInt8] = []

    /// An empty screen.
    package init(width: Int) { self.width = width }

    /// The row that the cursor is in, without spaces at its end.
    package var currentRow: String { Self.text(cells[cells.count - 1]) }

    /// The column that the cursor is in, from 0.
    package var cursor: Int { column }

    /// Every row, without spaces at its end.
    package var text: [String] { cells.map(Self.text) }

    /// Takes what the terminal is sent.
    package mutating func take(_ bytes: [UInt8]) {
        // A character or sequence may be cut by the end of a piece.
        pending += bytes
        guard let text = String(validating: pending, as: UTF8.self) else { return }
        if let escape = text.lastIndex(of: "\u{1B}"), !text[escape...].dropFirst(2).contains(where: \.isLetter) {
            return
        }
        pending = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": column = 0
            case "\n": cells.append([])
            case "\u{1B}": sequence(&rest)
            default: put(Character(scalar))
            }
        }
    }

    private mutating func put(_ character: Character) {
        if column >= width {
            wrapCount += 1
            cells.append([])
            column = 0
        }
        let row = cells.count - 1
        while cells[row].count <= column { cells[row].append(" ") }
        cells[row][column] = character
        column += 1
    }

    private mutating func sequence(_ rest: inout Substring.UnicodeScalarView) {
        var text = ""
        while let scalar = rest.popFirst() {
            text.unicodeScalars.append(scalar)
            if scalar.properties.isAlphabetic { break }
        }
        let row = cells.count - 1
        switch text {
        case "[K": cells[row] = Array(cells[row].prefix(column))
        case "[2K": cells[row] = []
        case let colour where colour.hasSuffix("m"): break
        default: unknown.append(text)
        }
    }

    private static func text(_ cells: [Character]) -> String {
        var cells = cells
        while cells.last == " " { cells.removeLast() }
        return String(cells)
    }
}
