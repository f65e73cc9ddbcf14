import AssetLibrary
import AssetModel
import Foundation

/// Pictures in the terminal, where it can show them: kitty's protocol, iTerm2's, or sixels. Never in a pipe.
struct TerminalPictures: Sendable {
    /// How the terminal wants them.
    enum Dialect: Hashable, Sendable { case kitty, iterm, sixel }

    let dialect: Dialect
    /// How many pixels a picture may take.
    let maximumWidth: Int
    let maximumHeight: Int

    /// Nil when the output is no terminal, or the terminal shows no pictures.
    static func detected(maximumRows: Int = 16) -> TerminalPictures? {
        guard isatty(STDOUT_FILENO) == 1, let dialect = dialect() else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
        // Terminals that do not tell their pixels have cells of about this size.
        let cellWidth = size.ws_xpixel > 0 && size.ws_col > 0 ? Int(size.ws_xpixel) / Int(size.ws_col) : 9
        let cellHeight = size.ws_ypixel > 0 && size.ws_row > 0 ? Int(size.ws_ypixel) / Int(size.ws_row) : 18
        let (columns, rows) = (max(20, Int(size.ws_col)), max(8, Int(size.ws_row)))
        return TerminalPictures(
            dialect: dialect, maximumWidth: (columns - 2) * max(1, cellWidth),
            maximumHeight: min(maximumRows, rows - 4) * max(1, cellHeight))
    }

    /// Draws an asset at the cursor and ends the line; nothing for one that cannot be shown.
    func draw(_ asset: ContentDigest, _ library: Library) async throws {
        let picture = try await library.terminalPicture(
            of: asset, dialect == .sixel ? .sixel : .png, maximumWidth: maximumWidth, maximumHeight: maximumHeight)
        guard let picture else { return }
        try Output.write(Self.sequence(picture, dialect) + [UInt8(ascii: "\n")])
    }

    /// The escape sequence around a picture.
    static func sequence(_ picture: [UInt8], _ dialect: Dialect) -> [UInt8] {
        switch dialect {
        case .sixel: return picture
        case .iterm:
            let text = Data(picture).base64EncodedString()
            return Array("\u{1B}]1337;File=inline=1;size=\(picture.count);preserveAspectRatio=1:\(text)\u{07}".utf8)
        case .kitty:
            let text = Array(Data(picture).base64EncodedString().utf8)
            var sequence: [UInt8] = []
            for start in stride(from: 0, to: text.count, by: 4096) {
                let end = min(start + 4096, text.count)
                let more = end < text.count ? 1 : 0
                // q=2: it answers nothing, which would be read as typed.
                let keys = start == 0 ? "a=T,f=100,q=2,m=\(more)" : "m=\(more)"
                sequence += Array("\u{1B}_G\(keys);".utf8) + text[start..<end] + Array("\u{1B}\\".utf8)
            }
            return sequence
        }
    }

    // MARK: - What the terminal can do

    private static func dialect() -> Dialect? {
        let terminal = Environment.value("TERM") ?? ""
        let program = Environment.value("TERM_PROGRAM") ?? Environment.value("LC_TERMINAL") ?? ""
        if terminal == "dumb" { return nil }
        // Inside a multiplexer the variables are those of the terminal around it, which it does not let through.
        let isMultiplexed = terminal.hasPrefix("screen") || terminal.hasPrefix("tmux")
        if !isMultiplexed {
            if Environment.value("KITTY_WINDOW_ID") != nil || terminal.contains("kitty") || terminal.contains("ghostty")
                || program.lowercased() == "ghostty"
            {
                return .kitty
            }
            if ["iTerm.app", "iTerm2", "WezTerm"].contains(program) { return .iterm }
        }
        return answersSixel() ? .sixel : nil
    }

    /// Asks the terminal what it is (`DA1`); 4 among its answers is sixels. Gives up after a fifth of a second.
    private static func answersSixel() -> Bool {
        guard isatty(STDIN_FILENO) == 1 else { return false }
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return false }
        var raw = before
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        guard tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0 else { return false }
        defer { tcsetattr(STDIN_FILENO, TCSANOW, &before) }
        let question = Array("\u{1B}[c".utf8)
        guard write(STDOUT_FILENO, question, question.count) == question.count else { return false }
        var answer: [UInt8] = []
        var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while answer.count < 64, answer.last != UInt8(ascii: "c"), poll(&waiting, 1, 200) > 0 {
            var byte: UInt8 = 0
            guard read(STDIN_FILENO, &byte, 1) == 1 else { break }
            answer.append(byte)
        }
        let text = String(decoding: answer, as: UTF8.self)
        guard text.hasPrefix("\u{1B}[?"), text.hasSuffix("c") else { return false }
        return text.dropFirst(3).dropLast().split(separator: ";").contains("4")
    }
}
